import { termsOf } from "../access/stored-terms";
import { audit } from "../audit/audit";
import { endLogin } from "../broker/door-logins/keep-login";
import { noteChanges } from "../issuing/outbox";
import { requireRoom } from "../people/door-room";
import { insertGrant } from "../people/give-credential";
import { endKeyWithoutGrants, endWithoutGrants, insertRevocation } from "../people/revoke";
import { Refusal } from "../refusal";
import { textRenewed } from "../sharing/text-key";
import type { Unit } from "../store/store";
import type { PinParts } from "./codes";
import { doorsOfOld, renewCodesUnchecked } from "./renew-codes";
import type { RenewedPerson } from "./renew-viewed-pins";
import { tellRenewal, type TellParts } from "./tell-renewal";

/** What it takes to make a stolen door worthless. */
export interface StolenDoorReport {
  /** Who has new codes, because the door knew the old ones; without any in `given`, what they had opened no other door. */
  renewed: RenewedPerson[];
  /** Cards that it knew: nobody but their makers can change those, so other ones take their place. */
  cards: StolenCard[];
}

/** A card that a stolen door knew, and that may be copied. */
export interface StolenCard {
  person: string;
  name: string;
  credential: string;
  /** It opens nothing any more. */
  ended: boolean;
}

export interface StolenOptions {
  /** For how long the old codes still open elsewhere; 0 = until each door has the next list. */
  overlapSeconds: number;
  /** The cards that it knew end everywhere, now. */
  endCards: boolean;
}

/**
 * A door is lost or stolen (P4): every code that it knew and that opens another door ends everywhere and another takes
 * its place; the door's own rights, login and claim end. It leaves flats, templates and groups; where another one is put in
 * its place, that one is added there. Again: there is nothing more to renew, but its cards can be ended then. It counts
 * as stolen until it is claimed anew.
 * @throws {Refusal} `not-found`; `not-claimed`: it never knew anything; `door-full`.
 */
export async function reportStolenDoor(unit: Unit, parts: PinParts & TellParts, door: string, { overlapSeconds, endCards }: StolenOptions, actor: string, now: number): Promise<StolenDoorReport> {
  const row = await unit.selectFrom("doors").select(["claimed_at", "stolen_at"]).where("id", "=", door).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such door.");
  if (row.claimed_at === null) throw new Refusal("not-claimed", "Nobody has claimed this door, so it knows no codes.");
  const known = await readKnown(unit, door);
  await leaveGroups(unit, door);
  const renewed: RenewedPerson[] = [];
  const codes = known.filter(({ first }) => first === "pin");
  const only = new Set(codes.map(({ credential }) => credential));
  for (const [person, name] of new Map(codes.map((each) => [each.person, each.name]))) {
    const renewal = await renewCodesUnchecked(unit, parts, person, { reason: "security", overlapSeconds, only, without: door }, actor, now);
    if (renewal.old.length === 0) continue;
    const texted = await textRenewed(unit, parts, renewal.given, now);
    const told = texted ? "holder" : renewal.given.length === 0 ? "nobody" : await tellRenewal(unit, parts, person, { reason: "security", oldUntil: renewal.oldUntil }, now);
    renewed.push({ ...renewal, person, name, told });
  }
  await endRightsAt(unit, door, actor, now);
  await leaveFlats(unit, door);
  for (const each of new Set(renewed.flatMap(doorsOfOld))) if (each !== door) await requireRoom(unit, each);
  // It cannot log in again; whoever finds it claims it anew, with its button and a new QR.
  await unit.updateTable("doors").set({ password_hash: null, claim_secret: null, claim_digest: null, claim_answer: null, released_at: now, stolen_at: row.stolen_at ?? now }).where("id", "=", door).execute();
  await endLogin(unit, door);
  const cards: StolenCard[] = [];
  for (const card of cardsOf(known)) {
    if (endCards) await endCard(unit, card, actor, now);
    cards.push({ ...card, ended: endCards || (await hasEnded(unit, card.credential)) });
  }
  await audit(unit, { at: now, actor, action: "door.stolen", subject: `door/${door}`, detail: { renewed: renewed.map(({ person }) => person), cards: cards.map(({ credential }) => credential), endCards } });
  return { renewed, cards };
}

/** Cards that a stolen door knew and that still open others: they are to be replaced. None at a door that is not stolen. */
export async function readStolenCards(unit: Unit, door: string): Promise<StolenCard[]> {
  const row = await unit.selectFrom("doors").select("stolen_at").where("id", "=", door).executeTakeFirst();
  if (row === undefined || row.stolen_at === null) return [];
  return cardsOf(await readKnown(unit, door)).map((card) => ({ ...card, ended: false }));
}

type Known = Awaited<ReturnType<typeof readKnown>>[number];

function cardsOf(known: readonly Known[]): Omit<StolenCard, "ended">[] {
  return known.filter(({ first, credential, firstId }) => first === "card" && credential === firstId).map(({ person, name, credential }) => ({ person, name, credential }));
}

async function endCard(unit: Unit, { person, credential }: Omit<StolenCard, "ended">, actor: string, now: number): Promise<void> {
  const grants = await unit.selectFrom("grants").select("id").where("credential_id", "=", credential).where("revoked_at", "is", null).execute();
  if (grants.length > 0) await insertRevocation(unit, person, "grant", grants.map(({ id }) => id), actor, now);
  await endWithoutGrants(unit, credential, now);
  await endKeyWithoutGrants(unit, person, credential, actor, now);
}

/** Where the stolen door was all that it opened. */
async function hasEnded(unit: Unit, credential: string): Promise<boolean> {
  const { revoked_at } = await unit.selectFrom("credentials").select("revoked_at").where("id", "=", credential).executeTakeFirstOrThrow();
  return revoked_at !== null;
}

/** What is in force of all that the door ever had under its key: an older list may still be found in its flash. */
async function readKnown(unit: Unit, door: string) {
  const rows = await unit
    .selectFrom("door_credentials as known")
    .innerJoin("credentials as credential", "credential.id", "known.credential_id")
    .innerJoin("people as person", "person.id", "credential.person_id")
    .leftJoin("credentials as parent", "parent.id", "credential.parent_id")
    .where("known.door_id", "=", door)
    .where("known.tag", "is not", null)
    .where("credential.revoked_at", "is", null)
    .where("person.revoked_at", "is", null)
    .select(["credential.id as credential", "credential.kind", "parent.id as parent", "parent.kind as parent_kind", "person.id as person", "person.name"])
    .orderBy("person.id")
    .orderBy("credential.id")
    .execute();
  return rows.map(({ credential, kind, parent, parent_kind, person, name }) => ({ credential, person, name, first: parent_kind ?? kind, firstId: parent ?? credential }));
}

/** Nobody has any right there any more; grants that open other doors as well go on there. */
async function endRightsAt(unit: Unit, door: string, actor: string, now: number): Promise<void> {
  const rows = await unit
    .selectFrom("grant_doors as at")
    .innerJoin("grants as grant", "grant.id", "at.grant_id")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .where("at.door_id", "=", door)
    .where("grant.revoked_at", "is", null)
    .selectAll("grant")
    .select("credential.person_id")
    .orderBy("credential.person_id")
    .orderBy("grant.id")
    .execute();
  const ended = new Map<string, string[]>();
  for (const grant of rows) {
    const others = await unit.selectFrom("grant_doors").select("door_id").where("grant_id", "=", grant.id).where("door_id", "<>", door).execute();
    if (others.length > 0 && grant.not_after > now) {
      const doors = others.map((other) => other.door_id);
      const terms = termsOf(grant);
      await insertGrant(unit, grant.credential_id, { doors, terms, outputs: grant.outputs, group: grant.group_id ?? undefined, suspended: grant.suspended === 1 }, grant.use_counter, grant.created_by, now);
      await noteChanges(unit, doors.map((each) => ({ door: each, credential: grant.credential_id })), now);
    }
    ended.set(grant.person_id, [...(ended.get(grant.person_id) ?? []), grant.id]);
  }
  for (const [person, grants] of ended) await insertRevocation(unit, person, "grant", grants, actor, now);
  // What opened nothing else has ended with its rights.
  for (const [credential, person] of new Map(rows.map((grant) => [grant.credential_id, grant.person_id]))) {
    await endWithoutGrants(unit, credential, now);
    await endKeyWithoutGrants(unit, person, credential, actor, now);
  }
}

/** Before codes are renewed: what groups give the new ones is without it. */
async function leaveGroups(unit: Unit, door: string): Promise<void> {
  await unit
    .updateTable("groups")
    .set((eb) => ({ version: eb("version", "+", 1) }))
    .where("id", "in", (eb) => eb.selectFrom("group_doors").select("group_id").where("door_id", "=", door))
    .execute();
  await unit.deleteFrom("group_doors").where("door_id", "=", door).execute();
}

async function leaveFlats(unit: Unit, door: string): Promise<void> {
  await unit
    .updateTable("templates")
    .set((eb) => ({ version: eb("version", "+", 1) }))
    .where("id", "in", (eb) => eb.selectFrom("template_doors").select("template_id").where("door_id", "=", door))
    .execute();
  await unit
    .updateTable("units")
    .set((eb) => ({ version: eb("version", "+", 1) }))
    .where("id", "in", (eb) => eb.selectFrom("unit_doors").select("unit_id").where("door_id", "=", door))
    .execute();
  // Where it is to be a key's door again, whoever gave the key says so.
  await unit
    .updateTable("keys")
    .set((eb) => ({ version: eb("version", "+", 1) }))
    .where("state", "<>", "ended")
    .where("id", "in", (eb) => eb.selectFrom("key_doors").select("key_id").where("door_id", "=", door))
    .execute();
  await unit.deleteFrom("key_doors").where("door_id", "=", door).where("key_id", "in", (eb) => eb.selectFrom("keys").select("id").where("state", "<>", "ended")).execute();
  await unit
    .updateTable("memberships")
    .set((eb) => ({ version: eb("version", "+", 1) }))
    .where("person_id", "in", (eb) => eb.selectFrom("member_doors").select("person_id").where("door_id", "=", door))
    .execute();
  for (const table of ["template_doors", "unit_doors", "member_doors"] as const) await unit.deleteFrom(table).where("door_id", "=", door).execute();
}
