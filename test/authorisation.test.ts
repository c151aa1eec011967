import test from "ava";
import { DEFAULT_RULES } from "../cloud/properties/household-rules";
import { ACTORS, Blueprint, later, PAST, type ActorName, type House } from "./support/blueprint";
import type { ApiAnswer, Json } from "./support/cloud-rig";
import { LiveClient } from "./support/live-client";
import type { Client } from "./support/sign-in";
import { testOfSqlite } from "./support/test-database";

/**
 * The matrix of role × route × foreign household and property. Its rows are the operations of the API's own
 * description: one that is not classified here fails the test.
 *
 * How a route is classified, by a line in MATRIX:
 * - `OPEN`: for whoever comes, signed in or not.
 * - `OWN`: for every account, about itself; programs and the site have none.
 * - a list of uses, `{ path?, body?, headers?, allowed }`, each with names of the house's things in braces (`{door}`,
 *   `{resident}`: see test/support/blueprint.ts, and add there what is missing). Every actor who is not in `allowed` must
 *   be denied, without a trace; a foreign one just as for an id that is nobody's. Each who is must not be refused for
 *   who they are, so give a use that is refused later on (a date in the PAST, a STALE version) or may happen again and again.
 *   - `once`: a use that changes or takes away what others need. Everybody who may does it in a copy of the house, and
 *     must succeed.
 *   - `live`: answers with a stream.
 * - `{ list: true, sees }`: everybody gets the list, and only those in `sees` find something of the property in it.
 */

const RUN: ActorName[] = ["site", "manager", "machine"];
const PEOPLE: ActorName[] = ["site", "manager"];
const ADMINISTRATORS: ActorName[] = ["administrator", "coadministrator"];
const HOUSEHOLD: ActorName[] = [...ADMINISTRATORS, "resident", "guest"];
/** Whoever gives keys somewhere at the property. */
const GIVERS: ActorName[] = [...RUN, ...ADMINISTRATORS, "resident", "neighbour"];
/** Whoever looks after a door that is not the building's. */
const OVERSEERS: ActorName[] = [...RUN, "doorOwner", "doorAdmin"];
/** Whose phones carry for the property. */
const CARRIERS: ActorName[] = ["manager", ...HOUSEHOLD, "neighbour", "doorOwner", "doorAdmin", "keyUser"];
const ACCOUNTS: ActorName[] = ["manager", ...HOUSEHOLD, "neighbour", "doorOwner", "doorAdmin", "keyUser", "foreignManager", "stranger"];

/** One way to use an operation. */
interface Case {
  /** With {names} of the fixture. */
  path?: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** Who is not refused for who they are. */
  allowed: readonly ActorName[];
  /** A use that is allowed takes something away that others need: each is made in a copy of the house, and succeeds. */
  once?: true;
  /** The answer is a stream. */
  live?: true;
}

/** A list that everybody gets, each with their own things in it. */
interface List {
  list: true;
  path?: string;
  /** Who finds something of the property. */
  sees: readonly ActorName[];
}

const STALE = { "if-match": '"999"' };
const OPEN = "open";
const OWN = "own";

/** What each operation is for. Uses that are allowed are such that they are refused later on, or may happen again and again. */
const MATRIX: Record<string, typeof OPEN | typeof OWN | readonly (Case | List)[]> = {
  "POST /sign-in/codes": OPEN,
  "GET /sign-in": OPEN,
  "POST /sign-in": OPEN,
  "POST /sign-in/passkey/options": OPEN,
  "POST /sign-in/passkey": OPEN,
  "POST /sign-out": OPEN,
  "POST /invitations/look": OPEN,
  "POST /invitations/decline": OPEN,
  "GET /account": OWN,
  "PATCH /account": OWN,
  "DELETE /account": OWN,
  "POST /account/identifiers": OWN,
  "POST /account/identifiers/verify": OWN,
  "DELETE /account/identifiers/{identifier}": [{ allowed: ["administrator"], once: true }],
  "GET /account/sessions": OWN,
  "DELETE /account/sessions": OWN,
  "DELETE /account/sessions/{session}": [{ allowed: ["administrator"], once: true }],
  "POST /account/authenticate/codes": OWN,
  "POST /account/authenticate": OWN,
  "POST /account/authenticate/passkey/options": OWN,
  "POST /account/authenticate/passkey": OWN,
  "GET /account/passkeys": OWN,
  "POST /account/passkeys": OWN,
  "POST /account/passkeys/options": OWN,
  "DELETE /account/passkeys/{passkey}": OWN,
  "POST /phone/keys": OWN,
  "GET /account/phones": OWN,
  "DELETE /account/phones/{phone}": [{ allowed: ["administrator"], once: true }],
  "GET /account/places": OWN,
  "GET /account/people": OWN,
  "GET /account/doors": OWN,
  "GET /account/notification-rules": OWN,
  // Of what somebody has nothing to do with there is no rule.
  "POST /account/notification-rules": [
    { body: { property: "{property}", door: "{door}", events: ["door-opened"], channels: ["in-app"] }, allowed: ["manager", ...HOUSEHOLD, "neighbour"] },
    { body: { property: "{property}", group: "{group}", events: ["changed"], channels: ["in-app"] }, allowed: ["manager"] },
    { body: { property: "{property}", door: "{office}", events: ["door-opened"], channels: ["in-app"] }, allowed: ["manager", "doorOwner", "doorAdmin", "keyUser"] },
  ],
  "GET /account/notification-rules/{rule}": [{ allowed: ["administrator"] }],
  "PATCH /account/notification-rules/{rule}": [{ body: { events: ["changed"] }, headers: STALE, allowed: ["administrator"] }],
  "DELETE /account/notification-rules/{rule}": [{ allowed: ["administrator"], once: true }],
  "GET /account/notifications": OWN,
  "POST /account/notifications/read": OWN,
  "POST /account/invitations/{invitation}/accept": [{ allowed: [] }],
  "POST /account/invitations/{invitation}/decline": [{ allowed: [] }],
  "POST /invitations/accept": OWN,
  "POST /managers/accept": OWN,
  "POST /keys/look": OPEN,
  "POST /keys/decline": OPEN,
  "POST /keys/accept": OWN,

  "POST /properties": [{ body: { name: "x", timeZone: "Europe/Atlantis" }, allowed: ["site"] }],
  "POST /keysets": [{ body: {}, allowed: ["site"], once: true }],
  "GET /firmware/keys": [{ allowed: ["site"] }],
  "POST /firmware/keys": [{ body: { key: "{imageKey}" }, allowed: ["site"] }],
  "DELETE /firmware/keys/{key}": [{ path: "/firmware/keys/{imageKeyId}", allowed: ["site"] }],
  "GET /firmware/images": [{ allowed: ["site"] }],
  "POST /firmware/images": [{ path: "/firmware/images?descriptor=00", headers: { "content-type": "application/octet-stream" }, body: "x", allowed: ["site"] }],
  "DELETE /firmware/images/{image}": [{ allowed: ["site"] }],
  "POST /firmware/rollouts": [{ body: { image: "{image}" }, allowed: ["site"] }],
  "GET /firmware/rollouts": [{ allowed: ["site"] }],
  "GET /firmware/rollouts/{rollout}": [{ allowed: ["site"] }],
  "GET /firmware/rollouts/{rollout}/doors": [{ allowed: ["site"] }],
  "POST /firmware/rollouts/{rollout}/halt": [{ body: {}, allowed: ["site"] }],
  "POST /firmware/rollouts/{rollout}/resume": [{ body: {}, allowed: ["site"] }],
  "POST /firmware/rollouts/{rollout}/end": [{ body: {}, allowed: ["site"], once: true }],
  "GET /properties/{property}/update-hours": [{ allowed: RUN }],
  "PUT /properties/{property}/update-hours": [{ body: { start: "02:00", end: "05:00" }, allowed: RUN, once: true }],
  "GET /keysets": [{ allowed: ["site"] }],
  "GET /keysets/{number}/doors": [{ path: "/keysets/1/doors", allowed: ["site"] }],
  "DELETE /keysets/request": [{ allowed: ["site"] }],
  "POST /keysets/request/signatures": [{ body: { signatures: ["AA=="] }, allowed: ["site"] }],
  "GET /restore": [{ allowed: ["site"] }],
  "POST /restore/confirm": [{ allowed: ["site"] }],
  "GET /messages": [{ allowed: ["site"] }],
  "GET /audit/verification": [{ allowed: ["site", "manager", "foreignManager"] }],
  "GET /properties/{property}/attention": [{ allowed: RUN }],
  "GET /properties/{property}/doors/live": [{ allowed: RUN, live: true }],

  "GET /properties": [{ list: true, sees: RUN }],
  "GET /doors": [{ list: true, sees: RUN }, { list: true, path: "/doors?property={property}", sees: RUN }],
  "GET /people": [{ list: true, sees: RUN }, { list: true, path: "/people?property={property}", sees: RUN }],
  "GET /households": [{ list: true, sees: [...RUN, ...HOUSEHOLD, "neighbour"] }, { list: true, path: "/households?property={property}", sees: [...RUN, ...HOUSEHOLD, "neighbour"] }],
  // Before the next: whoever asks for entries finds what they asked for in their own audit.
  "GET /audit": [{ list: true, sees: RUN }, { list: true, path: "/audit?property={property}", sees: RUN }],
  // Everybody gets a file, with what they may see in it (X7 in cloud-doors.test.ts).
  "GET /events/export": [{ path: "/events/export?property={property}", allowed: ["site", "machine", "foreignMachine", ...ACCOUNTS] }],
  "GET /events": [{ list: true, sees: [] }, { list: true, path: "/events?door={door}", sees: [] }],

  "GET /properties/{property}": [{ allowed: RUN }],
  "PATCH /properties/{property}": [{ body: { name: "x" }, headers: STALE, allowed: RUN }],
  "GET /properties/{property}/rules": [{ allowed: RUN }],
  "PUT /properties/{property}/rules": [{ body: DEFAULT_RULES, headers: STALE, allowed: RUN }],
  "GET /properties/{property}/home-assistant": [{ allowed: RUN }],
  "PUT /properties/{property}/home-assistant": [{ body: { enabled: false, unlock: false, names: false, language: "en" }, headers: STALE, allowed: RUN }],
  "GET /properties/{property}/units": [{ allowed: RUN }],
  "POST /properties/{property}/units": [{ body: { name: "Flat" }, allowed: RUN }],
  "GET /properties/{property}/units/{unit}": [{ allowed: RUN }],
  "POST /properties/{property}/units/{unit}/preview": [{ body: { doors: [] }, allowed: RUN }],
  "PATCH /properties/{property}/units/{unit}": [{ body: { doors: [] }, headers: STALE, allowed: RUN }],
  "DELETE /properties/{property}/units/{unit}": [{ headers: STALE, allowed: RUN }],
  "GET /properties/{property}/templates": [{ allowed: RUN }],
  "POST /properties/{property}/templates": [{ body: { name: "Kind", doors: [] }, allowed: RUN }],
  "GET /properties/{property}/templates/{template}": [{ allowed: RUN }],
  "PATCH /properties/{property}/templates/{template}": [{ body: { doors: [] }, headers: STALE, allowed: RUN }],
  "DELETE /properties/{property}/templates/{template}": [{ headers: STALE, allowed: RUN }],
  "POST /properties/{property}/templates/{template}/preview": [{ body: { doors: [] }, allowed: RUN }],
  "GET /properties/{property}/staff": [{ allowed: RUN }],
  "POST /properties/{property}/staff": [{ body: { name: "x", doors: ["{door}"], notAfter: PAST }, allowed: RUN }],
  "GET /properties/{property}/staff/{person}": [{ path: "/properties/{property}/staff/{worker}", allowed: RUN }, { path: "/properties/{property}/staff/{resident}", allowed: [] }],
  "PATCH /properties/{property}/staff/{person}": [
    { path: "/properties/{property}/staff/{worker}", body: { name: "x" }, headers: STALE, allowed: RUN },
    { path: "/properties/{property}/staff/{worker}", body: { name: "x", doors: ["{door}"], notAfter: null }, headers: { "if-match": "*" }, allowed: RUN, once: true },
    { path: "/properties/{property}/staff/{resident}", body: { name: "x" }, headers: STALE, allowed: [] },
  ],
  "DELETE /properties/{property}/staff/{person}": [{ path: "/properties/{property}/staff/{left}", allowed: RUN }],
  "POST /properties/{property}/import": [{ path: "/properties/{property}/import?dryRun=true", body: "kind", headers: { "content-type": "text/csv" }, allowed: RUN }],
  "GET /properties/{property}/export": [{ allowed: RUN }],
  "GET /properties/{property}/managers": [{ allowed: RUN }],
  "POST /properties/{property}/managers": [{ body: { email: "none" }, allowed: PEOPLE }],
  "DELETE /properties/{property}/managers/{account}": [{ allowed: PEOPLE, once: true }],
  "DELETE /properties/{property}/manager-invitations/{invitation}": [{ path: "/properties/{property}/manager-invitations/{managerInvitation}", allowed: PEOPLE, once: true }],
  "GET /tokens": [{ path: "/tokens?property={property}", allowed: PEOPLE }],
  "POST /tokens": [{ body: { property: "{property}", name: "x" }, allowed: PEOPLE }],
  "DELETE /tokens/{token}": [{ allowed: PEOPLE, once: true }],
  "GET /properties/{property}/webhooks": [{ allowed: PEOPLE }],
  "POST /properties/{property}/webhooks": [{ body: { url: "http://127.0.0.1/", events: ["changed"] }, allowed: PEOPLE }],
  "GET /properties/{property}/webhooks/{webhook}": [{ allowed: PEOPLE }],
  "PATCH /properties/{property}/webhooks/{webhook}": [{ body: { paused: true }, headers: STALE, allowed: PEOPLE }],
  "DELETE /properties/{property}/webhooks/{webhook}": [{ allowed: PEOPLE, once: true }],
  "POST /properties/{property}/webhooks/{webhook}/test": [{ body: {}, allowed: PEOPLE }],
  "GET /properties/{property}/webhooks/{webhook}/deliveries": [{ allowed: PEOPLE }],

  "POST /doors": [{ body: { property: "{property}", name: "x", claim: `latchkey:1:${"0".repeat(12)}0d00:${"1".repeat(32)}` }, allowed: RUN }],
  "GET /doors/{door}": [{ allowed: RUN }, { path: "/doors/{office}", allowed: OVERSEERS }],
  "GET /doors/{door}/who-can-open": [{ allowed: RUN }, { path: "/doors/{office}/who-can-open", allowed: OVERSEERS }],
  "GET /doors/{door}/why/{person}": [{ path: "/doors/{door}/why/{resident}", allowed: RUN }],
  "GET /doors/{door}/alarms": [{ allowed: RUN }, { path: "/doors/{office}/alarms", allowed: OVERSEERS }],
  "GET /doors/{door}/live": [{ allowed: RUN, live: true }, { path: "/doors/{office}/live", allowed: OVERSEERS, live: true }],
  "GET /doors/{door}/truth": [{ allowed: RUN }, { path: "/doors/{office}/truth", allowed: OVERSEERS }],
  "GET /doors/{door}/truth/live": [{ allowed: RUN, live: true }, { path: "/doors/{office}/truth/live", allowed: OVERSEERS, live: true }],
  "PUT /doors/{door}/lock-state": [{ body: { state: "normal" }, allowed: RUN }, { path: "/doors/{office}/lock-state", body: { state: "normal" }, allowed: OVERSEERS }],
  "POST /doors/{door}/keypad-reset": [{ body: {}, allowed: RUN }, { path: "/doors/{office}/keypad-reset", body: {}, allowed: OVERSEERS }],
  "PUT /doors/{door}/hours": [{ body: { windows: [] }, allowed: RUN }, { path: "/doors/{office}/hours", body: { windows: [] }, allowed: OVERSEERS }],
  "PUT /doors/{door}/outputs": [{ body: { outputs: [] }, allowed: RUN }, { path: "/doors/{office}/outputs", body: { outputs: [] }, allowed: [...RUN, "doorOwner"] }],
  "PUT /doors/{door}/keypad": [{ body: { unitNumbers: false }, allowed: RUN }, { path: "/doors/{office}/keypad", body: { unitNumbers: false }, allowed: [...RUN, "doorOwner"] }],
  "POST /doors/{door}/release": [{ body: { released: true }, allowed: RUN }, { path: "/doors/{office}/release", body: { released: true }, allowed: RUN }],
  "POST /doors/{door}/unlock": [{ body: {}, headers: { "idempotency-key": "a-press-of-a-button" }, allowed: [...RUN, ...HOUSEHOLD, "neighbour"] }, { path: "/doors/{office}/unlock", body: {}, headers: { "idempotency-key": "another-press" }, allowed: [...OVERSEERS, "keyUser"] }],
  "GET /unlocks/{unlock}": [{ allowed: ["administrator"] }],
  "GET /doors/{door}/owners": [{ allowed: RUN }, { path: "/doors/{office}/owners", allowed: OVERSEERS }],
  "PUT /doors/{door}/owners": [{ body: { owners: [] }, allowed: PEOPLE }, { path: "/doors/{office}/owners", body: { owners: [{ person: "{doorOwner}" }] }, allowed: [...PEOPLE, "doorOwner"] }],
  "GET /doors/{door}/stolen": [{ allowed: RUN }],
  "POST /doors/{door}/stolen": [{ body: {}, allowed: RUN, once: true }],

  "GET /groups": [{ list: true, sees: RUN }, { list: true, path: "/groups?property={property}", sees: RUN }],
  "POST /groups": [
    { body: { property: "{property}", name: "x" }, allowed: RUN, once: true },
    { body: { property: "{property}", name: "Ground floor", profile: "{profile}" }, allowed: RUN },
  ],
  "GET /groups/{group}": [{ allowed: RUN }],
  "PATCH /groups/{group}": [{ body: { permissions: ["see-events"] }, headers: STALE, allowed: RUN }],
  "DELETE /groups/{group}": [{ headers: { "if-match": "*" }, allowed: RUN, once: true }],
  "GET /groups/{group}/people": [{ allowed: RUN }],
  "PUT /groups/{group}/people/{person}": [{ path: "/groups/{group}/people/{worker}", body: {}, allowed: RUN }, { path: "/groups/{group}/people/{resident}", body: {}, allowed: RUN, once: true }],
  "DELETE /groups/{group}/people/{person}": [{ path: "/groups/{group}/people/{worker}", allowed: RUN, once: true }],

  // Whoever has anything to do with the property carries for all of it.
  "GET /courier/bundle": [{ path: "/courier/bundle?property={property}", allowed: CARRIERS }, { path: "/courier/bundle?property={property}&door={door}", allowed: CARRIERS }],
  "POST /courier/doors/{door}": [{ body: { items: ["AAAA"] }, allowed: CARRIERS }],

  "GET /keys": [{ list: true, sees: [...RUN, "administrator", "doorOwner", "doorAdmin", "keyUser"] }, { list: true, path: "/keys?person={keyUser}", sees: [...OVERSEERS, "keyUser"] }, { list: true, path: "/keys?property={property}", sees: [...RUN, "administrator", "doorOwner", "doorAdmin", "keyUser"] }],
  "POST /keys": [
    { body: { property: "{property}", kind: "pin", name: "x", user: { name: "x" }, doors: ["{door}"], notAfter: PAST }, allowed: GIVERS },
    { body: { property: "{property}", kind: "pin", name: "x", user: { name: "x" }, doors: ["{door}"], notAfter: PAST, household: "{household}" }, allowed: [...ADMINISTRATORS, "resident"] },
    // A building's door: nobody administers it but its managers.
    { body: { property: "{property}", kind: "app", name: "x", user: { name: "x" }, doors: ["{door}"], profile: "admin" }, allowed: [] },
    { body: { property: "{property}", kind: "pin", name: "x", user: { name: "x" }, doors: ["{office}"], notAfter: PAST }, allowed: OVERSEERS },
    { body: { property: "{property}", kind: "smart", name: "x", user: { name: "x" }, doors: ["{office}"], notAfter: PAST, fob: "latchkey-fob:1:f0b0f0b0f0b0f0b0:00112233445566778899aabbccddeeff" }, allowed: OVERSEERS },
    { body: { property: "{property}", kind: "pin", name: "x", user: { name: "x" }, doors: ["{office}"], profile: "admin", uses: 1 }, allowed: [...RUN, "doorOwner"] },
  ],
  "GET /keys/{key}": [{ allowed: RUN }, { path: "/keys/{shareKey}", allowed: [...RUN, "administrator"] }, { path: "/keys/{keyUserKey}", allowed: [...OVERSEERS, "keyUser"] }, { path: "/keys/{doorOwnerKey}", allowed: OVERSEERS }],
  "PATCH /keys/{key}": [
    { body: { name: "x" }, headers: STALE, allowed: RUN },
    { path: "/keys/{shareKey}", body: { name: "x" }, headers: STALE, allowed: ["administrator"] },
    { path: "/keys/{keyUserKey}", body: { name: "x" }, headers: STALE, allowed: OVERSEERS },
    { path: "/keys/{doorAdminKey}", body: { name: "x" }, headers: STALE, allowed: [...RUN, "doorOwner"] },
    { path: "/keys/{doorOwnerKey}", body: { name: "x" }, headers: STALE, allowed: RUN },
  ],
  "DELETE /keys/{key}": [{ allowed: RUN, once: true }, { path: "/keys/{shareKey}", allowed: [...RUN, "administrator"], once: true }, { path: "/keys/{keyUserKey}", allowed: [...OVERSEERS, "keyUser"], once: true }],
  "POST /keys/{key}/link": [{ body: {}, allowed: RUN, once: true }],
  "POST /keys/{key}/text": [{ body: {}, allowed: RUN }],
  "GET /fobs/{fob}": [{ allowed: OVERSEERS }],
  "PUT /fobs/{fob}/buttons/{button}": [{ path: "/fobs/{fob}/buttons/1", body: { key: "{smartKey}", door: "{office}" }, allowed: OVERSEERS }],
  "DELETE /fobs/{fob}/buttons/{button}": [{ path: "/fobs/{fob}/buttons/2", allowed: OVERSEERS }, { path: "/fobs/{fob}/buttons/1", allowed: OVERSEERS, once: true }],
  "POST /fobs/{fob}/assignment": [{ body: {}, allowed: OVERSEERS }],
  "POST /fobs/{fob}/reports": [{ body: { report: "A".repeat(47) }, allowed: OVERSEERS }],

  "GET /profiles": [{ path: "/profiles?property={property}", allowed: [...GIVERS, "doorOwner", "doorAdmin"] }],
  "POST /profiles": [{ body: { property: "{property}", name: "x", notAfter: PAST }, allowed: [...GIVERS, "doorOwner", "doorAdmin"] }],
  "GET /profiles/{profile}": [{ allowed: [...GIVERS, "doorOwner", "doorAdmin"] }],
  "PATCH /profiles/{profile}": [{ body: { name: "x" }, headers: STALE, allowed: RUN }],
  "DELETE /profiles/{profile}": [{ headers: STALE, allowed: RUN }],

  "POST /people": [{ body: { property: "{property}", name: "x", class: "staff", pins: [{ grants: [{ doors: ["{door}"], notAfter: PAST }] }] }, allowed: RUN }],
  "GET /people/{person}": [{ path: "/people/{resident}", allowed: RUN }],
  "DELETE /people/{person}": [{ path: "/people/{worker}", allowed: RUN }],
  "GET /people/{person}/access": [{ path: "/people/{resident}/access", allowed: RUN }],
  "POST /people/{person}/pins": [{ path: "/people/{worker}/pins", body: { grants: [{ doors: ["{door}"], notAfter: PAST }] }, allowed: RUN }],
  "POST /people/{person}/cards": [{ path: "/people/{worker}/cards", body: { number: "010203", grants: [{ doors: ["{door}"], notAfter: PAST }] }, allowed: RUN }],
  "PUT /people/{person}/suspension": [
    { path: "/people/{worker}/suspension", body: { suspended: false }, allowed: RUN },
    { path: "/people/{resident}/suspension", body: { suspended: false }, allowed: [...RUN, ...ADMINISTRATORS] },
    { path: "/people/{administrator}/suspension", body: { suspended: false }, allowed: [] },
  ],
  "GET /people/{person}/pins/{pin}": [
    { path: "/people/{worker}/pins/{workerPin}", allowed: ["site"] },
    { path: "/people/{administrator}/pins/{administratorPin}", allowed: [] },
  ],
  "GET /people/{person}/truth": [
    { path: "/people/{worker}/truth", allowed: RUN },
    { path: "/people/{resident}/truth", allowed: [...RUN, ...ADMINISTRATORS, "resident"] },
  ],
  "GET /people/{person}/truth/live": [
    { path: "/people/{worker}/truth/live", allowed: RUN, live: true },
    { path: "/people/{administrator}/truth/live", allowed: [...RUN, "administrator"], live: true },
  ],
  "GET /revocations": [{ path: "/revocations?property={property}", allowed: RUN }],
  "POST /revocations": [
    { body: { person: "{left}" }, allowed: RUN },
    { body: { person: "{administrator}" }, allowed: [] },
    { body: { person: "{resident}" }, allowed: [] },
    { body: { grant: "{administratorGrant}" }, allowed: [] },
  ],
  "GET /revocations/{revocation}": [{ allowed: RUN }, { path: "/revocations/{guestRevocation}", allowed: [...RUN, ...ADMINISTRATORS] }],
  "GET /revocations/{revocation}/live": [{ allowed: RUN, live: true }],
  "GET /removals/{removal}": [{ allowed: [...RUN, ...ADMINISTRATORS] }],
  "GET /removals/{removal}/live": [{ allowed: [...RUN, ...ADMINISTRATORS], live: true }],

  "POST /leases": [{ body: { unit: "{unit}", leaseholders: [{ name: "x" }], end: PAST }, allowed: RUN }],
  "PATCH /leases/{person}": [{ path: "/leases/{administrator}", body: { end: null }, headers: STALE, allowed: RUN }],
  "POST /leases/{person}/end": [{ path: "/leases/{administrator}/end", body: {}, allowed: RUN, once: true }],
  "POST /leases/{person}/court-order": [{ path: "/leases/{administrator}/court-order", body: { document: "RG 26/1" }, allowed: RUN, once: true }],

  "GET /households/{household}": [{ allowed: [...RUN, ...HOUSEHOLD] }],
  "POST /households/{household}/members": [
    { body: { role: "resident", name: "x", end: PAST }, allowed: [...RUN, ...ADMINISTRATORS] },
    { body: { role: "guest", name: "x", doors: ["{door}"], end: PAST }, allowed: [...RUN, ...ADMINISTRATORS] },
  ],
  "POST /households/{household}/shares": [{ body: { name: "x", doors: ["{door}"], end: PAST }, allowed: [...ADMINISTRATORS, "resident"] }],
  "DELETE /shares/{person}": [{ path: "/shares/{share}", allowed: [...RUN, "administrator"], once: true }],
  "GET /members/{person}": [
    { path: "/members/{administrator}", allowed: [...RUN, ...ADMINISTRATORS] },
    { path: "/members/{resident}", allowed: [...RUN, ...ADMINISTRATORS, "resident"] },
    { path: "/members/{guest}", allowed: [...RUN, ...ADMINISTRATORS, "guest"] },
    { path: "/members/{share}", allowed: [...RUN, ...ADMINISTRATORS] },
    { path: "/members/{worker}", allowed: [] },
  ],
  "PATCH /members/{person}": [
    { path: "/members/{resident}", body: { name: "x" }, headers: STALE, allowed: [...RUN, ...ADMINISTRATORS] },
    { path: "/members/{administrator}", body: { doors: ["{door}"] }, headers: STALE, allowed: [] },
    { path: "/members/{share}", body: { end: later(9) }, headers: STALE, allowed: [] },
  ],
  "DELETE /members/{person}": [
    { path: "/members/{resident}", allowed: [...RUN, ...ADMINISTRATORS], once: true },
    { path: "/members/{administrator}", allowed: [] },
    { path: "/members/{coadministrator}", allowed: [] },
  ],
  "POST /members/{person}/invitation": [{ path: "/members/{invited}/invitation", body: {}, allowed: [...RUN, ...ADMINISTRATORS], once: true }],
  "DELETE /members/{person}/invitation": [{ path: "/members/{invited}/invitation", allowed: [...RUN, ...ADMINISTRATORS], once: true }],
  "GET /members/{person}/pins": [
    { path: "/members/{administrator}/pins", allowed: [...RUN, "administrator"] },
    { path: "/members/{resident}/pins", allowed: [...RUN, ...ADMINISTRATORS, "resident"] },
    { path: "/members/{share}/pins", allowed: [...RUN, "administrator"] },
  ],
  "GET /members/{person}/pins/{pin}": [
    { path: "/members/{administrator}/pins/{administratorPin}", allowed: ["administrator"] },
    { path: "/members/{resident}/pins/{residentPin}", allowed: [...ADMINISTRATORS, "resident"] },
    { path: "/members/{resident}/pins/{administratorPin}", allowed: [] },
  ],
  "POST /members/{person}/pins/renew": [
    { path: "/members/{administrator}/pins/renew", body: {}, allowed: [...RUN, "administrator"], once: true },
    { path: "/members/{guest}/pins/renew", body: {}, allowed: [...RUN, ...ADMINISTRATORS, "guest"], once: true },
  ],
};

let blueprint: Blueprint;
let house: House;
let api: Json;
let clients: House["clients"];
let names: House["names"];
/** Of another property: what a manager may not mix into their own. */
let foreign: House["foreign"];

test.before(async () => {
  blueprint = await Blueprint.draw();
  house = await blueprint.copy();
  ({ clients, names, foreign } = house);
  api = await clients.site.get("/openapi.json");
});
test.after.always(async () => {
  await house.end();
  blueprint.end();
});

const fill = (text: string, ids: Record<string, string>) => text.replace(/\{([A-Za-z]+)\}/g, (whole, name: string) => ids[name] ?? whole);

interface Use {
  operation: string;
  method: string;
  case: Case;
}

function uses(): Use[] {
  return Object.entries(MATRIX).flatMap(([operation, rows]) =>
    typeof rows === "string" ? [] : rows.flatMap((row) => ("list" in row ? [] : [{ operation, method: operation.split(" ")[0], case: row }])),
  );
}

function ask(client: Client, { operation, method, case: { path = operation.split(" ")[1], body, headers } }: Use, ids = names): Promise<ApiAnswer> {
  return client.send(method, fill(path, ids), body === undefined ? undefined : JSON.parse(fill(JSON.stringify(body), ids)), headers);
}

const shown = ({ operation, case: { path = "", body = "" } }: Use) => `${operation} ${path} ${JSON.stringify(body)}`;

const isDenied = ({ status, body }: ApiAnswer) => status === 401 || ["not-found", "not-allowed"].includes(body.code) || body.code === "member-of-household";

test.serial("O4: every operation of the API is classified, and no other", (t) => {
  const operations = Object.entries<Json>(api.paths).flatMap(([path, methods]) => Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path.replace(/^\/api/, "")}`));
  t.deepEqual(operations.filter((operation) => !(operation in MATRIX)), [], "not classified");
  t.deepEqual(Object.keys(MATRIX).filter((operation) => !operations.includes(operation)), [], "no longer there");
  const unfilled = uses().flatMap(({ operation, case: { path = operation.split(" ")[1] } }) => /\{[A-Za-z]+\}/.exec(fill(path, names)) ?? []);
  t.deepEqual(unfilled, [], "every path has the ids of the fixture");
});

test.serial("O4: role × route × foreign household and property: all denied as they must be, and nothing changes", async (t) => {
  const before = await auditTail();
  let denied = 0;
  for (const use of uses()) {
    for (const actor of ACTORS.filter((name) => !use.case.allowed.includes(name))) {
      const answer = await ask(clients[actor], use);
      const what = `${actor}: ${shown(use)}: ${answer.status} ${JSON.stringify(answer.body)}`;
      t.true(isDenied(answer), what);
      t.is(answer.status === 401, actor === "nobody", what);
      denied += 1;
    }
  }
  t.true(denied > 700, `${denied} uses were denied`);
  t.is(await auditTail(), before, "whatever is denied leaves no trace but in the log");
});

test.serial("O4: what somebody may not know of looks to them like what is not there", async (t) => {
  const none = Object.fromEntries(Object.keys(names).map((name) => [name, "f".repeat(16)]));
  const withoutIds = ({ status, body }: ApiAnswer) => JSON.stringify([status, body]).replace(/[0-9a-f]{16}/g, "ID");
  let compared = 0;
  for (const use of uses()) {
    for (const actor of ["foreignManager", "foreignMachine", "stranger", "neighbour"] as const) {
      if (use.case.allowed.includes(actor)) continue;
      const answer = await ask(clients[actor], use);
      if (answer.status !== 404) continue;
      t.is(withoutIds(answer), withoutIds(await ask(clients[actor], use, none)), `${actor}: ${shown(use)}`);
      compared += 1;
    }
  }
  t.true(compared > 250, `${compared} answers were compared`);
});

test.serial("O4: lists hold one's own things only", async (t) => {
  const ids = Object.values(names);
  for (const [operation, rows] of Object.entries(MATRIX)) {
    for (const row of typeof rows === "string" ? [] : rows) {
      if (!("list" in row)) continue;
      for (const actor of ACTORS) {
        const path = fill(row.path ?? operation.split(" ")[1], names);
        const { status, body } = await clients[actor].send("GET", path);
        t.is(status, actor === "nobody" ? 401 : 200, `${actor} ${path}`);
        if (actor === "nobody") continue;
        const found = body.items.filter((item: Json) => ids.some((id) => JSON.stringify(item).includes(id)));
        if (row.sees.length > 0 && row.sees.includes(actor)) t.true(body.items.length > 0, `${actor} finds something at ${path}`);
        else t.deepEqual(found, [], `${actor} finds something foreign at ${path}`);
      }
    }
  }
  // A neighbour's list of households is theirs.
  t.false(JSON.stringify(await clients.neighbour.get("/households")).includes(names.household));
});

test.serial("O4: one's own account is nobody else's; open paths are open", async (t) => {
  for (const [operation, kind] of Object.entries(MATRIX)) {
    const [method, path] = operation.split(" ");
    if (kind === OPEN) t.not((await clients.nobody.send(method, path)).status, 401, operation);
    if (kind !== OWN) continue;
    t.is((await clients.nobody.send(method, fill(path, { passkey: "AAAA" }))).status, 401, operation);
    if (method !== "GET") continue;
    for (const actor of ACCOUNTS) t.is((await clients[actor].send(method, path)).status, 200, `${actor} ${operation}`);
    for (const actor of ["site", "machine"] as const) t.is((await clients[actor].send(method, path)).status, 403, `${actor} ${operation}`);
  }
});

test.serial("O4: a manager mixes nothing of another property into their own", async (t) => {
  const { manager } = clients;
  const at = `/properties/${names.property}`;
  const mixed: [string, string, unknown][] = [
    ["POST", `${at}/units`, { name: "x", doors: [foreign.door] }],
    ["POST", `${at}/units`, { name: "x", template: foreign.template }],
    ["POST", `${at}/templates`, { name: "x", doors: [names.door, foreign.door] }],
    ["POST", `${at}/templates/${names.template}/preview`, { doors: [foreign.door] }],
    ["GET", `${at}/units/${foreign.unit}`, undefined],
    ["GET", `${at}/templates/${foreign.template}`, undefined],
    ["GET", `/doors/${foreign.door}/why/${names.resident}`, undefined],
    ["POST", "/leases", { unit: foreign.unit, leaseholders: [{ name: "x" }] }],
  ];
  for (const [method, path, body] of mixed) {
    const answer = await manager.send(method, path, body);
    t.is(answer.body.code, "not-found", `${method} ${path} ${JSON.stringify(body)} ${JSON.stringify(answer.body)}`);
  }
  const member = await manager.send("POST", `/households/${names.household}/members`, { role: "guest", name: "x", doors: [foreign.door], end: later(3) });
  t.true(["not-found", "door-outside"].includes(member.body.code), JSON.stringify(member.body));
  const staff = await manager.send("POST", `${at}/staff`, { name: "x", doors: [foreign.door] });
  t.true(["not-found", "door-of-another-property"].includes(staff.body.code), JSON.stringify(staff.body));
});

test.serial("O4: whoever may is not refused for who they are", async (t) => {
  for (const use of uses().filter(({ case: { once, live } }) => once !== true && live !== true)) {
    for (const actor of use.case.allowed) {
      const answer = await ask(clients[actor], use);
      t.false(isDenied(answer) || answer.status >= 500, `${actor}: ${shown(use)}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
  }
});

test.serial("O4: whoever may watch, watches", async (t) => {
  for (const use of uses().filter(({ case: { live } }) => live === true)) {
    for (const actor of use.case.allowed) {
      const { status, headers, client } = await LiveClient.open(t, `${house.rig.cloud.url}/api${fill(use.case.path ?? use.operation.split(" ")[1], names)}`, clients[actor].credentials);
      t.is(status, 200, `${actor}: ${shown(use)}`);
      t.regex(headers["content-type"]!, /^text\/event-stream/);
      client.close();
    }
  }
});

// A house for each takes long, and rights are the same on either database.
testOfSqlite("O4: whoever may take something away can: each in a house of their own", async (t) => {
  for (const use of uses().filter(({ case: { once } }) => once === true)) {
    for (const actor of use.case.allowed) {
      const own = await blueprint.copy();
      const answer = await ask(own.clients[actor], use);
      await own.end();
      t.true(answer.status < 300, `${actor}: ${shown(use)}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
  }
});

async function auditTail(): Promise<string> {
  const items: Json[] = [];
  for (let next: string | null = "0"; next !== null; ) {
    const page: Json = await clients.site.get(`/audit?after=${next}`);
    items.push(...page.items);
    next = page.next;
  }
  return JSON.stringify(items.slice(-3)) + String(items.length);
}
