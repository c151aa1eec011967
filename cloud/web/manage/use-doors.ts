import { answered, api, type Schema } from "../api/client";
import { everyItem } from "../api/every-item";
import { useAsked, type Asked } from "../api/use-asked";
import { useProperty } from "../shell/managed-property";

/** The doors of the property that is managed, by name. */
export function useDoors(): Asked<Schema<"Door">[]> {
  const { id } = useProperty();
  return useAsked(
    async (signal) => {
      const doors = await everyItem((after) => answered(api.GET("/api/doors", { params: { query: { property: id, ...(after !== undefined && { after }) } }, signal })));
      return doors.sort((a, b) => byName(a.name, b.name));
    },
    ["doors", id],
  );
}

/** As people sort names: `Flat 2` before `Flat 10`. */
export function byName(a: string, b: string): number {
  return a.localeCompare(b, undefined, { numeric: true, sensitivity: "base" });
}

/** Names of doors in a line. @param doors those that are known. */
export function doorNames(ids: readonly string[], doors: readonly { id: string; name: string }[] | undefined): string {
  const names = ids.map((id) => doors?.find((door) => door.id === id)?.name ?? "…");
  return names.sort(byName).join(", ");
}

/** Whether a text holds all that somebody searches for, whatever its accents and capitals. */
export function matches(text: string, search: string): boolean {
  const plain = (each: string): string => each.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();
  const found = plain(text);
  return plain(search).split(/\s+/).every((word) => found.includes(word));
}
