import { concat, toHex } from "../../protocol/bytes";
import { type CourierKind, courierKeys, openCourierItem, sealCourierItem, upTopicOf, type CourierHeader, type CourierKeys } from "../../protocol/courier-item";
import type { DoorKeys } from "../../protocol/door-keys";
import { encodeHandle, type Holder } from "../../protocol/handle";
import { phoneKey } from "../../protocol/phone-key";
import { mixingCipher } from "../mixing-cipher";
import { mixingHashes } from "../mixing-hashes";

/** A message to a door, with what its item says of it in clear. */
export interface CarriedMessage {
  header: Omit<CourierHeader, "length">;
  payload: Uint8Array;
}

const SEALED_KEPT = 64;

/** What a simulated cloud has for phones at one door: keys and handles of holders, and the seal of what they carry. */
export class CourierDesk {
  readonly #doorKeys: DoorKeys;
  readonly #keys: CourierKeys;
  readonly #holderKeys = new Map<string, Uint8Array>();
  #sealed = new Map<Uint8Array, Uint8Array>();

  constructor(doorKeys: DoorKeys) {
    this.#doorKeys = doorKeys;
    this.#keys = courierKeys(mixingHashes, doorKeys.courier);
  }

  /** `K_c`. */
  keyOf(holder: Holder): Uint8Array {
    const name = toHex(concat(Uint8Array.of(holder.kind), holder.credentialId));
    let key = this.#holderKeys.get(name);
    if (key === undefined) this.#holderKeys.set(name, (key = phoneKey(mixingHashes, this.#doorKeys.ble, holder)));
    return key;
  }

  /** @param counter another one for each. */
  handle(holder: Holder, counter: number): Uint8Array {
    return encodeHandle(mixingCipher, this.#doorKeys.handle, holder, counter);
  }

  /** The same bytes for the same message. */
  seal({ header, payload }: CarriedMessage): Uint8Array {
    let item = this.#sealed.get(payload);
    if (item === undefined) {
      item = sealCourierItem(mixingHashes, this.#keys, header, payload);
      if (this.#sealed.size >= SEALED_KEPT) this.#sealed = new Map();
      this.#sealed.set(payload, item);
    }
    return item;
  }

  /** @throws {ProtocolError} what is not the door's. */
  open(item: Uint8Array): { what: "receipt" | "events" | "need"; payload: Uint8Array } {
    const { header, message } = openCourierItem(mixingHashes, this.#keys, item);
    return { what: upTopicOf(header), payload: message };
  }
}

/** An item's header, by its kind. */
export function carried(kind: CourierKind, payload: Uint8Array, { number = 0, version = 0 }: Partial<Pick<CourierHeader, "number" | "version">> = {}): CarriedMessage {
  return { header: { kind, number, version }, payload };
}
