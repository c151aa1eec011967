import { NO_END } from "../../protocol/profile";
import { carriersOf, type Carriers } from "../couriers/courier-news";
import { mostUses } from "../people/change-grant";
import { countUses, toldUses } from "../sharing/counted-uses";
import type { KeyReach } from "../sharing/key-reach";
import type { Unit } from "../store/store";
import type { KeyRow } from "../store/rows/sharing-rows";
import { latestAt } from "./revocation-truth";

/** How often a door may still open by a key whose uses are limited. */
export interface UsesAtDoor {
  door: string;
  doorName: string;
  /** undefined = no limit: the door has a list from before there was one. */
  atMost: number | undefined;
  /** If it hears nothing from now on, Unix seconds; undefined = no limit until it is reached. */
  until: number | undefined;
  /** Phones that were given the news of the others' uses to carry there; undefined: none, or there is no news. */
  carriers: Carriers | undefined;
}

/** What is known of a key's uses, and what may still become of it (X6). */
export interface UsesTruth {
  /** That doors have told. */
  used: number;
  left: number;
  /** Doors that may still open, each counting by itself until it hears of the others. */
  mayOpen: UsesAtDoor[];
  /** Of all of them together; undefined = no limit. */
  atMost: number | undefined;
}

/**
 * @param reach of the key. One that is pending is told of as if it began now.
 * @returns undefined for a key whose uses are not limited.
 */
export async function readUsesTruth(unit: Unit, key: Pick<KeyRow, "id" | "state" | "max_uses">, reach: KeyReach, now: number): Promise<UsesTruth | undefined> {
  if (key.max_uses === 0) return undefined;
  const told = await toldUses(unit, key.id);
  const used = told.reduce((sum, each) => sum + each.used, 0);
  const { left } = countUses(key.max_uses, told);
  const mayOpen = key.state === "pending" ? await foretold(unit, key.max_uses, reach) : await known(unit, key.id, new Map(told.map((each) => [each.door, each.used - each.usedBefore])), now);
  return { used, left, mayOpen, atMost: mayOpen.reduce<number | undefined>((sum, { atMost }) => (sum === undefined || atMost === undefined ? undefined : sum + atMost), 0) };
}

async function foretold(unit: Unit, atMost: number, { doors, allowed }: KeyReach): Promise<UsesAtDoor[]> {
  if (doors.length === 0) return [];
  const rows = await unit.selectFrom("doors").select(["id", "name"]).where("id", "in", doors).orderBy("id").execute();
  const end = allowed?.terms.notAfter ?? NO_END;
  return rows.map(({ id, name }) => ({ door: id, doorName: name, atMost, until: end === NO_END ? undefined : end, carriers: undefined }));
}

/** @param journals what each door's own journal has counted, as far as it has told. */
async function known(unit: Unit, key: string, journals: ReadonlyMap<string, number>, now: number): Promise<UsesAtDoor[]> {
  const rows = await unit
    .selectFrom("grants as grant")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .innerJoin("people as person", "person.id", "credential.person_id")
    .innerJoin("grant_doors as at", "at.grant_id", "grant.id")
    .innerJoin("doors as door", "door.id", "at.door_id")
    .where("credential.key_id", "=", key)
    .where("grant.group_id", "is", null)
    .select(["grant.max_uses", "grant.not_after", "grant.suspended", "grant.revoked_at", "person.class"])
    .select(["at.door_id", "at.changed_version", "at.former_end", "at.former_uses", "at.removed_version", "at.never_left", "at.acknowledged_at"])
    .select(["door.name", "door.claimed_at", "door.acknowledged_version", "door.signed_time"])
    .orderBy("at.door_id")
    .execute();
  const doors = new Map<string, UsesAtDoor>();
  for (const row of rows) {
    const { door_id: door, removed_version, acknowledged_version } = row;
    const gone = row.never_left === 1 || row.acknowledged_at !== null || (removed_version !== null && removed_version <= acknowledged_version);
    const told = row.changed_version === null;
    if (gone || (told && row.suspended === 1 && row.revoked_at === null)) continue;
    const most = row.former_uses === null ? row.max_uses : mostUses(row.former_uses, row.max_uses);
    const atMost = most === 0 ? undefined : Math.max(0, most - (journals.get(door) ?? 0));
    if (atMost === 0) continue;
    const latest = await latestAt(unit, row, Math.max(row.not_after, row.former_end ?? 0), removed_version ?? undefined);
    const before = doors.get(door);
    const until = before !== undefined && (before.until === undefined || latest === undefined) ? undefined : Math.max(latest?.until ?? 0, before?.until ?? 0) || undefined;
    const either = before === undefined ? atMost : before.atMost === undefined || atMost === undefined ? undefined : Math.max(before.atMost, atMost);
    // 0: the list that says so is not signed yet, so nobody carries it.
    const news = removed_version ?? row.changed_version ?? 0;
    const carriers = news === 0 ? undefined : await carriersOf(unit, door, news, now);
    doors.set(door, { door, doorName: row.name, atMost: either, until, carriers: carriers ?? before?.carriers });
  }
  return [...doors.values()];
}
