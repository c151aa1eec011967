import type { Unit } from "../store/store";

/** Whether a door goes by what a credential may do now. */
export interface KnownAtDoor {
  door: string;
  doorName: string;
  /** Its receipt shows a list with all of the credential's rights there as they are, and none that it had before. */
  upToDate: boolean;
}

/**
 * Where a credential opens, and which of these doors have heard of its rights as they stand: a schedule that was
 * narrowed is true at a door from then on. By receipts, never by what was sent (X1).
 * @param only "own": without what groups give to it.
 * @returns by door; none where it has no right that is in force.
 */
export async function knownAtDoors(unit: Unit, credential: string, only?: "own"): Promise<KnownAtDoor[]> {
  const rows = await unit
    .selectFrom("grant_doors as at")
    .innerJoin("grants as grant", "grant.id", "at.grant_id")
    .innerJoin("doors as door", "door.id", "at.door_id")
    .where("grant.credential_id", "=", credential)
    .$if(only === "own", (query) => query.where("grant.group_id", "is", null))
    .orderBy("at.door_id")
    .select(["at.door_id", "at.added_version", "at.changed_version", "at.removed_version", "at.never_left", "at.acknowledged_at", "grant.revoked_at", "door.name", "door.acknowledged_version"])
    .execute();
  const doors = new Map<string, KnownAtDoor>();
  for (const row of rows.filter(({ revoked_at }) => revoked_at === null)) {
    const { door_id: door, added_version, changed_version, acknowledged_version } = row;
    const added = added_version !== null && added_version <= acknowledged_version;
    // What the door has acknowledged leaves no mark: any that is there waits for it.
    const changed = changed_version === null;
    doors.set(door, { door, doorName: row.name, upToDate: added && changed && (doors.get(door)?.upToDate ?? true) });
  }
  for (const { door_id: door, removed_version, never_left, acknowledged_at, acknowledged_version } of rows.filter(({ revoked_at }) => revoked_at !== null)) {
    const gone = never_left === 1 || acknowledged_at !== null || (removed_version !== null && removed_version <= acknowledged_version);
    const known = doors.get(door);
    if (known !== undefined && !gone) doors.set(door, { ...known, upToDate: false });
  }
  return [...doors.values()];
}
