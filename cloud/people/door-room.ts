import { decodeDelta, PROFILE_ENTRY_BYTES, RULE_ENTRY_BYTES } from "../../protocol/delta";
import { PAGES_MAX, PAGE_BYTES, PROFILES_MAX, ROWS_MAX, ROW_BYTES, SCHEDULE_RULES_MAX } from "../../protocol/limits";
import { bodyBytes, decodeManifest } from "../../protocol/manifest";
import { readCompanions } from "../issuing/door-grants";
import { grantsAtDoor } from "../issuing/grants-at-door";
import { GRANTS_PER_CREDENTIAL_MAX, GROUPS_PER_PERSON_MAX } from "../limits";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";

/** What takes room in a list. */
interface Counts {
  rows: number;
  profiles: number;
  rules: number;
}

/**
 * Holds a door's grants against what its flash can hold, before they are committed: a list that does not fit
 * could never be issued. Where the newest list and what is to come fit together, its grants are not read.
 * @throws {Refusal} `door-full`.
 */
export async function requireRoom(unit: Unit, door: string): Promise<void> {
  const later = postponed.get(unit);
  if (later !== undefined) return void later.add(door);
  const upperBound = await countByList(unit, door);
  if (upperBound !== undefined && fits(upperBound)) return;
  const counts = await countByGrants(unit, door);
  if (!fits(counts)) throw new Refusal("door-full", `Door ${door} would hold ${counts.rows} rights with ${counts.profiles} different terms; that is more than it can.`, { door });
}

/** Doors that are to be asked when all of a transaction's rights are given. */
const postponed = new WeakMap<Unit, Set<string>>();

/**
 * Does work that gives many rights: each door is asked once, at the end, whether it has room, however often the work
 * asks. @throws {Refusal} `door-full`.
 */
export async function askingForRoomOnce<T>(unit: Unit, work: () => Promise<T>): Promise<T> {
  // Within such work there may be more of it.
  if (postponed.has(unit)) return work();
  const doors = new Set<string>();
  postponed.set(unit, doors);
  let result: T;
  try {
    result = await work();
  } finally {
    postponed.delete(unit);
  }
  for (const door of [...doors].sort()) await requireRoom(unit, door);
  return result;
}

function fits(counts: Counts): boolean {
  return counts.rows <= ROWS_MAX && counts.profiles <= PROFILES_MAX && counts.rules <= SCHEDULE_RULES_MAX && bodyBytes(counts) <= PAGES_MAX * PAGE_BYTES;
}

/** The naive way: all grants of the door. */
async function countByGrants(unit: Unit, door: string): Promise<Counts> {
  const terms = await grantsAtDoor(unit, door)
    .where("at.removed_version", "is", null)
    .where("grant.revoked_at", "is", null)
    .groupBy(["grant.not_before", "grant.not_after", "grant.windows", "grant.max_uses", "grant.outputs", "person.class"])
    .select((eb) => ["grant.windows", eb.fn.countAll().as("holders")])
    .execute();
  const companions = await readCompanions(unit, door);
  return {
    // Each of them for each of the grants that it shares.
    rows: terms.reduce((sum, row) => sum + Number(row.holders), 0) + (GRANTS_PER_CREDENTIAL_MAX + GROUPS_PER_PERSON_MAX) * [...companions.values()].flat().length,
    profiles: terms.length,
    rules: countRules([...terms.map((row) => row.windows), await hoursOf(unit, door)]),
  };
}

/**
 * At most what the next list holds: all of the newest one, and every grant that is in none yet, or has other terms
 * since, as if it shared nothing.
 * @returns undefined where there is no list.
 */
async function countByList(unit: Unit, door: string): Promise<Counts | undefined> {
  const base = await unit.selectFrom("list_bases").select(["version", "manifest"]).where("door_id", "=", door).where("state", "!=", "withdrawn").orderBy("version", "desc").limit(1).executeTakeFirst();
  if (base === undefined) return undefined;
  const stored = await unit.selectFrom("list_deltas").select("payload").where("door_id", "=", door).where("base_version", "=", base.version).orderBy("version", "desc").limit(1).executeTakeFirst();
  const manifest = decodeManifest(base.manifest);
  const delta = stored && decodeDelta(stored.payload);
  // Two questions, for each of which there is an index: asked as one, each grant of the door would be looked at.
  const staying = grantsAtDoor(unit, door).where("at.removed_version", "is", null).select(["grant.windows"]);
  const added = await staying.where("at.added_version", "is", null).execute();
  const changed = await staying.where("at.changed_version", "=", 0).where("at.added_version", "is not", null).execute();
  const coming = [...added, ...changed];
  return {
    rows: manifest.rows + (delta?.added.length ?? 0) / ROW_BYTES + coming.length * (1 + COMPANIONS_MAX),
    profiles: manifest.profiles + (delta?.profiles.length ?? 0) / PROFILE_ENTRY_BYTES + coming.length,
    rules: manifest.rules + (delta?.rules.length ?? 0) / RULE_ENTRY_BYTES + countRules([...coming.map((row) => row.windows), await hoursOf(unit, door)]),
  };
}

const COMPANIONS_MAX = 2; // of one credential: a second PIN and a duress PIN

/** @param windows as stored; equal ones share their rules. */
function countRules(windows: readonly string[]): number {
  return [...new Set(windows)].reduce((sum, text) => sum + (JSON.parse(text) as unknown[]).length, 0);
}

async function hoursOf(unit: Unit, door: string): Promise<string> {
  const { hours } = await unit.selectFrom("doors").select("hours").where("id", "=", door).executeTakeFirstOrThrow();
  return hours;
}
