import { audit } from "../audit/audit";
import { releaseButtons } from "../fobs/fob-buttons";
import type { InvitationState } from "../invitations/invitation-state";
import { withdrawKeyMessages } from "../messages/key-messages";
import type { Unit } from "../store/store";
import type { KeyEvent } from "./key-state";

export type KeyEnding = Exclude<KeyEvent, "activated">;

const LINK_AFTER: Record<KeyEnding, InvitationState> = { removed: "withdrawn", declined: "declined", expired: "expired" };

/**
 * Notes that keys have ended: their links are dead, what was to be sent with them goes no more, and codes that were
 * only kept free for them are forgotten. The rights that they had are the caller's to end; of keys that have ended
 * already nothing changes.
 */
export async function closeKeys(unit: Unit, keys: readonly string[], how: KeyEnding, actor: string, now: number): Promise<void> {
  for (const id of keys) {
    const key = await unit.selectFrom("keys").select(["state", "version", "person_id", "property_id"]).where("id", "=", id).executeTakeFirstOrThrow();
    if (key.state === "ended") continue;
    await unit.updateTable("keys").set({ state: "ended", ended_at: now, ended_by: actor, version: key.version + 1 }).where("id", "=", id).execute();
    await closeLinks(unit, id, LINK_AFTER[how], now);
    await withdrawKeyMessages(unit, id);
    if (key.state === "pending") await dropReserved(unit, id, now);
    await releaseButtons(unit, id);
    await audit(unit, { at: now, actor, action: "key.end", subject: `key/${id}`, detail: { property: key.property_id, person: key.person_id, how } });
  }
}

/** The key's links that nobody has used are dead from now on. */
export async function closeLinks(unit: Unit, key: string, state: InvitationState, now: number): Promise<void> {
  await unit.updateTable("key_links").set({ state, answered_at: now }).where("key_id", "=", key).where("state", "=", "pending").execute();
}

/** A code that no door ever had: it may be anybody's from now on. */
export async function dropReserved(unit: Unit, key: string, now: number): Promise<void> {
  const rows = await unit.selectFrom("credentials").select("id").where("key_id", "=", key).where("revoked_at", "is", null).execute();
  for (const { id } of rows) {
    await unit.updateTable("door_credentials").set({ released_at: now }).where("credential_id", "=", id).where("released_at", "is", null).execute();
    await unit.updateTable("credentials").set({ revoked_at: now, value: null }).where("id", "=", id).execute();
  }
}

/**
 * After rights have ended: a key that has none of its own left has ended with them (its groups' do not keep it).
 * @returns the key, where it has ended now.
 */
export async function closeKeyWithoutGrants(unit: Unit, credential: string, actor: string, now: number): Promise<string | undefined> {
  const row = await unit.selectFrom("keys as key").innerJoin("credentials as credential", "credential.key_id", "key.id").where("credential.id", "=", credential).where("key.state", "=", "active").select("key.id").executeTakeFirst();
  if (row === undefined) return undefined;
  const left = await unit
    .selectFrom("grants as grant")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .where("credential.key_id", "=", row.id)
    .where("grant.revoked_at", "is", null)
    .where("grant.group_id", "is", null)
    .select("grant.id")
    .executeTakeFirst();
  if (left !== undefined) return undefined;
  await closeKeys(unit, [row.id], "removed", actor, now);
  return row.id;
}

/** All keys of somebody whose access has ended. */
export async function closeKeysOf(unit: Unit, person: string, actor: string, now: number): Promise<void> {
  const rows = await unit.selectFrom("keys").select("id").where("person_id", "=", person).where("state", "<>", "ended").orderBy("id").execute();
  await closeKeys(unit, rows.map((row) => row.id), "removed", actor, now);
}
