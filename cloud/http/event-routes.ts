import { createRoute, z, type OpenAPIHono } from "@hono/zod-openapi";
import { read, routes, type ApiParts } from "./api";
import { formatInstant } from "./grant-format";
import { answer, Id, Instant, Paging, refusals } from "./schemas";

const Event = z.looseObject({ door: Id, sequence: z.int(), type: z.string(), reason: z.string(), at: Instant.nullable(), receivedAt: Instant, late: z.boolean() }).openapi("Event");
const tags = ["events"];

const list = createRoute({
  method: "get",
  path: "/events",
  summary: "What doors have logged, in the order in which it arrived",
  tags,
  request: { query: Paging.extend({ door: Id.optional() }) },
  responses: { 200: answer(z.object({ items: z.array(Event), next: z.string().nullable() }), "Oldest first."), ...refusals },
});

export function eventRoutes(parts: ApiParts): OpenAPIHono {
  const app = routes();
  app.openapi(list, async (c) => {
    const { after, limit, door } = c.req.valid("query");
    const rows = await read(parts, (unit) => {
      let query = unit
        .selectFrom("events as event")
        .leftJoin("credentials as credential", "credential.id", "event.credential_id")
        .leftJoin("people as person", "person.id", "credential.person_id")
        .select(["event.door_id", "event.enrolment", "event.sequence", "event.time", "event.time_unknown", "event.type", "event.reason", "event.received_at", "event.late"])
        .select(["event.credential_id", "person.id as person", "person.name as person_name", "event.id"])
        .orderBy("event.id")
        .limit(limit);
      if (after !== undefined && /^[0-9]{1,15}$/.test(after)) query = query.where("event.id", ">", Number(after));
      if (door !== undefined) query = query.where("event.door_id", "=", door);
      return query.execute();
    });
    const items = rows.map((row) => ({
      door: row.door_id,
      enrolment: row.enrolment,
      sequence: row.sequence,
      type: row.type,
      reason: row.reason,
      // Without a clock the door counted the seconds since its boot.
      at: row.time_unknown === 1 ? null : formatInstant(row.time),
      receivedAt: formatInstant(row.received_at),
      late: row.late === 1,
      credential: row.credential_id,
      person: row.person === null ? null : { id: row.person, name: row.person_name! },
    }));
    return c.json({ items, next: rows.length === limit ? String(rows[rows.length - 1].id) : null }, 200);
  });
  return app;
}
