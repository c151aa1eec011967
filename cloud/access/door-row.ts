import { compareBytes } from "../../protocol/bytes";
import type { CredentialKind } from "../../protocol/credential";
import type { HolderClass } from "../../protocol/profile";
import { encodeRow } from "../../protocol/row";
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
  useCounter: number;
  profile: ProfileContent;
  grants: string[];
}

const STRIKE = 1; // output 0

/** Equal contents have equal keys: that is how profiles are pooled. */
export function profileKey(content: ProfileContent): string {
  const windows = content.windows.map((window) => [window.days, window.start, window.end, window.onHolidays ? 1 : 0]);
  return JSON.stringify([content.notBefore, content.notAfter, content.holderClass, content.outputs, content.maxUses, windows]);
}

/** What a row is apart from its profile: tag, kind and use counter, as text. */
export function rowIdentity(row: { tag: Uint8Array; kind: CredentialKind; useCounter: number }): string {
  return String.fromCharCode(...row.tag, row.kind | (row.useCounter << 6));
}

/** The 8 bytes of a row whose profile has found its index. */
export function encodeDoorRow(row: DoorRow, profile: number): Uint8Array {
  return encodeRow({ tag: row.tag, profile, kind: row.kind, needsSecondPin: false, duress: false, suspended: false, useCounter: row.useCounter });
}

/**
 * All that a door must hold: one row for each right, grants that allow exactly the same sharing one.
 * @returns rows in an order that depends on nothing but the grants.
 */
export function rowsOfDoor(grants: readonly GrantOnDoor[]): DoorRow[] {
  const rows = new Map<string, DoorRow>();
  for (const { grant, tag, kind, holderClass, terms, useCounter } of grants) {
    const profile: ProfileContent = {
      notBefore: terms.notBefore,
      notAfter: terms.notAfter,
      windows: sortWindows(terms.windows),
      holderClass,
      outputs: STRIKE,
      maxUses: terms.maxUses,
    };
    const identity = { tag, kind, useCounter: terms.maxUses > 0 ? useCounter : 0 };
    const key = rowIdentity(identity) + profileKey(profile);
    const known = rows.get(key);
    if (known === undefined) rows.set(key, { ...identity, profile, grants: [grant] });
    else known.grants.push(grant);
  }
  const keyed = [...rows.values()].map((row) => ({ row, key: profileKey(row.profile) }));
  keyed.sort((a, b) => compareBytes(a.row.tag, b.row.tag) || a.row.kind - b.row.kind || a.row.useCounter - b.row.useCounter || (a.key < b.key ? -1 : 1));
  return keyed.map(({ row }) => row);
}
