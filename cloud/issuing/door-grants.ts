import { NO_END } from "../../protocol/profile";
import type { GrantOnDoor } from "../access/door-row";
import { holderClassOf } from "../access/grant";
import { isDuress, isTyped, kindAtDoor } from "../access/stored-kind";
import type { Window } from "../access/window";
import { EXPIRED_ROWS_SECONDS } from "../limits";
import type { Unit } from "../store/store";
import type { DoorRow } from "../store/tables";

/** A door's grants as the next list must treat them. */
export interface DoorGrants {
  /** What the list must hold. */
  live: GrantOnDoor[];
  /** Grants that are in the list, or were to be, and are no more. */
  leaving: { grant: string; addedVersion: number | null }[];
  /** Of the longest PIN that the list holds; 0 without any. */
  pinDigits: number;
}

/** @param now Unix seconds. */
export async function readDoorGrants(unit: Unit, door: Pick<DoorRow, "id" | "unit_numbers">, now: number): Promise<DoorGrants> {
  const own = await readRows(unit, door.id, "id");
  const companions = await readRows(unit, door.id, "parent_id");
  const followed = new Set(companions.filter((row) => row.kind === "second-pin").map((row) => row.parent_id));
  const schedules = new Map<string, Window[]>();
  const windowsOf = (text: string): Window[] => {
    const known = schedules.get(text) ?? (JSON.parse(text) as Window[]);
    schedules.set(text, known);
    return known;
  };
  const grants: DoorGrants = { live: [], leaving: [], pinDigits: 0 };
  for (const row of [...own, ...companions]) {
    const expired = row.not_after !== NO_END && row.not_after + EXPIRED_ROWS_SECONDS <= now;
    if (row.revoked_at !== null || expired) {
      if (row.parent_id === null) grants.leaving.push({ grant: row.grant_id, addedVersion: row.added_version });
      continue;
    }
    if (row.tag === null) throw new Error(`credential without a tag at door ${door.id}`);
    if (isTyped(row.kind)) grants.pinDigits = Math.max(grants.pinDigits, row.digits);
    grants.live.push({
      grant: row.grant_id,
      tag: row.tag,
      kind: kindAtDoor(row.kind, door.unit_numbers === 1),
      holderClass: holderClassOf(row.class),
      terms: { notBefore: row.not_before, notAfter: row.not_after, windows: windowsOf(row.windows), maxUses: row.max_uses },
      useCounter: row.use_counter,
      outputs: row.outputs,
      needsSecondPin: followed.has(row.credential_id),
      duress: isDuress(row.kind),
      suspended: row.suspended_at !== null,
    });
  }
  return grants;
}

/** @param holder which of its columns ties a credential to a grant: its own id, or that of the one that it completes. */
async function readRows(unit: Unit, door: string, holder: "id" | "parent_id") {
  return unit
    .selectFrom("grant_doors as at")
    .innerJoin("grants as grant", "grant.id", "at.grant_id")
    .innerJoin("credentials as credential", `credential.${holder}`, "grant.credential_id")
    .innerJoin("people as person", "person.id", "credential.person_id")
    .innerJoin("door_credentials as known", (join) => join.onRef("known.credential_id", "=", "credential.id").onRef("known.door_id", "=", "at.door_id"))
    .where("at.door_id", "=", door)
    .where("at.removed_version", "is", null)
    .select(["at.grant_id", "at.added_version", "known.tag", "credential.id as credential_id", "credential.kind", "credential.parent_id", "credential.digits", "person.class", "person.suspended_at"])
    .select(["grant.not_before", "grant.not_after", "grant.windows", "grant.max_uses", "grant.use_counter", "grant.outputs", "grant.revoked_at"])
    .execute();
}
