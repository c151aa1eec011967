import { createRoute, z } from "@hono/zod-openapi";
import { actorName, type Actor } from "../../accounts/actor";
import { requireRecent } from "../../accounts/session";
import { ENDED_CODES_HELD_MAX, STOLEN_OVERLAP_HOURS_MAX } from "../../limits";
import { listCodes, type ListedCode } from "../../pins/list-codes";
import { overlapSecondsOf } from "../../pins/pin-upkeep";
import { doorsOfOld, renewCodes, type RenewedCodes } from "../../pins/renew-codes";
import { readStolenCards, reportStolenDoor, type StolenCard as StolenCardAtDoor, type StolenDoorReport } from "../../pins/stolen-door";
import { tellRenewal, type Told } from "../../pins/tell-renewal";
import { noteView, viewPin } from "../../pins/view-pin";
import { Refusal } from "../../refusal";
import { requireDoor } from "../../rules/confine";
import { requireOnMember } from "../../rules/read-standing";
import { may } from "../../rules/rights";
import type { Unit } from "../../store/store";
import { actorOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { FOR_PEOPLE } from "../api-document";
import { readDoor } from "../doors/door-format";
import { formatInstant } from "./grant-format";
import { answer, body, Id, Instant, refusals } from "../schemas";

const CodeAtDoor = z.looseObject({
  door: Id,
  name: z.string(),
  from: Instant.nullable(),
  until: Instant.nullable().openapi({ description: "null: no end of its own." }),
  acknowledged: z.boolean().openapi({ description: "Whether the door has exactly this; until then it goes on with what it knows." }),
});
const Code = z
  .looseObject({
    id: Id,
    kind: z.string(),
    of: Id.nullable().openapi({ description: "The PIN or card that it completes or stands for." }),
    mask: z.string().openapi({ example: "••••••" }),
    createdAt: Instant,
    replacedAt: Instant.nullable().openapi({ description: "Since when a newer code stands in its place." }),
    renewsAt: Instant.nullable().openapi({ description: "When it renews by the manager's rule." }),
    doors: z.array(CodeAtDoor),
  })
  .openapi("Code");
const Told = z.enum(["holder", "household", "nobody"]).openapi("Told", { description: "Who has been told to look at the new code: its holder, or those who pass it on. nobody: whoever asked must do so, and finds it in `pin`." });
const NewCode = z.looseObject({ id: Id, pin: z.string().optional().openapi({ description: "Shown this once, and only where nobody else could look at it." }) }).openapi("NewCode");
const Renewed = z
  .looseObject({ codes: z.array(NewCode), oldUntil: Instant.nullable().openapi({ description: "When the old code ends at every door that has heard of the new one; null: at once. A door that has not goes on with the old one, and knows no new one." }), told: Told, revocation: Id.nullable() })
  .openapi("RenewedCodes");
const StolenCard = z.looseObject({ person: Id, name: z.string(), card: Id, ended: z.boolean().openapi({ description: "It opens nothing any more." }) });
const Stolen = z
  .looseObject({
    door: Id,
    oldUntil: Instant.nullable(),
    renewed: z
      .array(
        z.looseObject({
          person: Id,
          name: z.string(),
          told: Told,
          codes: z.array(NewCode),
          oldDoors: z.array(Id),
          endedLimited: z.array(z.looseObject({ code: Id, key: Id.nullable(), uses: z.int(), doors: z.array(Id) })).openapi({ description: "Codes of limited uses that have ended and have no other in their place, because a new one would open anew: give one for the uses that are left." }),
        }),
      )
      .openapi({ description: "Who must get a new code." }),
    cards: z.array(StolenCard).openapi({ description: "Cards that the door knew: replace them." }),
  })
  .openapi("StolenDoor");
const StolenCards = z.looseObject({ door: Id, stolenAt: Instant.nullable(), items: z.array(StolenCard) }).openapi("StolenCards");

const params = z.object({ person: Id });
const tags = ["pins"];

const list = createRoute({ method: "get", path: "/members/{person}/pins", summary: "A member's codes, without their digits", tags, request: { params }, responses: { 200: answer(z.object({ items: z.array(Code) }), "By age."), ...refusals } });
const view = createRoute({
  method: "get",
  path: "/members/{person}/pins/{pin}",
  summary: "See a member's code; each view is in the audit",
  tags,
  security: FOR_PEOPLE,
  request: { params: params.extend({ pin: Id }) },
  responses: { 200: answer(z.object({ id: Id, pin: z.string() }), "The digits."), ...refusals },
});
const renew = createRoute({
  method: "post",
  path: "/members/{person}/pins/renew",
  summary: "Give a member new codes in place of those they have",
  tags,
  request: { params, ...body(z.strictObject({ overlapDays: z.int().min(0).max(366).optional().openapi({ description: "For how long the old code still opens; at most what the manager's rule says, which is the default." }) }).openapi("RenewalRequest")) },
  responses: { 200: answer(Renewed, "Renewed."), ...refusals },
});
const stolen = createRoute({
  method: "post",
  path: "/doors/{door}/stolen",
  summary: "A door is lost or stolen: renew every shared code that it knew, everywhere",
  tags,
  request: { params: z.object({ door: Id }), ...body(z.strictObject({ overlapHours: z.int().min(0).max(STOLEN_OVERLAP_HOURS_MAX).default(0).openapi({ description: "For how long the old codes still open other doors: whoever has the door may find them out." }), endCards: z.boolean().default(false).openapi({ description: "The cards that it knew end everywhere, now. It may be asked for later, by the same request." }) }).openapi("StolenRequest")) },
  responses: { 200: answer(Stolen, "Done; who must get a new code."), ...refusals },
});
const stolenCards = createRoute({
  method: "get",
  path: "/doors/{door}/stolen",
  summary: "Cards that a stolen door knew and that still open others",
  tags,
  request: { params: z.object({ door: Id }) },
  responses: { 200: answer(StolenCards, "To be replaced, and then ended; empty at a door that is not stolen."), ...refusals },
});

const NO_STORE = { "cache-control": "no-store" };
const DAY_SECONDS = 86_400;

/** What members open doors with, and what becomes of it when a door is stolen. */
export function pinRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(list, async (c) => {
    const { person } = c.req.valid("param");
    const codes = await read(parts, async (unit, now) => {
      await requireOnMember(unit, actorOf(c), person, "see-pins", now);
      return listCodes(unit, person, now);
    });
    return c.json({ items: codes.map(formatCode) }, 200);
  });
  app.openapi(view, async (c) => {
    const { person, pin } = c.req.valid("param");
    const digits = await change(parts, async (unit, now) => {
      await requireOnMember(unit, actorOf(c), person, "view-pin", now);
      requireRecent(actorOf(c), now);
      return viewPin(unit, parts.keystore, person, pin, actorName(actorOf(c)), now);
    });
    return c.json({ id: pin, pin: digits }, 200, NO_STORE);
  });
  app.openapi(renew, async (c) => {
    const { person } = c.req.valid("param");
    const { overlapDays } = c.req.valid("json");
    const actor = actorOf(c);
    const renewed = await change(parts, async (unit, now) => {
      const { standing, target, person: row } = await requireOnMember(unit, actor, person, "renew-pin", now);
      requireRecent(actor, now);
      await requireFewHeld(unit, person);
      const rule = await overlapSecondsOf(unit, row.property_id);
      const overlapSeconds = overlapDays === undefined ? rule : Math.min(rule, overlapDays * DAY_SECONDS);
      const codes = await renewCodes(unit, parts, person, { reason: "asked", overlapSeconds }, actorName(actor), now);
      const told = codes.given.length === 0 ? "nobody" : await tellRenewal(unit, parts, person, { reason: "asked", oldUntil: codes.oldUntil }, now);
      // Whoever may look at it does so (O10); a manager only gets what nobody else could pass on (P2).
      const shown = told === "nobody" && !may("view-pin", standing, target).allowed;
      return formatRenewed(unit, codes, told, shown ? actor : undefined, now);
    });
    return c.json(renewed, 200, NO_STORE);
  });
  app.openapi(stolen, async (c) => {
    const { door } = c.req.valid("param");
    const { overlapHours, endCards } = c.req.valid("json");
    const actor = actorOf(c);
    const overlapSeconds = overlapHours * 3_600;
    const report = await change(parts, async (unit, now) => {
      await requireDoor(unit, actor, door);
      return formatStolen(unit, door, await reportStolenDoor(unit, parts, door, { overlapSeconds, endCards }, actorName(actor), now), overlapSeconds, actor, now);
    });
    parts.link.drop(door);
    return c.json(report, 200, NO_STORE);
  });
  app.openapi(stolenCards, async (c) => {
    const { door } = c.req.valid("param");
    const shown = await read(parts, async (unit) => {
      await requireDoor(unit, actorOf(c), door);
      const { stolen_at } = await readDoor(unit, door);
      return { door, stolenAt: instantOrNull(stolen_at ?? undefined), items: (await readStolenCards(unit, door)).map(formatCard) };
    });
    return c.json(shown, 200);
  });
  return app;
}

/** A door that is offline may hold each of them, so none of their values can be given to anybody. @throws {Refusal} `too-many-pins`. */
async function requireFewHeld(unit: Unit, person: string): Promise<void> {
  const rows = await unit
    .selectFrom("door_credentials as known")
    .innerJoin("credentials as credential", "credential.id", "known.credential_id")
    .where("credential.person_id", "=", person)
    .where("credential.superseded_at", "is not", null)
    .where("known.released_at", "is", null)
    .groupBy("known.door_id")
    .select((eb) => eb.fn.countAll().as("count"))
    .execute();
  if (rows.some(({ count }) => Number(count) >= ENDED_CODES_HELD_MAX)) throw new Refusal("too-many-pins", "A door has not yet heard of the last renewals: wait until it has.");
}

function formatCode({ id, kind, of, digits, createdAt, supersededAt, renewsAt, doors }: ListedCode): z.output<typeof Code> {
  return {
    ...{ id, kind, of: of ?? null, mask: "•".repeat(digits), createdAt: formatInstant(createdAt) },
    replacedAt: instantOrNull(supersededAt),
    renewsAt: instantOrNull(renewsAt),
    doors: doors.map(({ door, name, from, until, acknowledged }) => ({ door, name, from: from === 0 ? null : formatInstant(from), until: instantOrNull(until), acknowledged })),
  };
}

/** @param shownTo who sees the digits in this answer; undefined = nobody. */
async function formatRenewed(unit: Unit, { given, oldUntil, revocation }: RenewedCodes, told: Told, shownTo: Actor | undefined, now: number): Promise<z.output<typeof Renewed>> {
  const codes: z.output<typeof NewCode>[] = [];
  for (const code of given) {
    for (const { credential, pin } of [code, code.secondPin, code.duressPin].filter((each) => each !== undefined)) {
      if (shownTo !== undefined) await noteView(unit, credential, actorName(shownTo), now);
      codes.push({ id: credential, ...(shownTo !== undefined && pin !== undefined && { pin }) });
    }
  }
  return { codes, oldUntil: instantOrNull(oldUntil), told, revocation: revocation ?? null };
}

async function formatStolen(unit: Unit, door: string, { renewed, cards }: StolenDoorReport, overlapSeconds: number, actor: Actor, now: number): Promise<z.output<typeof Stolen>> {
  const people: z.output<typeof Stolen>["renewed"] = [];
  for (const each of renewed) {
    const { codes } = await formatRenewed(unit, each, each.told, each.told === "nobody" ? actor : undefined, now);
    people.push({ person: each.person, name: each.name, told: each.told, codes, oldDoors: doorsOfOld(each), endedLimited: endedLimited(each, door) });
  }
  return {
    door,
    oldUntil: overlapSeconds === 0 ? null : formatInstant(now + overlapSeconds),
    renewed: people,
    cards: cards.map(formatCard),
  };
}

function formatCard({ person, name, credential, ended }: StolenCardAtDoor): z.output<typeof StolenCard> {
  return { person, name, card: credential, ended };
}

/** What opened other doors than the stolen one as well. */
function endedLimited({ old, dropped }: RenewedCodes, stolenDoor: string) {
  return old.flatMap(({ id, key, grants }) =>
    grants
      .filter((grant) => dropped.includes(grant.id))
      .map((grant) => ({ code: id, key: key ?? null, uses: grant.terms.maxUses, doors: grant.doors.filter((each) => each !== stolenDoor) }))
      .filter(({ doors }) => doors.length > 0),
  );
}

function instantOrNull(unixSeconds: number | undefined): string | null {
  return unixSeconds === undefined ? null : formatInstant(unixSeconds);
}
