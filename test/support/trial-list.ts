import { buildAccessList, openAccessList, sortRows, type AccessList } from "../../protocol/access-list";
import { ascii, concat } from "../../protocol/bytes";
import { CredentialKind, credentialTag } from "../../protocol/credential";
import { LockState, type Delta } from "../../protocol/delta";
import type { Hashes } from "../../protocol/hashes";
import { PAGE_BYTES } from "../../protocol/limits";
import { DEFAULT_POLICY, NO_HOURS, type DoorPolicy } from "../../protocol/door-policy";
import { ALWAYS, HolderClass, NO_END, type Profile } from "../../protocol/profile";
import type { Row } from "../../protocol/row";
import { encodeHolidays, LAST_RULE, type ScheduleRule } from "../../protocol/schedule";
import { encodeUtcOffsets } from "../../protocol/utc-offsets";

export const TAG_KEY = new Uint8Array(32).fill(7);
export const UTC = encodeUtcOffsets([{ since: 0, offsetSeconds: 0 }]);

/** A right as a test says it; what is left out is the most that a resident may have. */
export interface TrialGrant {
  /** PIN in digits, or the characters of another credential. */
  value: string;
  kind?: CredentialKind;
  profile?: Partial<Profile>;
  /** Weekly windows; none = always. */
  windows?: Omit<ScheduleRule, "next">[];
  row?: Partial<Row>;
  /** Instead of the tag of `value`. */
  tag?: Uint8Array;
}

export interface TrialListOptions {
  policy?: Partial<DoorPolicy>;
  /** Windows of the door's own hours. */
  hours?: Omit<ScheduleRule, "next">[];
  utcOffsets?: Uint8Array;
  holidays?: number[];
  delta?: Partial<Delta>;
  /** Pages that cannot be read. */
  damaged?: number[];
  version?: number;
  issuedAt?: number;
}

export function pinTag(hashes: Hashes, pin: string): Uint8Array {
  return credentialTag(hashes, TAG_KEY, CredentialKind.pin, ascii(pin));
}

/** A list in memory, read in place as one in flash is. */
export function trialList(hashes: Hashes, grants: readonly TrialGrant[], options: TrialListOptions = {}): AccessList {
  const profiles: Profile[] = [];
  const rules: ScheduleRule[] = [];
  const rows = grants.map(({ value, kind = CredentialKind.pin, profile, windows = [], row, tag }): Row => {
    const schedule = windows.length === 0 ? ALWAYS : rules.length;
    windows.forEach((window, index) => rules.push({ ...window, next: index + 1 < windows.length ? rules.length + 1 : LAST_RULE }));
    profiles.push({ notBefore: 0, notAfter: NO_END, schedule, holderClass: HolderClass.resident, outputs: 1, maxUses: 0, ...profile });
    return {
      tag: tag ?? credentialTag(hashes, TAG_KEY, kind, ascii(value)),
      profile: profiles.length - 1,
      kind,
      needsSecondPin: false,
      duress: false,
      suspended: false,
      useCounter: 0,
      ...row,
    };
  });
  const hoursRule = options.hours === undefined ? NO_HOURS : rules.length;
  options.hours?.forEach((window, index) => rules.push({ ...window, next: index + 1 < options.hours!.length ? rules.length + 1 : LAST_RULE }));
  const { body, pagesHash } = buildAccessList(hashes, { rows, profiles, rules });
  const { utcOffsets = UTC, holidays = [], damaged = [], version = 100, issuedAt = 1_700_000_000 } = options;
  const manifest = {
    door: new Uint8Array(8),
    epoch: 1,
    version,
    issuedAt,
    rows: rows.length,
    profiles: profiles.length,
    rules: rules.length,
    pagesHash,
    policy: { ...DEFAULT_POLICY, hoursRule, ...options.policy },
    utcOffsets,
    holidays: encodeHolidays(holidays),
  };
  const delta = options.delta && emptyDelta(options.delta);
  return openAccessList(manifest, delta, {
    read: (offset, length) => body.slice(offset, offset + length),
    isSound: (page) => !damaged.includes(page) && page * PAGE_BYTES < body.length,
  });
}

export function emptyDelta(fields: Partial<Delta> = {}): Delta {
  const none = new Uint8Array(0);
  return {
    epoch: 1,
    base: 100,
    version: 101,
    manifestHash: new Uint8Array(8),
    tombstones: new Uint16Array(0),
    added: none,
    profiles: none,
    rules: none,
    lockState: LockState.normal,
    throttleReset: 0,
    policy: undefined,
    released: false,
    ...fields,
  };
}

/** Rows as a delta adds them. */
export function addedRows(rows: readonly Row[]): Uint8Array {
  return concat(...sortRows(rows));
}
