import { z } from "@hono/zod-openapi";
import type { Actor } from "../../accounts/actor";
import { readHousehold } from "../../households/read-place";
import { Refusal } from "../../refusal";
import { may } from "../../rules/rights";
import { meetMember, standingAt } from "../../rules/read-standing";
import type { Unit } from "../../store/store";
import { formatInstant } from "../people/grant-format";
import { Id, Instant } from "../schemas";
import { FormattedTruth, truthOfRevocation } from "../people/truth-format";

const EndedPlace = z.looseObject({ person: Id, name: z.string(), revocation: Id, complete: z.boolean(), doors: z.array(FormattedTruth) });

export const Removal = z
  .looseObject({
    id: Id,
    household: Id,
    kind: z.enum(["moved-out", "removed", "court-order", "share-ended"]),
    document: z.string().nullable().openapi({ description: "For managers." }),
    at: Instant,
    by: z.string(),
    complete: z.boolean().openapi({ description: "No door may still open." }),
    people: z.array(EndedPlace),
  })
  .openapi("Removal", { description: "One act that ended places, or renewed codes: door by door, what is known of it (X1)." });

/**
 * A removal, with those of its people whose truth whoever asks may see.
 * @throws {Refusal} `not-found`: for those too who may see none.
 */
export async function readRemoval(unit: Unit, actor: Actor, id: string, now: number): Promise<z.output<typeof Removal>> {
  const row = await unit.selectFrom("removals").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such removal.");
  const { property_id } = await readHousehold(unit, row.household_id);
  const { ranks } = await standingAt(unit, actor, { property: property_id }, now);
  const revocations = await unit.selectFrom("revocations").select(["id", "person_id"]).where("removal_id", "=", id).orderBy("person_id").orderBy("id").execute();
  const people: z.output<typeof EndedPlace>[] = [];
  for (const revocation of revocations) {
    const encounter = await meetMember(unit, actor, revocation.person_id, now);
    if (encounter === undefined || !may("see-truth", encounter.standing, encounter.target).allowed) continue;
    const doors = await truthOfRevocation(unit, revocation.id, now);
    people.push({ person: revocation.person_id, name: encounter.person.name, revocation: revocation.id, complete: doors.every((door) => door.state !== "pending"), doors });
  }
  if (people.length === 0 && ranks.length === 0) throw new Refusal("not-found", "There is no such removal.");
  return {
    id,
    household: row.household_id,
    kind: row.kind,
    document: ranks.length > 0 ? row.document : null,
    at: formatInstant(row.created_at),
    by: row.created_by,
    complete: people.every((each) => each.complete),
    people,
  };
}
