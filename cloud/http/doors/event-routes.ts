import { createRoute, z } from "@hono/zod-openapi";
import type { Selectable } from "kysely";
import { decodeEvent, type EventRecord } from "../../../protocol/event-record";
import { ProtocolError } from "../../../protocol/protocol-error";
import { audit } from "../../audit/audit";
import type { EventRow } from "../../store/rows/door-rows";
import { actorName, type Actor } from "../../accounts/actor";
import { visibleEntries, type VisibleEntries } from "../../households/visible-entries";
import type { Unit } from "../../store/store";
import { readActors, ShownActor } from "../actor-format";
import { actorOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { eventDetail } from "./event-detail";
import { formatInstant } from "../people/grant-format";
import { answer, Id, Instant, nextAfter, page, Paging, refusals } from "../schemas";

const Event = z
  .looseObject({
    door: Id,
    sequence: z.int().openapi({ description: "Its place in the door's log, without a gap within one enrolment." }),
    type: z.string().openapi({ description: "`altered`: not what the door wrote down. `unknown`: of a kind that only a newer door knows." }),
    reason: z.string(),
    at: Instant.nullable().openapi({ description: "By the door's clock; null where it had none." }),
    receivedAt: Instant,
    late: z.boolean().openapi({ description: "It took more than two minutes to arrive, or nobody knows how long." }),
    altered: z.boolean().openapi({ description: "What it says is not the door's word; `untrusted` has it." }),
    gap: z.int().openapi({ description: "How many events just before it never arrived." }),
    count: z.int().openapi({ description: "`denials-folded`: refusals that were counted only; `boot`: starts before this one that were; `events-folded`: events that the door has lost since it was claimed." }),
    duress: z.boolean(),
    unlockedBy: ShownActor.optional().openapi({ description: "`remote-unlock`: who wanted it; `person` is whose right it was, where it was anybody's." }),
  })
  .openapi("Event");
const tags = ["events"];

const list = createRoute({
  method: "get",
  path: "/events",
  summary: "What doors have logged, in the order in which it arrived",
  tags,
  request: { query: Paging.extend({ property: Id.optional(), door: Id.optional() }) },
  responses: { 200: answer(page(Event), "Oldest first."), ...refusals },
});

export function eventRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(list, async (c) => {
    const { after, limit, property, door } = c.req.valid("query");
    const look = actorOf(c).kind === "site" ? read : change; // others' looking may be noted
    const { rows, actors } = await look(parts, async (unit, now) => {
      const visible = await visibleEntries(unit, actorOf(c), now);
      await noteReading(unit, actorOf(c), visible, { property, door, after: after ?? null }, now);
      let query = unit
        .selectFrom("events as event")
        .innerJoin("doors as at", "at.id", "event.door_id")
        .leftJoin("credentials as credential", "credential.id", "event.credential_id")
        .leftJoin("remote_unlocks as unlock", (join) => join.onRef("unlock.door_id", "=", "event.door_id").onRef("unlock.enrolment", "=", "event.enrolment").onRef("unlock.sequence", "=", "event.sequence"))
        .leftJoin("people as person", (join) => join.on((eb) => eb("person.id", "=", eb.fn.coalesce("credential.person_id", "unlock.person_id"))))
        .select(["event.door_id", "event.enrolment", "event.sequence", "event.time", "event.time_unknown", "event.type", "event.reason", "event.received_at", "event.late", "event.altered", "event.gap", "event.record"])
        .select(["event.credential_id", "person.id as person", "person.name as person_name", "event.id", "unlock.id as unlock", "unlock.actor as unlocked_by"])
        .orderBy("event.id")
        .limit(limit);
      const { properties, people, doors } = visible;
      if (properties !== "all") {
        query = query.where((eb) => {
          const ofMember = eb.exists(eb.selectFrom("memberships as place").select("place.person_id").whereRef("place.person_id", "=", "person.id"));
          const overseen = eb.and([eb("event.door_id", "in", orNone(doors)), eb.not(ofMember)]);
          return eb.or([eb("at.property_id", "in", orNone(properties)), eb("person.id", "in", orNone(people)), eb("unlock.actor", "=", actorName(actorOf(c))), overseen]);
        });
      }
      if (after !== undefined && /^[0-9]{1,15}$/.test(after)) query = query.where("event.id", ">", Number(after));
      if (property !== undefined) query = query.where("at.property_id", "=", property);
      if (door !== undefined) query = query.where("event.door_id", "=", door);
      const rows = await query.execute();
      return { rows, actors: await readActors(unit, rows.flatMap((row) => row.unlocked_by ?? [])) };
    });
    const items = rows.map((row) => eventFormat(row, actors));
    return c.json({ items, next: nextAfter(rows, limit) }, 200);
  });
  return app;
}

/** SQL has no empty list; and no id is empty. */
function orNone(ids: readonly string[]): readonly string[] {
  return ids.length > 0 ? ids : [""];
}

/** Whoever looks at what others do leaves a trace (O15). */
async function noteReading(unit: Unit, actor: Actor, { properties, doors }: VisibleEntries, what: Record<string, unknown>, now: number): Promise<void> {
  if (properties === "all") return;
  for (const { id, property_id } of await elsewhere(unit, doors, properties)) {
    const asked = (what.door === undefined || what.door === id) && (what.property === undefined || what.property === property_id);
    if (asked) await audit(unit, { at: now, actor: actorName(actor), action: "events.read", subject: `door/${id}`, property: property_id, detail: what });
  }
  for (const property of properties.filter((each) => what.property === undefined || each === what.property)) {
    await audit(unit, { at: now, actor: actorName(actor), action: "events.read", subject: `property/${property}`, property, detail: what });
  }
}

/** The doors that somebody oversees without managing their property. */
async function elsewhere(unit: Unit, doors: readonly string[], managed: readonly string[]) {
  if (doors.length === 0) return [];
  return unit.selectFrom("doors").select(["id", "property_id"]).where("id", "in", doors).where("property_id", "not in", orNone(managed)).orderBy("id").execute();
}

interface ShownEvent extends Pick<Selectable<EventRow>, "door_id" | "enrolment" | "sequence" | "time" | "time_unknown" | "type" | "reason" | "received_at" | "late" | "altered" | "gap" | "record" | "credential_id"> {
  person: string | null;
  person_name: string | null;
  unlock: string | null;
  unlocked_by: string | null;
}

function eventFormat(row: ShownEvent, actors: ReadonlyMap<string, z.infer<typeof ShownActor>>): z.infer<typeof Event> {
  const altered = row.altered === 1;
  const read = eventIn(row.record);
  const event = altered ? undefined : read;
  return {
    door: row.door_id,
    enrolment: row.enrolment,
    sequence: row.sequence,
    type: row.type,
    reason: row.reason,
    // Without a clock the door counted the seconds since its boot.
    at: row.time_unknown === 1 ? null : formatInstant(row.time),
    receivedAt: formatInstant(row.received_at),
    late: row.late === 1,
    altered,
    gap: row.gap,
    count: event === undefined ? 0 : countOf(event),
    duress: event?.duress ?? false,
    ...(event !== undefined && eventDetail(event)),
    credential: row.credential_id,
    person: row.person === null ? null : { id: row.person, name: row.person_name! },
    ...(row.unlocked_by !== null && { unlock: row.unlock, unlockedBy: actors.get(row.unlocked_by)! }),
    ...(altered && { untrusted: read === undefined ? null : { type: read.type, reason: read.reason, at: read.timeUnknown ? null : formatInstant(read.time) } }),
  };
}

/** What is counted; the low 8 bits of a start say why it was. */
function countOf({ type, count }: EventRecord): number {
  return type === "boot" ? count >>> 8 : count;
}

/** undefined where its content is none that this cloud knows. */
function eventIn(record: Uint8Array): EventRecord | undefined {
  try {
    return decodeEvent(record);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
