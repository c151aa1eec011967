import { createRoute, z } from "@hono/zod-openapi";
import { canRemoveSome, knownPeople } from "../../sharing/known-people";
import { doorsOfAccount } from "../../sharing/own-doors";
import { accountOf, read, routes, type ApiParts, type Routes } from "../api";
import { NamedProperty, nameProperty } from "../properties/named-property";
import { answer, Id, nextAfter, page, Paging, refusals } from "../schemas";
import { formatOwnDoor, OwnDoor } from "./own-door-format";

const KnownPerson = z
  .strictObject({
    person: Id,
    name: z.string(),
    property: NamedProperty,
    keys: z.int().openapi({ description: "Of theirs: those that one has given them, and those of doors that one looks after or has a key to." }),
    pending: z.int().openapi({ description: "How many of these nobody has accepted yet." }),
    shared: z.boolean().openapi({ description: "One has given them something before." }),
    inCommon: z.boolean().openapi({ description: "They have a key to a door to which one has a key as well." }),
    can: z.array(z.string()).openapi({ description: "`remove`: one may take a key from them." }),
  })
  .openapi("KnownPerson");
const tags = ["account"];

const people = createRoute({
  method: "get",
  path: "/account/people",
  summary: "People with whom one has shared, or has a key in common, and how many keys they have",
  tags,
  request: { query: Paging },
  responses: { 200: answer(page(KnownPerson), "By id. Nobody else can be found."), ...refusals },
});
const doors = createRoute({
  method: "get",
  path: "/account/doors",
  summary: "Doors that one owns, administers or opens",
  tags,
  request: { query: Paging },
  responses: { 200: answer(page(OwnDoor), "By id."), ...refusals },
});

/** Whom and what somebody shares (N1, N4, N15). */
export function sharingRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(people, async (c) => {
    const { account } = accountOf(c);
    const { after = "", limit } = c.req.valid("query");
    const items = await read(parts, async (unit, now) => {
      const known = (await knownPeople(unit, account, now)).filter(({ person }) => person.id > after).slice(0, limit);
      const shown: z.output<typeof KnownPerson>[] = [];
      for (const { person, keys, shared, inCommon } of known) {
        const property = await nameProperty(unit, person.property_id);
        const can = (await canRemoveSome(unit, account, keys, now)) ? ["remove"] : [];
        shown.push({ person: person.id, name: person.name, property, keys: keys.length, pending: keys.filter(({ state }) => state === "pending").length, shared, inCommon, can });
      }
      return shown;
    });
    return c.json({ items, next: nextAfter(items.map(({ person: id }) => ({ id })), limit) }, 200);
  });
  app.openapi(doors, async (c) => {
    const { account } = accountOf(c);
    const { after = "", limit } = c.req.valid("query");
    const items = await read(parts, async (unit, now) => {
      const own = (await doorsOfAccount(unit, account, now)).filter(({ door }) => door.id > after).slice(0, limit);
      const shown: z.output<typeof OwnDoor>[] = [];
      for (const each of own) shown.push(await formatOwnDoor(unit, parts, account, each, now));
      return shown;
    });
    return c.json({ items, next: nextAfter(items, limit) }, 200);
  });
  return app;
}
