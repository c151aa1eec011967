import { STRIKE } from "../access/door-row";
import { audit } from "../audit/audit";
import { openInvitation, tellInvitation, type InvitationParts } from "../invitations/send-invitation";
import { giveCredentials, type GivenCredential } from "../people/give-credential";
import { Refusal } from "../refusal";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";
import type { LanguageName } from "../store/rows/account-rows";
import type { UnitRow } from "../store/rows/property-rows";
import { activate } from "./activate";
import { addPlace } from "./add-place";
import { linkLeases } from "./link-leases";
import { doorsOfPlace, matchHousehold, type CredentialParts } from "./member-access";
import { placeTerms } from "./place-terms";
import { readHousehold, readPlace } from "./read-place";

export interface Leaseholder {
  name: string;
  email: string | undefined;
  phone: string | undefined;
  /** Bytes of a card's number, for somebody who can have neither e-mail nor phone (P2); undefined = a PIN. */
  card: Uint8Array | undefined;
}

export interface NewLease {
  flat: UnitRow;
  /** undefined = those who move in are a household of their own. */
  household: string | undefined;
  leaseholders: readonly Leaseholder[];
  /** Unix seconds. */
  start: number;
  end: number | undefined;
  language: LanguageName;
}

export interface AddedLease {
  person: string;
  /** What a leaseholder without any address opens doors with: shown this once (P2). */
  given: GivenCredential[];
}

/**
 * Enters a lease (O1, M1): every leaseholder is an administrator of the household. Those with an address get a
 * message, and their access starts by itself once that address is proved to be theirs; the others get a code or a
 * card at once.
 * @throws {Refusal} `not-found`, `household-of-another-unit`, `household-ended`, `already-member`,
 * `end-not-in-future`, `end-before-start`, `no-text-messages`, `card-taken`, `door-full`.
 */
export async function addLease(unit: Unit, parts: CredentialParts & InvitationParts, lease: NewLease, actor: string, now: number): Promise<{ household: string; leases: AddedLease[] }> {
  const household = lease.household ?? (await addHousehold(unit, lease.flat, actor, now));
  const known = await readHousehold(unit, household);
  if (known.unit_id !== lease.flat.id) throw new Refusal("household-of-another-unit");
  if (known.ended_at !== null) throw new Refusal("household-ended");
  const leases: AddedLease[] = [];
  for (const holder of lease.leaseholders) leases.push(await addLeaseholder(unit, parts, household, holder, lease, actor, now));
  // A lease that lasts longer, or begins earlier, is everybody's in the household.
  if (lease.household !== undefined) await matchHousehold(unit, parts, household, actor, now);
  return { household, leases };
}

async function addHousehold(unit: Unit, flat: UnitRow, actor: string, now: number): Promise<string> {
  const id = newId();
  await unit.insertInto("households").values({ id, property_id: flat.property_id, unit_id: flat.id, created_at: now, created_by: actor }).execute();
  await audit(unit, { at: now, actor, action: "household.add", subject: `household/${id}`, detail: { property: flat.property_id, unit: flat.id } });
  return id;
}

async function addLeaseholder(unit: Unit, parts: CredentialParts & InvitationParts, household: string, holder: Leaseholder, lease: NewLease, actor: string, now: number): Promise<AddedLease> {
  const { name, email, phone } = holder;
  const person = await addPlace(unit, parts.keystore, { household, role: "administrator", name, email, phone, invitedBy: undefined, doors: undefined, windows: [], start: lease.start, end: lease.end }, actor, now);
  if (email === undefined && phone === undefined) return { person, given: holder.card === undefined ? await activate(unit, parts, person, actor, now) : await activateWithCard(unit, parts, person, holder.card, actor, now) };
  const invitation = await openInvitation(unit, parts, (await readPlace(unit, person)).member, now);
  const linked: string[] = [];
  for (const account of await accountsWith(unit, holder)) linked.push(...(await linkLeases(unit, parts, account, now)));
  if (!linked.includes(person)) await tellInvitation(unit, parts, person, invitation, lease.language, now);
  return { person, given: [] };
}

async function activateWithCard(unit: Unit, parts: CredentialParts, person: string, card: Uint8Array, actor: string, now: number): Promise<GivenCredential[]> {
  const { member } = await readPlace(unit, person);
  const doors = await doorsOfPlace(unit, member);
  const terms = placeTerms(member, undefined)!;
  await unit.updateTable("memberships").set({ state: "active" }).where("person_id", "=", person).execute();
  if (doors.length === 0) throw new Refusal("doors-needed", "The unit has no doors that a card could open.");
  return giveCredentials(unit, parts.keystore, parts.secrets, person, [{ card, grants: [{ doors, terms, outputs: STRIKE }], secondPin: false, duressPin: false }], actor, now);
}

/** The accounts that have either address of a leaseholder: one, where there is no doubt. */
async function accountsWith(unit: Unit, { email, phone }: Leaseholder): Promise<string[]> {
  const values = [email, phone].filter((value) => value !== undefined);
  const rows = await unit.selectFrom("identifiers").select("account_id").where("value", "in", values).distinct().execute();
  return rows.map((row) => row.account_id);
}
