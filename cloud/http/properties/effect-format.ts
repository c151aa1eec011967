import { z } from "@hono/zod-openapi";
import type { UnitEffect } from "../../properties/unit-effect";
import { CodesOfPeople } from "../people/given-codes";
import { Id } from "../schemas";

/** What a change of a flat's doors does to those who live there, as answers say it (P1). */

export const Effect = z
  .looseObject({ person: Id, name: z.string(), role: z.string(), unit: Id, household: Id, gains: z.array(Id), loses: z.array(Id) })
  .openapi("DoorEffect", { description: "Which doors somebody gains and loses." });
/** Of an answer about doors that have changed. */
export const Changed = {
  effect: z.array(Effect),
  codes: CodesOfPeople,
};

export function formatEffect({ person, name, role, unit, household, gains, loses }: UnitEffect): z.output<typeof Effect> {
  return { person, name, role, unit, household, gains, loses };
}
