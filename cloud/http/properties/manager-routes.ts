import { createRoute, z } from "@hono/zod-openapi";
import { actorName } from "../../accounts/actor";
import { requireRecent } from "../../accounts/session";
import { MANAGERS_PER_PROPERTY_MAX } from "../../limits";
import { acceptManager, inviteManager, removeManager, withdrawManagerInvitation } from "../../properties/manager";
import { Refusal } from "../../refusal";
import { requireManager } from "../../rules/read-standing";
import { actorOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { FOR_PEOPLE, FOR_PEOPLE_AND_SITE } from "../api-document";
import { formatInstant } from "../people/grant-format";
import { answer, body, Id, Instant, refusals } from "../schemas";

const Manager = z.looseObject({ account: Id, name: z.string(), emails: z.array(z.string()), since: Instant }).openapi("Manager");
const Invitation = z.looseObject({ id: Id, email: z.string(), createdAt: Instant, expiresAt: Instant }).openapi("ManagerInvitation");
const ManagerRequest = z.strictObject({ email: z.string().max(254), language: z.enum(["en", "fr"]).default("en").openapi({ description: "Of the e-mail." }) }).openapi("ManagerRequest");
const params = z.object({ property: Id });
const tags = ["managers"];

const list = createRoute({
  method: "get",
  path: "/properties/{property}/managers",
  summary: "Who manages a property, and who is invited to",
  tags,
  request: { params },
  responses: { 200: answer(z.object({ items: z.array(Manager).max(MANAGERS_PER_PROPERTY_MAX), invitations: z.array(Invitation) }), "All of them."), ...refusals },
});
const invite = createRoute({
  method: "post",
  path: "/properties/{property}/managers",
  summary: "Invite somebody to manage a property; an earlier link to the same address dies",
  tags,
  security: FOR_PEOPLE_AND_SITE,
  request: { params, ...body(ManagerRequest) },
  responses: { 201: answer(Invitation, "The e-mail is on its way, whether or not the address has an account."), ...refusals },
});
const remove = createRoute({
  method: "delete",
  path: "/properties/{property}/managers/{account}",
  summary: "Somebody is no manager any more",
  tags,
  security: FOR_PEOPLE_AND_SITE,
  request: { params: params.extend({ account: Id }) },
  responses: { 204: { description: "Removed." }, ...refusals },
});
const withdraw = createRoute({
  method: "delete",
  path: "/properties/{property}/manager-invitations/{invitation}",
  summary: "Withdraw a manager's invitation",
  tags,
  security: FOR_PEOPLE_AND_SITE,
  request: { params: params.extend({ invitation: Id }) },
  responses: { 204: { description: "Its link is dead." }, ...refusals },
});
const accept = createRoute({
  method: "post",
  path: "/managers/accept",
  summary: "Accept the invitation to manage a property",
  tags,
  security: FOR_PEOPLE,
  request: body(z.strictObject({ token: z.string().max(64) })),
  responses: { 200: answer(z.object({ property: Id }), "Its manager from now on."), ...refusals },
});

export function managerRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(list, async (c) => {
    const { property } = c.req.valid("param");
    const found = await read(parts, async (unit, now) => {
      await requireManager(unit, actorOf(c), property);
      const rows = await unit
        .selectFrom("managers as manager")
        .innerJoin("accounts as account", "account.id", "manager.account_id")
        .where("manager.property_id", "=", property)
        .orderBy("manager.created_at")
        .orderBy("account.id")
        .select(["account.id", "account.name", "manager.created_at"])
        .execute();
      const items = [];
      for (const { id, name, created_at } of rows) {
        const emails = await unit.selectFrom("identifiers").select("value").where("account_id", "=", id).where("kind", "=", "email").orderBy("value").execute();
        items.push({ account: id, name, emails: emails.map(({ value }) => value), since: formatInstant(created_at) });
      }
      const waiting = await unit.selectFrom("manager_invitations").selectAll().where("property_id", "=", property).where("ended_at", "is", null).where("expires_at", ">", now).orderBy("created_at").orderBy("id").execute();
      return { items, invitations: waiting.map(formatInvitation) };
    });
    return c.json(found, 200);
  });
  app.openapi(invite, async (c) => {
    const { property } = c.req.valid("param");
    const { email, language } = c.req.valid("json");
    const row = await change(parts, async (unit, now) => {
      await requireManager(unit, actorOf(c), property, "appoint-managers");
      requireRecent(actorOf(c), now);
      return inviteManager(unit, parts, { property, email, language }, actorName(actorOf(c)), now);
    });
    return c.json(formatInvitation(row), 201);
  });
  app.openapi(remove, async (c) => {
    const { property, account } = c.req.valid("param");
    await change(parts, async (unit, now) => {
      await requireManager(unit, actorOf(c), property, "appoint-managers", "manager");
      requireRecent(actorOf(c), now);
      await removeManager(unit, property, account, actorName(actorOf(c)), now);
    });
    return c.body(null, 204);
  });
  app.openapi(withdraw, async (c) => {
    const { property, invitation } = c.req.valid("param");
    await change(parts, async (unit, now) => {
      await requireManager(unit, actorOf(c), property, "appoint-managers", "invitation");
      await withdrawManagerInvitation(unit, property, invitation, actorName(actorOf(c)), now);
    });
    return c.body(null, 204);
  });
  app.openapi(accept, async (c) => {
    const actor = actorOf(c);
    if (actor.kind !== "account") throw new Refusal("not-allowed", "Sign in first: people manage, and tokens act for them.");
    const property = await change(parts, (unit, now) => acceptManager(unit, actor, c.req.valid("json").token, now));
    return c.json({ property }, 200);
  });
  return app;
}

function formatInvitation({ id, email, created_at, expires_at }: { id: string; email: string; created_at: number; expires_at: number }) {
  return { id, email, createdAt: formatInstant(created_at), expiresAt: formatInstant(expires_at) };
}
