import { NO_END } from "../../protocol/profile";
import type { GrantOnDoor } from "../access/door-row";
import { holderClassOf } from "../access/grant";
import { isDuress, isSecond, isTyped, kindAtDoor, type StoredKind } from "../access/stored-kind";
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
  const companions = await readCompanions(unit, door.id);
  const rows = await readRows(unit, door.id);
  const schedules = new Map<string, Window[]>();
  const windowsOf = (text: string): Window[] => {
    const known = schedules.get(text) ?? (JSON.parse(text) as Window[]);
    schedules.set(text, known);
    return known;
  };
  const grants: DoorGrants = { live: [], leaving: [], pinDigits: 0 };
  for (const row of rows) {
    const expired = row.not_after !== NO_END && row.not_after + EXPIRED_ROWS_SECONDS <= now;
    if (row.revoked_at !== null || expired) {
      grants.leaving.push({ grant: row.grant_id, addedVersion: row.added_version });
      continue;
    }
    const terms = { notBefore: row.not_before, notAfter: row.not_after, windows: windowsOf(row.windows), maxUses: row.max_uses };
    const common = { grant: row.grant_id, holderClass: holderClassOf(row.class), terms, useCounter: row.use_counter, outputs: row.outputs, suspended: row.suspended_at !== null };
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

async function readRows(unit: Unit, door: string) {
  return unit
    .selectFrom("grant_doors as at")
    .innerJoin("grants as grant", "grant.id", "at.grant_id")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .innerJoin("people as person", "person.id", "credential.person_id")
    .innerJoin("door_credentials as known", (join) => join.onRef("known.credential_id", "=", "credential.id").onRef("known.door_id", "=", "at.door_id"))
    .where("at.door_id", "=", door)
    .where("at.removed_version", "is", null)
    .select(["at.grant_id", "at.added_version", "known.tag", "credential.id as credential_id", "credential.kind", "credential.digits", "person.class", "person.suspended_at"])
    .select(["grant.not_before", "grant.not_after", "grant.windows", "grant.max_uses", "grant.use_counter", "grant.outputs", "grant.revoked_at"])
    .execute();
}

export interface Companion {
  id: string;
  kind: StoredKind;
  tag: Uint8Array | null;
  digits: number;
}

/** What completes or stands for other credentials at a door, by the credential that each shares its grants with. */
export async function readCompanions(unit: Unit, door: string): Promise<Map<string, Companion[]>> {
  const rows = await unit
    .selectFrom("door_credentials as known")
    .innerJoin("credentials as credential", "credential.id", "known.credential_id")
    .where("known.door_id", "=", door)
    .where("credential.parent_id", "is not", null)
    .select(["credential.id", "credential.kind", "credential.digits", "credential.parent_id", "known.tag"])
    .execute();
  const companions = new Map<string, Companion[]>();
  for (const { parent_id, ...row } of rows) companions.set(parent_id!, [...(companions.get(parent_id!) ?? []), row]);
  return companions;
}
