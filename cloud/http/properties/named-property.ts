import { z } from "@hono/zod-openapi";
import type { Unit } from "../../store/store";
import { Id } from "../schemas";

/** A property where something of it is shown to people who do not manage it: times there are its wall clock's. */
export const NamedProperty = z.strictObject({ id: Id, name: z.string(), timeZone: z.string().openapi({ example: "Europe/Paris" }) }).openapi("NamedProperty");

/** @param property one that exists. */
export async function nameProperty(unit: Unit, property: string): Promise<z.output<typeof NamedProperty>> {
  const { id, name, time_zone } = await unit.selectFrom("properties").select(["id", "name", "time_zone"]).where("id", "=", property).executeTakeFirstOrThrow();
  return { id, name, timeZone: time_zone };
}
