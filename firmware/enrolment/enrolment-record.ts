import { CborReader, CborWriter } from "../../protocol/cbor";
import { DOOR_KEY_NAMES, type DoorKeys } from "../../protocol/door-keys";
import type { Login } from "../../protocol/enrolment";
import { ID_BYTES, U32_MAX } from "../../protocol/limits";
import type { KeyValue } from "../device";

/** The keys that stay as they are; that of the event log evolves, and the log alone keeps it. */
export type KeptKeys = Omit<DoorKeys, "event">;

/** What a claim leaves on the door: the derived keys and the login. `K_door` itself is gone by then. */
export interface EnrolmentRecord {
  site: Uint8Array;
  keys: KeptKeys;
  login: Login;
}

/** Kept under `enrolled`: CBOR [site, enrolment, password, broker host, broker port, key, …] in this order. */
const KEY = "enrolled";
const KEPT_NAMES = DOOR_KEY_NAMES.filter((name) => name !== "event");

/** @returns undefined while nobody has claimed the door. */
export function loadEnrolment(keyValue: KeyValue): EnrolmentRecord | undefined {
  const kept = keyValue.read(KEY);
  if (kept === undefined) return undefined;
  const reader = new CborReader(new Uint8Array(kept));
  reader.array(5 + KEPT_NAMES.length);
  const site = reader.bytes(ID_BYTES);
  const login = { enrolment: reader.unsigned(U32_MAX), password: reader.bytes(16, 64), brokerHost: reader.bytes(0, 128), brokerPort: reader.unsigned(65_535) };
  const keys = {} as KeptKeys;
  for (const name of KEPT_NAMES) keys[name] = reader.bytes(32);
  return { site, keys, login };
}

export function saveEnrolment(keyValue: KeyValue, { site, keys, login }: EnrolmentRecord): void {
  const writer = new CborWriter().array(5 + KEPT_NAMES.length).bytes(site);
  writer.unsigned(login.enrolment).bytes(login.password).bytes(login.brokerHost).unsigned(login.brokerPort);
  for (const name of KEPT_NAMES) writer.bytes(keys[name]);
  keyValue.write(KEY, writer.finish());
}
