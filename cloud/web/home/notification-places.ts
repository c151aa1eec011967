import { answered, api, type Schema } from "../api/client";
import { everyItem } from "../api/every-item";
import { useAsked, type Asked } from "../api/use-asked";
import { useSession } from "../shell/session";

/** A property of which somebody may be told, with its doors. */
export interface ListenedProperty {
  id: string;
  name: string;
  timeZone: string;
  doors: { id: string; name: string }[];
  /** Of those whose groups one may see: managers. */
  groups: { id: string; name: string }[];
}

/** Where one has a door of one's own, lives, or manages: the API says of each rule whether it rests on a right. */
export function useListenedProperties(): Asked<ListenedProperty[]> {
  const { session } = useSession();
  const managed = session.state === "account" ? session.properties : [];
  return useAsked(async (signal) => {
    const doors = await everyItem((after) => answered(api.GET("/api/account/doors", { params: { query: after === undefined ? {} : { after } }, signal })));
    const { places } = await answered(api.GET("/api/account/places", { signal }));
    const found = new Map<string, ListenedProperty>();
    const at = ({ id, name, timeZone }: Schema<"NamedProperty">): ListenedProperty => {
      const property = found.get(id) ?? { id, name, timeZone, doors: [], groups: [] };
      found.set(id, property);
      return property;
    };
    for (const place of places) if (place.state === "active") at(place.property);
    for (const { id, name, property } of doors) at(property).doors.push({ id, name });
    for (const { id, name, timeZone } of managed) {
      const all = await everyItem((after) => answered(api.GET("/api/doors", { params: { query: { property: id, ...(after !== undefined && { after }) } }, signal })));
      at({ id, name, timeZone }).doors = all.map((door) => ({ id: door.id, name: door.name }));
      const groups = await everyItem((after) => answered(api.GET("/api/groups", { params: { query: { property: id, ...(after !== undefined && { after }) } }, signal })));
      at({ id, name, timeZone }).groups = groups.map((group) => ({ id: group.id, name: group.name }));
    }
    for (const property of found.values()) property.doors.sort((a, b) => a.name.localeCompare(b.name));
    return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
  }, [managed.map(({ id }) => id)]);
}
