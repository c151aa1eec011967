import { audit } from "../audit/audit";
import { noteChanges } from "../issuing/outbox";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";

/**
 * Suspends all of a person's credentials without ending any right, or resumes them (S11). Doors keep them and
 * refuse them.
 * @throws {Refusal} `not-found`, `person-revoked`.
 */
export async function setSuspended(unit: Unit, person: string, suspended: boolean, actor: string, now: number): Promise<void> {
  const row = await unit.selectFrom("people").selectAll().where("id", "=", person).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such person.");
  if (row.revoked_at !== null) throw new Refusal("person-revoked");
  if ((row.suspended_at !== null) === suspended) return;
  await unit.updateTable("people").set({ suspended_at: suspended ? now : null }).where("id", "=", person).execute();
  const changes = await unit
    .selectFrom("grant_doors as at")
    .innerJoin("grants as grant", "grant.id", "at.grant_id")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .where("credential.person_id", "=", person)
    .where("at.removed_version", "is", null)
    .select(["at.door_id as door", "grant.credential_id as credential"])
    .distinct()
    .execute();
  await noteChanges(unit, changes, now);
  await audit(unit, { at: now, actor, action: suspended ? "person.suspend" : "person.resume", subject: `person/${person}`, detail: {} });
}
