import { findTermsFault } from "../access/grant";
import { audit } from "../audit/audit";
import { matchGroups } from "../groups/match-groups";
import type { PinParts } from "../pins/codes";
import { noteChanges } from "../issuing/outbox";
import { requireRoom } from "../people/door-room";
import { extendCredential } from "../people/extend-credential";
import { giveCredentials, insertGrants, type GivenCredential } from "../people/give-credential";
import { readRules } from "../properties/household-rules";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import type { KeyRow } from "../store/rows/sharing-rows";
import { closeLinks } from "./close-keys";
import { credentialsOfKey, grantOfKey, newCredentialOf } from "./key-credentials";
import { keyReach, type KeyReach } from "./key-reach";
import { keyAfter } from "./key-state";

/** What a key becomes active with. */
export interface Activation {
  /** Who has accepted it. */
  account?: string | undefined;
  /** Bytes of a card's number. */
  card?: Uint8Array | undefined;
}

/**
 * Makes a pending key one that opens doors (S4): with what was reserved for it or else a new code, with its card, or with a credential for the phone that accepted it. Again: nothing more happens.
 * @returns the codes that were drawn now, to be shown at most once; more than one where the manager wants one for each
 * door (O14).
 * @throws {Refusal} `key-ended`, `end-before-start`, `end-not-in-future`, `doors-needed`, `card-taken`, `door-full`,
 * `person-revoked`, `unit-needed`, `too-many-pins`.
 */
export async function activateKey(unit: Unit, parts: PinParts, key: KeyRow, now: number, { account, card }: Activation = {}): Promise<GivenCredential[]> {
  const next = keyAfter(key.state, "activated");
  if ("refused" in next) throw new Refusal(next.refused);
  if (next.state === key.state) return [];
  const reach = await keyReach(unit, key);
  const given = (await activateReserved(unit, parts, key, reach, now)) ?? (await give(unit, parts, key, reach, card, now));
  await unit
    .updateTable("keys")
    .set({ state: next.state, credential_id: given[0].credential, version: key.version + 1, ...(account !== undefined && { account_id: account }) })
    .where("id", "=", key.id)
    .execute();
  if (key.giver_person !== null) await unit.updateTable("memberships").set({ state: "active" }).where("person_id", "=", key.person_id).where("state", "=", "pending").execute();
  await closeLinks(unit, key.id, "withdrawn", now);
  const actor = account === undefined ? key.created_by : `account/${account}`;
  await audit(unit, { at: now, actor, action: "key.activate", subject: `key/${key.id}`, detail: { property: key.property_id, person: key.person_id, credentials: given.map(({ credential }) => credential) } });
  await matchGroups(unit, parts, key.person_id, actor, now);
  return given.filter(({ pin }) => pin !== undefined);
}

/** What was made before its message was written opens as soon as that has left (N5), or as its fob has it (S4). @returns undefined: there is none. */
async function activateReserved(unit: Unit, parts: PinParts, key: KeyRow, reach: KeyReach, now: number): Promise<GivenCredential[] | undefined> {
  const [reserved] = await credentialsOfKey(unit, key.id);
  if (reserved === undefined) return undefined;
  const grant = requireGrant(key, reach, now);
  const reached = await extendCredential(unit, parts, reserved.id, grant.doors);
  if (reached.length < grant.doors.length) throw new Error("what was reserved was given to somebody else");
  const grants = await insertGrants(unit, reserved.id, grant, 0, key.created_by, now);
  await noteChanges(unit, grant.doors.map((door) => ({ door, credential: reserved.id })), now);
  for (const door of grant.doors) await requireRoom(unit, door);
  return [{ credential: reserved.id, key: key.id, grants }];
}

async function give(unit: Unit, parts: PinParts, key: KeyRow, reach: KeyReach, card: Uint8Array | undefined, now: number): Promise<GivenCredential[]> {
  const grant = requireGrant(key, reach, now);
  const cuts = (await hasCodePerDoor(unit, key)) ? grant.doors.map((door) => [door]) : [grant.doors];
  const wanted = cuts.map((doors) => newCredentialOf(key, { ...grant, doors }, card));
  return giveCredentials(unit, parts.keystore, parts.secrets, key.person_id, wanted, key.created_by, now);
}

/** Whether what a member gives is a code for each door, by the manager's rule (O14). */
export async function hasCodePerDoor(unit: Unit, key: Pick<KeyRow, "kind" | "giver_person" | "property_id">): Promise<boolean> {
  return key.kind === "pin" && key.giver_person !== null && (await readRules(unit, key.property_id)).pinPerDoor;
}

function requireGrant(key: KeyRow, { doors, allowed }: KeyReach, now: number) {
  if (allowed === undefined) throw new Refusal("end-before-start", "The key's dates and those of its profile never meet.");
  if (doors.length === 0) throw new Refusal("doors-needed", "None of the key's doors is left.");
  const fault = findTermsFault(allowed.terms, key.uses_carried === 1 ? 1 : doors.length, now);
  if (fault !== undefined) throw new Refusal(fault.code, fault.detail, fault.windows && { windows: fault.windows });
  return grantOfKey(key, allowed, doors);
}
