import { z } from "@hono/zod-openapi";
import { HOLIDAYS_MAX, LEASE_SECONDS_MAX, UNLOCK_SECONDS_MAX } from "../../protocol/limits";
import { HOLDER_CLASSES } from "../access/grant";
import { DOORS_PER_GRANT_MAX, GRANTS_PER_PIN_MAX, GUEST_LEASE_SECONDS, LEASE_SECONDS_MIN, NAME_CHARACTERS_MAX, PAGE_ROWS_MAX, PINS_PER_PERSON_MAX, STAFF_LEASE_SECONDS } from "../limits";
import { PROBLEMS } from "../refusal";

/** Pieces of the API's requests and answers: they validate, and the OpenAPI description is made from them. */

export const Id = z
  .string()
  .regex(/^[0-9a-f]{16}$/, "16 lower-case hexadecimal digits")
  .openapi({ example: "8c1f0e5d2b3a4796" });

export const Name = z
  .string()
  .trim()
  .min(1)
  .max(NAME_CHARACTERS_MAX)
  .regex(/^[^\u0000-\u001f\u007f\ud800-\udfff]*$/u, "no control characters")
  .openapi({ example: "Rue des Lilas 7" });

/** RFC 3339 in requests, UTC in answers. */
export const Instant = z.iso.datetime({ offset: true }).openapi({ example: "2026-02-01T18:00:00Z" });

export const HolderClass = z.enum(HOLDER_CLASSES).openapi("HolderClass", { description: "Decides how long a door goes on without news of the cloud." });

export const Day = z.enum(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]);
export const DAYS = Day.options;

export const Window = z
  .strictObject({
    days: z.array(Day).min(1).max(7).openapi({ description: "Days on which the window starts." }),
    start: z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, "HH:MM"),
    end: z
      .string()
      .regex(/^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$/, "HH:MM, at most 24:00")
      .openapi({ description: "Exclusive. At or before the start: on the following day." }),
    onHolidays: z.boolean().default(false),
  })
  .refine((window) => window.start !== window.end, { message: "start and end are the same; for a whole day write 00:00 to 24:00", path: ["end"] })
  .openapi("Window", { description: "A weekly window in the wall-clock time of the property." });

export const Grant = z
  .strictObject({
    doors: z.array(Id).min(1).max(DOORS_PER_GRANT_MAX),
    windows: z.array(Window).max(32).default([]).openapi({ description: "None: day and night. They may touch but not overlap." }),
    uses: z.int().min(1).max(255).optional().openapi({ description: "How often it opens; 1 = once. For one door only." }),
    notBefore: Instant.optional(),
    notAfter: Instant.optional().openapi({ description: "Exclusive." }),
  })
  .openapi("Grant");

export const PinRequest = z.strictObject({ grants: z.array(Grant).min(1).max(GRANTS_PER_PIN_MAX) }).openapi("PinRequest");

export const PersonRequest = z
  .strictObject({ property: Id, name: Name, class: HolderClass, pins: z.array(PinRequest).max(PINS_PER_PERSON_MAX).default([]) })
  .openapi("PersonRequest");

const Holiday = z.iso.date().refine((date) => date >= "1970-01-02" && date < "2149-01-01", "a date from 1970 to 2148");
const Staleness = z
  .strictObject({
    guestSeconds: z.int().min(LEASE_SECONDS_MIN).max(GUEST_LEASE_SECONDS),
    staffSeconds: z.int().min(LEASE_SECONDS_MIN).max(STAFF_LEASE_SECONDS),
    residentSeconds: z.int().min(LEASE_SECONDS_MIN).max(LEASE_SECONDS_MAX).nullable().openapi({ description: "null: residents get in however long a door hears nothing." }),
  })
  .openapi("Staleness", { description: "How long each class still gets in at a door that hears nothing of the cloud." });

export const PropertyChange = z
  .strictObject({
    name: Name,
    timeZone: z.string().min(1).max(64).openapi({ example: "Europe/Paris" }),
    holidays: z.array(Holiday).max(HOLIDAYS_MAX),
    unlockSeconds: z.int().min(1).max(UNLOCK_SECONDS_MAX),
    staleness: Staleness,
  })
  .partial()
  .openapi("PropertyChange");

export const PropertyRequest = PropertyChange.required({ name: true }).openapi("PropertyRequest");

export const DoorRequest = z
  .strictObject({
    property: Id,
    name: Name,
    claim: z
      .string()
      .regex(/^latchkey:1:[0-9a-f]{16}:[0-9a-f]{32}$/, "the text of the door's claim QR")
      .openapi({ example: "latchkey:1:8c1f0e5d2b3a4796:00112233445566778899aabbccddeeff" }),
  })
  .openapi("DoorRequest");

export const RevocationRequest = z
  .strictObject({ person: Id.optional(), grant: Id.optional() })
  .refine(({ person, grant }) => (person === undefined) !== (grant === undefined), "name either a person or a grant")
  .openapi("RevocationRequest");

export const Paging = z.object({
  after: z.string().max(64).optional().openapi({ description: "`next` of the page before." }),
  limit: z.coerce.number().int().min(1).max(PAGE_ROWS_MAX).default(PAGE_ROWS_MAX),
});

export const Problem = z
  .looseObject({ type: z.string(), title: z.string(), status: z.int(), code: z.enum(Object.keys(PROBLEMS) as [string, ...string[]]), detail: z.string() })
  .openapi("Problem", { description: "RFC 9457. Programs look at `code`." });

/** The answer of every route that refuses. */
export const refusals = { default: { description: "Refused; nothing was changed.", content: { "application/problem+json": { schema: Problem } } } };

export function answer<Schema extends z.ZodType>(schema: Schema, description: string): { description: string; content: { "application/json": { schema: Schema } } } {
  return { description, content: { "application/json": { schema } } };
}

export function body<Schema extends z.ZodType>(schema: Schema): { body: { required: true; content: { "application/json": { schema: Schema } } } } {
  return { body: { required: true, content: { "application/json": { schema } } } };
}
