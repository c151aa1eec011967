import { ascii } from "../../protocol/bytes";
import { valueOfId } from "../access/stored-kind";
import type { DoorSecrets } from "../doors/door-secrets";
import { typableGroupDoors } from "../groups/typable-doors";
import type { Keystore } from "../keys/keystore";
import { Refusal } from "../refusal";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";
import { insertCredential, requireHolder, type GivenCode, type Giving } from "./give-credential";
import { drawFreePin, isTaken, placeValue, readPlaces } from "./pin-values";

/**
 * Draws a PIN for a key that opens nothing yet, and keeps it free of others at its doors until then (N5).
 * @throws {Refusal} `not-found`, `person-revoked`, `too-many-pins`, `door-of-another-property`, `unit-needed`.
 */
export async function reservePin(unit: Unit, keystore: Keystore, secrets: DoorSecrets, person: string, key: string, doors: readonly string[], now: number): Promise<GivenCode> {
  const giving: Giving = { unit, keystore, secrets, now, person: await requireHolder(unit, person, { grants: [{ doors }] }) };
  const { pin, places } = await drawFreePin(unit, keystore.sealing, secrets, doors, { kind: "pin", unit: giving.person.unit, further: await typableGroupDoors(unit, person) });
  const credential = newId();
  await insertCredential(giving, credential, { kind: "pin", value: ascii(pin), unit: giving.person.unit }, places, { key });
  return { credential, pin };
}

/**
 * What a fob will open with, before it does (S4): its assignment is made of it, and it opens nothing until the fob has
 * acknowledged that.
 * @returns the credential.
 * @throws {Refusal} `not-found`, `person-revoked`, `too-many-pins`, `door-of-another-property`, `card-taken`.
 */
export async function reserveFob(unit: Unit, keystore: Keystore, secrets: DoorSecrets, person: string, key: string, doors: readonly string[], now: number): Promise<string> {
  const giving: Giving = { unit, keystore, secrets, now, person: await requireHolder(unit, person, { phone: true, grants: [{ doors }] }) };
  const credential = newId();
  const stored = { kind: "fob" as const, value: valueOfId("fob", credential)!, unit: giving.person.unit };
  const places = placeValue(keystore.sealing, secrets, await readPlaces(unit, doors), stored);
  // Its id is drawn: that it has another one's tag is as unlikely as with cards.
  if (await isTaken(unit, places)) throw new Refusal("card-taken");
  await insertCredential(giving, credential, stored, places, { key });
  return credential;
}
