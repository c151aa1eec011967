import type { Unit } from "../store/store";
import type { IdentifierKind } from "../store/rows/account-rows";
import type { InvitationState } from "./invitation-state";

/** The links of a place that nobody has used are dead from now on. */
export async function withdrawInvitations(unit: Unit, person: string, state: Exclude<InvitationState, "pending" | "accepted">, now: number): Promise<void> {
  await unit.updateTable("invitations").set({ state, answered_at: now }).where("person_id", "=", person).where("state", "=", "pending").execute();
}

/**
 * An address or a number is given up by its owner: what was sent there and waits for an answer is not inherited by
 * whoever has it next (A2). The place, or the key, stays pending; whoever invited can do it anew.
 */
export async function withdrawInvitationsTo(unit: Unit, { kind, value }: { kind: IdentifierKind; value: string }, now: number): Promise<void> {
  const places = unit.selectFrom("memberships").select("person_id").where(kind, "=", value).where("state", "=", "pending");
  await unit.updateTable("invitations").set({ state: "withdrawn", answered_at: now }).where("person_id", "in", places).where("state", "=", "pending").execute();
  const keys = unit.selectFrom("keys").select("id").where(kind, "=", value).where("state", "=", "pending");
  await unit.updateTable("key_links").set({ state: "withdrawn", answered_at: now }).where("key_id", "in", keys).where("state", "=", "pending").execute();
}
