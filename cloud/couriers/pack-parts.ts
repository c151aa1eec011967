import { OFFERED_ITEMS_MAX } from "../../protocol/courier-frame";
import { COURIER_LIST_BYTES_MAX } from "../limits";
import type { CourierPartRow } from "../store/rows/courier-rows";
import { splitItems } from "./courier-part";

/** What is carried to one door. */
export interface DoorBundle {
  door: string;
  /** The newest list; 0 = none. */
  version: number;
  /** false: what does not fit is left off, always the whole of it; there is room once the rest has arrived, or for the door by itself. */
  whole: boolean;
  /** At most OFFERED_ITEMS_MAX, in the order in which the door can use them. */
  items: Uint8Array[];
}

/** What packing goes by. */
export type Packable = Pick<CourierPartRow, "door_id" | "version" | "news_without_list" | "first_items" | "list_items" | "last_items">;

/** What is carried to one door alone. */
export function wholePart(part: Packable): DoorBundle {
  return doorBundle(part, packParts([part]).has(part));
}

/**
 * Which parts are carried with the list in them: as many as there is room for, those first that have no other way to
 * the newest version. What is left off is left off whole; keysets, deltas and leases never are.
 */
export function packParts(parts: readonly Packable[]): ReadonlySet<Packable> {
  const packed = new Set<Packable>();
  let room = COURIER_LIST_BYTES_MAX;
  for (const part of [...parts].sort((a, b) => a.news_without_list - b.news_without_list)) {
    const { length } = part.list_items;
    if (length > room || (length > 0 && itemsOf(part).length > OFFERED_ITEMS_MAX)) continue;
    room -= length;
    packed.add(part);
  }
  return packed;
}

/** A door that lacks more keysets than a phone can offer at once gets the first of them now, and more when it has those. */
export function doorBundle(part: Packable, withList: boolean): DoorBundle {
  const items = withList ? itemsOf(part) : [...splitItems(part.first_items), ...splitItems(part.last_items)];
  return { door: part.door_id, version: part.version, whole: withList && items.length <= OFFERED_ITEMS_MAX, items: items.slice(0, OFFERED_ITEMS_MAX) };
}

function itemsOf({ first_items, list_items, last_items }: Packable): Uint8Array[] {
  return [first_items, list_items, last_items].flatMap(splitItems);
}
