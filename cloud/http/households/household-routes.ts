import { createRoute, z } from "@hono/zod-openapi";
import { addMember } from "../../households/add-member";
import { giveShare } from "../../households/give-share";
import { endShare } from "../../households/remove-member";
import { actorOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { FOR_PEOPLE } from "../api-document";
import { parseInstant, parseWindow } from "../people/grant-format";
import { readMember, readWholeHousehold } from "./household-format";
import { MemberRequest, ShareRequest, WholeHousehold, WithCodes } from "./household-schemas";
import { ListedHousehold, listHouseholds } from "./listed-household";
import { identifierIn } from "../asked-identifier";
import { readRemoval, Removal } from "./removal-format";
import { formatCodes } from "../people/given-codes";
import { answer, body, Id, nextAfter, page, Paging, refusals } from "../schemas";

const params = z.object({ household: Id });
const tags = ["households"];
const NO_STORE = { "cache-control": "no-store" };

const list = createRoute({
  method: "get",
  path: "/households",
  summary: "Households: one's own, and those of the properties that one manages",
  tags,
  request: {
    query: Paging.extend({
      property: Id.optional(),
      unit: Id.optional(),
      ended: z.enum(["true", "false"]).optional().openapi({ description: "Only those that have ended, or that have not; without it, all." }),
    }),
  },
  responses: { 200: answer(page(ListedHousehold), "By id."), ...refusals },
});
const get = createRoute({ method: "get", path: "/households/{household}", summary: "One household, with those of its people whom one may see", tags, request: { params }, responses: { 200: answer(WholeHousehold, "The household."), ...refusals } });
const addOne = createRoute({
  method: "post",
  path: "/households/{household}/members",
  summary: "Add a resident or a guest: invited by e-mail or text message, or with a code to pass on",
  tags,
  request: { params, ...body(MemberRequest) },
  responses: { 201: answer(WithCodes, "Added; nothing opens before an invitation is accepted."), ...refusals },
});
const give = createRoute({
  method: "post",
  path: "/households/{household}/shares",
  summary: "Give a third party a code for some of one's own doors, until an end",
  tags,
  security: FOR_PEOPLE,
  request: { params, ...body(ShareRequest) },
  responses: { 201: answer(WithCodes, "Given: pass the code on."), ...refusals },
});
const endOne = createRoute({
  method: "delete",
  path: "/shares/{person}",
  summary: "End what was given to a third party; again is the same removal",
  tags,
  request: { params: z.object({ person: Id }) },
  responses: { 200: answer(Removal, "Ended. Doors follow: see each."), ...refusals },
});

export function householdRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(list, async (c) => {
    const { after = "", limit, property, unit: flat, ended } = c.req.valid("query");
    const items = await read(parts, (unit, now) => listHouseholds(unit, actorOf(c), { property, unit: flat, ended: ended === undefined ? undefined : ended === "true", after, limit }, now));
    return c.json({ items, next: nextAfter(items, limit) }, 200);
  });
  app.openapi(get, async (c) => c.json(await read(parts, (unit, now) => readWholeHousehold(unit, actorOf(c), c.req.valid("param").household, now)), 200));
  app.openapi(addOne, async (c) => {
    const { household } = c.req.valid("param");
    const { email, phone, role, name, doors, windows, start, end, language } = c.req.valid("json");
    const identifier = identifierIn({ email, phone }, parts.region);
    const terms = { windows: windows.map(parseWindow), start: start === undefined ? undefined : parseInstant(start), end: end === undefined ? undefined : parseInstant(end) };
    const added = await change(parts, async (unit, now) => {
      const { person, given } = await addMember(unit, parts, household, { role, name, identifier, doors, language, ...terms }, actorOf(c), now);
      return { ...(await readMember(unit, actorOf(c), person, now)), codes: await formatCodes(unit, given, actorOf(c), now) };
    });
    return c.json(added, 201, NO_STORE);
  });
  app.openapi(give, async (c) => {
    const { household } = c.req.valid("param");
    const { name, doors, windows, start, end } = c.req.valid("json");
    const share = { name, doors, windows: windows?.map(parseWindow), start: start === undefined ? undefined : parseInstant(start), end: parseInstant(end) };
    const given = await change(parts, async (unit, now) => {
      const added = await giveShare(unit, parts, household, share, actorOf(c), now);
      return { ...(await readMember(unit, actorOf(c), added.person, now)), codes: await formatCodes(unit, added.given, actorOf(c), now) };
    });
    return c.json(given, 201, NO_STORE);
  });
  app.openapi(endOne, async (c) => {
    const { person } = c.req.valid("param");
    const removal = await change(parts, async (unit, now) => readRemoval(unit, actorOf(c), await endShare(unit, parts, person, actorOf(c), now), now));
    return c.json(removal, 200);
  });
  return app;
}
