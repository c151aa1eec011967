import type { CredentialKind } from "../../protocol/credential";
import type { HolderClass } from "../../protocol/profile";
import { encodeRow, rowFlags } from "../../protocol/row";
import type { GrantTerms } from "./grant";
import { sortWindows, type Window } from "./window";

/** A live grant as one door must know it. */
export interface GrantOnDoor {
  grant: string;
  /** The credential's tag under this door's key. */
  tag: Uint8Array;
  kind: CredentialKind;
  holderClass: HolderClass;
  terms: GrantTerms;
  /** The grant's own number for its life, where its uses are limited. */
  useCounter: number;
  /** Bit mask of the outputs that it opens; by default the strike alone. */
  outputs?: number;
  /** A second PIN must follow (X12): a grant of kind `secondPin` under a tag that hangs on this one's. */
  needsSecondPin?: boolean;
  /** Opens, and raises a silent alarm (X12). */
  duress?: boolean;
  /** Known, but opens nothing for now (S11). */
  suspended?: boolean;
}

/** What a profile says, apart from where it lies in a pool. */
export interface ProfileContent {
  notBefore: number;
  notAfter: number;
  windows: readonly Window[];
  holderClass: HolderClass;
  outputs: number;
  maxUses: number;
}

/** A row that a door must hold, with its explanation (X11): the grants that ask for it. */
export interface DoorRow {
  tag: Uint8Array;
  kind: CredentialKind;
  needsSecondPin: boolean;
  duress: boolean;
  suspended: boolean;
  useCounter: number;
  profile: ProfileContent;
  /** `rowIdentity` and `profileKey`, computed once: lists have ten thousand rows. */
  identity: string;
  key: string;
  grants: string[];
}

export const STRIKE = 1; // output 0

/** Equal contents have equal keys: that is how profiles are pooled. */
export function profileKey(content: ProfileContent): string {
  const windows = content.windows.map((window) => `${window.days}.${window.start}.${window.end}.${window.onHolidays ? 1 : 0}`).join();
  return `${content.notBefore} ${content.notAfter} ${content.holderClass} ${content.outputs} ${content.maxUses} ${windows}`;
}

/**
 * What a row is apart from its profile: tag and flags, a character for each byte. No character is NUL, which
 * engines sort differently.
 * @param flags the last byte of the row.
 */
export function rowIdentity(tag: Uint8Array, flags: number): string {
  return String.fromCharCode(tag[0] + 1, tag[1] + 1, tag[2] + 1, tag[3] + 1, tag[4] + 1, flags + 1);
}

/** The 8 bytes of a row whose profile has found its index. */
export function encodeDoorRow({ tag, kind, needsSecondPin, duress, suspended, useCounter }: DoorRow, profile: number): Uint8Array {
  return encodeRow({ tag, profile, kind, needsSecondPin, duress, suspended, useCounter });
}

/**
 * All that a door must hold: one row for each right, grants that allow exactly the same sharing one.
 * @returns rows in an order that depends on nothing but the grants.
 */
export function rowsOfDoor(grants: readonly GrantOnDoor[]): DoorRow[] {
  const rows: DoorRow[] = [];
  for (const row of grants.map(rowOfGrant).sort((a, b) => compareTexts(a.identity, b.identity) || compareTexts(a.key, b.key))) {
    const last = rows[rows.length - 1];
    if (last !== undefined && last.identity === row.identity && last.key === row.key) last.grants.push(row.grants[0]);
    else rows.push(row);
  }
  return rows;
}

function rowOfGrant({ grant, tag, kind, holderClass, terms, useCounter, outputs = STRIKE, needsSecondPin = false, duress = false, suspended = false }: GrantOnDoor): DoorRow {
  const { notBefore, notAfter, maxUses } = terms;
  const profile: ProfileContent = { notBefore, notAfter, windows: sortWindows(terms.windows), holderClass, outputs, maxUses };
  const row = { tag, kind, needsSecondPin, duress, suspended, useCounter: maxUses > 0 ? useCounter : 0, profile, identity: "", key: profileKey(profile), grants: [grant] };
  row.identity = rowIdentity(tag, rowFlags(row));
  return row;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
