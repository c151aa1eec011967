import { z } from "@hono/zod-openapi";
import { nameOccurrence } from "../../notifications/news";
import { OCCURRENCE_KINDS, type Occurrence } from "../../notifications/occurrence";
import type { Sight } from "../../notifications/reader";
import { NOTIFICATION_CHANNELS, parseRule } from "../../notifications/rule";
import type { Unit } from "../../store/store";
import type { NotificationRow, NotificationRuleRow } from "../../store/rows/message-rows";
import { formatInstant, formatWindow } from "../people/grant-format";
import { NamedProperty } from "../properties/named-property";
import { Id, Instant, Windows } from "../schemas";

export const OccurrenceKinds = z.array(z.enum(OCCURRENCE_KINDS)).min(1).max(OCCURRENCE_KINDS.length).openapi("OccurrenceKinds", { description: "`changed`: somebody changed what people or doors may do." });
export const NotificationChannels = z.array(z.enum(NOTIFICATION_CHANNELS)).min(1).max(NOTIFICATION_CHANNELS.length);

export const NotificationRule = z
  .looseObject({
    id: Id,
    property: Id,
    door: Id.nullable(),
    group: Id.nullable(),
    events: OccurrenceKinds,
    channels: NotificationChannels,
    quiet: Windows.openapi({ description: "When nothing is sent, on holidays too: it waits for their end." }),
  })
  .openapi("NotificationRule");

export const Notification = z
  .looseObject({
    id: z.string(),
    kind: z.enum(OCCURRENCE_KINDS),
    property: NamedProperty,
    door: z.looseObject({ id: Id, name: z.string() }).nullable(),
    person: z.looseObject({ id: Id, name: z.string() }).nullable(),
    at: Instant.nullable().openapi({ description: "By the door's clock; null where it had none." }),
    late: z.boolean().openapi({ description: "It took more than two minutes to arrive." }),
    times: z.int().openapi({ description: "How often, where it happened again soon; `at` is the last time." }),
    reason: z.string().optional().openapi({ description: "Of a refusal." }),
    alarm: z.string().optional(),
    remote: z.boolean().optional().openapi({ description: "It was opened from afar." }),
    action: z.string().optional().openapi({ description: "Of a change, as in the audit." }),
    subject: z.string().optional().openapi({ description: "What was changed, as in the audit." }),
    by: z.string().optional().openapi({ description: "Who changed it, where the reader is to know." }),
    toldAt: Instant,
    read: z.boolean(),
  })
  .openapi("Notification");

export function formatRule(row: NotificationRuleRow): z.output<typeof NotificationRule> {
  const { id, scope, events, channels, quiet } = parseRule(row);
  return { id, property: scope.property, door: scope.door ?? null, group: scope.group ?? null, events: [...events], channels: [...channels], quiet: quiet.map(formatWindow) };
}

export async function formatNotification(unit: Unit, row: NotificationRow, occurrence: Occurrence, sight: Sight): Promise<z.output<typeof Notification>> {
  const { property, door, person, kind, at, late, detail } = occurrence;
  const names = await nameOccurrence(unit, occurrence, sight);
  const { reason, alarm, remote, action, subject } = detail as Partial<Pick<z.output<typeof Notification>, "reason" | "alarm" | "remote" | "action" | "subject">>;
  return {
    ...{ id: String(row.id), kind },
    property: { id: property, ...names.property },
    door: door === undefined ? null : { id: door, name: names.door ?? "" },
    person: person === undefined ? null : { id: person, name: names.person ?? "" },
    ...{ at: at === null ? null : formatInstant(at), late, times: row.times },
    ...{ reason, alarm, remote, action, subject },
    ...(names.actor !== null && { by: names.actor }),
    ...{ toldAt: formatInstant(row.due_at), read: row.read_at !== null },
  };
}
