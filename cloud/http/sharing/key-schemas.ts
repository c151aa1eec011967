import { z } from "@hono/zod-openapi";
import { CONTACT_ADDRESSES_MAX, DOORS_PER_GRANT_MAX, FOB_TEXT_CHARACTERS_MAX, IDENTIFIER_CHARACTERS_MAX, NAME_CHARACTERS_MAX } from "../../limits";
import { GivenCode } from "../people/given-codes";
import { CardNumber, HolderClass, Id, IdentifierText, Instant, Language, Name, UnitNumber, Windows } from "../schemas";
import { FormattedTruth } from "../people/truth-format";
import { Counted } from "../people/uses-format";

/** Requests and answers about keys. */

const Doors = z.array(Id).min(1).max(DOORS_PER_GRANT_MAX);
const Uses = z.int().min(1).max(255).openapi({ description: "How often it opens; 1 = once. For one door, unless `usesTogether`." });
const ProfileName = z
  .union([z.enum(["admin", "blocked"]), Id])
  .nullable()
  .openapi({ description: "`admin`: full control of the doors, at any time. `blocked`: suspended, and what it was before comes back after. null: none." });

// What people note beside a contact is not always an address.
const Noted = z.array(z.string().max(IDENTIFIER_CHARACTERS_MAX)).max(CONTACT_ADDRESSES_MAX).default([]);

const KeyUser = z
  .union([
    z.strictObject({ person: Id }),
    z.strictObject({
      name: Name.optional(),
      email: IdentifierText.optional(),
      phone: IdentifierText.optional(),
      class: HolderClass.optional().openapi({ description: "Without it: guest. What is given from a household is a guest's." }),
      unit: UnitNumber.optional(),
    }),
    z.strictObject({
      contact: z.strictObject({ name: z.string().trim().max(NAME_CHARACTERS_MAX).optional(), tel: Noted, email: Noted }),
    }),
  ])
  .openapi("KeyUser", { description: "Somebody known, somebody new with a name or an address, or a contact of one's phone." });

export const KeyRequest = z
  .strictObject({
    property: Id,
    kind: z.enum(["app", "pin", "card", "smart", "fingerprint"]).openapi({ description: "What it is opened with. Nothing reads `fingerprint` yet." }),
    name: Name,
    user: KeyUser,
    profile: ProfileName.default(null),
    doors: Doors,
    notBefore: Instant.optional(),
    notAfter: Instant.optional().openapi({ description: "Exclusive. What is given from a household has one." }),
    windows: Windows.optional().openapi({ description: "None: day and night. Without a profile only, which says when." }),
    uses: Uses.optional(),
    usesTogether: z.boolean().default(false).openapi({ description: "Uses of several doors count together as far as news travels: offline doors count by themselves until then." }),
    number: CardNumber.optional().openapi({ description: "Of a card." }),
    fob: z.string().max(FOB_TEXT_CHARACTERS_MAX).optional().openapi({ description: "Of a smart key: the text of its fob's QR code.", example: "latchkey-fob:1:8c1f0e5d2b3a4796:00112233445566778899aabbccddeeff" }),
    household: Id.optional().openapi({ description: "From whose place it is given." }),
    language: Language.optional().openapi({ description: "Of the message; without it, that of whoever gives it." }),
  })
  .openapi("KeyRequest", { example: { property: "8c1f0e5d2b3a4796", kind: "app", name: "Saturday morning", user: { email: "ana@example.com" }, doors: ["8c1f0e5d2b3a4796"], windows: [{ days: ["saturday"], start: "08:00", end: "12:00" }], notAfter: "2027-01-01T00:00:00Z" } });

export const KeyChange = z
  .strictObject({
    name: Name,
    profile: ProfileName,
    blocked: z.boolean(),
    doors: Doors,
    notBefore: Instant.nullable(),
    notAfter: Instant.nullable(),
    windows: Windows,
    uses: Uses.nullable(),
    usesTogether: z.boolean(),
  })
  .partial()
  .openapi("KeyChange", { example: { name: "Sunday too", profile: "8c1f0e5d2b3a4796" } });

const AtDoor = z.strictObject({ door: Id, name: z.string(), upToDate: z.boolean().nullable().openapi({ description: "Whether the door has acknowledged the key as it is now; null: there is nothing there to know." }) });

export const Key = z
  .looseObject({
    id: Id,
    property: Id,
    propertyName: z.string(),
    timeZone: z.string().openapi({ description: "Of the property." }),
    mine: z.boolean().openapi({ description: "Whoever asks has accepted it." }),
    user: z.strictObject({ person: Id, name: z.string() }),
    kind: z.enum(["app", "smart", "pin", "card"]),
    name: z.string(),
    state: z.enum(["pending", "active", "ended"]).openapi({ description: "A pending key opens nothing." }),
    profile: ProfileName,
    ownProfile: ProfileName.openapi({ description: "What it is, or will be again when it is not blocked." }),
    doors: z.array(AtDoor),
    windows: Windows,
    notBefore: Instant.nullable(),
    notAfter: Instant.nullable(),
    uses: z.int().nullable(),
    usesTogether: z.boolean(),
    counted: Counted,
    fob: Id.nullable().openapi({ description: "Of a smart key. It is pending until the fob has acknowledged a button for it." }),
    household: Id.nullable().openapi({ description: "From which it is given." }),
    giver: z.string().nullable().openapi({ description: "null: whoever runs the property." }),
    accepted: z.boolean().openapi({ description: "Whether somebody has it in their account." }),
    link: z.strictObject({ state: z.enum(["pending", "accepted", "declined", "expired", "withdrawn", "replaced"]), expiresAt: Instant }).nullable(),
    sentTo: z.string().nullable().openapi({ description: "Where its link or code goes, masked, for whoever may send it again; null: nowhere, or not theirs to know." }),
    message: z.enum(["waiting", "sent", "failed"]).nullable().openapi({ description: "What the newest message with it has come to; null: there is none, as for `sentTo`." }),
    createdAt: Instant,
    endedAt: Instant.nullable(),
    truth: z.array(FormattedTruth).openapi({ description: "Of doors that it opens no more: what is known of each." }),
    can: z.array(z.enum(["see", "edit", "send", "remove"])).openapi({ description: "What whoever asks may do." }),
    version: z.int(),
  })
  .openapi("Key");

export const KeyLink = z
  .strictObject({
    url: z.string().openapi({ description: "For sharing." }),
    qr: z.string().openapi({ description: "The text of the QR code." }),
    expiresAt: Instant,
  })
  .openapi("KeyLink", { description: "Works once, for whoever opens it first. It is shown this once; another one takes its place when it is asked for." });

export const NewKey = Key.extend({ link: KeyLink.nullable(), codes: z.array(GivenCode).openapi({ description: "Of a PIN that nobody is sent." }) }).openapi("NewKey");
export const ChangedKey = Key.extend({ codes: z.array(GivenCode).openapi({ description: "New ones, for doors at which the old one cannot be used." }) }).openapi("ChangedKey");

export const KeyOffer = z
  .looseObject({
    property: z.string(),
    timeZone: z.string().openapi({ description: "Of the property: its times are these." }),
    name: z.string(),
    giver: z.string().nullable(),
    doors: z.array(z.string()),
    admin: z.boolean(),
    windows: Windows,
    notBefore: Instant.nullable(),
    notAfter: Instant.nullable(),
    expiresAt: Instant,
  })
  .openapi("KeyOffer", { description: "What a link offers. Nothing opens before it is accepted." });
