import { LockState } from "../protocol/delta";
import { lookUp, profileAt, scheduleRuleAt, type AccessList } from "../protocol/access-list";
import { CredentialKind } from "../protocol/credential";
import type { Denial } from "../protocol/decision";
import { leaseHolds, type Lease } from "../protocol/lease";
import { ALWAYS, HolderClass, type Profile } from "../protocol/profile";
import type { Row } from "../protocol/row";
import { denialAt, hasEnded } from "../protocol/validity";

/** Everything a decision rests on; nothing else can sway it. */
export interface AccessRequest {
  /** The list in force; undefined while the door has none. */
  list: AccessList | undefined;
  kind: CredentialKind;
  tag: Uint8Array;
  /** `secondPinTag` of a second PIN, where one was given. */
  secondTag?: Uint8Array | undefined;
  /** Bit mask of the outputs that the reader may move; bit 0 = the door's own strike. */
  outputs: number;
  /** Unix seconds (integer); undefined while the time is unknown. */
  wallTime: number | undefined;
  /** Unix seconds: it is certainly not earlier. */
  timeFloor: number;
  /** The lease in force, if it belongs to this list (LeaseHolder's work). */
  lease: Lease | undefined;
  /** How often a limited right was used here. */
  usesOf(tag: Uint8Array, useCounter: number): number;
  /** The journal takes no new counters. */
  usesFull: boolean;
}

export interface Grant {
  granted: true;
  row: Row;
  profile: Profile;
  /** Bit mask of the outputs to move: what the profile opens of what was asked for, never 0. */
  outputs: number;
  /** A use is to be written down before anything moves. */
  consumesUse: boolean;
  /** The row, or that of the second PIN, is one for somebody who is forced to open (X12). */
  duress: boolean;
}

export interface Refusal {
  granted: false;
  reason: Denial;
  /** The row that came nearest; undefined where none is known under the tag. */
  row: Row | undefined;
}

export type Decision = Grant | Refusal;

/**
 * Of several refusals under one tag the one that ends soonest by itself is told, so that a person hears what to
 * do: most useful first.
 */
const MOST_USEFUL: readonly Denial[] = [
  "second-credential-needed",
  "time-unknown",
  "stale-list",
  "output-not-allowed",
  "outside-schedule",
  "holiday",
  "not-yet-valid",
  "used-up",
  "suspended",
  "expired",
];

/**
 * Decides (DESIGN §5): row → second factor → suspended → dates and schedule → uses → lease of its class → output.
 * Any of the rows under a tag may grant; one without a limit of uses is taken first, so that no use is wasted.
 * Under lock-down a known credential is refused as `locked-down`, whatever its row says.
 */
export function decideAccess(request: AccessRequest): Decision {
  const { list, tag, kind } = request;
  // Without a list nobody can be told from a stranger.
  if (list === undefined) return { granted: false, reason: "stale-list", row: undefined };
  const rows = lookUp(list, tag, kind);
  if (rows.length === 0) return { granted: false, reason: "unknown-credential", row: undefined };
  if (list.lockState === LockState.lockDown) return { granted: false, reason: "locked-down", row: rows[0] };
  let limited: Grant | undefined;
  let refusal: Refusal | undefined;
  for (const row of rows) {
    const profile = profileAt(list, row.profile);
    const reason = profile === undefined ? "stale-list" : denialOf(request, list, row, profile);
    if (reason !== undefined) {
      if (refusal === undefined || MOST_USEFUL.indexOf(reason) < MOST_USEFUL.indexOf(refusal.reason)) refusal = { granted: false, reason, row };
      continue;
    }
    const duress = row.duress || (row.needsSecondPin && secondPinOf(list, request.secondTag)!.duress);
    const grant: Grant = { granted: true, row, profile: profile!, outputs: profile!.outputs & request.outputs, consumesUse: profile!.maxUses > 0, duress };
    if (!grant.consumesUse) return grant;
    limited ??= grant;
  }
  return limited ?? refusal!;
}

function denialOf(request: AccessRequest, list: AccessList, row: Row, profile: Profile): Denial | undefined {
  if (row.needsSecondPin && secondPinOf(list, request.secondTag) === undefined) return "second-credential-needed";
  if (row.suspended) return "suspended";
  const leased = (list.policy.leasedClasses >> profile.holderClass) & 1;
  const untimely = request.wallTime === undefined ? denialWithoutTime(request.timeFloor, profile, leased !== 0) : denialAt(profile, calendarOf(list), request.wallTime);
  if (untimely !== undefined) return untimely;
  if (profile.maxUses > 0) {
    const uses = request.usesOf(row.tag, row.useCounter);
    // A full journal could not remember this use: rather closed than forgotten.
    if (uses >= profile.maxUses || (uses === 0 && request.usesFull)) return "used-up";
  }
  if (leased !== 0 && request.wallTime !== undefined && (request.lease === undefined || !leaseHolds(request.lease, profile.holderClass, request.wallTime))) return "stale-list";
  return (profile.outputs & request.outputs) !== 0 ? undefined : "output-not-allowed";
}

function secondPinOf(list: AccessList, secondTag: Uint8Array | undefined): Row | undefined {
  return secondTag === undefined ? undefined : lookUp(list, secondTag, CredentialKind.pin2).find((row) => !row.suspended);
}

/**
 * What holds while the clock is unknown (DESIGN §5, Time): what has certainly ended is refused, residents with no
 * weekly schedule open once their right has certainly begun, everybody else waits for the time.
 */
function denialWithoutTime(floor: number, profile: Profile, leased: boolean): Denial | undefined {
  if (hasEnded(profile, floor)) return "expired";
  const open = profile.holderClass === HolderClass.resident && profile.schedule === ALWAYS && !leased && profile.notBefore <= floor;
  return open ? undefined : "time-unknown";
}

function calendarOf(list: AccessList): Parameters<typeof denialAt>[1] {
  return { utcOffsets: list.manifest.utcOffsets, holidays: list.manifest.holidays, ruleAt: (index) => scheduleRuleAt(list, index) };
}
