import { findTermsFault, type GrantTerms } from "../access/grant";
import { sortWindows, type Window } from "../access/window";
import { audit } from "../audit/audit";
import { NO_END } from "../../protocol/profile";
import type { CredentialParts } from "../households/member-access";
import { PROFILES_PER_OWNER_MAX } from "../limits";
import { Refusal } from "../refusal";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";
import type { ProfileRow } from "../store/rows/sharing-rows";
import { matchHolders, type HoldersMatched } from "./match-holders";
import { BUILT_IN_PROFILES, profileTerms } from "./profile";
import type { ProfileParty } from "./profile-rights";
import { profileUse } from "./profile-use";

/** What a key of the profile may do, under a name. */
export interface Profile {
  name: string;
  /** None: day and night. */
  windows: readonly Window[];
  /** Unix seconds; 0 = from the beginning. */
  start: number;
  /** Exclusive; null = without end. */
  end: number | null;
  /** Bit mask. */
  outputs: number;
}

/**
 * A profile of the property, or of whoever gives keys there without running it (S2).
 * @returns its id.
 * @throws {Refusal} `name-taken`, `too-many-profiles`, or a fault of the terms, with the windows that collide (N9).
 */
export async function addProfile(unit: Unit, party: ProfileParty, profile: Profile, actor: string, now: number): Promise<string> {
  const { property } = party;
  const owner = party.runs ? null : party.account!;
  checkTerms(profile, now);
  const others = await siblings(unit, property, owner);
  if (others.length >= PROFILES_PER_OWNER_MAX) throw new Refusal("too-many-profiles");
  requireFreeName(others, profile.name);
  const id = newId();
  await unit
    .insertInto("profiles")
    .values({ id, property_id: property, account_id: owner, name: profile.name, ...columnsOf(profile), version: 1, created_at: now, created_by: actor })
    .execute();
  await audit(unit, { at: now, actor, action: "profile.add", subject: `profile/${id}`, detail: { property, ...profile } });
  return id;
}

/**
 * Changes a profile and with it, in this transaction, what all of its keys and groups open: exactly the doors at which
 * somebody's rights change get a new list, in which the profile is another one and its holders' rows are not.
 * @returns codes that are new, by key.
 * @throws {Refusal} `name-taken`, a fault of the terms, `windows-outside`; `door-full`.
 */
export async function changeProfile(unit: Unit, parts: CredentialParts, row: ProfileRow, change: Partial<Profile>, actor: string, now: number): Promise<HoldersMatched["given"]> {
  const { terms, outputs } = profileTerms(row);
  const { name, ...rest } = { name: row.name, windows: terms.windows, start: row.starts_at, end: row.ends_at, outputs, ...change };
  if (name !== row.name) requireFreeName(await siblings(unit, row.property_id, row.account_id), name);
  const columns = columnsOf(rest);
  const same = columns.windows === row.windows && columns.starts_at === row.starts_at && columns.ends_at === row.ends_at && columns.outputs === row.outputs;
  if (!same) checkTerms(rest, now);
  const changed: ProfileRow = { ...row, name, ...columns, version: row.version + 1 };
  await unit.updateTable("profiles").set({ name, ...columns, version: changed.version }).where("id", "=", row.id).execute();
  const { given, ...counts } = same ? { keys: 0, people: 0, given: new Map() } : await matchHolders(unit, parts, changed, actor, now);
  await audit(unit, { at: now, actor, action: "profile.change", subject: `profile/${row.id}`, detail: { property: row.property_id, ...change, ...counts } });
  return given;
}

/** @throws {Refusal} `in-use` while a key or a group goes by it (S2). */
export async function removeProfile(unit: Unit, { id, property_id }: ProfileRow, actor: string, now: number): Promise<void> {
  const { keys, groups } = await profileUse(unit, id);
  if (keys + groups > 0) throw new Refusal("in-use", `${keys} keys and ${groups} groups go by this profile: give them another one first.`, { keys, groups });
  // Of keys that have ended nobody asks any more what they allowed.
  await unit.updateTable("keys").set({ profile_id: null }).where("profile_id", "=", id).execute();
  await unit.deleteFrom("profiles").where("id", "=", id).execute();
  await audit(unit, { at: now, actor, action: "profile.remove", subject: `profile/${id}`, detail: { property: property_id } });
}

function columnsOf({ windows, start, end, outputs }: Omit<Profile, "name">): Pick<ProfileRow, "windows" | "starts_at" | "ends_at" | "outputs"> {
  return { windows: JSON.stringify(sortWindows(windows)), starts_at: start, ends_at: end, outputs };
}

function checkTerms({ windows, start, end }: Omit<Profile, "name">, now: number): void {
  const terms: GrantTerms = { notBefore: start, notAfter: end ?? NO_END, windows, maxUses: 0 };
  const fault = findTermsFault(terms, 1, now);
  if (fault !== undefined) throw new Refusal(fault.code, fault.detail, fault.windows && { windows: fault.windows });
}

/** The profiles of one owner. */
async function siblings(unit: Unit, property: string, account: string | null): Promise<{ name: string }[]> {
  const query = unit.selectFrom("profiles").select("name").where("property_id", "=", property);
  return (account === null ? query.where("account_id", "is", null) : query.where("account_id", "=", account)).execute();
}

function requireFreeName(others: readonly { name: string }[], name: string): void {
  const builtIn = BUILT_IN_PROFILES.some((each) => each === name.toLowerCase());
  if (builtIn || others.some((other) => other.name === name)) throw new Refusal("name-taken", `There is a profile "${name}" already.`);
}
