import { z } from "@hono/zod-openapi";
import { EVENT_TYPES } from "../../../protocol/event-record";
import { REASONS } from "../../../protocol/decision";
import { actorName, type Actor } from "../../accounts/actor";
import { audit } from "../../audit/audit";
import type { VisibleEntries } from "../../households/visible-entries";
import type { Unit } from "../../store/store";
import { readActors } from "../actor-format";
import { parseInstant } from "../people/grant-format";
import { Id, Instant } from "../schemas";
import { formatEvent, type Event } from "./event-format";

/** Which events: all that whoever asks may see, unless it says less. */
export const EventFilter = z.object({
  property: Id.optional(),
  door: Id.optional(),
  person: Id.optional().openapi({ description: "Whose right it was." }),
  type: z.enum([...EVENT_TYPES, "altered", "unknown"]).optional(),
  reason: z.enum(REASONS).optional().openapi({ description: "Of decisions, and of openings from afar." }),
  denied: z.enum(["true", "false"]).optional().openapi({ description: "`true`: refusals only; `false`: openings only." }),
  since: Instant.optional().openapi({ description: "When it arrived, and no earlier." }),
  until: Instant.optional().openapi({ description: "Exclusive." }),
});
export type EventFilter = z.output<typeof EventFilter>;

export interface EventsAsked {
  filter: EventFilter;
  /** `oldest`: those after `after`, as they arrived; `newest`: those before it, the newest first. */
  order: "oldest" | "newest";
  after: number | undefined;
  limit: number;
}

const OPENING_TYPES = ["decision", "remote-unlock"] as const;

/** One page of events. @param visible what of them `actor` may see (O15). */
export async function readEvents(unit: Unit, actor: Actor, { properties, people, doors }: VisibleEntries, { filter, order, after, limit }: EventsAsked): Promise<{ rows: { id: number }[]; items: Event[] }> {
  const { property, door, person, type, reason, denied, since, until } = filter;
  let query = unit
    .selectFrom("events as event")
    .innerJoin("doors as at", "at.id", "event.door_id")
    .innerJoin("properties as property", "property.id", "at.property_id")
    .leftJoin("credentials as credential", "credential.id", "event.credential_id")
    .leftJoin("remote_unlocks as unlock", (join) => join.onRef("unlock.door_id", "=", "event.door_id").onRef("unlock.enrolment", "=", "event.enrolment").onRef("unlock.sequence", "=", "event.sequence"))
    .leftJoin("people as person", (join) => join.on((eb) => eb("person.id", "=", eb.fn.coalesce("credential.person_id", "unlock.person_id"))))
    .select(["event.door_id", "event.enrolment", "event.sequence", "event.time", "event.time_unknown", "event.type", "event.reason", "event.received_at", "event.late", "event.altered", "event.gap", "event.record"])
    .select(["event.credential_id", "credential.kind as credential_kind", "person.id as person", "person.name as person_name", "event.id", "unlock.id as unlock", "unlock.actor as unlocked_by", "at.name as door_name", "property.time_zone"])
    .orderBy("event.id", order === "newest" ? "desc" : "asc")
    .limit(limit);
  if (properties !== "all") {
    query = query.where((eb) => {
      const ofMember = eb.exists(eb.selectFrom("memberships as place").select("place.person_id").whereRef("place.person_id", "=", "person.id"));
      const overseen = eb.and([eb("event.door_id", "in", orNone(doors)), eb.not(ofMember)]);
      return eb.or([eb("at.property_id", "in", orNone(properties)), eb("person.id", "in", orNone(people)), eb("unlock.actor", "=", actorName(actor)), overseen]);
    });
  }
  if (after !== undefined) query = query.where("event.id", order === "newest" ? "<" : ">", after);
  if (property !== undefined) query = query.where("at.property_id", "=", property);
  if (door !== undefined) query = query.where("event.door_id", "=", door);
  if (person !== undefined) query = query.where("person.id", "=", person);
  if (type !== undefined) query = query.where("event.type", "=", type);
  if (reason !== undefined) query = query.where("event.reason", "=", reason).where("event.type", "in", OPENING_TYPES);
  if (denied !== undefined) query = query.where("event.reason", denied === "true" ? "<>" : "=", "granted").where("event.type", "in", OPENING_TYPES);
  if (since !== undefined) query = query.where("event.received_at", ">=", parseInstant(since));
  if (until !== undefined) query = query.where("event.received_at", "<", parseInstant(until));
  const rows = await query.execute();
  const actors = await readActors(unit, rows.flatMap((row) => row.unlocked_by ?? []));
  return { rows, items: rows.map((row) => formatEvent(row, actors)) };
}

/**
 * Whoever looks at what others do leaves a trace (O15).
 * @param what was asked for; ids alone.
 */
export async function noteReading(unit: Unit, actor: Actor, { properties, doors }: VisibleEntries, what: EventFilter & { after?: string | null; export?: true }, now: number): Promise<void> {
  if (properties === "all") return;
  const detail = Object.fromEntries(Object.entries(what).filter(([, value]) => value !== undefined));
  for (const { id, property_id } of await elsewhere(unit, doors, properties)) {
    const asked = (what.door === undefined || what.door === id) && (what.property === undefined || what.property === property_id);
    if (asked) await audit(unit, { at: now, actor: actorName(actor), action: "events.read", subject: `door/${id}`, property: property_id, detail });
  }
  for (const property of properties.filter((each) => what.property === undefined || each === what.property)) {
    await audit(unit, { at: now, actor: actorName(actor), action: "events.read", subject: `property/${property}`, property, detail });
  }
}

/** SQL has no empty list; and no id is empty. */
function orNone(ids: readonly string[]): readonly string[] {
  return ids.length > 0 ? ids : [""];
}

/** The doors that somebody oversees without managing their property. */
async function elsewhere(unit: Unit, doors: readonly string[], managed: readonly string[]) {
  if (doors.length === 0) return [];
  return unit.selectFrom("doors").select(["id", "property_id"]).where("id", "in", doors).where("property_id", "not in", orNone(managed)).orderBy("id").execute();
}
