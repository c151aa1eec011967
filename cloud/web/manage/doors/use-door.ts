import { useRoute } from "preact-iso/router";
import { answered, api, type Schema } from "../../api/client";
import { ApiProblem } from "../../api/api-problem";
import { useAsked, type Asked } from "../../api/use-asked";
import { useWords } from "../../language/speaking";
import { useProperty } from "../../shell/managed-property";

/** The door that the address names, one of the property's. */
export function useDoor(): Asked<Schema<"Door">> & { id: string } {
  const { params } = useRoute();
  const { door } = params;
  const { id: property } = useProperty();
  const asked = useAsked(
    async (signal) => {
      const found = await answered(api.GET("/api/doors/{door}", { params: { path: { door } }, signal }));
      if (found.property !== property) throw new ApiProblem("not-found", 404);
      return found;
    },
    [door, property],
  );
  return { ...asked, id: door };
}

/** Where a door's further pages lead back to. */
export function useBackToDoor(door: Schema<"Door"> | undefined, id: string): { href: string; label: string } {
  const { manage } = useWords();
  const { id: property } = useProperty();
  return { href: `/manage/${property}/doors/${id}`, label: door?.name ?? manage.doors };
}
