import { ascii } from "../../protocol/bytes";
import { findTermsFault, type GrantTerms } from "../access/grant";
import { sortWindows } from "../access/window";
import type { DoorSecrets } from "../doors/door-secrets";
import { noteDoors } from "../issuing/outbox";
import type { Keystore } from "../keys/keystore";
import { DOORS_PER_GRANT_MAX, GRANTS_PER_PIN_MAX, PINS_PER_PERSON_MAX } from "../limits";
import { Refusal } from "../refusal";
import { audit } from "../store/audit";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";
import { requireRoom } from "./door-room";
import { drawFreePin } from "./pin-values";

/** A grant to be given: which doors, and on which terms at each. */
export interface NewGrant {
  doors: readonly string[];
  terms: GrantTerms;
}

export interface GivenPin {
  credential: string;
  /** To be shown once and logged never. */
  pin: string;
  grants: string[];
}

/**
 * Gives a person new PINs, each with its grants; any of them opens.
 * @throws {Refusal} `not-found`, `person-revoked`, `too-many-pins`, `door-of-another-property`, `door-full`, or a
 * fault of the terms; the transaction is then to be given up.
 */
export async function givePins(unit: Unit, keystore: Keystore, secrets: DoorSecrets, person: string, pins: readonly (readonly NewGrant[])[], actor: string, now: number): Promise<GivenPin[]> {
  const given: GivenPin[] = [];
  for (const grants of pins) given.push(await givePin(unit, keystore, secrets, person, grants, actor, now));
  // Counting a door's grants reads them all: once for the lot.
  for (const door of new Set(pins.flat().flatMap((grant) => grant.doors))) await requireRoom(unit, door);
  return given;
}

async function givePin(unit: Unit, keystore: Keystore, secrets: DoorSecrets, person: string, grants: readonly NewGrant[], actor: string, now: number): Promise<GivenPin> {
  if (grants.length < 1 || grants.length > GRANTS_PER_PIN_MAX) throw new Error("the API bounds the number of grants");
  await requireHolder(unit, person, grants);
  for (const [index, { terms, doors }] of grants.entries()) {
    const fault = findTermsFault(terms, new Set(doors).size, now);
    if (fault !== undefined) throw new Refusal(fault.code, fault.detail, { grant: index, ...(fault.windows && { windows: fault.windows }) });
  }
  const doors = [...new Set(grants.flatMap((grant) => grant.doors))];
  const { pin, fingerprint, tags } = await drawFreePin(unit, keystore.sealing, secrets, doors);
  const credential = newId();
  const sealed = keystore.sealing.seal("pin", `${credential}/${PIN_VERSION}`, ascii(pin));
  await unit.insertInto("credentials").values({ id: credential, person_id: person, kind: "pin", value: sealed, digits: pin.length, version: PIN_VERSION, created_at: now }).execute();
  for (const [door_id, tag] of tags) await unit.insertInto("door_credentials").values({ door_id, credential_id: credential, fingerprint, tag }).execute();
  const ids: string[] = [];
  for (const [index, grant] of grants.entries()) ids.push(await insertGrant(unit, credential, grant, index, actor, now));
  await noteDoors(unit, doors, now);
  await audit(unit, { at: now, actor, action: "pin.give", subject: `person/${person}`, detail: { credential, grants: ids, doors } });
  return { credential, pin, grants: ids };
}

const PIN_VERSION = 1; // a renewed value is the next one's

async function requireHolder(unit: Unit, id: string, grants: readonly NewGrant[]): Promise<void> {
  const person = await unit.selectFrom("people").selectAll().where("id", "=", id).executeTakeFirst();
  if (person === undefined) throw new Refusal("not-found", "There is no such person.");
  if (person.revoked_at !== null) throw new Refusal("person-revoked");
  const { count } = await unit.selectFrom("credentials").select((eb) => eb.fn.countAll().as("count")).where("person_id", "=", id).where("revoked_at", "is", null).executeTakeFirstOrThrow();
  if (Number(count) >= PINS_PER_PERSON_MAX) throw new Refusal("too-many-pins", `A person has at most ${PINS_PER_PERSON_MAX} PINs.`);
  for (const { doors } of grants) {
    if (doors.length < 1 || doors.length > DOORS_PER_GRANT_MAX) throw new Error("the API bounds the number of doors");
    for (const door of doors) {
      const row = await unit.selectFrom("doors").select("property_id").where("id", "=", door).executeTakeFirst();
      if (row === undefined) throw new Refusal("not-found", `There is no door ${door}.`, { door });
      if (row.property_id !== person.property_id) throw new Refusal("door-of-another-property", `Door ${door} belongs to another property.`, { door });
    }
  }
}

/** @param useCounter the grant's own for its life: a door counts the uses of alternatives apart by it. */
async function insertGrant(unit: Unit, credential: string, { doors, terms }: NewGrant, useCounter: number, actor: string, now: number): Promise<string> {
  const id = newId();
  await unit
    .insertInto("grants")
    .values({
      id,
      credential_id: credential,
      not_before: terms.notBefore,
      not_after: terms.notAfter,
      windows: JSON.stringify(sortWindows(terms.windows)),
      max_uses: terms.maxUses,
      use_counter: useCounter,
      created_at: now,
      created_by: actor,
    })
    .execute();
  for (const door_id of new Set(doors)) await unit.insertInto("grant_doors").values({ grant_id: id, door_id }).execute();
  return id;
}
