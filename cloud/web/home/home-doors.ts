import type { ListedDoor } from "../../../phone/listing";
import { answered, api, type Schema } from "../api/client";
import { everyItem } from "../api/every-item";
import { keepDoors, keptDoors } from "../phone/keys-of-account";

/** A door on one's own page, by what the API and this phone know of it. */
export interface HomeDoor {
  id: string;
  name: string;
  property: { id: string; name: string };
  /** undefined: nobody has said yet. */
  own: Schema<"OwnDoor"> | undefined;
  /** undefined: this phone has no key that opens it. */
  key: ListedDoor | undefined;
}

export interface HomeProperty {
  id: string;
  name: string;
  doors: HomeDoor[];
}

/** All doors of one's own. */
export function ownDoors(signal: AbortSignal): Promise<Schema<"OwnDoor">[]> {
  return everyItem((after) => answered(api.GET("/api/account/doors", { params: { query: after === undefined ? {} : { after } }, signal })));
}

/** For when there is no network: keys say which door, not what it moves and when one may open it. */
export function rememberDoors(doors: readonly Schema<"OwnDoor">[]): void {
  keepDoors(JSON.stringify(doors));
}

/** What was known when there was a network: when one may open it, and what it moves. How it stands now, nobody knows. */
function rememberedDoors(): Schema<"OwnDoor">[] {
  const kept = keptDoors();
  const doors = kept === undefined ? [] : (JSON.parse(kept) as Schema<"OwnDoor">[]);
  return doors.map((door) => ({ ...door, online: true, lockState: "normal", can: [] }));
}

/**
 * By property and name. What the API says goes; where it is not reached, this phone knows what it has keys for.
 * @param language for sorting.
 */
export function byProperty(own: readonly Schema<"OwnDoor">[] | undefined, keys: readonly ListedDoor[], language: string): HomeProperty[] {
  const opening = keys.filter(({ opens }) => opens);
  const remembered = own === undefined ? rememberedDoors() : [];
  const doors: HomeDoor[] =
    own === undefined
      ? opening.map((key) => ({ id: key.door, name: key.name ?? key.door, property: { id: key.property, name: key.propertyName }, own: remembered.find(({ id }) => id === key.door), key }))
      : own.map((door) => ({ id: door.id, name: door.name, property: door.property, own: door, key: opening.find((key) => key.door === door.id) }));
  const properties = new Map<string, HomeProperty>();
  for (const door of doors) {
    const property = properties.get(door.property.id) ?? { ...door.property, doors: [] };
    properties.set(property.id, property);
    property.doors.push(door);
  }
  const { compare } = new Intl.Collator(language, { numeric: true });
  for (const property of properties.values()) property.doors.sort((a, b) => compare(a.name, b.name));
  return [...properties.values()].sort((a, b) => compare(a.name, b.name));
}
