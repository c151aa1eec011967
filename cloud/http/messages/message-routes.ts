import { createRoute, z } from "@hono/zod-openapi";
import type { Selectable } from "kysely";
import { openContent } from "../../messages/queue-message";
import { requireSite } from "../../rules/read-standing";
import type { Tables } from "../../store/tables";
import { actorOf, read, routes, type ApiParts, type Routes } from "../api";
import { formatInstant } from "../people/grant-format";
import { answer, Id, Instant, nextAfter, page, Paging, refusals } from "../schemas";

const Message = z
  .strictObject({
    id: Id,
    channel: z.enum(["email", "sms"]),
    to: z.string(),
    kind: z.string(),
    at: Instant,
    state: z.enum(["waiting", "kept", "sent", "failed"]).openapi({ description: "kept: nothing is set up to send it, and it is read here." }),
    attempts: z.int(),
    nextAt: Instant.nullable().openapi({ description: "When it is tried again." }),
    problem: z.string().nullable().openapi({ description: "What went wrong at the last attempt." }),
    subject: z.string().nullable(),
    text: z.string().nullable().openapi({ description: "Of kept messages only: what others have is for their eyes." }),
  })
  .openapi("Message");

const list = createRoute({
  method: "get",
  path: "/messages",
  summary: "E-mails and text messages; the local outbox, where nothing is set up to send them",
  tags: ["messages"],
  request: { query: Paging.extend({ to: z.string().max(254).optional() }) },
  responses: { 200: answer(page(Message), "Newest first."), ...refusals },
});

export function messageRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(list, async (c) => {
    // A sign-in code is the account it opens: nobody below the site reads them.
    requireSite(actorOf(c));
    const { after, limit, to } = c.req.valid("query");
    const rows = await read(parts, async (unit) => {
      let query = unit.selectFrom("messages").selectAll().orderBy("id", "desc").limit(limit);
      if (after !== undefined) query = query.where("id", "<", after);
      if (to !== undefined) query = query.where("recipient", "=", to);
      return query.execute();
    });
    c.header("cache-control", "no-store");
    return c.json({ items: rows.map((row) => formatMessage(parts, row)), next: nextAfter(rows, limit) }, 200);
  });
  return app;
}

function formatMessage(parts: ApiParts, row: Selectable<Tables["messages"]>): z.output<typeof Message> {
  const { id, channel, recipient, kind } = row;
  const state = row.failed_at !== null ? "failed" : row.sent_at === null ? "waiting" : row.content === null ? "sent" : "kept";
  const content = state === "kept" ? openContent(parts, id, row.content!) : undefined;
  return {
    ...{ id, channel, to: recipient, kind, at: formatInstant(row.created_at), state, attempts: row.attempts },
    nextAt: state === "waiting" ? formatInstant(row.next_at) : null,
    problem: row.problem,
    subject: content?.subject ?? null,
    text: content?.text ?? null,
  };
}
