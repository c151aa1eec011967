import { NO_END } from "../../protocol/profile";
import type { StoredKind } from "../access/stored-kind";
import { placeTerms } from "../households/place-terms";
import { spanOf } from "../households/read-place";
import type { Unit } from "../store/store";
import { ALWAYS, meet, type Span } from "./group-terms";

/** What a person opens doors with, as far as a group has to do with it: no companion, none that has ended. */
export interface PersonalCredential {
  id: string;
  kind: StoredKind;
  /** What phones open with by a place: no code is spared for it, because not everybody has a phone in hand. */
  besideCodes: boolean;
  /** A newer code stands in its place; it lasts no longer than it did. */
  superseded: boolean;
  /** Its key is blocked (S11). */
  suspended: boolean;
  /** When its key and its holder's place hold. */
  holds: Span;
  /** Doors where it is the holder's already, and nobody else's. */
  placed: ReadonlySet<string>;
}

/**
 * The credentials that open a group's doors for a person. One that is for a limited number of uses is not among
 * them: it opens as often as it was given for, and no more (N8).
 */
export async function readPersonCredentials(unit: Unit, person: string): Promise<PersonalCredential[]> {
  const place = await holdingSpan(unit, person);
  if (place === undefined) return [];
  const rows = await unit
    .selectFrom("credentials as credential")
    .leftJoin("keys as key", "key.id", "credential.key_id")
    .select(["credential.id", "credential.kind", "credential.superseded_at", "key.state", "key.starts_at", "key.ends_at", "key.max_uses", "key.blocked", "key.role"])
    .where("credential.person_id", "=", person)
    .where("credential.parent_id", "is", null)
    .where("credential.revoked_at", "is", null)
    .orderBy("credential.created_at")
    .orderBy("credential.id")
    .execute();
  const found: PersonalCredential[] = [];
  for (const { id, kind, superseded_at, state, starts_at, ends_at, max_uses, blocked, role } of rows) {
    // Of a pending key there is at most a code that is kept free for it (S4).
    if (state !== null && state !== "active") continue;
    if (max_uses === null ? await isLimited(unit, id) : max_uses > 0) continue;
    // Times bind users, not admins (N6).
    const holds = starts_at === null || role === "admin" ? place : meet(place, { from: starts_at, until: ends_at ?? NO_END });
    if (holds === undefined) continue;
    const known = await unit.selectFrom("door_credentials").select("door_id").where("credential_id", "=", id).where("released_at", "is", null).execute();
    found.push({ id, kind, besideCodes: kind === "phone" && state === null, superseded: superseded_at !== null, suspended: blocked === 1, holds, placed: new Set(known.map((row) => row.door_id)) });
  }
  return found;
}

/**
 * From when until when a person's place in a household holds, or their work at the property (P3): it ends with the
 * last of what they were given for it. Always, where they have neither.
 */
export async function holdingSpan(unit: Unit, person: string): Promise<Span | undefined> {
  const member = await unit.selectFrom("memberships").selectAll().where("person_id", "=", person).executeTakeFirst();
  if (member === undefined) return { ...ALWAYS, until: await endOfWork(unit, person) };
  const terms = member.state === "active" ? placeTerms(member, await spanOf(unit, member.household_id)) : undefined;
  return terms && { from: terms.notBefore, until: terms.notAfter };
}

/** When somebody's work at the property ends; NO_END for those who are no staff. What has ended tells where there is nothing else. */
async function endOfWork(unit: Unit, person: string): Promise<number> {
  const rows = await unit
    .selectFrom("grants as grant")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .innerJoin("people as person", "person.id", "credential.person_id")
    .select(["grant.not_after", "grant.revoked_at"])
    .where("person.id", "=", person)
    .where("person.class", "=", "staff")
    .where("credential.key_id", "is", null)
    .where("grant.group_id", "is", null)
    .execute();
  const inForce = rows.filter(({ revoked_at }) => revoked_at === null);
  return rows.length === 0 ? NO_END : Math.max(...(inForce.length > 0 ? inForce : rows).map(({ not_after }) => not_after));
}

/** Whether all that it opens by itself is counted. */
async function isLimited(unit: Unit, credential: string): Promise<boolean> {
  const own = await unit.selectFrom("grants").select("max_uses").where("credential_id", "=", credential).where("group_id", "is", null).where("revoked_at", "is", null).execute();
  return own.length > 0 && own.every(({ max_uses }) => max_uses > 0);
}
