import { answered, api, type Schema } from "../../api/client";
import { everyItem } from "../../api/every-item";
import { useAsked, type Asked } from "../../api/use-asked";
import { useProperty } from "../../shell/managed-property";
import { byName } from "../use-doors";

/** All flats of the managed property, by name. */
export function useUnits(): Asked<Schema<"Unit">[]> {
  const { id: property } = useProperty();
  return useAsked(
    async (signal) => {
      const units = await everyItem((after) => answered(api.GET("/api/properties/{property}/units", { params: { path: { property }, query: { ...(after !== undefined && { after }) } }, signal })));
      return units.sort((a, b) => byName(a.name, b.name));
    },
    ["units", property],
  );
}

/** All kinds of flats of the managed property, by name. */
export function useTemplates(): Asked<Schema<"Template">[]> {
  const { id: property } = useProperty();
  return useAsked(
    async (signal) => {
      const templates = await everyItem((after) => answered(api.GET("/api/properties/{property}/templates", { params: { path: { property }, query: { ...(after !== undefined && { after }) } }, signal })));
      return templates.sort((a, b) => byName(a.name, b.name));
    },
    ["templates", property],
  );
}

/** As households are read: those who have the lease first. */
export const ROLES: readonly Schema<"Member">["role"][] = ["administrator", "resident", "guest", "share"];

/** The households of the managed property with who lives there: those of now, or those that have ended. */
export function useHouseholds(ended = false): Asked<Schema<"ListedHousehold">[]> {
  const { id: property } = useProperty();
  return useAsked(
    async (signal) => {
      const households = await everyItem((after) => answered(api.GET("/api/households", { params: { query: { property, ended: ended ? "true" : "false", ...(after !== undefined && { after }) } }, signal })));
      for (const { people } of households) people.sort((a, b) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role) || byName(a.name, b.name));
      return households.sort((a, b) => byName(a.unit.name, b.unit.name));
    },
    ["households", property, ended],
  );
}
