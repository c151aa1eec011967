import { z } from "@hono/zod-openapi";
import { DOORS_PER_GRANT_MAX, LEASEHOLDERS_MAX } from "../../limits";
import { GivenCode } from "../people/given-codes";
import { householdOutlook } from "./household-outlook";
import { CardNumber, Id, IdentifierText, Instant, Language, Name, Windows } from "../schemas";

/** Requests and answers about households. */

const Email = IdentifierText.openapi({ description: "An e-mail address." });
const Phone = IdentifierText.openapi({ example: "+33612345678", description: "With its country's prefix, unless the site has a country." });
const ChosenDoors = z.array(Id).min(1).max(DOORS_PER_GRANT_MAX);

export const LeaseRequest = z
  .strictObject({
    unit: Id,
    household: Id.optional().openapi({ description: "Who lives there already; without it, those who move in are a household of their own." }),
    leaseholders: z
      .array(
        z.strictObject({
          name: Name,
          email: Email.optional(),
          phone: Phone.optional(),
          card: CardNumber.optional().openapi({ description: "For somebody without e-mail and phone: a card instead of a PIN." }),
        }),
      )
      .min(1)
      .max(LEASEHOLDERS_MAX),
    start: Instant.optional().openapi({ description: "Without it: now." }),
    end: Instant.optional(),
    language: Language.optional().openapi({ description: "Of the messages." }),
  })
  .refine(({ leaseholders }) => leaseholders.every(({ card, email, phone }) => card === undefined || (email === undefined && phone === undefined)), { message: "a card is for leaseholders without e-mail and phone", path: ["leaseholders"] })
  .openapi("LeaseRequest", { example: { unit: "8c1f0e5d2b3a4796", leaseholders: [{ name: "Ada Lovelace", email: "ada@example.com" }], start: "2026-12-01T08:00:00+01:00" } });

export const LeaseChange = z.strictObject({ end: Instant.nullable().openapi({ description: "null: none." }) }).openapi("LeaseChange");
export const MoveRequest = z.strictObject({ at: Instant.optional().openapi({ description: "Without it: now." }) }).openapi("MoveRequest");
export const CourtOrderRequest = z
  .strictObject({
    document: z.string().trim().min(1).max(200).openapi({ description: "What it rests on, such as a file number." }),
    sharesEnd: z.boolean().default(true).openapi({ description: "Whether what they gave to third parties ends as well." }),
  })
  .openapi("CourtOrderRequest");

export const MemberRequest = z
  .strictObject({
    role: z.enum(["resident", "guest"]),
    name: Name.optional(),
    email: Email.optional(),
    phone: Phone.optional(),
    doors: ChosenDoors.optional().openapi({ description: "A guest's are chosen; a resident without has all that the household has." }),
    windows: Windows.default([]).openapi({ description: "None: day and night." }),
    start: Instant.optional(),
    end: Instant.optional().openapi({ description: "A guest has one." }),
    language: Language.optional().openapi({ description: "Of the message; without it, that of whoever invites." }),
  })
  .openapi("MemberRequest", { example: { role: "guest", email: "nan@example.com", doors: ["8c1f0e5d2b3a4796"], windows: [{ days: ["monday", "tuesday"], start: "16:00", end: "19:00" }], end: "2027-06-30T20:00:00+02:00" }, description: "One e-mail address, or one phone number, or a name alone: then the answer holds a code to pass on." });

export const MemberChange = z
  .strictObject({ name: Name, doors: ChosenDoors.nullable().openapi({ description: "null: all that the household has." }), windows: Windows, start: Instant, end: Instant.nullable() })
  .partial()
  .openapi("MemberChange", { example: { doors: ["8c1f0e5d2b3a4796"], end: "2027-06-30T20:00:00+02:00" } });

export const ShareRequest = z
  .strictObject({ name: Name, doors: ChosenDoors, windows: Windows.optional().openapi({ description: "Within one's own; without it, one's own." }), start: Instant.optional(), end: Instant })
  .openapi("ShareRequest", { example: { name: "Parcel service", doors: ["8c1f0e5d2b3a4796"], end: "2026-12-24T18:00:00+01:00" } });

export const Role = z.enum(["administrator", "resident", "guest", "share"]);

export const Member = z
  .looseObject({
    person: Id,
    household: Id,
    property: Id,
    unit: Id,
    name: z.string(),
    role: Role,
    state: z.enum(["pending", "active", "ended"]),
    linked: z.boolean().openapi({ description: "Whether an account holds the place." }),
    suspended: z.boolean(),
    email: z.string().nullable().openapi({ description: "This, `phone` and `invitation` are for those who manage the place, and for its holder; null for others." }),
    phone: z.string().nullable(),
    invitation: z
      .strictObject({ state: z.enum(["pending", "accepted", "declined", "expired", "withdrawn", "replaced"]), channel: z.enum(["email", "phone"]), at: Instant, expiresAt: Instant })
      .nullable()
      .openapi({ description: "How the newest link stands; null: none was sent." }),
    doors: z.array(Id),
    allDoors: z.boolean(),
    windows: Windows,
    start: Instant,
    end: Instant.nullable(),
    invitedBy: z.strictObject({ person: Id, name: z.string(), removed: z.boolean() }).nullable().openapi({ description: "null: the manager." }),
    endedAt: Instant.nullable(),
    endReason: z.string().nullable(),
    can: z.array(z.string()).openapi({ description: "What whoever asks may do." }),
    version: z.int(),
  })
  .openapi("Member");

export const WithCodes = Member.extend({ codes: z.array(GivenCode).openapi({ description: "New ones; none for whoever sees theirs in the app." }) }).openapi("MemberWithCodes");

export const Household = z
  .looseObject({ id: Id, property: Id, timeZone: z.string().openapi({ description: "Of the property." }), unit: z.strictObject({ id: Id, name: z.string() }), createdAt: Instant, endedAt: Instant.nullable(), can: z.array(z.string()) })
  .openapi("Household");
export const WholeHousehold = Household.extend({ doors: z.array(z.strictObject({ id: Id, name: z.string() })), members: z.array(Member), shares: z.array(Member), ...householdOutlook }).openapi("WholeHousehold", {
  description: "As much of it as whoever asks may see.",
});
