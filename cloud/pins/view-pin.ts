import { isTyped } from "../access/stored-kind";
import { audit } from "../audit/audit";
import type { Keystore } from "../keys/keystore";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import { openValue } from "./sealed-value";

/**
 * The digits of a person's PIN, for whoever must pass them on (O10). Each view is in the audit, and remembered: a
 * court order renews what its subject has seen (O7).
 * @throws {Refusal} `not-found`; `pin-gone` once it has ended.
 */
export async function viewPin(unit: Unit, keystore: Pick<Keystore, "dataKeys" | "sealing">, person: string, credential: string, actor: string, now: number): Promise<string> {
  const row = await unit.selectFrom("credentials").selectAll().where("id", "=", credential).where("person_id", "=", person).executeTakeFirst();
  if (row === undefined || !isTyped(row.kind)) throw new Refusal("not-found", "There is no such PIN.");
  const value = row.revoked_at === null ? await openValue(unit, keystore, row) : undefined;
  if (value === undefined) throw new Refusal("pin-gone");
  await noteView(unit, credential, actor, now);
  await audit(unit, { at: now, actor, action: "pin.view", subject: `person/${person}`, detail: { credential } });
  return Buffer.from(value).toString("ascii");
}

/** Somebody has seen a code: asked for it, or was answered with it when it was drawn. @param viewer as the audit names them. */
export async function noteView(unit: Unit, credential: string, viewer: string, now: number): Promise<void> {
  await unit
    .insertInto("pin_views")
    .values({ credential_id: credential, viewer, first_at: now, last_at: now })
    .onConflict((conflict) => conflict.columns(["credential_id", "viewer"]).doUpdateSet({ last_at: now }))
    .execute();
}
