import { decodeDelta } from "../../protocol/delta";
import { ROW_BYTES, TAG_BYTES } from "../../protocol/limits";
import { decodeManifest } from "../../protocol/manifest";
import { rowsOfDoor } from "../access/door-row";
import type { IssuedState } from "../doors/difference";
import { CHANGED_CREDENTIALS_MAX } from "../limits";
import type { Unit } from "../store/store";
import type { DoorRow } from "../store/rows/door-rows";
import { isLongPast, readDoorGrants, type DoorGrants } from "./door-grants";
import { grantsAtDoor } from "./grants-at-door";
import { issuedRows } from "./issued-rows";
import { countRows, packRows, profileOf, replaceTags, type ListRows } from "./list-rows";
import { readSnapshot } from "./snapshot";

/** What the next version of a door's list must hold, and which grants come and go with it. */
export interface CompiledList extends Pick<DoorGrants, "coming" | "leaving" | "pinDigits"> {
  rows: ListRows;
  /** The credentials whose grants were looked at: only theirs come or go. undefined = all of the door. */
  credentials: readonly string[] | undefined;
}

/** The naive way, which says what is right: all grants of the door. @param now Unix seconds. */
export async function compileAll(unit: Unit, door: DoorRow, now: number): Promise<CompiledList> {
  const { live, ...grants } = await readDoorGrants(unit, door, now);
  return { ...grants, rows: packRows(rowsOfDoor(live)), credentials: undefined };
}

/** A door's newest list, read back from what was issued. */
export interface NewestList {
  rows: ListRows;
  /** As its policy says. */
  pinDigits: number;
}

/** @returns undefined where nothing that was issued says it, as before the first list. */
export function newestList({ version, bases, deltas }: IssuedState): NewestList | undefined {
  for (const base of [...bases].reverse()) {
    const delta = deltas.find((each) => each.base === base.version);
    if (delta === undefined && base.version !== version) continue;
    const manifest = decodeManifest(base.manifest);
    const decoded = delta && decodeDelta(delta.payload);
    return { rows: issuedRows(readSnapshot(base.body, manifest), decoded), pinDigits: (decoded?.policy ?? manifest.policy).pinDigits };
  }
  return undefined;
}

/**
 * The same as `compileAll` in the time that a few credentials take: the rights of these are read anew, and the
 * newest list says the rest.
 * @param changed every credential whose rights have changed since that list.
 * @returns undefined where that is not enough to go by.
 */
export async function compileChanges(unit: Unit, door: DoorRow, newest: NewestList, changed: readonly string[], now: number): Promise<CompiledList | undefined> {
  const credentials = [...new Set([...changed, ...(await endedCredentials(unit, door.id, newest.rows, now))])];
  if (credentials.length > CHANGED_CREDENTIALS_MAX) return undefined;
  const values = await readValues(unit, door.id, credentials);
  const { live, coming, leaving, ...grants } = await readDoorGrants(unit, door, now, credentials);
  const pinDigits = await longestPin(unit, door.id, newest.pinDigits, grants.pinDigits, values.some(({ digits }) => digits > 0), now);
  if (pinDigits === undefined) return undefined;
  const tags = [...values.map(({ tag }) => tag), ...live.map(({ tag }) => tag)];
  return { rows: replaceTags(newest.rows, tags, packRows(rowsOfDoor(live))), pinDigits, coming, leaving, credentials };
}

/** Time changes a list too: those with rights in it that ended long ago. */
async function endedCredentials(unit: Unit, door: string, { bytes, contents }: ListRows, now: number): Promise<string[]> {
  const ended = contents.map(({ notAfter }) => isLongPast(notAfter, now));
  if (!ended.includes(true)) return [];
  const tags: Uint8Array[] = [];
  for (let row = 0; row < countRows(bytes); row++) {
    if (ended[profileOf(bytes, row)]) tags.push(bytes.slice(row * ROW_BYTES, row * ROW_BYTES + TAG_BYTES));
  }
  const credentials: string[] = [];
  for (let at = 0; at < tags.length; at += CHANGED_CREDENTIALS_MAX) {
    const known = await unit
      .selectFrom("door_credentials as known")
      .innerJoin("credentials as credential", "credential.id", "known.credential_id")
      .where("known.door_id", "=", door)
      .where("known.released_at", "is", null)
      .where("known.tag", "in", tags.slice(at, at + CHANGED_CREDENTIALS_MAX))
      .select((eb) => eb.fn.coalesce("credential.parent_id", "credential.id").as("id"))
      .execute();
    credentials.push(...known.map(({ id }) => id));
  }
  return credentials;
}

/**
 * The values that credentials and their companions have at a door. One that was released is in no list, and its tag
 * may be another's by now.
 */
async function readValues(unit: Unit, door: string, credentials: readonly string[]): Promise<{ tag: Uint8Array; digits: number }[]> {
  const family = unit.selectFrom("credentials").select("id").where((eb) => eb.or([eb("id", "in", credentials), eb("parent_id", "in", credentials)]));
  const rows = await unit
    .selectFrom("door_credentials as known")
    .innerJoin("credentials as credential", "credential.id", "known.credential_id")
    .where("known.door_id", "=", door)
    .where("known.released_at", "is", null)
    .where("known.credential_id", "in", family)
    .select(["known.tag", "credential.digits"])
    .execute();
  return rows.map(({ tag, digits }) => {
    if (tag === null) throw new Error(`credential without a tag at door ${door}`);
    return { tag, digits };
  });
}

/**
 * Digits of the longest PIN after a change.
 * @param issued before it. @param live of those that changed. @param typed whether any of those is a PIN.
 * @returns undefined where the longest may be gone, and only all grants tell which is longest now.
 */
async function longestPin(unit: Unit, door: string, issued: number, live: number, typed: boolean, now: number): Promise<number | undefined> {
  if (!typed) return issued;
  if (live >= issued) return live;
  const another = await grantsAtDoor(unit, door)
    .where("at.removed_version", "is", null)
    .where("grant.revoked_at", "is", null)
    .where("grant.not_after", ">", now)
    .where("credential.digits", "=", issued)
    .select("at.grant_id")
    .limit(1)
    .executeTakeFirst();
  return another && issued;
}
