import { fromHex } from "../../protocol/bytes";
import { CredentialKind } from "../../protocol/credential";
import { FOB_BUTTONS, FOB_HANDLES_MAX, sealFobAssignment, type FobButton } from "../../protocol/fob-assignment";
import { fobKeys } from "../../protocol/fob-identity";
import { encodeHandle, type Holder } from "../../protocol/handle";
import { phoneKey } from "../../protocol/phone-key";
import type { DoorSecrets } from "../doors/door-secrets";
import type { Keystore } from "../keys/keystore";
import { NativeBlockCipher } from "../keys/native-block-cipher";
import { nativeHashes } from "../keys/native-hashes";
import { takeCounters } from "../phones/handle-counters";
import { credentialsOfKey } from "../sharing/key-credentials";
import type { Unit } from "../store/store";
import type { FobButtonRow, FobRow } from "../store/rows/fob-rows";
import { fobIdentity } from "./register-fob";

export interface SealedAssignment {
  sequence: number;
  /** For the fob alone; any phone may carry it. */
  message: Uint8Array;
}

/**
 * The newest assignment of a fob, sealed (SPEC 23.2): the same one until something of it changes, a door's keys
 * among it. Another one has handles that nobody has heard yet.
 */
export async function assignmentOf(unit: Unit, parts: { keystore: Keystore; secrets: DoorSecrets }, fob: FobRow, now: number): Promise<SealedAssignment> {
  const rows = await unit.selectFrom("fob_buttons").selectAll().where("fob_id", "=", fob.id).orderBy("button").execute();
  const sources: Source[] = [];
  for (const row of rows) if (row.clearing === 0) sources.push(await readSource(unit, row));
  if (fob.message !== null && sources.every(({ row, enrolment }) => row.enrolment === enrolment)) return { sequence: fob.sequence, message: fob.message };
  // As versions of lists: never one that the fob has had, also after a backup was put back.
  const sequence = Math.max(fob.sequence + 1, fob.active + 1, fob.staged + 1, now);
  const buttons: (FobButton | undefined)[] = new Array<undefined>(FOB_BUTTONS).fill(undefined);
  for (const source of sources) buttons[source.row.button - 1] = await makeButton(unit, parts.secrets, source, sequence);
  const identity = fobIdentity(parts.keystore, fob);
  const message = sealFobAssignment(nativeHashes, fobKeys(nativeHashes, identity), identity.id, { sequence, buttons });
  await unit.updateTable("fobs").set({ sequence, message }).where("id", "=", fob.id).execute();
  for (const { row, enrolment } of sources) await unit.updateTable("fob_buttons").set({ since: row.since ?? sequence, enrolment }).where("fob_id", "=", fob.id).where("button", "=", row.button).execute();
  await unit.updateTable("fob_buttons").set({ cleared: sequence }).where("fob_id", "=", fob.id).where("clearing", "=", 1).where("cleared", "is", null).execute();
  return { sequence, message };
}

/** What a button is made of. */
interface Source {
  row: FobButtonRow;
  door: { id: string; enrolment: number; door_key: Uint8Array | null };
  /** Credential of the button's key. */
  credential: string;
  /** For which its key is made; null: the door is nobody's now, or somebody else's, and the button is left off. */
  enrolment: number | null;
}

async function readSource(unit: Unit, row: FobButtonRow): Promise<Source> {
  const { stolen_at, ...door } = await unit.selectFrom("doors").select(["id", "enrolment", "door_key", "stolen_at"]).where("id", "=", row.door_id).executeTakeFirstOrThrow();
  const [credential] = await credentialsOfKey(unit, row.key_id);
  if (credential === undefined) throw new Error("a key that has not ended has lost its credential");
  return { row, door, credential: credential.id, enrolment: door.door_key === null || stolen_at !== null ? null : door.enrolment };
}

async function makeButton(unit: Unit, secrets: DoorSecrets, { row, door, credential, enrolment }: Source, sequence: number): Promise<FobButton | undefined> {
  if (enrolment === null) return undefined;
  const { ble, handle } = secrets.keysOf(door);
  const holder: Holder = { kind: CredentialKind.fob, credentialId: fromHex(credential)! };
  const first = await takeCounters(unit, credential, FOB_HANDLES_MAX);
  const cipher = new NativeBlockCipher();
  const handles = Array.from({ length: FOB_HANDLES_MAX }, (_, index) => encodeHandle(cipher, handle, holder, first + index));
  return { since: row.since ?? sequence, door: fromHex(door.id)!, outputs: row.outputs, key: phoneKey(nativeHashes, ble, holder), handles };
}
