import { z } from "@hono/zod-openapi";
import type { Actor } from "../../accounts/actor";
import { readRules } from "../../properties/household-rules";
import { Refusal } from "../../refusal";
import { householdTarget, standingAt } from "../../rules/read-standing";
import { may } from "../../rules/rights";
import type { Unit } from "../../store/store";
import type { HouseholdRow } from "../../store/rows/household-rows";
import { Id, Instant } from "../schemas";
import { readRemoval, Removal } from "./removal-format";

const ENDED_SHOWN_DAYS = 30;
const ENDED_SHOWN_MAX = 10;

/** What a household may do within the manager's rules, and what it has lately ended. */
export const householdOutlook = {
  cannot: z
    .array(z.strictObject({ verb: z.enum(["add-resident", "add-guest"]), because: z.enum(["forbidden-by-rules", "cap-reached"]) }))
    .openapi({ description: "What whoever asks could do, if the manager's rules let them (O5)." }),
  limits: z
    .strictObject({ residentsMax: z.int(), guestsMax: z.int(), guestDaysMax: z.int().nullable(), shareDaysMax: z.int() })
    .openapi({ description: "By the manager's rules: how many of whom, pending ones included, and for how long at most; null: as far as any access may reach." }),
  removals: z
    .array(Removal.pick({ id: true, kind: true, at: true, complete: true }).extend({ people: z.array(z.strictObject({ person: Id, name: z.string() })), at: Instant }))
    .openapi({ description: `Acts of the last ${ENDED_SHOWN_DAYS} days, newest first, as far as whoever asks may see their truth; /api/removals has it.` }),
};

type Outlook = z.output<z.ZodObject<typeof householdOutlook>>;

/** @param row a household that whoever asks may see. */
export async function readOutlook(unit: Unit, actor: Actor, row: HouseholdRow, now: number): Promise<Outlook> {
  const rules = await readRules(unit, row.property_id);
  const standing = await standingAt(unit, actor, { property: row.property_id, household: row.id }, now);
  const target = await householdTarget(unit, row.id);
  const cannot: Outlook["cannot"] = [];
  for (const verb of ["add-resident", "add-guest"] as const) {
    const verdict = may(verb, standing, target, rules);
    if (!verdict.allowed && (verdict.because === "forbidden-by-rules" || verdict.because === "cap-reached")) cannot.push({ verb, because: verdict.because });
  }
  const { residentsMax, guestsMax, guestDaysMax, shareDaysMax } = rules;
  return { cannot, limits: { residentsMax, guestsMax, guestDaysMax, shareDaysMax }, removals: await lateRemovals(unit, actor, row.id, now) };
}

async function lateRemovals(unit: Unit, actor: Actor, household: string, now: number): Promise<Outlook["removals"]> {
  const rows = await unit
    .selectFrom("removals")
    .select("id")
    .where("household_id", "=", household)
    .where("created_at", ">", now - ENDED_SHOWN_DAYS * 86_400)
    .orderBy("created_at", "desc")
    .orderBy("id")
    .limit(ENDED_SHOWN_MAX)
    .execute();
  const found: Outlook["removals"] = [];
  for (const { id } of rows) {
    const removal = await removalIfSeen(unit, actor, id, now);
    if (removal === undefined || removal.people.length === 0) continue;
    const { kind, at, complete } = removal;
    found.push({ id, kind, at, complete, people: removal.people.map(({ person, name }) => ({ person, name })) });
  }
  return found;
}

async function removalIfSeen(unit: Unit, actor: Actor, id: string, now: number): Promise<z.output<typeof Removal> | undefined> {
  try {
    return await readRemoval(unit, actor, id, now);
  } catch (error) {
    if (error instanceof Refusal && error.code === "not-found") return undefined;
    throw error;
  }
}
