import type { SelectQueryBuilder } from "kysely";
import type { Unit } from "../store/store";
import type { Tables } from "../store/tables";

/** Whether a door goes by what some grants allow now. */
export interface KnownAtDoor {
  door: string;
  doorName: string;
  /** Its receipt shows a list with all of these rights as they are, and none that was there before. */
  upToDate: boolean;
}

/** A query for the ids of grants, in force or not. */
export type GrantIds = SelectQueryBuilder<Tables, "grants", { id: string }>;

/**
 * Where some grants open, and which of these doors have heard of them as they stand: a schedule that was narrowed is
 * true at a door from then on. By receipts, never by what was sent (X1).
 * @returns by door; none where no right is in force.
 */
export async function knownAtDoors(unit: Unit, grants: GrantIds): Promise<KnownAtDoor[]> {
  const rows = await unit
    .selectFrom("grants as grant")
    .innerJoin("grant_doors as at", "at.grant_id", "grant.id")
    .innerJoin("doors as door", "door.id", "at.door_id")
    .where("grant.id", "in", grants)
    .orderBy("at.door_id")
    .select(["at.door_id", "at.added_version", "at.changed_version", "at.removed_version", "at.never_left", "at.acknowledged_at", "grant.revoked_at", "door.name", "door.acknowledged_version"])
    .execute();
  const doors = new Map<string, KnownAtDoor>();
  for (const row of rows.filter(({ revoked_at }) => revoked_at === null)) {
    const { door_id: door, added_version, changed_version, acknowledged_version } = row;
    // What a door has acknowledged leaves no mark: any that is there waits for it.
    const known = added_version !== null && added_version <= acknowledged_version && changed_version === null;
    doors.set(door, { door, doorName: row.name, upToDate: known && (doors.get(door)?.upToDate ?? true) });
  }
  for (const { door_id: door, removed_version, never_left, acknowledged_at, acknowledged_version } of rows.filter(({ revoked_at }) => revoked_at !== null)) {
    const gone = never_left === 1 || acknowledged_at !== null || (removed_version !== null && removed_version <= acknowledged_version);
    const known = doors.get(door);
    if (known !== undefined && !gone) doors.set(door, { ...known, upToDate: false });
  }
  return [...doors.values()];
}
