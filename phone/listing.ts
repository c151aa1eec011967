import type { PhoneStore } from "./phone-store";

/** A door as it is shown to the person. */
export interface ListedDoor {
  door: string;
  /** Absent at a door that is not the person's. */
  name?: string;
  property: string;
  propertyName: string;
  opens: boolean;
  /** Mask. */
  outputs: number;
  /** Unlocks that are left until the phone must go online. */
  handles: number;
}

/** How much lies in the phone's bag, per door. */
export interface Luggage {
  /** Items for doors. */
  down: { door: string; property: string; version: number; items: number }[];
  /** Items for the cloud. */
  up: { door: string; items: number }[];
}

export async function listDoors(store: PhoneStore): Promise<ListedDoor[]> {
  const doors = await store.readAll("doors");
  return doors.map(({ door, name, property, propertyName, keys }) => {
    const opening = keys.filter(({ opens }) => opens);
    const outputs = opening.reduce((mask, key) => mask | key.outputs, 0);
    const handles = opening.reduce((sum, key) => sum + key.handles.length, 0);
    return { door, ...(name !== undefined && { name }), property, propertyName, opens: opening.length > 0, outputs, handles };
  });
}

export async function listLuggage(store: PhoneStore): Promise<Luggage> {
  const bundles = await store.readAll("bundles");
  const down = bundles.flatMap(({ property, doors }) => doors.map(({ door, version, items }) => ({ door, property, version, items: items.length })));
  const up = (await store.readAll("collected")).map(({ door, items }) => ({ door, items: items.length }));
  return { down, up };
}
