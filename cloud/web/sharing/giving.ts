import { answered, api, type Schema } from "../api/client";
import { everyItem } from "../api/every-item";
import { useAsked, type Asked } from "../api/use-asked";
import { usePropertyIfAny } from "../shell/managed-property";

export interface GivableDoor {
  id: string;
  name: string;
  /** Whether whoever gives may make others administer it (N4). */
  admin: boolean;
}

/** Something of which somebody may give keys: a property that they run, doors that they own or administer, their place in a household, a group's doors. */
export interface Giving {
  id: string;
  /** A household and doors of one's own at the same house are told apart by it. */
  label: string;
  property: string;
  propertyName: string;
  zone: string;
  household: string | undefined;
  doors: readonly GivableDoor[];
  /** As whoever runs the property: cards, and the kind of person. */
  manages: boolean;
  /** What is given ends some day (O12). */
  endNeeded: boolean;
  /** There may be profiles to give by. */
  profiles: boolean;
}

/** What whoever reads may give keys of; on a property's pages all that belongs to it. The server decides again when they do. */
export function useGiving(): Asked<Giving[]> {
  const property = usePropertyIfAny();
  return useAsked((signal) => (property === undefined ? ownGiving(signal) : managedGiving(property, signal)), ["giving", property?.id]);
}

async function managedGiving({ id, name, timeZone }: Schema<"Property">, signal: AbortSignal): Promise<Giving[]> {
  const doors = await everyItem((after) => answered(api.GET("/api/doors", { params: { query: { property: id, ...(after !== undefined && { after }) } }, signal })));
  const standing = doors.filter(({ state }) => state !== "stolen").map(({ id: door, name: called, shared }) => ({ id: door, name: called, admin: !shared }));
  if (standing.length === 0) return [];
  return [{ id, label: name, property: id, propertyName: name, zone: timeZone, household: undefined, doors: standing.sort(byName), manages: true, endNeeded: false, profiles: true }];
}

async function ownGiving(signal: AbortSignal): Promise<Giving[]> {
  const doors = await everyItem((after) => answered(api.GET("/api/account/doors", { params: { query: after === undefined ? {} : { after } }, signal })));
  const { places } = await answered(api.GET("/api/account/places", { signal }));
  const found: Giving[] = [];
  for (const { household, property, unit, doors: own, householdCan } of places) {
    if (!householdCan.includes("give-share") || own.length === 0) continue;
    found.push({ id: household, label: `${unit.name}, ${property.name}`, property: property.id, propertyName: property.name, zone: property.timeZone, household, doors: own.map((door) => ({ ...door, admin: false })).sort(byName), manages: false, endNeeded: true, profiles: true });
  }
  const givable = doors.filter(({ can }) => can.includes("give-keys"));
  // Whoever only opens a door gives of it by a group's word: what a group lets one give is given by itself (N12).
  for (const byGroup of [false, true]) {
    const of = givable.filter((door) => (door.as === "user") === byGroup);
    for (const { id, name, timeZone } of new Map(of.map(({ property }) => [property.id, property])).values()) {
      const there = of.filter((door) => door.property.id === id).map((door) => ({ id: door.id, name: door.name, admin: door.can.includes("give-admin") }));
      found.push({ id: byGroup ? `${id}-group` : id, label: `${there.map((door) => door.name).join(", ")} (${name})`, property: id, propertyName: name, zone: timeZone, household: undefined, doors: there.sort(byName), manages: false, endNeeded: byGroup, profiles: !byGroup });
    }
  }
  return found;
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name.localeCompare(b.name, undefined, { numeric: true });
}

/** Where keys are on these pages: one's own, or a property's. */
export function useKeysPath(): string {
  const property = usePropertyIfAny();
  return property === undefined ? "/keys" : `/manage/${property.id}/keys`;
}
