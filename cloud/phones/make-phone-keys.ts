import { fromHex } from "../../protocol/bytes";
import { CredentialKind } from "../../protocol/credential";
import { doorRadioName } from "../../protocol/gatt-names";
import { encodeHandle, type Holder } from "../../protocol/handle";
import { phoneKey } from "../../protocol/phone-key";
import type { DoorSecrets } from "../doors/door-secrets";
import { NativeBlockCipher } from "../keys/native-block-cipher";
import { nativeHashes } from "../keys/native-hashes";
import type { DoorPlan } from "./plan-phone-keys";
import type { KeyWrapping } from "./wrap-keys";

/** What a phone gets of one door. */
export interface DoorForPhone {
  door: string;
  name: string | undefined;
  radioName: string;
  entries: PhoneEntry[];
}

export interface PhoneEntry {
  opens: boolean;
  outputs: number[];
  /** `K_c`, wrapped: 40 bytes. */
  key: Uint8Array;
  /** 16 bytes each. */
  handles: Uint8Array[];
}

/** Derives and wraps what was planned, in no transaction: it takes a moment and nobody needs to wait for it. */
export function makeForPhone(secrets: DoorSecrets, { wrap }: Pick<KeyWrapping, "wrap">, doors: readonly DoorPlan[]): DoorForPhone[] {
  const cipher = new NativeBlockCipher();
  return doors.map(({ door, name, entries }) => {
    const keys = secrets.keysOf(door);
    return {
      door: door.id,
      name,
      radioName: doorRadioName(fromHex(door.id)!),
      entries: entries.map(({ holder: id, opens, outputs, first, count }) => {
        const holder: Holder = { kind: CredentialKind.phone, credentialId: fromHex(id)! };
        return {
          opens,
          outputs,
          key: wrap(phoneKey(nativeHashes, keys.ble, holder)),
          handles: Array.from({ length: count }, (_, index) => encodeHandle(cipher, keys.handle, holder, first + index)),
        };
      }),
    };
  });
}
