import { z } from "@hono/zod-openapi";
import type { Selectable } from "kysely";
import { decodeIfKnown, type EventRecord } from "../../../protocol/event-record";
import type { EventRow } from "../../store/rows/door-rows";
import { ShownActor } from "../actor-format";
import { formatInstant } from "../people/grant-format";
import { Id, Instant } from "../schemas";
import { eventDetail } from "./event-detail";

export const Event = z
  .looseObject({
    id: z.int().openapi({ description: "In the order in which events arrived." }),
    door: Id,
    doorName: z.string(),
    timeZone: z.string().openapi({ description: "Of the door's property." }),
    enrolment: z.int(),
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
    outputs: z.array(z.int()).optional().openapi({ description: "What moved, by number." }),
    lockState: z.string().nullable().optional(),
    unlocked: z.boolean().optional().openapi({ description: "`door-hours`: whether they began." }),
    firmwareVersion: z.int().optional(),
    service: z.string().nullable().optional(),
    credential: Id.nullable(),
    credentialKind: z.string().nullable().openapi({ description: "What was presented, where it is known whose it was." }),
    person: z.object({ id: Id, name: z.string() }).nullable(),
    unlockedBy: ShownActor.optional().openapi({ description: "`remote-unlock`: who wanted it; `person` is whose right it was, where it was anybody's." }),
    untrusted: z.object({ type: z.string(), reason: z.string(), at: Instant.nullable() }).nullable().optional(),
  })
  .openapi("Event");
export type Event = z.output<typeof Event>;

export interface EventToShow extends Pick<Selectable<EventRow>, "id" | "door_id" | "enrolment" | "sequence" | "time" | "time_unknown" | "type" | "reason" | "received_at" | "late" | "altered" | "gap" | "record" | "credential_id"> {
  door_name: string;
  time_zone: string;
  credential_kind: string | null;
  person: string | null;
  person_name: string | null;
  unlock: string | null;
  unlocked_by: string | null;
}

export function formatEvent(row: EventToShow, actors: ReadonlyMap<string, z.infer<typeof ShownActor>>): Event {
  const altered = row.altered === 1;
  const read = decodeIfKnown(row.record);
  const event = altered ? undefined : read;
  return {
    id: row.id,
    door: row.door_id,
    doorName: row.door_name,
    timeZone: row.time_zone,
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
    credentialKind: row.credential_kind,
    person: row.person === null ? null : { id: row.person, name: row.person_name! },
    ...(row.unlocked_by !== null && { unlock: row.unlock, unlockedBy: actors.get(row.unlocked_by)! }),
    ...(altered && { untrusted: read === undefined ? null : { type: read.type, reason: read.reason, at: read.timeUnknown ? null : formatInstant(read.time) } }),
  };
}

/** What is counted; the low 8 bits of a start say why it was. */
function countOf({ type, count }: EventRecord): number {
  return type === "boot" ? count >>> 8 : count;
}
