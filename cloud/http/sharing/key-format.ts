import type { z } from "@hono/zod-openapi";
import { NO_END } from "../../../protocol/profile";
import type { Window } from "../../access/window";
import type { Actor } from "../../accounts/actor";
import { maskIdentifier } from "../../accounts/identifier";
import { readPlace } from "../../households/read-place";
import { newestOf, stateAt } from "../../invitations/invitation-state";
import { keyMessageState } from "../../messages/key-messages";
import { profileOf } from "../../profiles/profile";
import { requireOnKey } from "../../rules/key-standing";
import type { KeyVerb } from "../../rules/key-rights";
import { giverName } from "../../sharing/giver-name";
import { grantsOfKey } from "../../sharing/key-credentials";
import { keyReach } from "../../sharing/key-reach";
import { keyTerms } from "../../sharing/key-terms";
import { doorsOfKey } from "../../sharing/read-key";
import { keyRecipient } from "../../sharing/text-key";
import type { Unit } from "../../store/store";
import type { KeyLinkRow, KeyRow } from "../../store/rows/sharing-rows";
import { knownAtDoors } from "../../truth/known-at-doors";
import { readUsesTruth } from "../../truth/uses-truth";
import { formatInstant, formatWindow } from "../people/grant-format";
import { nameProperty } from "../properties/named-property";
import { namesOfDoors } from "../households/household-format";
import type { Key, KeyOffer } from "./key-schemas";
import { truthOfKey } from "../people/truth-format";
import { formatUses } from "../people/uses-format";

/** A key as whoever asks may see it. @throws {Refusal} `not-found`, for keys that they may not know of too. */
export async function showKey(unit: Unit, actor: Actor, id: string, now: number): Promise<z.output<typeof Key>> {
  const { key, can } = await requireOnKey(unit, actor, id, "see", now);
  return formatKey(unit, actor, key, can, now);
}

/** @param can what whoever asks may do with it. */
export async function formatKey(unit: Unit, actor: Actor, key: KeyRow, can: readonly KeyVerb[], now: number): Promise<z.output<typeof Key>> {
  const user = await unit.selectFrom("people").select(["id", "name"]).where("id", "=", key.person_id).executeTakeFirstOrThrow();
  const property = await nameProperty(unit, key.property_id);
  const { profile, ownProfile } = formatProfile(key);
  const to = can.includes("send") || can.includes("edit") ? keyRecipient(key) : undefined;
  return {
    id: key.id,
    property: property.id,
    propertyName: property.name,
    timeZone: property.timeZone,
    mine: actor.kind === "account" && key.account_id === actor.account,
    user: { person: user.id, name: user.name },
    kind: key.kind,
    name: key.name,
    state: key.state,
    profile,
    ownProfile,
    doors: await formatDoors(unit, key),
    ...formatTimes(key),
    uses: key.max_uses === 0 ? null : key.max_uses,
    usesTogether: key.uses_carried === 1,
    counted: key.state === "ended" ? null : formatUses(await readUsesTruth(unit, key, await keyReach(unit, key), now)),
    fob: key.fob_id,
    household: key.giver_person === null ? null : (await readPlace(unit, key.person_id)).household.id,
    giver: await giverName(unit, key),
    accepted: key.account_id !== null,
    link: await formatLink(unit, key, now),
    // Where it went, for whoever may send it again: enough to know it by.
    sentTo: to === undefined ? null : maskIdentifier(to),
    message: to === undefined ? null : ((await keyMessageState(unit, key.id)) ?? null),
    createdAt: formatInstant(key.created_at),
    endedAt: key.ended_at === null ? null : formatInstant(key.ended_at),
    truth: await formatEnd(unit, key, now),
    can: [...can],
    version: key.version,
  };
}

function formatProfile({ role, blocked, profile_id }: KeyRow): { profile: string | null; ownProfile: string | null } {
  const ownProfile = role === "admin" ? "admin" : profile_id;
  return { profile: blocked === 1 ? "blocked" : ownProfile, ownProfile };
}

/** What is the key's own: what its profile allows is the profile's to say. */
function formatTimes({ windows, starts_at, ends_at }: KeyRow) {
  return {
    windows: (JSON.parse(windows) as Window[]).map(formatWindow),
    notBefore: starts_at === 0 ? null : formatInstant(starts_at),
    notAfter: ends_at === null ? null : formatInstant(ends_at),
  };
}

/** Of an active key by receipts (X1); of any other there is nothing at its doors to know. */
async function formatDoors(unit: Unit, key: KeyRow): Promise<z.output<typeof Key>["doors"]> {
  const names = await namesOfDoors(unit, await doorsOfKey(unit, key.id));
  if (key.state !== "active") return names.map(({ id, name }) => ({ door: id, name, upToDate: null }));
  const known = new Map((await knownAtDoors(unit, grantsOfKey(unit, key.id))).map(({ door, upToDate }) => [door, upToDate]));
  return names.map(({ id, name }) => ({ door: id, name, upToDate: known.get(id) ?? null }));
}

/** Of doors that it opens no more, as far as anybody can know (X1): all of them, once it has ended. */
async function formatEnd(unit: Unit, key: KeyRow, now: number) {
  const truth = await truthOfKey(unit, key.id, now);
  const doors = key.state === "ended" ? [] : await doorsOfKey(unit, key.id);
  return truth.filter(({ door }) => !doors.includes(door));
}

/** How the newest link stands; what it is stays with its reader. */
async function formatLink(unit: Unit, key: KeyRow, now: number): Promise<z.output<typeof Key>["link"]> {
  const link = newestOf(await unit.selectFrom("key_links").select(["state", "created_at", "expires_at"]).where("key_id", "=", key.id).execute());
  return link === undefined ? null : { state: stateAt(link, now), expiresAt: formatInstant(link.expires_at) };
}

/** What whoever holds a link may know before they say who they are. */
export async function formatOffer(unit: Unit, key: KeyRow, link: KeyLinkRow): Promise<z.output<typeof KeyOffer>> {
  const property = await nameProperty(unit, key.property_id);
  const { doors } = await keyReach(unit, key);
  const allowed = keyTerms(key, await profileOf(unit, key))?.terms;
  return {
    property: property.name,
    timeZone: property.timeZone,
    name: key.name,
    giver: await giverName(unit, key),
    doors: (await namesOfDoors(unit, doors)).map(({ name }) => name),
    admin: key.role === "admin",
    windows: (allowed?.windows ?? []).map(formatWindow),
    notBefore: allowed === undefined || allowed.notBefore === 0 ? null : formatInstant(allowed.notBefore),
    notAfter: allowed === undefined || allowed.notAfter === NO_END ? null : formatInstant(allowed.notAfter),
    expiresAt: formatInstant(link.expires_at),
  };
}
