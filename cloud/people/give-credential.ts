import { ascii, toHex } from "../../protocol/bytes";
import { findTermsFault, type GrantTerms } from "../access/grant";
import { isSecond, isTyped, valueOfId, type StoredKind, type StoredValue } from "../access/stored-kind";
import { sortWindows } from "../access/window";
import { audit } from "../audit/audit";
import type { DoorSecrets } from "../doors/door-secrets";
import { typableGroupDoors } from "../groups/typable-doors";
import { noteChanges } from "../issuing/outbox";
import type { Keystore } from "../keys/keystore";
import { CREDENTIALS_PER_PERSON_MAX, DOORS_PER_GRANT_MAX, GRANTS_PER_CREDENTIAL_MAX } from "../limits";
import { sealValue, valueOwner } from "../pins/sealed-value";
import { Refusal } from "../refusal";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";
import type { PersonRow } from "../store/rows/right-rows";
import { requireRoom } from "./door-room";
import { drawFreePin, isTaken, placeValue, readPlaces, type PlacedValue } from "./pin-values";

/** A grant to be given: which doors, and on which terms at each. */
export interface NewGrant {
  doors: readonly string[];
  terms: GrantTerms;
  /** Bit mask of the outputs that it opens, at each of its doors. */
  outputs: number;
  /** Each of its doors counts uses by itself, and that is wanted (X6): otherwise limited uses take one door. */
  usesTogether?: boolean | undefined;
  /** The group that gives it (N12); undefined: it is the credential's own. */
  group?: string | undefined;
  /** Doors know it and refuse it (S11). */
  suspended?: boolean | undefined;
}

/** A PIN to be drawn, or a card, or a phone. */
export interface NewCredential {
  /** Bytes of the card's number, as the reader gives them. */
  card?: Uint8Array;
  /** Doors know it by the credential's id. */
  phone?: true;
  /** The key that it is of; undefined: a credential by itself, such as a member's code. */
  key?: string | undefined;
  grants: readonly NewGrant[];
  /** Another PIN must follow (X12). */
  secondPin: boolean;
  /** A PIN that opens like the last one to be typed, with a silent alarm (X12). */
  duressPin: boolean;
}

/** To be shown once and logged never. */
export interface GivenCode {
  credential: string;
  pin: string;
}

export interface GivenCredential {
  credential: string;
  /** The digits; undefined for a card or a phone. */
  pin?: string;
  /** The key that it is of. */
  key?: string;
  grants: string[];
  secondPin?: GivenCode;
  duressPin?: GivenCode;
}

/** Who gives to whom, and with which keys. */
export interface Giving {
  unit: Unit;
  keystore: Keystore;
  secrets: DoorSecrets;
  person: PersonRow;
  now: number;
}

/**
 * Gives a person new credentials, each with its grants; any of them opens.
 * @throws {Refusal} `not-found`, `person-revoked`, `too-many-pins`, `door-of-another-property`, `door-full`,
 * `unit-needed`, `card-taken`, `duress-needs-pin`, `uses-with-duress`, or a fault of the terms; the transaction is
 * then to be given up.
 */
export async function giveCredentials(unit: Unit, keystore: Keystore, secrets: DoorSecrets, person: string, wanted: readonly NewCredential[], actor: string, now: number): Promise<GivenCredential[]> {
  const given = await giveCredentialsUnchecked(unit, keystore, secrets, person, wanted, actor, now);
  // Counting a door's grants reads them all: once for the lot.
  for (const door of new Set(wanted.flatMap(({ grants }) => grants).flatMap((grant) => grant.doors))) await requireRoom(unit, door);
  return given;
}

/** `giveCredentials` for many people at once: whoever calls it asks each door afterwards whether it has room. */
export async function giveCredentialsUnchecked(unit: Unit, keystore: Keystore, secrets: DoorSecrets, person: string, wanted: readonly NewCredential[], actor: string, now: number): Promise<GivenCredential[]> {
  const given: GivenCredential[] = [];
  for (const each of wanted) {
    const giving: Giving = { unit, keystore, secrets, now, person: await requireHolder(unit, person, each) };
    given.push(await giveCredential(giving, each, actor));
  }
  return given;
}

async function giveCredential(giving: Giving, wanted: NewCredential, actor: string): Promise<GivenCredential> {
  const { unit, keystore, secrets, person, now } = giving;
  const { card, phone, key, grants, secondPin, duressPin } = wanted;
  checkTerms(wanted, now);
  const doors = [...new Set(grants.flatMap((grant) => grant.doors))];
  const credential = newId();
  const kind: StoredKind = card !== undefined ? "card" : phone ? "phone" : "pin";
  const first: StoredValue = { kind, value: card ?? valueOfId(kind, credential) ?? new Uint8Array(0), unit: person.unit };
  let pin: string | undefined;
  if (kind === "pin") {
    const free = await drawFreePin(unit, keystore.sealing, secrets, doors, { ...first, further: await typableGroupDoors(unit, person.id) });
    ({ pin } = free);
    first.value = ascii(pin);
    await insertCredential(giving, credential, first, free.places, { key });
  } else {
    const places = placeValue(keystore.sealing, secrets, await readPlaces(unit, doors), first);
    // A phone's id is drawn: that two have one tag is as unlikely as with cards.
    if (await isTaken(unit, places)) throw new Refusal("card-taken");
    await insertCredential(giving, credential, first, places, { key });
  }
  const given: GivenCredential = { credential, ...(pin !== undefined && { pin }), ...(key !== undefined && { key }), grants: [] };
  const parent = { id: credential, stored: first };
  if (secondPin) given.secondPin = await giveCompanion(giving, "second-pin", parent, doors);
  if (duressPin) given.duressPin = await giveCompanion(giving, secondPin ? "duress-second-pin" : "duress-pin", parent, doors);
  for (const [index, grant] of grants.entries()) given.grants.push(...(await insertGrants(unit, credential, grant, index, actor, now)));
  await noteChanges(unit, doors.map((door) => ({ door, credential })), now);
  await audit(unit, { at: now, actor, action: `${first.kind}.give`, subject: `person/${person.id}`, detail: { credential, grants: given.grants, doors, secondPin, duressPin }, ...(card && { personal: { keys: keystore.dataKeys, owner: `person/${person.id}` as const, detail: { number: toHex(card) } } }) });
  return given;
}

/** A PIN that hangs on another credential and shares its grants. */
async function giveCompanion(giving: Giving, kind: StoredKind, parent: { id: string; stored: StoredValue }, doors: readonly string[]): Promise<GivenCode> {
  const { unit, keystore, secrets, person } = giving;
  const wanted = { kind, unit: person.unit, ...(isSecond(kind) && { parent: parent.stored, parentId: parent.id }) };
  const { pin, places } = await drawFreePin(unit, keystore.sealing, secrets, doors, wanted);
  const credential = newId();
  await insertCredential(giving, credential, { kind, value: ascii(pin), unit: person.unit }, places, { parent: parent.id });
  return { credential, pin };
}

const FIRST_VERSION = 1; // a renewed value is the next one's

/** @param id `newId()`. @param places where it can be used. */
export async function insertCredential({ unit, keystore, person, now }: Giving, id: string, { kind, value }: StoredValue, places: Map<string, PlacedValue>, { parent, key }: { parent?: string; key?: string | undefined }): Promise<void> {
  const common = { id, person_id: person.id, kind, parent_id: parent ?? null, version: FIRST_VERSION, created_at: now, key_id: key ?? null };
  if (valueOfId(kind, id) !== undefined) await unit.insertInto("credentials").values({ ...common, value: null, digits: 0 }).execute();
  else {
    const key_owner = await valueOwner(unit, person);
    const sealed = await sealValue(unit, keystore, key_owner, { id, version: FIRST_VERSION }, value, now);
    await unit.insertInto("credentials").values({ ...common, value: sealed, key_owner, digits: isTyped(kind) ? value.length : 0 }).execute();
  }
  const guessable = isTyped(kind) && !isSecond(kind) ? 1 : 0;
  for (const [door_id, { fingerprint, tag }] of places) await unit.insertInto("door_credentials").values({ door_id, credential_id: id, fingerprint, tag, guessable }).execute();
}

function checkTerms({ card, phone, grants, secondPin, duressPin }: NewCredential, now: number): void {
  if (grants.length < 1 || grants.length > GRANTS_PER_CREDENTIAL_MAX) throw new Error("the API bounds the number of grants");
  for (const [index, { terms, doors, usesTogether }] of grants.entries()) {
    const fault = findTermsFault(terms, usesTogether ? 1 : new Set(doors).size, now);
    if (fault !== undefined) throw new Refusal(fault.code, fault.detail, { grant: index, ...(fault.windows && { windows: fault.windows }) });
  }
  if (!duressPin || secondPin) return;
  if (card !== undefined || phone) throw new Refusal("duress-needs-pin");
  // A door counts uses by the tag, and this PIN's is another one.
  if (grants.some(({ terms }) => terms.maxUses > 0)) throw new Refusal("uses-with-duress");
}

/** @throws {Refusal} as `giveCredentials` says. */
export async function requireHolder(unit: Unit, id: string, { card, phone, grants }: { card?: Uint8Array; phone?: true; grants: readonly Pick<NewGrant, "doors">[] }): Promise<PersonRow> {
  const person = await unit.selectFrom("people").selectAll().where("id", "=", id).executeTakeFirst();
  if (person === undefined) throw new Refusal("not-found", "There is no such person.");
  if (person.revoked_at !== null) throw new Refusal("person-revoked");
  await requireFewCredentials(unit, id);
  for (const { doors } of grants) {
    if (doors.length < 1 || doors.length > DOORS_PER_GRANT_MAX) throw new Error("the API bounds the number of doors");
    for (const door of doors) {
      const row = await unit.selectFrom("doors").select(["property_id", "unit_numbers"]).where("id", "=", door).executeTakeFirst();
      if (row === undefined) throw new Refusal("not-found", `There is no door ${door}.`, { door });
      if (row.property_id !== person.property_id) throw new Refusal("door-of-another-property", `Door ${door} belongs to another property.`, { door });
      if (row.unit_numbers === 1 && card === undefined && !phone && person.unit === null) throw new Refusal("unit-needed", `PINs are typed after a unit number at door ${door}, and this person has none.`, { door });
    }
  }
  return person;
}

/** Members have as many codes as the manager's rule says, one for each door at most (O14). */
async function requireFewCredentials(unit: Unit, person: string): Promise<void> {
  const member = await unit.selectFrom("memberships").select("role").where("person_id", "=", person).executeTakeFirst();
  if (member !== undefined) return;
  const { count } = await unit
    .selectFrom("credentials")
    .select((eb) => eb.fn.countAll().as("count"))
    .where("person_id", "=", person)
    .where("parent_id", "is", null)
    .where("revoked_at", "is", null)
    .where("superseded_at", "is", null)
    .executeTakeFirstOrThrow();
  if (Number(count) >= CREDENTIALS_PER_PERSON_MAX) throw new Refusal("too-many-pins", `A person has at most ${CREDENTIALS_PER_PERSON_MAX} PINs and cards.`);
}

/** As `insertGrant`, and one for each door where these count uses apart (X6): then what is left differs from door to door. */
export async function insertGrants(unit: Unit, credential: string, grant: NewGrant, useCounter: number, actor: string, now: number): Promise<string[]> {
  const cuts = grant.usesTogether === true ? [...new Set(grant.doors)].map((door) => [door]) : [grant.doors];
  const ids: string[] = [];
  for (const doors of cuts) ids.push(await insertGrant(unit, credential, { ...grant, doors }, useCounter, actor, now));
  return ids;
}

/** @param useCounter the grant's own for its life: a door counts the uses of alternatives apart by it. */
export async function insertGrant(unit: Unit, credential: string, { doors, terms, outputs, group, suspended = false }: NewGrant, useCounter: number, actor: string, now: number): Promise<string> {
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
      outputs,
      created_at: now,
      created_by: actor,
      group_id: group ?? null,
      suspended: suspended ? 1 : 0,
    })
    .execute();
  for (const door_id of new Set(doors)) await unit.insertInto("grant_doors").values({ grant_id: id, door_id }).execute();
  return id;
}
