import { z } from "@hono/zod-openapi";
import type { Actor } from "../../accounts/actor";
import { Refusal } from "../../refusal";
import { requirePerson } from "../../rules/confine";
import { mayWithKey } from "../../rules/key-rights";
import { meetKey } from "../../rules/key-standing";
import { meetMember, requireOnMember } from "../../rules/read-standing";
import type { Unit } from "../../store/store";
import { formatInstant } from "./grant-format";
import { Id, Instant } from "../schemas";
import { FormattedTruth, truthOfRevocation } from "./truth-format";

export const Revocation = z.looseObject({ id: Id, person: Id, at: Instant, complete: z.boolean(), doors: z.array(FormattedTruth) }).openapi("Revocation");

export const RevocationOfPerson = Revocation.extend({ name: z.string(), removal: Id.nullable().openapi({ description: "The act in a household that it was part of." }) }).openapi("RevocationOfPerson");

/** Whoever may know what came of a person's access (X1). @throws {Refusal} `not-found`, `not-allowed`. */
export async function requireSightOfPerson(unit: Unit, actor: Actor, person: string, now: number, what = "person"): Promise<void> {
  if ((await meetMember(unit, actor, person, now)) !== undefined) await requireOnMember(unit, actor, person, "see-truth", now, what);
  else await requirePerson(unit, actor, person, what);
}

/** Whoever may know what came of a revocation (X1). @throws {Refusal} `not-found`, `not-allowed`. */
export async function requireSight(unit: Unit, actor: Actor, revocation: string, now: number): Promise<void> {
  const row = await unit.selectFrom("revocations").select("person_id").where("id", "=", revocation).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such revocation.");
  if (await seesItsKeys(unit, actor, revocation, now)) return;
  await requireSightOfPerson(unit, actor, row.person_id, now, "revocation");
}

/** Whether all that a revocation ended were keys that somebody may see. */
async function seesItsKeys(unit: Unit, actor: Actor, revocation: string, now: number): Promise<boolean> {
  const ended = await unit
    .selectFrom("grants as grant")
    .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
    .leftJoin("keys as key", "key.id", "credential.key_id")
    .select("key.id")
    .distinct()
    .where("grant.revocation_id", "=", revocation)
    .execute();
  for (const { id } of ended) {
    const key = id === null ? undefined : await unit.selectFrom("keys").selectAll().where("id", "=", id).executeTakeFirst();
    if (key === undefined) return false;
    const { ranks, target } = await meetKey(unit, actor, key, now);
    if (!mayWithKey("see", ranks, target).allowed) return false;
  }
  return ended.length > 0;
}

/** @throws {Refusal} `not-found`. */
export async function readRevocation(unit: Unit, id: string, now: number): Promise<z.output<typeof Revocation>> {
  const row = await unit.selectFrom("revocations").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such revocation.");
  const doors = await truthOfRevocation(unit, id, now);
  return { id, person: row.person_id, scope: row.scope, at: formatInstant(row.created_at), by: row.created_by, complete: doors.every((door) => door.state !== "pending"), doors };
}

export interface RevocationsAsked {
  property: string;
  /** Only what some door has not acknowledged. */
  open: boolean;
  /** A revocation's id: those older than it. */
  after: string | undefined;
  limit: number;
}

/** Newest first. One of an unknown `after` is followed by none. */
export async function listRevocations(unit: Unit, { property, open, after, limit }: RevocationsAsked, now: number): Promise<z.output<typeof RevocationOfPerson>[]> {
  const last = after === undefined ? undefined : await unit.selectFrom("revocations").select(["id", "created_at"]).where("id", "=", after).executeTakeFirst();
  if (after !== undefined && last === undefined) return [];
  const rows = await unit
    .selectFrom("revocations as revocation")
    .innerJoin("people as person", "person.id", "revocation.person_id")
    .where("person.property_id", "=", property)
    .$if(last !== undefined, (query) => query.where((eb) => eb.or([eb("revocation.created_at", "<", last!.created_at), eb.and([eb("revocation.created_at", "=", last!.created_at), eb("revocation.id", "<", last!.id)])])))
    .$if(open, (query) =>
      query.where((eb) =>
        eb.exists(
          eb
            .selectFrom("grants as grant")
            .innerJoin("grant_doors as at", "at.grant_id", "grant.id")
            .whereRef("grant.revocation_id", "=", "revocation.id")
            .where("at.acknowledged_at", "is", null)
            .where("at.never_left", "=", 0)
            .select("at.door_id"),
        ),
      ),
    )
    .orderBy("revocation.created_at", "desc")
    .orderBy("revocation.id", "desc")
    .limit(limit)
    .select(["revocation.id", "person.name", "revocation.removal_id"])
    .execute();
  const items = [];
  for (const { id, name, removal_id } of rows) items.push({ ...(await readRevocation(unit, id, now)), name, removal: removal_id });
  return items;
}
