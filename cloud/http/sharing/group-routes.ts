import { createRoute, z } from "@hono/zod-openapi";
import { actorName, type Actor } from "../../accounts/actor";
import { addGroup, changeGroup, readGroup, removeGroup, type Group as GroupFields } from "../../groups/group";
import { joinGroup, leaveGroup } from "../../groups/group-member";
import { peopleInGroup } from "../../groups/people-in-group";
import { listedProperties, requireIn } from "../../rules/confine";
import { requireManager } from "../../rules/read-standing";
import type { Unit } from "../../store/store";
import type { GroupRow } from "../../store/rows/sharing-rows";
import { actorOf, change, namedFields, read, routes, type ApiParts, type Routes } from "../api";
import { etag, IfMatch, requireVersion } from "../etag";
import { CodesOfPeople } from "../people/given-codes";
import { formatEnded, formatGroup, formatLeft, formatWholeGroup, Group, Permission, tellCodes, WholeGroup } from "./group-format";
import { Revocation } from "../people/revocation-format";
import { answer, body, Doors, Id, Name, nextAfter, page, Paging, refusals } from "../schemas";

const GroupChange = z
  .strictObject({
    name: Name,
    doors: Doors,
    profile: Id.nullable().openapi({ description: "One of the property's; null: always." }),
    permissions: z.array(Permission).max(Permission.options.length),
  })
  .partial()
  .openapi("GroupChange");
const GroupRequest = GroupChange.required({ name: true })
  .extend({ property: Id })
  .openapi("GroupRequest", { example: { property: "8c1f0e5d2b3a4796", name: "Ground floor", doors: ["8c1f0e5d2b3a4796"], permissions: ["remote-unlock"] } });
const Ended = z.array(z.strictObject({ person: Id, revocation: Id })).openapi({ description: "Whose rights ended: each revocation tells which door knows." });
const GroupPerson = z
  .looseObject({ id: Id, name: z.string(), unreached: z.array(Id).openapi({ description: "Doors of the group that nothing of theirs opens by it." }) })
  .openapi("GroupPerson");
const Joined = z.strictObject({ person: Id, unreached: z.array(Id), codes: CodesOfPeople }).openapi("GroupJoined");
const Left = z.strictObject({ person: Id, revocation: Revocation.nullable().openapi({ description: "null: nothing of theirs came from the group." }), codes: CodesOfPeople }).openapi("GroupLeft");

const params = z.object({ group: Id });
const member = params.extend({ person: Id });
const tags = ["groups"];

const list = createRoute({
  method: "get",
  path: "/groups",
  summary: "The groups of a property",
  tags,
  request: { query: Paging.extend({ property: Id.optional() }) },
  responses: { 200: answer(page(Group), "By id."), ...refusals },
});
const add = createRoute({ method: "post", path: "/groups", summary: "Add a group of nobody yet", tags, request: body(GroupRequest), responses: { 201: answer(WholeGroup, "Added."), ...refusals } });
const get = createRoute({ method: "get", path: "/groups/{group}", summary: "One group, and which of its doors know", tags, request: { params }, responses: { 200: answer(WholeGroup, "With its ETag."), ...refusals } });
const patch = createRoute({
  method: "patch",
  path: "/groups/{group}",
  summary: "Change a group, and with it what its people open",
  tags,
  request: { params, headers: IfMatch, ...body(GroupChange) },
  responses: { 200: answer(WholeGroup.extend({ ended: Ended, codes: CodesOfPeople }), "Changed. Doors follow: see each."), ...refusals },
});
const remove = createRoute({
  method: "delete",
  path: "/groups/{group}",
  summary: "Remove a group; what its people have without it stays",
  tags,
  request: { params, headers: IfMatch },
  responses: { 200: answer(z.strictObject({ ended: Ended, codes: CodesOfPeople }), "Removed. Doors follow."), ...refusals },
});
const people = createRoute({
  method: "get",
  path: "/groups/{group}/people",
  summary: "Who is in a group",
  tags,
  request: { params, query: Paging },
  responses: { 200: answer(page(GroupPerson), "By id."), ...refusals },
});
const join = createRoute({ method: "put", path: "/groups/{group}/people/{person}", summary: "Put somebody into a group", tags, request: { params: member }, responses: { 200: answer(Joined, "They are in it."), ...refusals } });
const leave = createRoute({
  method: "delete",
  path: "/groups/{group}/people/{person}",
  summary: "Take somebody out of a group; what they have without it stays",
  tags,
  request: { params: member },
  responses: { 200: answer(Left, "They are not in it."), ...refusals },
});

const NO_STORE = { "cache-control": "no-store" };

/** Doors, people and permissions together (N12): for whoever runs a property, where its rules say so. */
export function groupRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(list, async (c) => {
    const { property, after = "", limit } = c.req.valid("query");
    const items = await read(parts, async (unit) => {
      const listed = await listedProperties(unit, actorOf(c), property);
      const query = unit.selectFrom("groups").selectAll().where("id", ">", after).orderBy("id").limit(limit);
      const rows = await (listed === "all" ? query : query.where("property_id", "in", listed)).execute();
      const formatted = [];
      for (const row of rows) formatted.push(await formatGroup(unit, row));
      return formatted;
    });
    return c.json({ items, next: nextAfter(items, limit) }, 200);
  });
  app.openapi(add, async (c) => {
    const { property, ...request } = c.req.valid("json");
    const group: GroupFields = { doors: [], profile: null, permissions: [], ...namedFields(request), name: request.name };
    const added = await change(parts, async (unit, now) => {
      await requireManager(unit, actorOf(c), property);
      return formatWholeGroup(unit, await readGroup(unit, await addGroup(unit, property, group, actorName(actorOf(c)), now)));
    });
    return c.json(added, 201, { etag: etag(added.version) });
  });
  app.openapi(get, async (c) => {
    const found = await read(parts, async (unit) => formatWholeGroup(unit, await requireGroup(unit, actorOf(c), c.req.valid("param").group)));
    return c.json(found, 200, { etag: etag(found.version) });
  });
  app.openapi(patch, async (c) => {
    const { group } = c.req.valid("param");
    const changed = await change(parts, async (unit, now) => {
      const row = await requireGroup(unit, actorOf(c), group);
      requireVersion(c.req.valid("header")["if-match"], row.version);
      const effect = await changeGroup(unit, parts, row, namedFields(c.req.valid("json")), actorName(actorOf(c)), now);
      return { ...(await formatWholeGroup(unit, await readGroup(unit, group))), ended: formatEnded(effect), codes: await tellCodes(unit, parts, effect, actorOf(c), now) };
    });
    return c.json(changed, 200, { etag: etag(changed.version), ...NO_STORE });
  });
  app.openapi(remove, async (c) => {
    const removed = await change(parts, async (unit, now) => {
      const row = await requireGroup(unit, actorOf(c), c.req.valid("param").group);
      requireVersion(c.req.valid("header")["if-match"], row.version);
      const effect = await removeGroup(unit, parts, row, actorName(actorOf(c)), now);
      return { ended: formatEnded(effect), codes: await tellCodes(unit, parts, effect, actorOf(c), now) };
    });
    return c.json(removed, 200, NO_STORE);
  });
  app.openapi(people, async (c) => {
    const { group } = c.req.valid("param");
    const { after = "", limit } = c.req.valid("query");
    const items = await read(parts, async (unit, now) => peopleInGroup(unit, await requireGroup(unit, actorOf(c), group), { after, limit }, now));
    return c.json({ items, next: nextAfter(items, limit) }, 200);
  });
  app.openapi(join, async (c) => {
    const { group, person } = c.req.valid("param");
    const joined = await change(parts, async (unit, now) => {
      const { given, unreached } = await joinGroup(unit, parts, await requireGroup(unit, actorOf(c), group), person, actorName(actorOf(c)), now);
      return { person, unreached, codes: await tellCodes(unit, parts, [{ person, given }], actorOf(c), now) };
    });
    return c.json(joined, 200, NO_STORE);
  });
  app.openapi(leave, async (c) => {
    const { group, person } = c.req.valid("param");
    const left = await change(parts, async (unit, now) => {
      const { given, revocation } = await leaveGroup(unit, parts, await requireGroup(unit, actorOf(c), group), person, actorName(actorOf(c)), now);
      return { person, revocation: await formatLeft(unit, revocation, now), codes: await tellCodes(unit, parts, [{ person, given }], actorOf(c), now) };
    });
    return c.json(left, 200, NO_STORE);
  });
  return app;
}

/** A group, for whoever runs its property. @throws {Refusal} `not-found`, for strangers too. */
async function requireGroup(unit: Unit, actor: Actor, group: string): Promise<GroupRow> {
  const row = await unit.selectFrom("groups").selectAll().where("id", "=", group).executeTakeFirst();
  return requireIn(unit, actor, row, "run-property", "group");
}
