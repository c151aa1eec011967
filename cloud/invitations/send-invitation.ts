import { toHex } from "../../protocol/bytes";
import { countOne } from "../accounts/rate-limit";
import { hashToken, newToken } from "../keys/secret-token";
import { INVITATION_SECONDS, INVITATIONS_PER_RECIPIENT, LEASE_LINK_SECONDS } from "../limits";
import { requireChannel } from "../messages/channels";
import { pageLink } from "../messages/page-link";
import { queueMessage, type MessageParts, type Recipient } from "../messages/queue-message";
import { Refusal } from "../refusal";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";
import type { LanguageName } from "../store/rows/account-rows";
import type { MembershipRow } from "../store/rows/household-rows";
import { readPlace } from "../households/read-place";
import { withdrawInvitations } from "./withdraw";

export interface InvitationParts extends MessageParts {
  /** Origin at which people reach this site. */
  publicUrl(): string;
}

/** A link that nobody has used. */
export interface OpenInvitation {
  id: string;
  /** Only in the message: here stays its hash. */
  token: string;
  to: Recipient;
  /** Unix seconds. */
  expiresAt: number;
}

/**
 * A new link to a pending place; the one before is dead (S5).
 * @throws {Refusal} `not-pending`: accepted, or there is nowhere to send it; `no-text-messages` (A3);
 * `too-many-requests`: nobody's inbox is filled from here.
 */
export async function openInvitation(unit: Unit, parts: MessageParts, member: MembershipRow, now: number): Promise<OpenInvitation> {
  const to = recipientOf(member);
  if (member.state !== "pending" || to === undefined) throw new Refusal("not-pending");
  requireChannel(parts.channels, to.kind);
  const wait = await countOne(unit, `invitation/${toHex(hashToken(`${member.household_id} ${to.value}`))}`, INVITATIONS_PER_RECIPIENT, now);
  if (wait > 0) throw new Refusal("too-many-requests", `This address has had enough messages for now; try again in ${wait} seconds.`, { retryAfter: wait });
  await withdrawInvitations(unit, member.person_id, "replaced", now);
  const lease = member.role === "administrator";
  const expiresAt = Math.min(now + (lease ? LEASE_LINK_SECONDS : INVITATION_SECONDS), member.ends_at ?? Infinity);
  const id = newId();
  const token = newToken();
  await unit
    .insertInto("invitations")
    .values({ id, person_id: member.person_id, kind: lease ? "lease" : "invitation", channel: to.kind, token_hash: hashToken(token), state: "pending", created_at: now, expires_at: expiresAt })
    .execute();
  return { id, token, to, expiresAt };
}

/** Tells whoever is invited, by the channel of their address (M5, M8): nobody is told whether an account has it. */
export async function tellInvitation(unit: Unit, parts: InvitationParts, person: string, invitation: OpenInvitation, language: LanguageName, now: number): Promise<void> {
  const { member, household } = await readPlace(unit, person);
  const { name: property, time_zone: timeZone } = await unit.selectFrom("properties").select(["name", "time_zone"]).where("id", "=", household.property_id).executeTakeFirstOrThrow();
  const { name: flat } = await unit.selectFrom("units").select("name").where("id", "=", household.unit_id).executeTakeFirstOrThrow();
  const until = { at: invitation.expiresAt, timeZone };
  const { to } = invitation;
  if (member.role === "administrator") {
    const link = pageLink(parts.publicUrl(), "lease", invitation.token);
    await queueMessage(unit, parts, { to, language, kind: "lease", values: { property, unit: flat, link, until } }, now);
    return;
  }
  const inviter = member.invited_by === null ? null : (await readPlace(unit, member.invited_by)).person.name;
  const link = pageLink(parts.publicUrl(), "invitation", invitation.token);
  const role = member.role === "resident" ? "resident" : "guest";
  await queueMessage(unit, parts, { to, language, kind: "invitation", values: { inviter, property, unit: flat, role, link, until } }, now);
}

/** Where the link to a place goes: a leaseholder's to their e-mail, if they have one. */
function recipientOf({ email, phone }: MembershipRow): Recipient | undefined {
  if (email !== null) return { kind: "email", value: email };
  return phone === null ? undefined : { kind: "phone", value: phone };
}
