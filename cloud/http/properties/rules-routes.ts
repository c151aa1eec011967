import { createRoute, z } from "@hono/zod-openapi";
import { PIN_DIGITS_MAX } from "../../../protocol/limits";
import { DIGITS_MIN } from "../../access/pin";
import { actorName } from "../../accounts/actor";
import { DAYS_MAX, GUESTS_PER_HOUSEHOLD_MAX, RESIDENTS_PER_HOUSEHOLD_MAX, SHARE_DAYS_MAX } from "../../limits";
import { DEFAULT_RULES, readRules, setRules, type HouseholdRules } from "../../properties/household-rules";
import { versionOfProperty } from "../../properties/property-settings";
import { requireManager } from "../../rules/read-standing";
import { actorOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { etag, IfMatch, requireVersion } from "../etag";
import { answer, body, Id, refusals } from "../schemas";

const days = (max: number) => z.int().min(1).max(max);
const fields = {
  mayAddResidents: z.boolean(),
  mayAddGuests: z.boolean(),
  residentsMax: z.int().min(0).max(RESIDENTS_PER_HOUSEHOLD_MAX),
  guestsMax: z.int().min(0).max(GUESTS_PER_HOUSEHOLD_MAX),
  guestDaysMax: days(DAYS_MAX).nullable().openapi({ description: "From start to end of a permanent guest's access." }),
  shareDaysMax: days(SHARE_DAYS_MAX).openapi({ description: "Until the end of what a member gives to a third party." }),
  pinRenewalDays: days(DAYS_MAX).nullable().openapi({ description: "null: codes renew only when somebody asks." }),
  pinOverlapDays: z.int().min(0).max(60).openapi({ description: "For how long an old code opens beside the new one." }),
  pinPerDoor: z.boolean(),
  pinDigitsMin: z.int().min(DIGITS_MIN).max(PIN_DIGITS_MAX).openapi({ description: "Shortest code that is drawn; longer ones where a door has many." }),
  groups: z.boolean().openapi({ description: "Whether the manager makes groups of doors and people." }),
} satisfies Record<keyof HouseholdRules, z.ZodType>;
const Rules = z.object(fields).openapi("Rules", { description: "What households may do by themselves; whoever lives there already stays." });
const RulesRequest = z.strictObject(fields).openapi("RulesRequest");
const params = z.object({ property: Id });
const tags = ["properties"];

const get = createRoute({ method: "get", path: "/properties/{property}/rules", summary: "What the manager lets households do", tags, request: { params }, responses: { 200: answer(Rules, "With the property's ETag."), ...refusals } });
const put = createRoute({
  method: "put",
  path: "/properties/{property}/rules",
  summary: "Set what households may do by themselves",
  tags,
  request: { params, headers: IfMatch, ...body(RulesRequest) },
  responses: { 200: answer(Rules, "From now on."), ...refusals },
});

export function rulesRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(get, async (c) => {
    const { property } = c.req.valid("param");
    const { rules, version } = await read(parts, async (unit) => {
      await requireManager(unit, actorOf(c), property);
      return { rules: await readRules(unit, property), version: await versionOfProperty(unit, property) };
    });
    return c.json(format(rules), 200, { etag: etag(version) });
  });
  app.openapi(put, async (c) => {
    const { property } = c.req.valid("param");
    const version = await change(parts, async (unit, now) => {
      await requireManager(unit, actorOf(c), property);
      requireVersion(c.req.valid("header")["if-match"], await versionOfProperty(unit, property));
      await setRules(unit, property, c.req.valid("json"), actorName(actorOf(c)), now);
      return versionOfProperty(unit, property);
    });
    return c.json(c.req.valid("json"), 200, { etag: etag(version) });
  });
  return app;
}

/** What the rules are, without what only an older version knew. */
function format(rules: HouseholdRules): HouseholdRules {
  return Object.fromEntries(Object.keys(DEFAULT_RULES).map((name) => [name, rules[name as keyof HouseholdRules]])) as unknown as HouseholdRules;
}
