import { toHex } from "../../protocol/bytes";
import { CredentialKind } from "../../protocol/credential";
import { LockState } from "../../protocol/delta";
import { scheduleRuleAt } from "../../protocol/access-list";
import type { Reason } from "../../protocol/decision";
import { LEASE_GRACE_SECONDS } from "../../protocol/limits";
import { HolderClass, type Profile } from "../../protocol/profile";
import type { Receipt } from "../../protocol/receipt";
import type { Row } from "../../protocol/row";
import { denialAt } from "../../protocol/validity";
import { profileKey, rowsOfDoor, type ProfileContent } from "../access/door-row";
import { holderClassOf, type HolderClassName } from "../access/grant";
import type { StoredKind } from "../access/stored-kind";
import { termsOf } from "../access/stored-terms";
import { readCompanions } from "../issuing/door-grants";
import { grantsAtDoor } from "../issuing/grants-at-door";
import type { Unit } from "../store/store";
import type { DoorRow } from "../store/rows/door-rows";
import type { AcknowledgedList } from "./acknowledged-list";

/** A row of a door's acknowledged list, explained (X11). */
export interface RowExplanation {
  person: string;
  personName: string;
  holderClass: HolderClassName;
  credential: string;
  kind: StoredKind;
  /** A second PIN must follow. */
  needsSecondPin: boolean;
  terms: ProfileContent;
  /** The grants that asked for the row, each with the group that gives it (N12). */
  grants: { grant: string; createdBy: string; createdAt: number; revokedAt: number | undefined; group: string | undefined }[];
  /** What the door decides at the instant asked for, as far as the list says. Uses are counted at the door alone. */
  verdict: Reason;
}

/** Who a door lets in at an instant, by the list and the lease that its newest receipt shows. */
export async function whoCanOpen(unit: Unit, door: DoorRow, receipt: Receipt, known: AcknowledgedList, at: number): Promise<RowExplanation[]> {
  const grants = await grantsInList(unit, door.id, known.version);
  const explanations: RowExplanation[] = [];
  for (const { row, profile, content } of known.rows) {
    // It opens nothing by itself.
    if (row.kind === CredentialKind.pin2) continue;
    // Where terms have changed since, the grants of that value are what the row came from.
    const holders = grants.get(rowKey(row.tag, row.useCounter, content)) ?? grants.get(toHex(row.tag));
    // Every row that this cloud signed has its grant; without one the database is not the one that signed.
    if (holders === undefined) throw new Error(`a row of door ${door.id} has no grant`);
    const [first] = holders;
    explanations.push({
      person: first.person,
      personName: first.person_name,
      holderClass: first.class,
      credential: first.credential_id,
      kind: first.kind,
      needsSecondPin: row.needsSecondPin,
      terms: content,
      grants: holders.map((grant) => ({ grant: grant.grant_id, createdBy: grant.created_by, createdAt: grant.created_at, revokedAt: grant.revoked_at ?? undefined, group: grant.group_id ?? undefined })),
      verdict: verdictAt(row, profile, door, receipt, known, at),
    });
  }
  return explanations;
}

function verdictAt(row: Row, profile: Profile, door: DoorRow, receipt: Receipt, { list }: AcknowledgedList, at: number): Reason {
  const { manifest, policy } = list;
  const { utcOffsets, holidays } = manifest;
  if (list.lockState === LockState.lockDown) return "locked-down";
  if (row.suspended) return "suspended";
  const denial = denialAt(profile, { utcOffsets, holidays, ruleAt: (index) => scheduleRuleAt(list, index) }, at);
  if (denial !== undefined) return denial;
  if ((policy.leasedClasses & (1 << profile.holderClass)) === 0) return "granted";
  return at < leaseEndOf(profile.holderClass, door, receipt) + LEASE_GRACE_SECONDS ? "granted" : "stale-list";
}

/** Receipts tell the end for guests; the others lie as far from it as in the newest lease that was signed. */
function leaseEndOf(holderClass: HolderClass, door: DoorRow, receipt: Receipt): number {
  if (receipt.leaseIssuedAt === 0) return 0;
  if (holderClass === HolderClass.guest) return receipt.leaseEnd;
  const newest = holderClass === HolderClass.staff ? door.staff_not_after : door.resident_not_after;
  return newest === 0 ? 0 : receipt.leaseIssuedAt + (newest - door.lease_issued_at);
}

interface GrantInList {
  grant_id: string;
  credential_id: string;
  kind: StoredKind;
  person: string;
  person_name: string;
  class: HolderClassName;
  created_by: string;
  group_id: string | null;
  created_at: number;
  revoked_at: number | null;
}

/** The grants that a version of a door's list holds, by the row that each makes now, and by the tag alone. */
async function grantsInList(unit: Unit, door: string, version: number): Promise<Map<string, GrantInList[]>> {
  const byRow = new Map<string, GrantInList[]>();
  const companions = await readCompanions(unit, door);
  for (const row of await readGrants(unit, door, version)) {
    const terms = termsOf(row);
    const others = (companions.get(row.credential_id) ?? []).map(({ id, kind, tag }) => ({ ...row, credential_id: id, kind, tag }));
    for (const each of [row, ...others]) {
      // Of the kind only the bytes of the tag are looked at.
      const [made] = rowsOfDoor([{ grant: row.grant_id, tag: each.tag!, kind: CredentialKind.pin, holderClass: holderClassOf(row.class), terms, useCounter: row.use_counter, outputs: row.outputs }]);
      for (const key of [rowKey(made.tag, made.useCounter, made.profile), toHex(made.tag)]) byRow.set(key, [...(byRow.get(key) ?? []), each]);
    }
  }
  return byRow;
}

async function readGrants(unit: Unit, door: string, version: number) {
  return grantsAtDoor(unit, door)
    .where("at.added_version", "<=", version)
    .where((eb) => eb.or([eb("at.removed_version", "is", null), eb("at.removed_version", ">", version)]))
    .select(["at.grant_id", "credential.id as credential_id", "credential.kind", "known.tag", "person.id as person", "person.name as person_name", "person.class"])
    .select(["grant.not_before", "grant.not_after", "grant.windows", "grant.max_uses", "grant.use_counter", "grant.outputs", "grant.created_by", "grant.created_at", "grant.revoked_at", "grant.group_id"])
    .execute();
}

function rowKey(tag: Uint8Array, useCounter: number, content: ProfileContent): string {
  return `${toHex(tag)} ${useCounter} ${profileKey(content)}`;
}
