import { audit } from "../audit/audit";
import { sendsTexts } from "../messages/channels";
import { pageLink } from "../messages/page-link";
import { queueToAccount } from "../messages/queue-message";
import type { Unit } from "../store/store";
import type { InvitationRow } from "../store/rows/household-rows";
import type { InvitationParts } from "../invitations/send-invitation";
import { activate } from "./activate";
import type { CredentialParts } from "./member-access";
import { readPlace } from "./read-place";

/**
 * Gives an account the leases that are its holder's beyond doubt: all that the manager entered, e-mail and phone, is
 * verified in this one account (M2, M3). With one of the two, or each in another account, the link that was sent is
 * needed (M4). A site that sends no text messages cannot verify phones: there the e-mail suffices (A3). Only leases
 * whose link still stands are found: one to an address that was given up is not inherited (A2).
 * @returns the people whose places they are.
 */
export async function linkLeases(unit: Unit, parts: CredentialParts & InvitationParts, account: string, now: number): Promise<string[]> {
  const identifiers = await unit.selectFrom("identifiers").select(["kind", "value"]).where("account_id", "=", account).execute();
  const has = (kind: "email" | "phone", value: string | null) => value === null || identifiers.some((each) => each.kind === kind && each.value === value);
  const linked: string[] = [];
  for (const lease of await openLeases(unit, identifiers.map(({ value }) => value), now)) {
    const phoneNeeded = lease.email === null || sendsTexts(parts.channels);
    if (!has("email", lease.email) || (phoneNeeded && !has("phone", lease.phone))) continue;
    if (await hasPlace(unit, lease.household_id, account)) continue;
    await linkLease(unit, parts, lease, account, now);
    linked.push(lease.person_id);
  }
  return linked;
}

/** Whether an account has a place of its own in a household. */
export async function hasPlace(unit: Unit, household: string, account: string): Promise<boolean> {
  const place = await unit.selectFrom("memberships").select("person_id").where("household_id", "=", household).where("account_id", "=", account).where("state", "<>", "ended").where("role", "<>", "share").executeTakeFirst();
  return place !== undefined;
}

async function linkLease(unit: Unit, parts: CredentialParts & InvitationParts, { person_id, invitation }: { person_id: string; invitation: string }, account: string, now: number): Promise<void> {
  await unit.updateTable("invitations").set({ state: "accepted", answered_at: now, account_id: account }).where("id", "=", invitation).execute();
  await unit.updateTable("memberships").set({ account_id: account }).where("person_id", "=", person_id).execute();
  await audit(unit, { at: now, actor: `account/${account}`, action: "lease.link", subject: `person/${person_id}`, detail: {} });
  await activate(unit, parts, person_id, `account/${account}`, now);
  const { household } = await readPlace(unit, person_id);
  const { name: property } = await unit.selectFrom("properties").select("name").where("id", "=", household.property_id).executeTakeFirstOrThrow();
  const { name: flat } = await unit.selectFrom("units").select("name").where("id", "=", household.unit_id).executeTakeFirstOrThrow();
  await queueToAccount(unit, parts, account, { kind: "lease-linked", values: { property, unit: flat, link: pageLink(parts.publicUrl(), "home") } }, now);
}

/** Leases that nobody has linked, by either address, while their link stands. */
async function openLeases(unit: Unit, values: readonly string[], now: number) {
  if (values.length === 0) return [];
  return unit
    .selectFrom("memberships as lease")
    .innerJoin("invitations as invitation", "invitation.person_id", "lease.person_id")
    .where("lease.role", "=", "administrator")
    .where("lease.state", "=", "pending")
    .where("lease.account_id", "is", null)
    .where("invitation.state", "=", "pending" satisfies InvitationRow["state"])
    .where("invitation.expires_at", ">", now)
    .where((eb) => eb.or([eb("lease.email", "in", values), eb("lease.phone", "in", values)]))
    .select(["lease.person_id", "lease.household_id", "lease.email", "lease.phone", "invitation.id as invitation"])
    .execute();
}
