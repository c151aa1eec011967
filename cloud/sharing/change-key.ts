import type { Window } from "../access/window";
import { actorName, type Actor } from "../accounts/actor";
import { audit } from "../audit/audit";
import { releaseButtons } from "../fobs/fob-buttons";
import { doorsForButtons } from "../fobs/read-fob";
import { setDoors } from "../households/add-place";
import { readPlace } from "../households/read-place";
import type { InvitationParts } from "../invitations/send-invitation";
import { requireRoom } from "../people/door-room";
import type { GivenCredential } from "../people/give-credential";
import type { PinParts } from "../pins/codes";
import { Refusal } from "../refusal";
import { findGiver } from "../rules/find-giver";
import { requireOnKey } from "../rules/key-standing";
import type { Unit } from "../store/store";
import type { KeyRow } from "../store/rows/sharing-rows";
import { requireAdministratorLeft } from "./last-administrator";
import { matchKey } from "./match-key";
import { doorsOfKey, readKey } from "./read-key";
import { forgetReserved } from "./reserve-code";
import { settleKey, type KeySettings } from "./settle-key";
import { sendTextKey } from "./text-key";

/** What of a key is to be another; undefined = as it is. */
export interface KeyChange {
  name?: string | undefined;
  /** A built-in one or an id; null: none. `blocked` leaves what the key is otherwise as it was. */
  profile?: string | null | undefined;
  blocked?: boolean | undefined;
  doors?: readonly string[] | undefined;
  windows?: readonly Window[] | undefined;
  /** null = from the beginning, or for ever. */
  start?: number | null | undefined;
  end?: number | null | undefined;
  /** null = unlimited. */
  uses?: number | null | undefined;
  usesTogether?: boolean | undefined;
}

/**
 * Edits a key: it stays the same key with the same credential, whose uses count on, and holds with the next version
 * of each door's list (S9). A code that was to be sent goes with the new words, or another code where the doors are
 * others.
 * @param checkVersion refuses where somebody else has changed it meanwhile.
 * @returns codes that took the place of one that cannot be used at a new door (X9), to be shown this once.
 * @throws {Refusal} `not-found`, `not-allowed`, `key-ended`, `last-administrator`, `door-full`, and as `settleKey` and
 * `matchKey` say.
 */
export async function changeKey(unit: Unit, parts: PinParts & InvitationParts, id: string, change: KeyChange, checkVersion: (version: number) => void, actor: Actor, now: number): Promise<GivenCredential[]> {
  const { key } = await requireOnKey(unit, actor, id, "edit", now);
  checkVersion(key.version);
  if (key.state === "ended") throw new Refusal("key-ended");
  const had = await doorsOfKey(unit, id);
  const wanted = wantedSettings(key, had, change);
  const columns = asksForTerms(change) ? await settleTerms(unit, key, wanted, actor, now) : { blocked: wanted.blocked ? (1 as const) : (0 as const) };
  const doors = [...new Set(wanted.doors)].sort();
  await requireAdministratorLeft(unit, key, wanted.role === "admin" && !wanted.blocked ? had.filter((door) => !doors.includes(door)) : had);
  await unit.updateTable("keys").set({ ...columns, name: change.name ?? key.name, version: key.version + 1 }).where("id", "=", id).execute();
  const moved = doors.join() !== had.join();
  if (moved) {
    await unit.deleteFrom("key_doors").where("key_id", "=", id).execute();
    await unit.insertInto("key_doors").values(doors.map((door_id) => ({ key_id: id, door_id }))).execute();
  }
  const changed = await readKey(unit, id);
  if (key.giver_person !== null) await matchPlace(unit, changed, doors);
  if (moved && changed.kind === "smart") await releaseButtons(unit, id, await doorsForButtons(unit, changed));
  const detail = { property: key.property_id, person: key.person_id, changed: Object.keys(change), role: changed.role, profile: changed.profile_id, blocked: changed.blocked === 1, ...(moved && { doors }) };
  await audit(unit, { at: now, actor: actorName(actor), action: "key.change", subject: `key/${id}`, detail });
  if (changed.state === "pending") {
    await sendAnew(unit, parts, changed, { moved, terms: asksForTerms(change) }, now);
    return [];
  }
  const given = await matchKey(unit, parts, changed, actorName(actor), now);
  if (asksForTerms(change)) for (const door of doors) await requireRoom(unit, door);
  return given;
}

function asksForTerms({ profile, doors, windows, start, end, uses, usesTogether }: KeyChange): boolean {
  return (profile !== undefined && profile !== "blocked") || [doors, windows, start, end, uses, usesTogether].some((each) => each !== undefined);
}

function wantedSettings(key: KeyRow, had: readonly string[], change: KeyChange): KeySettings {
  const { profile, doors = had, windows, start, end, uses, usesTogether = key.uses_carried === 1 } = change;
  const named = profile !== undefined && profile !== "blocked";
  const role = named ? (profile === "admin" ? "admin" : "user") : key.role;
  const own = !named ? key.profile_id : profile === "admin" ? null : profile;
  const wasBlocked = named ? false : profile === "blocked" || key.blocked === 1;
  return {
    role,
    blocked: change.blocked ?? wasBlocked,
    profile: own ?? undefined,
    doors,
    // With a profile the key's own are none; without one, what it had.
    windows: windows ?? (own === null && key.profile_id === null ? (JSON.parse(key.windows) as Window[]) : undefined),
    start: start === undefined ? key.starts_at : (start ?? undefined),
    end: end === undefined ? (key.ends_at ?? undefined) : (end ?? undefined),
    uses: role === "admin" && uses === undefined ? 0 : uses === undefined ? key.max_uses : (uses ?? 0),
    usesTogether,
  };
}

/** Who edits may give no more than if they gave it now. */
async function settleTerms(unit: Unit, key: KeyRow, wanted: KeySettings, actor: Actor, now: number) {
  if (wanted.doors.length === 0) throw new Refusal("doors-needed", "A key is for one door at least.");
  const household = key.giver_person === null ? undefined : (await readPlace(unit, key.person_id)).household.id;
  const giver = await findGiver(unit, actor, { property: key.property_id, doors: wanted.doors, household }, now);
  return settleKey(unit, key.property_id, giver, wanted, now);
}

/** The place that stands behind a key from a household says the same. */
async function matchPlace(unit: Unit, key: KeyRow, doors: readonly string[]): Promise<void> {
  await setDoors(unit, key.person_id, doors);
  await unit
    .updateTable("memberships")
    .set((eb) => ({ windows: key.windows, starts_at: key.starts_at, ends_at: key.ends_at, version: eb("version", "+", 1) }))
    .where("person_id", "=", key.person_id)
    .execute();
}

/** A message that has not left tells what is true no more. */
async function sendAnew(unit: Unit, parts: PinParts & InvitationParts, key: KeyRow, { moved, terms }: { moved: boolean; terms: boolean }, now: number): Promise<void> {
  if (key.kind !== "pin" || !terms) return;
  if (moved) await forgetReserved(unit, key, now);
  await sendTextKey(unit, parts, key, now);
}
