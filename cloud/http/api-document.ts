import type { Routes } from "./api";

/** The API's description of itself (OpenAPI 3.1), made from the schemas that validate. */

type Security = Record<string, string[]>[];

export const FOR_ANYBODY: Security = [{}];
export const FOR_PEOPLE: Security = [{ session: [] }];
export const FOR_SITE: Security = [{ site: [] }];
export const FOR_PEOPLE_AND_SITE: Security = [{ session: [] }, { site: [] }];
const FOR_ALL: Security = [{ session: [] }, { program: [] }, { site: [] }];

interface Tag {
  name: string;
  description: string;
  /** Who can make its requests at all, where a route does not say otherwise; FOR_ALL without it. */
  security?: Security;
}

/** In the order of the page: from whoever comes, by household, to the site. */
const TAGS: readonly Tag[] = [
  { name: "sign-in", description: "With a code that is sent to an e-mail address or phone number, or with a passkey. Whether an account exists is never told.", security: FOR_ANYBODY },
  { name: "account", description: "One's own account: contacts, passkeys, sessions, and the places that it holds in households.", security: FOR_PEOPLE },
  { name: "phones", description: "What phones open doors with and carry for them, also without a network; the account's phones, and ending the keys of a lost one.", security: FOR_PEOPLE },
  { name: "couriers", description: "What phones carry, sealed, between the cloud and doors that have no network; whoever carries can only be late with it.", security: FOR_PEOPLE },
  { name: "invitations", description: "Accepting and declining, by the link that was sent or with an account that the address belongs to.", security: FOR_PEOPLE },
  { name: "households", description: "Who lives together: administrators (the leaseholders), residents, permanent guests, and what they have given to third parties. `can` says what whoever asks may do." },
  { name: "members", description: "One person's place in a household. Whoever edits it says which version (`If-Match`)." },
  { name: "pins", description: "Members' codes. No manager and no program ever reads the digits of a code that its holder can see." },
  { name: "leases", description: "For managers: moving in, changing the end, moving out, a court's order." },
  { name: "revocations", description: "What was ended, which door has acknowledged it, and until when at most another may still open." },
  { name: "units", description: "For managers: flats, and the kinds of flats that doors come with." },
  { name: "properties", description: "Buildings, and the rules within which households look after themselves." },
  { name: "managers", description: "Who manages a property." },
  { name: "staff", description: "Cleaners, caretakers, firms: people who work at a property." },
  { name: "people", description: "People without a household, and what they open doors with." },
  { name: "keys", description: "What one person opens some doors with: in the app, by a PIN, a card or a button of a fob. A link or QR code works once; a pending key opens nothing. `can` says what whoever asks may do." },
  { name: "fobs", description: "Smart keys with four buttons: what each button is for. Assignments are sealed for the fob, any phone may carry them, and what counts is what the fob has acknowledged." },
  { name: "profiles", description: "What keys may do, under a name: when, from when until when, and which outputs." },
  { name: "groups", description: "Doors that some people open together, and what else they may do there; off until the property's rules switch them on." },
  { name: "doors", description: "Doors, who can open them and why, standing orders to them, and opening them from afar." },
  { name: "events", description: "What doors have logged." },
  { name: "audit", description: "Who changed or looked at what: a chain of hashes to which entries are only added." },
  { name: "notifications", description: "Being told of what happens, as far as one may see it: in the account's own list, by e-mail or by text message.", security: FOR_PEOPLE },
  { name: "webhooks", description: "Telling programs by HTTP what happens at a property.", security: FOR_PEOPLE_AND_SITE },
  { name: "tokens", description: "Programs that act as a manager of one property.", security: FOR_PEOPLE_AND_SITE },
  { name: "messages", description: "E-mails and text messages.", security: FOR_SITE },
  { name: "firmware", description: "Signed images for doors' boards, and their roll-out in stages.", security: FOR_SITE },
  { name: "restore", description: "Going on after the cloud was restored from a backup.", security: FOR_SITE },
  { name: "keysets", description: "The keys that lists of doors are signed with.", security: FOR_SITE },
];

const SCHEMES = {
  session: { type: "apiKey", in: "cookie", name: "latchkey", description: "The cookie of a session. Under HTTPS its name is `__Host-latchkey`." },
  program: { type: "http", scheme: "bearer", description: "A program's token for one property." },
  site: { type: "http", scheme: "bearer", description: "The token of whoever runs the site." },
} as const;

const DESCRIPTION = `Doors that decide by themselves, and a cloud that knows when a revocation is true.

Bodies are JSON (\`content-type: application/json\`), but for a building's file (\`text/csv\`) and a firmware image (\`application/octet-stream\`). Times are RFC 3339, UTC in answers. Programs send \`Authorization: Bearer <token>\`; people have a cookie once they have signed in, and their browser's requests must come from the address of this site.

What each may do to whom is the pyramid of rights: the site over a property's managers and programs, managers over the administrators of a household, administrators over residents, residents over guests. A door that is no building's shared one may have owners and admins, below the managers: they give its keys and order it. What somebody may not even know of is \`not-found\`; what they may see but not do is \`not-allowed\`. Where an answer has \`can\`, it lists what whoever asks may do.

A request is done whole or not at all. Every refusal is a problem (RFC 9457) whose \`code\` is stable, and it has changed nothing; where a door was to be opened from afar, \`opened\` says what is known of it. Lists come in pages: \`next\` is the \`after\` of the following one, null at the end.`;

/** As much of OpenAPI as the description uses; further members are as the standard has them. */
export interface ApiDocument {
  info: { title: string; version: string; description: string };
  tags: { name: string; description: string }[];
  security: Security;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, { description: string }> };
}

export interface Operation {
  summary: string;
  description?: string;
  tags: string[];
  security?: Security;
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>;
}

/** JSON Schema of 2020-12, as far as the schemas of the API use it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  example?: unknown;
  default?: unknown;
  enum?: unknown[];
  const?: unknown;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  "x-enumDescriptions"?: Record<string, string>;
}

/** Describes all routes that an app has so far. */
export function describeApi(app: Routes): ApiDocument {
  for (const [name, scheme] of Object.entries(SCHEMES)) app.openAPIRegistry.registerComponent("securitySchemes", name, scheme);
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Latchkey", version: "1", description: DESCRIPTION },
    tags: TAGS.map(({ name, description }) => ({ name, description })),
    security: FOR_ALL,
  }) as unknown as ApiDocument;
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    const security = operation.security ?? TAGS.find(({ name }) => name === operation.tags[0])?.security;
    if (security !== undefined) operation.security = security;
  }
  return document;
}
