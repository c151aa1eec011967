import { audit } from "../audit/audit";
import { noteChanges, type ChangedRights } from "../issuing/outbox";
import { Refusal } from "../refusal";
import { closeKeysOf, closeKeyWithoutGrants } from "../sharing/close-keys";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";

/**
 * Ends all of a person's access, in one transaction over PINs, grants and doors.
 * @returns the revocation; the same one when it is asked for again.
 * @throws {Refusal} `not-found`.
 */
export async function revokePerson(unit: Unit, person: string, actor: string, now: number): Promise<string> {
  const row = await unit.selectFrom("people").selectAll().where("id", "=", person).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such person.");
  if (row.revoked_at !== null) {
    const known = await unit.selectFrom("revocations").select("id").where("person_id", "=", person).where("scope", "=", "person").executeTakeFirstOrThrow();
    return known.id;
  }
  const grants = await unit
    .selectFrom("grants as grant")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .where("credential.person_id", "=", person)
    .where("grant.revoked_at", "is", null)
    .select("grant.id")
    .execute();
  const revocation = await insertRevocation(unit, person, "person", grants.map((grant) => grant.id), actor, now);
  await unit.updateTable("people").set({ revoked_at: now }).where("id", "=", person).execute();
  await unit.updateTable("credentials").set({ revoked_at: now }).where("person_id", "=", person).where("revoked_at", "is", null).execute();
  await closeKeysOf(unit, person, actor, now);
  await unit.deleteFrom("group_people").where("person_id", "=", person).execute();
  await audit(unit, { at: now, actor, action: "person.revoke", subject: `person/${person}`, detail: { revocation, grants: grants.map((grant) => grant.id) } });
  return revocation;
}

/**
 * Ends one grant; its PIN ends with the last of its grants.
 * @returns the revocation; the same one when it is asked for again.
 * @throws {Refusal} `not-found`.
 */
export async function revokeGrant(unit: Unit, grant: string, actor: string, now: number): Promise<string> {
  const row = await unit
    .selectFrom("grants as grant")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .where("grant.id", "=", grant)
    .select(["grant.revocation_id", "grant.credential_id", "credential.person_id"])
    .executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such grant.");
  if (row.revocation_id !== null) return row.revocation_id;
  const revocation = await insertRevocation(unit, row.person_id, "grant", [grant], actor, now);
  await endWithoutGrants(unit, row.credential_id, now);
  await endKeyWithoutGrants(unit, row.person_id, row.credential_id, actor, now);
  await audit(unit, { at: now, actor, action: "grant.revoke", subject: `grant/${grant}`, detail: { revocation, person: row.person_id } });
  return revocation;
}

/** Ends the key of a credential where no right of its own is left, and with it what groups gave to it. */
export async function endKeyWithoutGrants(unit: Unit, person: string, credential: string, actor: string, now: number): Promise<void> {
  const key = await closeKeyWithoutGrants(unit, credential, actor, now);
  if (key === undefined) return;
  const credentials = unit.selectFrom("credentials").select("id").where("key_id", "=", key);
  const grants = await unit.selectFrom("grants").select("id").where("credential_id", "in", credentials).where("revoked_at", "is", null).execute();
  if (grants.length === 0) return;
  await insertRevocation(unit, person, "grant", grants.map(({ id }) => id), actor, now);
  await unit.updateTable("credentials").set({ revoked_at: now }).where("key_id", "=", key).where("revoked_at", "is", null).execute();
}

/** Ends a credential, and what completes or stands for it, where none of its grants is in force any more. */
export async function endWithoutGrants(unit: Unit, credential: string, now: number): Promise<void> {
  await unit
    .updateTable("credentials")
    .set({ revoked_at: now })
    .where((eb) => eb.or([eb("id", "=", credential), eb("parent_id", "=", credential)]))
    .where("revoked_at", "is", null)
    .where((eb) => eb.not(eb.exists(eb.selectFrom("grants").select("id").where("credential_id", "=", credential).where("revoked_at", "is", null))))
    .execute();
}

/** Ends grants of a person under one revocation. What their credentials become is for the caller to say. */
export async function insertRevocation(unit: Unit, person: string, scope: "person" | "grant", grants: readonly string[], actor: string, now: number): Promise<string> {
  const id = newId();
  await unit.insertInto("revocations").values({ id, person_id: person, scope, created_at: now, created_by: actor }).execute();
  const changes: ChangedRights[] = [];
  for (const grant of grants) {
    await unit.updateTable("grants").set({ revoked_at: now, revocation_id: id }).where("id", "=", grant).execute();
    const doors = await unit
      .selectFrom("grant_doors as at")
      .innerJoin("grants as grant", "grant.id", "at.grant_id")
      .select(["at.door_id as door", "grant.credential_id as credential"])
      .where("at.grant_id", "=", grant)
      .where("at.removed_version", "is", null)
      .execute();
    changes.push(...doors);
  }
  await noteChanges(unit, changes, now);
  return id;
}
