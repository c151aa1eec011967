import type { Unit } from "../store/store";
import { placesInForce } from "../rules/read-standing";

/** What phones of an account open doors with: a credential of kind phone in force. */
export interface PhoneHolder {
  /** The credential's id. */
  id: string;
  property: string;
  person: string;
  /** The key that it is of; undefined: of a place in a household. */
  key: string | undefined;
}

/** Of keys that the account has accepted, and of places that it holds; by id. All of its phones share them. */
export async function holdersOf(unit: Unit, account: string, now: number): Promise<PhoneHolder[]> {
  const keys = await unit
    .selectFrom("keys as key")
    .innerJoin("credentials as credential", "credential.key_id", "key.id")
    .where("key.account_id", "=", account)
    .where("key.state", "=", "active")
    .where("credential.kind", "=", "phone")
    .where("credential.revoked_at", "is", null)
    .select(["credential.id", "credential.person_id as person", "key.property_id as property", "key.id as key"])
    .execute();
  const places = await placesInForce(unit, account, now);
  const own = places.length === 0 ? [] : await phonesOfPlaces(unit, places.map(({ person_id }) => person_id));
  const ofPlaces = own.map(({ id, person_id: person }) => ({ id, person, property: places.find(({ person_id }) => person_id === person)!.property_id, key: undefined }));
  return [...keys, ...ofPlaces].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Credentials of kind phone in force that people have by their place, and not by a key. */
export async function phonesOfPlaces(unit: Unit, people: readonly string[]): Promise<{ id: string; person_id: string }[]> {
  return unit.selectFrom("credentials").select(["id", "person_id"]).where("person_id", "in", people).where("kind", "=", "phone").where("key_id", "is", null).where("revoked_at", "is", null).execute();
}

/** What a holder may open at a door. */
export interface HolderRight {
  holder: string;
  door: string;
  /** Bit mask. */
  outputs: number;
}

/**
 * What holders open, as far as ends go: what has not begun, or is suspended, is for the door to refuse. Of one door
 * in the order in which to try: what opens now before what will, what is not counted before what is.
 */
export async function rightsOfHolders(unit: Unit, holders: readonly string[], now: number): Promise<HolderRight[]> {
  if (holders.length === 0) return [];
  const rows = await unit
    .selectFrom("grants as grant")
    .innerJoin("grant_doors as at", "at.grant_id", "grant.id")
    .where("grant.credential_id", "in", holders)
    .where("grant.revoked_at", "is", null)
    .where("grant.not_after", ">", now)
    .where("at.removed_version", "is", null)
    .select(["grant.credential_id as holder", "at.door_id as door", "grant.outputs", "grant.max_uses", "grant.suspended", "grant.not_before"])
    .execute();
  const rank = (row: (typeof rows)[number]) => (row.suspended === 1 ? 4 : 0) + (row.not_before > now ? 2 : 0) + (row.max_uses > 0 ? 1 : 0);
  const rights = new Map<string, HolderRight>();
  for (const row of rows.sort((a, b) => rank(a) - rank(b) || (a.holder < b.holder ? -1 : 1))) {
    const { holder, door, outputs } = row;
    const right = rights.get(`${holder} ${door}`) ?? { holder, door, outputs: 0 };
    right.outputs |= outputs;
    rights.set(`${holder} ${door}`, right);
  }
  return [...rights.values()];
}
