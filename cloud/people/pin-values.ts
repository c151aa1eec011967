import { randomInt } from "node:crypto";
import { ascii, toHex } from "../../protocol/bytes";
import { drawPin, pinDigitsFor } from "../access/pin";
import { isSecond, isTyped, tagAtDoor, valueAtDoor, type StoredValue } from "../access/stored-kind";
import type { DoorSecrets } from "../doors/door-secrets";
import { nativeHashes } from "../keys/native-hashes";
import type { Sealing } from "../keys/sealing";
import { readRules } from "../properties/household-rules";
import type { Unit } from "../store/store";
import type { DoorRow } from "../store/rows/door-rows";

/** What a door, and this database, tell a value from others by. */
export interface PlacedValue {
  fingerprint: Uint8Array;
  /** null where the door is not claimed yet. */
  tag: Uint8Array | null;
}

/** A value that is free at some doors. */
export interface FreePin {
  pin: string;
  places: Map<string, PlacedValue>;
}

/** A PIN that is wanted. */
export interface PinWanted extends Omit<StoredValue, "value"> {
  /** Credential that a second PIN follows: with another one its digits mean nothing. */
  parentId?: string;
  /** Doors that it does not open by what it is given now, and at which it shall be free as well. */
  further?: readonly string[];
  /** A uniform integer in [0, bound); a CSPRNG's unless a test says otherwise. */
  draw?: (bound: number) => number;
}

const DRAWS_MAX = 1_000; // chance of as many collisions in a row: nil; then something is broken
const PIN: PinWanted = { kind: "pin", unit: null };

/**
 * Draws a PIN that nobody has, or may still have, at any of the doors it is to open (X9), as long as the fullest of
 * them, or their manager, asks for.
 * @returns its places at `doors`.
 */
export async function drawFreePin(unit: Unit, sealing: Sealing, secrets: DoorSecrets, doors: readonly string[], wanted: PinWanted = PIN): Promise<FreePin> {
  const places = await readPlaces(unit, [...new Set([...doors, ...(wanted.further ?? [])])]);
  const population = isSecond(wanted.kind) ? 2 : 1 + (await greatestPopulation(unit, places, wanted.unit));
  const digits = Math.max(pinDigitsFor(population), await shortestPin(unit, doors));
  for (let count = 0; count < DRAWS_MAX; count++) {
    const pin = drawPin(digits, wanted.draw ?? randomInt);
    const placed = placeValue(sealing, secrets, places, { ...wanted, value: ascii(pin) }, wanted.parentId);
    if (!(await isTaken(unit, placed))) return { pin, places: new Map([...placed].filter(([door]) => doors.includes(door))) };
  }
  throw new Error("found no free PIN");
}

/** Digits that the manager wants a code to have at least. @param doors of one property. */
async function shortestPin(unit: Unit, doors: readonly string[]): Promise<number> {
  const door = await unit.selectFrom("doors").select("property_id").where("id", "in", doors).limit(1).executeTakeFirst();
  return door === undefined ? 0 : (await readRules(unit, door.property_id)).pinDigitsMin;
}

export type DoorPlace = Pick<DoorRow, "id" | "enrolment" | "door_key" | "unit_numbers">;

export async function readPlaces(unit: Unit, doors: readonly string[]): Promise<DoorPlace[]> {
  return unit.selectFrom("doors").select(["id", "enrolment", "door_key", "unit_numbers"]).where("id", "in", doors).execute();
}

/** By door. @param parentId of a second PIN. */
export function placeValue(sealing: Sealing, secrets: DoorSecrets, doors: readonly DoorPlace[], stored: StoredValue, parentId?: string): Map<string, PlacedValue> {
  return new Map(
    doors.map((door) => {
      const unitNumbers = door.unit_numbers === 1;
      const tag = door.door_key === null ? null : tagAtDoor(nativeHashes, secrets.keysOf(door).tag, unitNumbers, stored);
      return [door.id, { fingerprint: sealing.pinFingerprint(identityAt(stored, unitNumbers, parentId)), tag }];
    }),
  );
}

/** Equal where a door could not tell two values apart. */
function identityAt(stored: StoredValue, unitNumbers: boolean, parentId: string | undefined): string {
  if (!isTyped(stored.kind)) return `${stored.kind} ${toHex(stored.value)}`;
  const digits = String.fromCharCode(...(isSecond(stored.kind) ? stored.value : valueAtDoor(stored, unitNumbers)));
  return isSecond(stored.kind) ? `${parentId} ${digits}` : digits;
}

/** The most PINs at any of the doors of which one is as good as another to whoever guesses there (X9). */
export async function greatestPopulation(unit: Unit, doors: readonly DoorPlace[], flat: string | null): Promise<number> {
  let greatest = 0;
  for (const { id, unit_numbers } of doors) {
    let query = unit.selectFrom("door_credentials as known").select((eb) => eb.fn.countAll().as("count")).where("known.door_id", "=", id).where("known.released_at", "is", null).where("known.guessable", "=", 1);
    if (unit_numbers === 1) {
      const neighbours = unit.selectFrom("people as person").innerJoin("credentials as credential", "credential.person_id", "person.id").select("credential.id").where("person.unit", "=", flat);
      query = query.where("known.credential_id", "in", neighbours);
    }
    const { count } = await query.executeTakeFirstOrThrow();
    greatest = Math.max(greatest, Number(count));
  }
  return greatest;
}

/** Taken is a value, and also one that a door could not tell from another's by its tag. */
export async function isTaken(unit: Unit, places: Map<string, PlacedValue>): Promise<boolean> {
  for (const [door, { fingerprint, tag }] of places) {
    const here = unit.selectFrom("door_credentials").select("door_id").where("door_id", "=", door).where("released_at", "is", null);
    if ((await here.where("fingerprint", "=", fingerprint).executeTakeFirst()) !== undefined) return true;
    if (tag !== null && (await here.where("tag", "=", tag).executeTakeFirst()) !== undefined) return true;
  }
  return false;
}
