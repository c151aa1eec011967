import type { PinParts } from "../pins/codes";
import { reservePin } from "../people/reserve-credential";
import { openValue } from "../pins/sealed-value";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import type { KeyRow } from "../store/rows/sharing-rows";
import { dropReserved } from "./close-keys";
import { credentialsOfKey } from "./key-credentials";
import { keyReach } from "./key-reach";

/**
 * The code of a pending PIN key: drawn now and kept free of others at its doors, or the one that was (N5). It opens
 * nothing before `activateKey`.
 * @returns the digits, for the message to its user and for nobody else.
 * @throws {Refusal} `not-pending`, `doors-needed`, `unit-needed`, `too-many-pins`, `person-revoked`.
 */
export async function reserveCode(unit: Unit, parts: PinParts, key: KeyRow, now: number): Promise<string> {
  if (key.state !== "pending" || key.kind !== "pin") throw new Refusal("not-pending");
  const [reserved] = await credentialsOfKey(unit, key.id);
  if (reserved !== undefined) {
    const row = await unit.selectFrom("credentials").selectAll().where("id", "=", reserved.id).executeTakeFirstOrThrow();
    const value = await openValue(unit, parts.keystore, row);
    if (value === undefined) throw new Error("a reserved code is gone");
    return Buffer.from(value).toString("ascii");
  }
  const { doors } = await keyReach(unit, key);
  if (doors.length === 0) throw new Refusal("doors-needed", "None of the key's doors is left.");
  return (await reservePin(unit, parts.keystore, parts.secrets, key.person_id, key.id, doors, now)).pin;
}

/** The key gets other doors, at which its code may be taken: the next message holds another one. */
export async function forgetReserved(unit: Unit, key: Pick<KeyRow, "id">, now: number): Promise<void> {
  await dropReserved(unit, key.id, now);
}
