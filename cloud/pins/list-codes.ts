import { NO_END } from "../../protocol/profile";
import { TYPED_KINDS, type StoredKind } from "../access/stored-kind";
import { readRules } from "../properties/household-rules";
import type { Unit } from "../store/store";

/** A code without its digits. */
export interface ListedCode {
  id: string;
  kind: StoredKind;
  /** The credential that it completes or stands for, and whose doors are its own. */
  of: string | undefined;
  digits: number;
  createdAt: number;
  /** Since when a newer one stands in its place. */
  supersededAt: number | undefined;
  /** When it renews by the manager's rule. */
  renewsAt: number | undefined;
  doors: CodeAtDoor[];
}

/** What a code may at one door. */
export interface CodeAtDoor {
  door: string;
  name: string;
  from: number;
  /** Exclusive; undefined = no end of its own. */
  until: number | undefined;
  /** The door has acknowledged exactly this; else it goes on with what it knows. */
  acknowledged: boolean;
}

/** All codes of a person that have not ended: cards and phones are none. */
export async function listCodes(unit: Unit, person: string, now: number): Promise<ListedCode[]> {
  const { property_id } = await unit.selectFrom("people").select("property_id").where("id", "=", person).executeTakeFirstOrThrow();
  const member = await unit.selectFrom("memberships").select("role").where("person_id", "=", person).executeTakeFirst();
  const { pinRenewalDays } = await readRules(unit, property_id);
  const rows = await unit
    .selectFrom("credentials")
    .selectAll()
    .where("person_id", "=", person)
    .where("revoked_at", "is", null)
    .where("kind", "in", TYPED_KINDS)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
  const codes: ListedCode[] = [];
  for (const { id, kind, parent_id, digits, created_at, superseded_at } of rows) {
    const doors = await readDoors(unit, parent_id ?? id, now);
    if (doors.length === 0) continue;
    const renews = member !== undefined && pinRenewalDays !== null && kind === "pin" && superseded_at === null;
    codes.push({ id, kind, of: parent_id ?? undefined, digits, createdAt: created_at, supersededAt: superseded_at ?? undefined, renewsAt: renews ? created_at + pinRenewalDays * 86_400 : undefined, doors });
  }
  return codes;
}

async function readDoors(unit: Unit, credential: string, now: number): Promise<CodeAtDoor[]> {
  const rows = await unit
    .selectFrom("grants as grant")
    .innerJoin("grant_doors as at", "at.grant_id", "grant.id")
    .innerJoin("doors as door", "door.id", "at.door_id")
    .where("grant.credential_id", "=", credential)
    .where("grant.revoked_at", "is", null)
    .where("grant.not_after", ">", now)
    .select(["door.id", "door.name", "door.acknowledged_version", "at.added_version", "grant.not_before", "grant.not_after"])
    .orderBy("door.name")
    .orderBy("door.id")
    .orderBy("grant.not_before")
    .execute();
  return rows.map(({ id, name, acknowledged_version, added_version, not_before, not_after }) => ({
    door: id,
    name,
    from: not_before,
    until: not_after === NO_END ? undefined : not_after,
    acknowledged: added_version !== null && added_version <= acknowledged_version,
  }));
}
