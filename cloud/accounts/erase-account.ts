import { audit } from "../audit/audit";
import { withdrawInvitationsTo } from "../invitations/withdraw";
import { sendsTexts } from "../messages/channels";
import { forgetMessages, queueMessage } from "../messages/queue-message";
import { forgetPhones } from "../phones/end-phone";
import type { Unit } from "../store/store";
import type { AccountParts } from "./account-parts";
import { identifiersOf, readAccount } from "./account";
import { endSessions } from "./session";

/**
 * Forgets whom an account belonged to, and ends its sessions. Its places stay with their households, for those to
 * end who may: moving out is something else than leaving a web site (M9). Its phones open nothing any more. Doors that
 * belonged to it are the manager's.
 */
export async function eraseAccount(unit: Unit, parts: AccountParts, account: string, now: number): Promise<void> {
  const { language } = await readAccount(unit, account);
  const identifiers = await identifiersOf(unit, account);
  await endSessions(unit, account, now);
  await forgetPhones(unit, account, now);
  for (const table of ["identifiers", "codes", "passkeys", "passkey_challenges", "managers", "door_owners", "notification_rules", "notifications"] as const) await unit.deleteFrom(table).where("account_id", "=", account).execute();
  await unit.updateTable("sessions").set({ agent: "" }).where("account_id", "=", account).execute();
  await unit.updateTable("memberships").set({ account_id: null }).where("account_id", "=", account).where("state", "<>", "ended").execute();
  await unit.updateTable("keys").set({ account_id: null }).where("account_id", "=", account).where("state", "<>", "ended").execute();
  await unit.updateTable("accounts").set({ name: "", erased_at: now }).where("id", "=", account).execute();
  await audit(unit, { at: now, actor: `account/${account}`, action: "account.erase", subject: `account/${account}` });
  await parts.keystore.dataKeys.destroy(unit, `account/${account}`, now);
  for (const { kind, value } of identifiers) {
    await unit.deleteFrom("codes").where("kind", "=", kind).where("value", "=", value).execute();
    await withdrawInvitationsTo(unit, { kind, value }, now);
    await forgetMessages(unit, { kind, value });
    if (kind === "phone" && !sendsTexts(parts.channels)) continue;
    await queueMessage(unit, parts, { to: { kind, value }, language, kind: "account-erased", values: {} }, now);
  }
}
