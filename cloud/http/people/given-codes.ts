import { z } from "@hono/zod-openapi";
import { actorName, type Actor } from "../../accounts/actor";
import type { GivenCredential } from "../../people/give-credential";
import { noteView } from "../../pins/view-pin";
import type { Unit } from "../../store/store";
import { Id } from "../schemas";

/** Codes in the answer to what made them, for whoever passes them on: they can be told only there. */

export const GivenCode = z.strictObject({ id: Id, pin: z.string(), doors: z.array(Id) }).openapi("GivenCode", { description: "Pass the digits on." });

/** Of several people at once. */
export const CodesOfPeople = z.array(z.strictObject({ person: Id, codes: z.array(GivenCode) })).openapi({
  description: "New ones, for doors at which none of theirs can be used, of people whom nobody else could give them to.",
});

/** Whoever gets this answer has seen them (O7). */
export async function formatCodes(unit: Unit, given: readonly GivenCredential[], actor: Actor, now: number): Promise<z.output<typeof GivenCode>[]> {
  const codes: z.output<typeof GivenCode>[] = [];
  for (const { credential, pin, grants } of given) {
    if (pin === undefined) continue;
    const doors = await unit.selectFrom("grant_doors").select("door_id").where("grant_id", "in", grants).orderBy("door_id").distinct().execute();
    await noteView(unit, credential, actorName(actor), now);
    codes.push({ id: credential, pin, doors: doors.map((row) => row.door_id) });
  }
  return codes;
}

export async function formatCodesOfPeople(unit: Unit, given: ReadonlyMap<string, readonly GivenCredential[]>, actor: Actor, now: number): Promise<z.output<typeof CodesOfPeople>> {
  const all = [];
  for (const [person, credentials] of given) all.push({ person, codes: await formatCodes(unit, credentials, actor, now) });
  return all;
}
