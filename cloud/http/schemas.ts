import { z } from "@hono/zod-openapi";
import { RootsFile } from "../keys/request-file";
import { HOLIDAYS_MAX, LEASE_SECONDS_MAX, SCHEDULE_CHAIN_MAX, UNLOCK_SECONDS_MAX } from "../../protocol/limits";
import { OUTPUTS_MAX } from "../../protocol/profile";
import { HOLDER_CLASSES } from "../access/grant";
import { CARD_BYTES_MAX, CARD_BYTES_MIN, CODE_DIGITS, CREDENTIALS_PER_PERSON_MAX, DOORS_PER_GRANT_MAX, GRANTS_PER_CREDENTIAL_MAX, GUEST_LEASE_SECONDS, IDENTIFIER_CHARACTERS_MAX, LEASE_SECONDS_MIN, MAX_USES_MAX, NAME_CHARACTERS_MAX, PAGE_ROWS_MAX, STAFF_LEASE_SECONDS } from "../limits";
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
  // JSON Schema has no flags: its patterns are Unicode ones anyway (draft 2020-12, core, 6.4).
  .openapi({ example: "Rue des Lilas 7", pattern: "^[^\\u0000-\\u001f\\u007f\\ud800-\\udfff]*$" });

/** RFC 3339 in requests, UTC in answers. */
export const Instant = z.iso.datetime({ offset: true }).openapi({ example: "2026-02-01T18:00:00Z" });

/** Read by accounts/identifier.ts. */
export const IdentifierText = z.string().trim().min(3).max(IDENTIFIER_CHARACTERS_MAX).openapi({ example: "ada@example.com", description: "An e-mail address or a phone number." });
export const Code = z
  .string()
  .trim()
  .regex(new RegExp(`^[0-9]{${CODE_DIGITS}}$`), `${CODE_DIGITS} digits`)
  .openapi({ example: "01234567" });
export const CodeSent = z.strictObject({ expiresAt: Instant }).openapi("CodeSent");
export const Language = z.enum(["en", "fr"]);

export const HolderClass = z.enum(HOLDER_CLASSES).openapi("HolderClass", { description: "Decides how long a door goes on without news of the cloud." });

export const Day = z.enum(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]);
export const DAYS = Day.options;

export const Window = z
  .strictObject({
    days: z.array(Day).min(1).max(7).openapi({ description: "Days on which the window starts." }),
    start: z
      .string()
      .regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, "HH:MM")
      .openapi({ example: "08:00" }),
    end: z
      .string()
      .regex(/^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$/, "HH:MM, at most 24:00")
      .openapi({ example: "18:00", description: "Exclusive. At or before the start: on the following day." }),
    onHolidays: z.boolean().default(false),
  })
  .refine((window) => window.start !== window.end, { message: "start and end are the same; for a whole day write 00:00 to 24:00", path: ["end"] })
  .openapi("Window", { description: "A weekly window in the wall-clock time of the property." });

export const Windows = z.array(Window).max(SCHEDULE_CHAIN_MAX);

/** Doors of one property, of which there may be none. */
export const Doors = z.array(Id).max(DOORS_PER_GRANT_MAX);

export const Grant = z
  .strictObject({
    doors: z.array(Id).min(1).max(DOORS_PER_GRANT_MAX),
    windows: Windows.default([]).openapi({ description: "None: day and night. They may touch but not overlap." }),
    uses: z.int().min(1).max(MAX_USES_MAX).optional().openapi({ description: "How often it opens; 1 = once. For one door only." }),
    outputs: z.array(z.int().min(0).max(OUTPUTS_MAX - 1)).min(1).max(OUTPUTS_MAX).default([0]).openapi({ description: "What it opens at each door, by number; 0 = the door itself." }),
    notBefore: Instant.optional(),
    notAfter: Instant.optional().openapi({ description: "Exclusive." }),
  })
  .openapi("Grant");

const Grants = z.array(Grant).min(1).max(GRANTS_PER_CREDENTIAL_MAX);
const codes = {
  secondPin: z.boolean().default(false).openapi({ description: "Another PIN must follow; the answer holds it." }),
  duressPin: z.boolean().default(false).openapi({ description: "A PIN that opens as the last one to be typed does, and raises a silent alarm; the answer holds it." }),
};

export const PinRequest = z.strictObject({ grants: Grants, ...codes }).openapi("PinRequest");

export const CardNumber = z
  .string()
  .regex(/^([0-9a-f]{2})*$/, "pairs of lower-case hexadecimal digits")
  .min(2 * CARD_BYTES_MIN)
  .max(2 * CARD_BYTES_MAX)
  .openapi({ example: "1a2b3c", description: "The number's bytes as the reader gives them: Wiegand of 26, 34 or 37 bits without parity is 3, 4 or 5 bytes." });

export const CardRequest = z.strictObject({ number: CardNumber, grants: Grants, ...codes }).openapi("CardRequest");

export const UnitNumber = z
  .string()
  .regex(/^[0-9]{1,6}$/, "1 to 6 digits")
  .openapi({ example: "12", description: "Typed before a PIN at doors that ask for it." });

export const PersonRequest = z
  .strictObject({
    property: Id,
    name: Name,
    class: HolderClass,
    unit: UnitNumber.optional(),
    pins: z.array(PinRequest).max(CREDENTIALS_PER_PERSON_MAX).default([]),
    cards: z.array(CardRequest).max(CREDENTIALS_PER_PERSON_MAX).default([]),
  })
  .openapi("PersonRequest", { example: { property: "8c1f0e5d2b3a4796", name: "Ana Silva", class: "guest", pins: [{ grants: [{ doors: ["8c1f0e5d2b3a4796"], windows: [{ days: ["monday", "thursday"], start: "08:00", end: "12:00" }] }] }] } });

export const SuspensionRequest = z.strictObject({ suspended: z.boolean() }).openapi("SuspensionRequest");

export const LockStateRequest = z.strictObject({ state: z.enum(["normal", "lock-down", "hold-open"]) }).openapi("LockStateRequest", { description: "lock-down refuses everybody, and the way out stays free; hold-open leaves the door unlocked." });

export const HoursRequest = z
  .strictObject({
    windows: Windows.openapi({ description: "None: the door has no hours. They may touch but not overlap." }),
    firstIn: z.array(HolderClass).min(1).max(HOLDER_CLASSES.length).nullable().default(null).openapi({ description: "Unlocked only after somebody of these classes has come in; null: by the clock." }),
  })
  .openapi("HoursRequest", { description: "When the door stands unlocked by itself; holidays are excepted where a window does not say otherwise." });

const Output = z.strictObject({ name: Name, seconds: z.int().min(1).max(UNLOCK_SECONDS_MAX).nullable().default(null).openapi({ description: "null: as long as the property says." }) });
export const OutputsRequest = z.strictObject({ outputs: z.array(Output).max(OUTPUTS_MAX) }).openapi("OutputsRequest", { description: "By number; 0 is the door itself." });

export const KeypadRequest = z.strictObject({ unitNumbers: z.boolean() }).openapi("KeypadRequest", { description: "Whether PINs are typed after a unit number, so that wrong ones lock one unit only." });

export const ReleaseRequest = z.strictObject({ released: z.boolean() }).openapi("ReleaseRequest");

export const KeysetRequest = z
  .strictObject({
    newEpoch: z.boolean().default(false).openapi({ description: "All lists signed so far lose their worth: after a theft of keys." }),
    roots: RootsFile.optional().openapi({ description: "Public halves of the roots that are to sign from then on, as `latchkey root init` writes them; left out: the same as before." }),
  })
  .openapi("KeysetRequest");

const Holiday = z.iso.date().refine((date) => date >= "1970-01-02" && date < "2149-01-01", "a date from 1970 to 2148");
export const Staleness = z
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
  .openapi("PropertyChange", { example: { holidays: ["2026-12-25"], unlockSeconds: 7 } });

export const PropertyRequest = PropertyChange.required({ name: true }).openapi("PropertyRequest", { example: { name: "Rue des Lilas 7", timeZone: "Europe/Paris" } });

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
  .openapi("RevocationRequest", { example: { person: "8c1f0e5d2b3a4796" } });

export const Paging = z.object({
  after: z.string().max(64).optional().openapi({ description: "`next` of the page before." }),
  limit: z.coerce.number().int().min(1).max(PAGE_ROWS_MAX).default(PAGE_ROWS_MAX),
});

/** One page of a list. */
export function page<Item extends z.ZodType>(item: Item): z.ZodObject<{ items: z.ZodArray<Item>; next: z.ZodNullable<z.ZodString> }> {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

/** `next` of a page: `after` of the one behind it; null where there surely is none. */
export function nextAfter(rows: readonly { id: string | number }[], limit: number): string | null {
  return rows.length === limit ? String(rows[rows.length - 1].id) : null;
}

const ProblemCodes = z
  .enum(Object.keys(PROBLEMS) as [string, ...string[]])
  .openapi({ "x-enumDescriptions": Object.fromEntries(Object.entries(PROBLEMS).map(([code, [status, title]]) => [code, `${status}: ${title}.`])) });

export const Problem = z
  .looseObject({ type: z.string(), title: z.string(), status: z.int(), code: ProblemCodes, detail: z.string() })
  .openapi("Problem", { description: "RFC 9457. Programs look at `code`." });

/** The answer of every route that refuses. */
export const refusals = { default: { description: "Refused; nothing was changed.", content: { "application/problem+json": { schema: Problem } } } };

export function answer<Schema extends z.ZodType>(schema: Schema, description: string): { description: string; content: { "application/json": { schema: Schema } } } {
  return { description, content: { "application/json": { schema } } };
}

export function body<Schema extends z.ZodType>(schema: Schema): { body: { required: true; content: { "application/json": { schema: Schema } } } } {
  return { body: { required: true, content: { "application/json": { schema } } } };
}
