import { endMembers, endPlace } from "../households/end-members";
import { closeIfEmpty } from "../households/remove-member";
import { insertRevocation } from "../people/revoke";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import type { KeyRow } from "../store/rows/sharing-rows";
import { closeKeys, type KeyEnding } from "./close-keys";
import { keyAfter } from "./key-state";

/**
 * Ends a key, and with it all that its credential opens: by groups too. Nothing else of its user's ends. What was
 * given from a household ends with the place that stands behind it (O12). Again: nothing more happens.
 * @throws {Refusal} `not-pending`, `key-ended`: there is nothing to decline.
 */
export async function endKey(unit: Unit, key: KeyRow, how: KeyEnding, actor: string, now: number): Promise<void> {
  const next = keyAfter(key.state, how);
  if ("refused" in next) throw new Refusal(next.refused);
  if (next.state === key.state) return;
  await closeKeys(unit, [key.id], how, actor, now);
  if (key.giver_person !== null) await endPlaceOf(unit, key, how, actor, now);
  const credentials = await unit.selectFrom("credentials").select("id").where("key_id", "=", key.id).where("revoked_at", "is", null).execute();
  const ids = credentials.map((row) => row.id);
  if (ids.length === 0) return;
  const grants = await unit.selectFrom("grants").select("id").where("credential_id", "in", ids).where("revoked_at", "is", null).execute();
  await insertRevocation(unit, key.person_id, "grant", grants.map((row) => row.id), actor, now);
  await unit.updateTable("credentials").set({ revoked_at: now }).where((eb) => eb.or([eb("id", "in", ids), eb("parent_id", "in", ids)])).where("revoked_at", "is", null).execute();
}

async function endPlaceOf(unit: Unit, key: KeyRow, how: KeyEnding, actor: string, now: number): Promise<void> {
  const member = await unit.selectFrom("memberships").selectAll().where("person_id", "=", key.person_id).executeTakeFirstOrThrow();
  if (member.state === "ended") return;
  if (how === "removed") await endMembers(unit, { household: member.household_id, kind: "share-ended", people: [key.person_id] }, actor, now);
  else await endPlace(unit, member, "expired", actor, now);
  await closeIfEmpty(unit, member.household_id, now);
}
