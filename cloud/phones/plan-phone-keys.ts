import { outputsOf } from "../issuing/orders-of-door";
import { HANDLES_AT_DOOR, HANDLES_TO_CARRY, HANDLES_TO_OPEN, HANDLES_TO_OPEN_MIN, PHONE_DOORS_MAX } from "../limits";
import type { DoorRow } from "../store/rows/door-rows";
import type { Unit } from "../store/store";
import { propertiesOfAccount } from "./account-properties";
import { carrierOf } from "./carrier";
import { takeCounters } from "./handle-counters";
import { holdersOf, rightsOfHolders, type HolderRight, type PhoneHolder } from "./phone-holders";

/** What a phone is to have of one door. */
export interface DoorPlan {
  door: Pick<DoorRow, "id" | "enrolment" | "door_key">;
  /** undefined: the account has nothing to do with this door, and its phones only carry to it. */
  name: string | undefined;
  /** In the order in which to try them. */
  entries: EntryPlan[];
}

export interface EntryPlan {
  /** 16 hexadecimal digits. */
  holder: string;
  opens: boolean;
  /** By number, of those that the door has. */
  outputs: number[];
  /** Counters of its handles. */
  first: number;
  count: number;
}

export interface PropertyPlan {
  id: string;
  name: string;
  doors: DoorPlan[];
}

/**
 * Works out what a phone gets, and sets the counters of its handles aside (SPEC 22). At doors where the account opens
 * nothing one holder of its own carries; with none at the property, a carrier.
 * @param property only this one; undefined = all that the account has to do with.
 * @param room for so many doors.
 * @returns also how many doors there was no room for: those that open come first.
 */
export async function planPhoneKeys(unit: Unit, account: string, property: string | undefined, now: number, room = PHONE_DOORS_MAX): Promise<{ properties: PropertyPlan[]; left: number }> {
  const ids = (await propertiesOfAccount(unit, account, now)).filter((id) => property === undefined || id === property);
  const holders = await holdersOf(unit, account, now);
  const rights = await rightsOfHolders(unit, holders.map(({ id }) => id), now);
  const opened = new Set(rights.map(({ door }) => door));
  const properties: PropertyPlan[] = [];
  let left = 0;
  for (const id of ids) {
    const { name } = await unit.selectFrom("properties").select("name").where("id", "=", id).executeTakeFirstOrThrow();
    const doors = await doorsOf(unit, id);
    // What is stolen is no part of the building any more, and nobody carries to it (P4).
    const wanted = [...doors.filter((door) => opened.has(door.id)), ...doors.filter((door) => !opened.has(door.id))];
    const told = wanted.slice(0, room);
    left += wanted.length - told.length;
    room -= told.length;
    properties.push({ id, name, doors: await planDoors(unit, told, { account, property: id, holders: holders.filter((holder) => holder.property === id), rights }, now) });
  }
  return { properties, left };
}

type PlannedDoor = Pick<DoorRow, "id" | "name" | "enrolment" | "door_key" | "outputs">;

async function doorsOf(unit: Unit, property: string): Promise<PlannedDoor[]> {
  return unit.selectFrom("doors").select(["id", "name", "enrolment", "door_key", "outputs"]).where("property_id", "=", property).where("door_key", "is not", null).where("stolen_at", "is", null).orderBy("name").orderBy("id").execute();
}

interface Whose {
  account: string;
  property: string;
  holders: readonly PhoneHolder[];
  rights: readonly HolderRight[];
}

async function planDoors(unit: Unit, doors: readonly PlannedDoor[], whose: Whose, now: number): Promise<DoorPlan[]> {
  if (doors.length === 0) return [];
  const { account, property, holders, rights } = whose;
  const carrier = holders[0]?.id ?? (await carrierOf(unit, property, account, now));
  const there = new Set(doors.map(({ id }) => id));
  const opening = new Set(rights.filter(({ door }) => there.has(door)).map(({ holder }) => holder));
  const counters = new Map<string, number>();
  for (const holder of new Set([...opening, carrier])) counters.set(holder, await takeCounters(unit, holder, opening.has(holder) ? HANDLES_TO_OPEN : HANDLES_TO_CARRY));
  const known = await knownDoors(unit, account, property);
  return doors.map(({ name, outputs, ...door }) => {
    const here = rights.filter((right) => right.door === door.id);
    // The same counters at several doors: each door's handles are under a key of its own.
    const opens = here.map(({ holder, outputs: mask }) => ({ holder, opens: true, outputs: numbers(mask, outputsOf({ outputs }).length), first: counters.get(holder)!, count: handlesOfEach(here.length) }));
    const carries = { holder: carrier, opens: false, outputs: [], first: counters.get(carrier)!, count: HANDLES_TO_CARRY };
    const knows = here.length > 0 || known === "all" || known.has(door.id);
    return { door, name: knows ? name : undefined, entries: opens.length > 0 ? opens : [carries] };
  });
}

/** @param alternatives that open one door: a phone mostly needs the first of them. */
function handlesOfEach(alternatives: number): number {
  return Math.max(HANDLES_TO_OPEN_MIN, Math.min(HANDLES_TO_OPEN, Math.floor(HANDLES_AT_DOOR / alternatives)));
}

/** @param named how many outputs have names; the first is there without one. */
function numbers(mask: number, named: number): number[] {
  return Array.from({ length: Math.max(1, named) }, (_, output) => output).filter((output) => (mask & (1 << output)) !== 0);
}

/** Doors of which an account may know beside those that it opens: who is nobody at a door is not told that it is there. */
async function knownDoors(unit: Unit, account: string, property: string): Promise<"all" | Set<string>> {
  const manager = await unit.selectFrom("managers").select("account_id").where("property_id", "=", property).where("account_id", "=", account).executeTakeFirst();
  if (manager !== undefined) return "all";
  const owned = await unit.selectFrom("door_owners").select("door_id").where("account_id", "=", account).execute();
  return new Set(owned.map((row) => row.door_id));
}
