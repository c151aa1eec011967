import { PAGES_MAX, PAGE_BYTES, PROFILES_MAX, ROWS_MAX, SCHEDULE_RULES_MAX } from "../../protocol/limits";
import { bodyBytes } from "../../protocol/manifest";
import { readCompanions } from "../issuing/door-grants";
import { GRANTS_PER_CREDENTIAL_MAX } from "../limits";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";

/**
 * Holds a door's grants against what its flash can hold, before they are committed: a list that does not fit
 * could never be issued.
 * @throws {Refusal} `door-full`.
 */
export async function requireRoom(unit: Unit, door: string): Promise<void> {
  const terms = await countTerms(unit, door);
  const companions = await readCompanions(unit, door);
  const { hours } = await unit.selectFrom("doors").select("hours").where("id", "=", door).executeTakeFirstOrThrow();
  const schedules = new Set([hours, ...terms.map((row) => row.windows)]);
  const counts = {
    // Each of them for each of the grants that it shares.
    rows: terms.reduce((sum, row) => sum + Number(row.holders), 0) + GRANTS_PER_CREDENTIAL_MAX * [...companions.values()].flat().length,
    profiles: terms.length,
    rules: [...schedules].reduce((sum, windows) => sum + (JSON.parse(windows) as unknown[]).length, 0),
  };
  const fits = counts.rows <= ROWS_MAX && counts.profiles <= PROFILES_MAX && counts.rules <= SCHEDULE_RULES_MAX && bodyBytes(counts) <= PAGES_MAX * PAGE_BYTES;
  if (!fits) throw new Refusal("door-full", `Door ${door} would hold ${counts.rows} rights with ${counts.profiles} different terms; that is more than it can.`, { door });
}

/** Different terms at a door with the number of their holders. */
async function countTerms(unit: Unit, door: string) {
  return unit
    .selectFrom("grant_doors as at")
    .innerJoin("grants as grant", "grant.id", "at.grant_id")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .innerJoin("people as person", "person.id", "credential.person_id")
    .where("at.door_id", "=", door)
    .where("at.removed_version", "is", null)
    .where("grant.revoked_at", "is", null)
    .groupBy(["grant.not_before", "grant.not_after", "grant.windows", "grant.max_uses", "grant.outputs", "person.class"])
    .select((eb) => ["grant.windows", eb.fn.countAll().as("holders")])
    .execute();
}
