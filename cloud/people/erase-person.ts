import type { Keystore } from "../keys/keystore";
import { audit } from "../audit/audit";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";

/**
 * Forgets who a person was, once their access has ended: what the audit says of them can be read no more, and what
 * doors have logged of them names nobody. What was done stays, and so does its chain. Again: nothing more happens.
 * @throws {Refusal} `not-found`; `still-has-access`.
 */
export async function erasePerson(unit: Unit, { dataKeys }: Pick<Keystore, "dataKeys">, person: string, actor: string, now: number): Promise<void> {
  const row = await unit.selectFrom("people").select(["revoked_at", "erased_at"]).where("id", "=", person).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such person.");
  if (row.erased_at !== null) return;
  const place = await unit.selectFrom("memberships").select("state").where("person_id", "=", person).executeTakeFirst();
  if (row.revoked_at === null || (place !== undefined && place.state !== "ended")) throw new Refusal("still-has-access", "End the person's access first.");
  await unit.updateTable("people").set({ name: "", erased_at: now }).where("id", "=", person).execute();
  await unit.updateTable("keys").set({ name: "", email: null, phone: null, account_id: null }).where("person_id", "=", person).execute();
  await unit.updateTable("memberships").set({ email: null, phone: null, account_id: null }).where("person_id", "=", person).execute();
  await dataKeys.destroy(unit, `person/${person}`, now);
  await audit(unit, { at: now, actor, action: "person.erase", subject: `person/${person}` });
}
