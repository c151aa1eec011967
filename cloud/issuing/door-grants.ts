import { NO_END } from "../../protocol/profile";
import type { GrantOnDoor } from "../access/door-row";
import { holderClassOf } from "../access/grant";
import { isDuress, isSecond, isTyped, kindAtDoor, type StoredKind } from "../access/stored-kind";
import type { Window } from "../access/window";
import { EXPIRED_ROWS_SECONDS } from "../limits";
import type { Unit } from "../store/store";
import type { DoorRow } from "../store/rows/door-rows";
import { grantsAtDoor } from "./grants-at-door";

/** A door's grants as the next list must treat them. */
export interface DoorGrants {
  /** What the list must hold. */
  live: GrantOnDoor[];
  /** Those of them that are in no list yet. */
  coming: string[];
  /** Grants that are in the list, or were to be, and are no more. */
  leaving: LeavingGrant[];
  /** Of the longest PIN among those that are live; 0 without any. */
  pinDigits: number;
}

export interface LeavingGrant {
  grant: string;
  addedVersion: number | null;
}

/** Whether a right ended so long ago that it leaves the list. @param now Unix seconds. */
export function isLongPast(notAfter: number, now: number): boolean {
  return notAfter !== NO_END && notAfter + EXPIRED_ROWS_SECONDS <= now;
}

/**
 * @param credentials only the grants of these; undefined = all of the door.
 * @param now Unix seconds.
 */
export async function readDoorGrants(unit: Unit, door: Pick<DoorRow, "id" | "unit_numbers">, now: number, credentials?: readonly string[]): Promise<DoorGrants> {
  const companions = await readCompanions(unit, door.id, credentials);
  const rows = await readRows(unit, door.id, credentials);
  const schedules = new Map<string, Window[]>();
  const windowsOf = (text: string): Window[] => {
    const known = schedules.get(text) ?? (JSON.parse(text) as Window[]);
    schedules.set(text, known);
    return known;
  };
  const grants: DoorGrants = { live: [], coming: [], leaving: [], pinDigits: 0 };
  for (const row of rows) {
    if (row.removed_version !== null) continue;
    if (row.revoked_at !== null || isLongPast(row.not_after, now)) {
      grants.leaving.push({ grant: row.grant_id, addedVersion: row.added_version });
      continue;
    }
    if (row.added_version === null) grants.coming.push(row.grant_id);
    const terms = { notBefore: beginningOf(row), notAfter: row.not_after, windows: windowsOf(row.windows), maxUses: row.max_uses };
    const common = { grant: row.grant_id, holderClass: holderClassOf(row.class), terms, useCounter: row.use_counter, outputs: row.outputs, suspended: row.suspended_at !== null || row.suspended === 1 };
    const others = companions.get(row.credential_id) ?? [];
    for (const { kind, tag, digits } of [row, ...others]) {
      if (tag === null) throw new Error(`credential without a tag at door ${door.id}`);
      if (isTyped(kind)) grants.pinDigits = Math.max(grants.pinDigits, digits);
      const needsSecondPin = !isSecond(kind) && others.some((other) => other.kind === "second-pin");
      grants.live.push({ ...common, tag, kind: kindAtDoor(kind, door.unit_numbers === 1), needsSecondPin, duress: isDuress(kind) });
    }
  }
  return grants;
}

/**
 * What had begun when it was given has no beginning for a door, whose clock may be a second behind: nobody stands
 * before it with a key that is not valid yet. Keys that begin at different seconds are rows of one profile so, too.
 */
function beginningOf({ not_before, created_at }: { not_before: number; created_at: number }): number {
  return not_before <= created_at ? 0 : not_before;
}

async function readRows(unit: Unit, door: string, credentials: readonly string[] | undefined) {
  const all = grantsAtDoor(unit, door);
  // A few are found by the ids of their grants: by any other condition SQLite seeks them among all of the door.
  const wanted = credentials === undefined ? all.where("at.removed_version", "is", null) : all.where("at.grant_id", "in", unit.selectFrom("grants").select("id").where("credential_id", "in", credentials));
  return wanted
    .select(["at.grant_id", "at.added_version", "at.removed_version", "known.tag", "credential.id as credential_id", "credential.kind", "credential.digits", "person.class", "person.suspended_at"])
    .select(["grant.not_before", "grant.not_after", "grant.windows", "grant.max_uses", "grant.use_counter", "grant.outputs", "grant.suspended", "grant.revoked_at", "grant.created_at"])
    .execute();
}

export interface Companion {
  id: string;
  kind: StoredKind;
  tag: Uint8Array | null;
  digits: number;
}

/**
 * What completes or stands for other credentials at a door, by the credential that each shares its grants with.
 * @param credentials of these alone; undefined = of all.
 */
export async function readCompanions(unit: Unit, door: string, credentials?: readonly string[]): Promise<Map<string, Companion[]>> {
  let query = unit.selectFrom("door_credentials as known").innerJoin("credentials as credential", "credential.id", "known.credential_id").where("known.door_id", "=", door).where("credential.parent_id", "is not", null);
  if (credentials !== undefined) query = query.where("known.credential_id", "in", unit.selectFrom("credentials").select("id").where("parent_id", "in", credentials));
  const rows = await query.select(["credential.id", "credential.kind", "credential.digits", "credential.parent_id", "known.tag"]).execute();
  const companions = new Map<string, Companion[]>();
  for (const { parent_id, ...row } of rows) companions.set(parent_id!, [...(companions.get(parent_id!) ?? []), row]);
  return companions;
}
