import { decodeDelta } from "../../protocol/delta";
import { unlockSecondsOf, type DoorPolicy } from "../../protocol/door-policy";
import { decodeManifest } from "../../protocol/manifest";
import { NO_END, OUTPUTS_MAX } from "../../protocol/profile";
import { holderClassOf, type HolderClassName } from "../access/grant";
import { carriersOf, type Carriers } from "../couriers/courier-news";
import type { HeardBy } from "../store/rows/courier-rows";
import type { Unit } from "../store/store";
import { latestOpening, type LatestOpening } from "./latest-opening";

/** What is known of one revoked right at one door (X1). */
export interface DoorTruth {
  door: string;
  doorName: string;
  /**
   * `acknowledged`: a receipt under the door's key shows a list without it. `never-delivered`: no list that held it
   * ever left this cloud. `stolen`: not acknowledged, and the board is in strange hands (P4), until it is claimed anew.
   * `ended`: not acknowledged, but its latest possible end has passed. `pending`: it may open.
   */
  state: "acknowledged" | "never-delivered" | "stolen" | "ended" | "pending";
  /** First list without it; undefined = not signed yet. */
  version: number | undefined;
  /** When the receipt came, Unix seconds. */
  acknowledgedAt: number | undefined;
  /** Which way it came: over the door's own connection, or by a phone that was there (X2). */
  acknowledgedBy: HeardBy | undefined;
  /** For `pending` and `ended`: the phones that were given the news to carry. They prove nothing. */
  carriers: Carriers | undefined;
  /** For `pending` and `ended`; undefined with `pending` = no limit until the door is reached. */
  latest: LatestOpening | undefined;
}

/**
 * The truth of some grants at all of their doors; a door's worst case where several concern it.
 * @param only one door, where no other is asked for.
 */
export async function truthOfGrants(unit: Unit, grants: readonly string[], now: number, only?: string): Promise<DoorTruth[]> {
  const doors = new Map<string, DoorTruth>();
  for (const grant of grants) {
    const rows = await unit
      .selectFrom("grant_doors as at")
      .innerJoin("grants as grant", "grant.id", "at.grant_id")
      .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
      .innerJoin("people as person", "person.id", "credential.person_id")
      .innerJoin("doors as door", "door.id", "at.door_id")
      .where("at.grant_id", "=", grant)
      .$if(only !== undefined, (query) => query.where("at.door_id", "=", only!))
      .select(["at.door_id", "at.added_version", "at.removed_version", "at.never_left", "at.acknowledged_at", "at.acknowledged_by", "at.former_end", "grant.not_after", "person.class"])
      .select(["door.name", "door.claimed_at", "door.offered_version", "door.acknowledged_version", "door.signed_time", "door.stolen_at"])
      .execute();
    for (const row of rows) {
      const truth = await truthAt(unit, row, now);
      const known = doors.get(row.door_id);
      if (known === undefined || isWorse(truth, known)) doors.set(row.door_id, truth);
    }
  }
  return [...doors.values()].sort((a, b) => (a.door < b.door ? -1 : 1));
}

interface GrantAtDoor {
  door_id: string;
  added_version: number | null;
  removed_version: number | null;
  never_left: 0 | 1;
  not_after: number;
  former_end: number | null;
  class: HolderClassName;
  name: string;
  claimed_at: number | null;
  offered_version: number;
  acknowledged_version: number;
  acknowledged_at: number | null;
  acknowledged_by: HeardBy | null;
  signed_time: number;
  stolen_at: number | null;
}

async function truthAt(unit: Unit, row: GrantAtDoor, now: number): Promise<DoorTruth> {
  const version = row.removed_version ?? undefined;
  const truth: DoorTruth = { door: row.door_id, doorName: row.name, state: "pending", version, acknowledgedAt: undefined, acknowledgedBy: undefined, carriers: undefined, latest: undefined };
  const neverLeft = row.never_left === 1 || (version === undefined && (row.added_version === null || row.added_version > row.offered_version));
  if (neverLeft) return { ...truth, state: "never-delivered" };
  // What an earlier claim of the door has acknowledged is gone for good.
  if (row.acknowledged_at !== null || (version !== undefined && row.acknowledged_version >= version)) return { ...truth, state: "acknowledged", acknowledgedAt: row.acknowledged_at ?? undefined, acknowledgedBy: row.acknowledged_by ?? undefined };
  // What its lists and leases say binds nobody who has the board.
  if (row.stolen_at !== null) return { ...truth, state: "stolen" };
  const latest = await latestAt(unit, row, Math.max(row.not_after, row.former_end ?? 0), version);
  const carriers = version === undefined ? undefined : await carriersOf(unit, row.door_id, version, now);
  return { ...truth, latest, carriers, state: latest !== undefined && latest.until <= now ? "ended" : "pending" };
}

/** What there is to know of a door and a holder to say until when a right may open there. */
export type HolderAtDoor = Pick<GrantAtDoor, "door_id" | "class" | "claimed_at" | "acknowledged_version" | "signed_time">;

/**
 * Until when a door that hears nothing from now on may still open by a right.
 * @param end of the right, by the latest word that the door may have had; NO_END = none.
 * @param version the first list that the door does not have; undefined = it may have the newest.
 */
export async function latestAt(unit: Unit, row: HolderAtDoor, end: number, version: number | undefined): Promise<LatestOpening | undefined> {
  const policies = await olderPolicies(unit, row.door_id, row.acknowledged_version, version);
  const bit = 1 << holderClassOf(row.class);
  return latestOpening({
    leased: policies.every((policy) => (policy.leasedClasses & bit) !== 0),
    leaseEnd: await greatestLeaseEnd(unit, row.door_id, row.class, version),
    rightEnd: end === NO_END ? undefined : end,
    lastSignedTime: Math.max(row.signed_time, row.claimed_at ?? 0),
    unlockSeconds: Math.max(0, ...policies.map(longestUnlock)),
  });
}

/**
 * The policies of all lists that the door may have, of those older than `version`: none that is older than what it
 * has acknowledged, because it never goes back.
 */
async function olderPolicies(unit: Unit, door: string, acknowledged: number, version: number | undefined): Promise<DoorPolicy[]> {
  const counts = (list: { version: number }) => list.version >= acknowledged && list.version < (version ?? Infinity);
  const rows = await unit.selectFrom("list_bases").select(["version", "manifest"]).where("door_id", "=", door).execute();
  const bases = rows.map((base) => ({ version: base.version, policy: decodeManifest(base.manifest).policy }));
  const deltas = await unit.selectFrom("list_deltas").select(["base_version", "version", "payload"]).where("door_id", "=", door).execute();
  const changed = deltas.filter(counts).map((delta) => decodeDelta(delta.payload).policy ?? bases.find((base) => base.version === delta.base_version)!.policy);
  return [...bases.filter(counts).map(({ policy }) => policy), ...changed];
}

function longestUnlock(policy: DoorPolicy): number {
  return Math.max(...Array.from({ length: OUTPUTS_MAX }, (_, output) => unlockSecondsOf(policy, output)));
}

async function greatestLeaseEnd(unit: Unit, door: string, holder: HolderClassName, version: number | undefined): Promise<number> {
  let query = unit.selectFrom("lease_ends").select((eb) => eb.fn.max(holder).as("end")).where("door_id", "=", door);
  if (version !== undefined) query = query.where("version", "<", version);
  return Number((await query.executeTakeFirst())?.end ?? 0);
}

const SEVERITY = { acknowledged: 0, "never-delivered": 0, stolen: 1, ended: 1, pending: 2 } as const;

function isWorse(a: DoorTruth, b: DoorTruth): boolean {
  if (SEVERITY[a.state] !== SEVERITY[b.state]) return SEVERITY[a.state] > SEVERITY[b.state];
  if (a.state === "acknowledged" && b.state === "never-delivered") return true;
  return (a.latest?.until ?? Infinity) > (b.latest?.until ?? Infinity) && a.state === "pending";
}
