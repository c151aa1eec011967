import type { HolderClassName } from "../access/grant";
import type { Window } from "../access/window";
import type { Identifier } from "../accounts/identifier";
import type { Keystore } from "../keys/keystore";
import { addPlace } from "../households/add-place";
import { KEYS_PER_PERSON_MAX } from "../limits";
import { addPerson } from "../people/add-person";
import { Refusal } from "../refusal";
import type { Giver, ShareBounds } from "../rules/find-giver";
import type { Unit } from "../store/store";
import type { PersonRow } from "../store/rows/right-rows";
import { knowsPerson } from "./known-people";
import type { KeyColumns } from "./settle-key";

/** Whom a key is for: somebody known, or somebody new with at most one address. */
export type KeyUser = KnownKeyUser | NewKeyUser;

export interface KnownKeyUser {
  person: string;
  /** Where this key's link or code goes; undefined = where that of their newest key went. */
  to?: Identifier | undefined;
}

export interface NewKeyUser {
  name: string | undefined;
  /** Normalised. */
  email: string | undefined;
  phone: string | undefined;
  /** undefined = guest. Whoever gives of what is theirs by somebody else's word gives to guests. */
  holderClass: HolderClassName | undefined;
  /** Digits that they type before a PIN where a door asks for it. */
  unit: string | undefined;
}

export interface SettledUser {
  person: string;
  email: string | null;
  phone: string | null;
}

/**
 * The person who uses a key that is given now. What a member gives makes a place of its own in the household, so that
 * it ends with what is theirs (O12).
 * @throws {Refusal} `not-found`: nobody whom the giver may know of (N1); `member-of-household`, `person-revoked`,
 * `one-identifier`, `too-many-keys`.
 */
export async function settleUser(unit: Unit, keystore: Pick<Keystore, "dataKeys">, property: string, giver: Giver, user: KeyUser, key: KeyColumns & { doors: readonly string[] }, now: number): Promise<SettledUser> {
  const known = "person" in user ? await knownUser(unit, property, giver, user, now) : undefined;
  const { name, email, phone } = known ?? { ...(user as NewKeyUser), email: (user as NewKeyUser).email ?? null, phone: (user as NewKeyUser).phone ?? null };
  if (giver.share?.place !== undefined) return { person: await addShare(unit, keystore, giver, giver.share.place, { name: nameOf(name, email, phone), key }, now), email, phone };
  if (known?.person !== undefined) {
    await requireFewKeys(unit, known.person);
    return { person: known.person, email, phone };
  }
  const { holderClass, unit: flat } = "person" in user ? { holderClass: undefined, unit: undefined } : user;
  const person = await addPerson(unit, keystore, { property, name: nameOf(name, email, phone), class: giver.share === undefined ? (holderClass ?? "guest") : "guest", unit: flat }, giver.actor, now);
  return { person, email, phone };
}

function nameOf(name: string | undefined, email: string | null, phone: string | null): string {
  const known = name ?? email ?? phone;
  if (known === null || known === undefined) throw new Refusal("one-identifier");
  return known;
}

interface KnownUser {
  /** undefined: the giver knows them from another property, or from a household; here they are somebody new. */
  person: string | undefined;
  name: string;
  email: string | null;
  phone: string | null;
}

async function knownUser(unit: Unit, property: string, giver: Giver, { person: id, to }: KnownKeyUser, now: number): Promise<KnownUser> {
  const row = await unit.selectFrom("people").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined || !(await mayKnow(unit, giver, row, property, now))) throw new Refusal("not-found", "There is no such person.");
  const member = await unit.selectFrom("memberships").select(["role", "email", "phone"]).where("person_id", "=", id).executeTakeFirst();
  // Where the newest of their keys went, the next one goes.
  const newest = await unit.selectFrom("keys").select(["email", "phone"]).where("person_id", "=", id).orderBy("created_at", "desc").orderBy("id").executeTakeFirst();
  const said = to && { email: to.kind === "email" ? to.value : null, phone: to.kind === "phone" ? to.value : null };
  const { email, phone } = said ?? newest ?? { email: member?.email ?? null, phone: member?.email === null ? member.phone : null };
  if (giver.share?.place !== undefined || row.property_id !== property) return { person: undefined, name: row.name, email, phone };
  if (member !== undefined) throw new Refusal("member-of-household");
  if (row.revoked_at !== null) throw new Refusal("person-revoked");
  return { person: id, name: row.name, email, phone };
}

/** N1: one has shared with them before, or has a key in common with them; nobody else is found by trying. */
async function mayKnow(unit: Unit, giver: Giver, { id, name, erased_at, property_id }: PersonRow, property: string, now: number): Promise<boolean> {
  if (erased_at !== null || name === "") return false;
  if (giver.as === "manager" && property_id === property) return true;
  return giver.account !== null && (await knowsPerson(unit, giver.account, id, now));
}

async function requireFewKeys(unit: Unit, person: string): Promise<void> {
  const { count } = await unit.selectFrom("keys").select((eb) => eb.fn.countAll().as("count")).where("person_id", "=", person).where("state", "<>", "ended").executeTakeFirstOrThrow();
  if (Number(count) >= KEYS_PER_PERSON_MAX) throw new Refusal("too-many-keys", `A person has at most ${KEYS_PER_PERSON_MAX} keys.`);
}

async function addShare(unit: Unit, keystore: Pick<Keystore, "dataKeys">, giver: Giver, { household, person }: NonNullable<ShareBounds["place"]>, { name, key }: { name: string; key: KeyColumns & { doors: readonly string[] } }, now: number): Promise<string> {
  const place = { household, role: "share" as const, name, email: undefined, phone: undefined, invitedBy: person, doors: key.doors, windows: JSON.parse(key.windows) as Window[], start: key.starts_at, end: key.ends_at ?? undefined };
  return addPlace(unit, keystore, place, giver.actor, now);
}
