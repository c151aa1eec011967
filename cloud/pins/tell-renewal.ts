import type { MessageContent } from "../messages/message";
import { pageLink } from "../messages/page-link";
import { queueToAccount, type MessageParts } from "../messages/queue-message";
import type { Unit } from "../store/store";
import type { MembershipRow } from "../store/rows/household-rows";
import type { Renewal } from "./renew-codes";

export interface TellParts extends MessageParts {
  publicUrl(): string;
}

/**
 * Who has been told to look at a new code: its holder; the members who are to pass it on to a holder without an
 * account; nobody, where whoever renewed it must do so.
 */
export type Told = "holder" | "household" | "nobody";

/**
 * Tells that somebody has a new code, never the code itself: people look at it after signing in (O10).
 * @param oldUntil when the old one ends; undefined = it has.
 */
export async function tellRenewal(unit: Unit, parts: TellParts, person: string, { reason, oldUntil }: Pick<Renewal, "reason"> & { oldUntil: number | undefined }, now: number): Promise<Told> {
  const member = await unit.selectFrom("memberships").selectAll().where("person_id", "=", person).executeTakeFirst();
  if (member === undefined || member.state !== "active") return "nobody";
  const row = await holderOf(unit, person);
  const moment = oldUntil === undefined ? null : { at: oldUntil, timeZone: row.time_zone };
  const link = pageLink(parts.publicUrl(), "home");
  return tellReaders(unit, parts, member, (holder) => ({ kind: "pin-renewed", values: { holder: holder ? null : row.name, property: row.property, reason, oldUntil: moment, link } }), now);
}

/** Tells that somebody has another code, for doors at which the one they have cannot be used. */
export async function tellAddition(unit: Unit, parts: TellParts, person: string, now: number): Promise<Told> {
  const member = await unit.selectFrom("memberships").selectAll().where("person_id", "=", person).executeTakeFirst();
  if (member === undefined || member.state !== "active") return "nobody";
  const row = await holderOf(unit, person);
  const link = pageLink(parts.publicUrl(), "home");
  return tellReaders(unit, parts, member, (holder) => ({ kind: "pin-added", values: { holder: holder ? null : row.name, property: row.property, link } }), now);
}

async function holderOf(unit: Unit, person: string): Promise<{ name: string; property: string; time_zone: string }> {
  return unit
    .selectFrom("people as person")
    .innerJoin("properties as property", "property.id", "person.property_id")
    .where("person.id", "=", person)
    .select(["person.name", "property.name as property", "property.time_zone"])
    .executeTakeFirstOrThrow();
}

/** @param message for the holder, or for whoever is to pass it on. */
async function tellReaders(unit: Unit, parts: TellParts, member: MembershipRow, message: (holder: boolean) => MessageContent, now: number): Promise<Told> {
  const readers = member.account_id === null ? await keepersOf(unit, member) : [member.account_id];
  for (const account of readers) await queueToAccount(unit, parts, account, message(account === member.account_id), now);
  if (readers.length === 0) return "nobody";
  return member.account_id === null ? "household" : "holder";
}

/** Accounts that may see the code of a member who has none: whoever gave a share, the administrators for others. */
async function keepersOf(unit: Unit, member: MembershipRow): Promise<string[]> {
  if (member.role === "administrator") return []; // O10: not even a co-administrator
  let query = unit.selectFrom("memberships").select("account_id").where("household_id", "=", member.household_id).where("state", "=", "active").where("account_id", "is not", null);
  query = member.role === "share" ? query.where("person_id", "=", member.invited_by) : query.where("role", "=", "administrator");
  const rows = await query.orderBy("person_id").execute();
  return [...new Set(rows.map((row) => row.account_id!))];
}
