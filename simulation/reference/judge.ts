import type { ReferenceClass, ReferenceKind, ReferenceList, ReferenceRight } from "./reference-list";
import { windowVerdict } from "./wall-clock";

/** A credential presented at a door, and all that the door may know while it decides. */
export interface ReferenceAttempt {
  kind: ReferenceKind;
  /** As in `ReferenceRight`. */
  secret: string;
  /** Digits of the second PIN, where one was typed. */
  secondPin?: string | undefined;
  /** Outputs that the reader may move. */
  outputs: readonly number[];
  /** Unix seconds of the door's own clock; undefined while it knows the time not. */
  time: number | undefined;
  /** Unix seconds that the door knows to have passed. */
  floor: number;
  /** When the door's lease ends for each class, Unix seconds; none where it holds none for this list. */
  leaseEnds: Readonly<Partial<Record<ReferenceClass, number>>>;
  /** How often a right has opened here. @param id of the right. */
  usesOf(id: string): number;
  /** No further right with a limit can be counted here. */
  usesFull: boolean;
}

export type ReferenceReason =
  | "granted"
  | "unknown-credential"
  | "not-yet-valid"
  | "expired"
  | "outside-schedule"
  | "holiday"
  | "used-up"
  | "suspended"
  | "second-credential-needed"
  | "output-not-allowed"
  | "stale-list"
  | "time-unknown"
  | "locked-down";

export interface Judgement {
  reason: ReferenceReason;
  /** The right that lets in. */
  right?: ReferenceRight;
  /** The outputs that open. */
  outputs: readonly number[];
}

const LEASE_GRACE_SECONDS = 60;

/** What a person at the door is told first where several rights fail, each in its own way (SPEC 6). */
const TOLD_FIRST: readonly ReferenceReason[] = [
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
 * What a door with this list must say to this attempt (SPEC 6, DESIGN §5), looked up by reading the whole list from
 * top to bottom. A door that grants where this does not is broken (I7).
 * @param list that is active; undefined where the door has none.
 */
export function judge(list: ReferenceList | undefined, attempt: ReferenceAttempt): Judgement {
  if (list === undefined) return refused("stale-list");
  const rights = list.rights.filter((right) => right.kind === attempt.kind && right.secret === attempt.secret);
  if (rights.length === 0) return refused("unknown-credential");
  if (list.lock === "lock-down") return refused("locked-down");
  const judged = rights.map((right) => ({ right, reason: objection(list, right, attempt) }));
  const granting = judged.filter(({ reason }) => reason === "granted");
  // Nobody is made to spend a use who could come in without.
  const chosen = granting.find(({ right }) => right.maxUses === undefined) ?? granting[0];
  if (chosen !== undefined) {
    return { reason: "granted", right: chosen.right, outputs: chosen.right.outputs.filter((output) => attempt.outputs.includes(output)) };
  }
  return refused(TOLD_FIRST.find((reason) => judged.some((one) => one.reason === reason))!);
}

/**
 * What is certain of an attempt of which the door may know more or less than we do (a use that a power cut burnt, a
 * lease that may not have come).
 * @param best what the door can know at the best for the person, @param worst at the worst.
 */
export function judgeBetween(list: ReferenceList | undefined, best: ReferenceAttempt, worst: ReferenceAttempt): { mayGrant: boolean; certain: ReferenceReason | undefined } {
  const most = judge(list, best).reason;
  const least = judge(list, worst).reason;
  return { mayGrant: most === "granted", certain: most === least ? most : undefined };
}

function refused(reason: ReferenceReason): Judgement {
  return { reason, outputs: [] };
}

/** The first thing that stands against a right, in the order of SPEC 6, or "granted". */
function objection(list: ReferenceList, right: ReferenceRight, attempt: ReferenceAttempt): ReferenceReason {
  if (right.needsSecondPin && !knowsSecondPin(list, right, attempt.secondPin)) return "second-credential-needed";
  if (right.suspended) return "suspended";
  const untimely = attempt.time === undefined ? objectionWithoutTime(list, right, attempt.floor) : objectionAt(list, right, attempt.time);
  if (untimely !== "granted") return untimely;
  if (right.maxUses !== undefined) {
    const uses = attempt.usesOf(right.id);
    if (uses >= right.maxUses || (uses === 0 && attempt.usesFull)) return "used-up";
  }
  if (list.leasedClasses.includes(right.holderClass)) {
    const end = attempt.leaseEnds[right.holderClass];
    if (end === undefined || attempt.time === undefined || attempt.time >= end + LEASE_GRACE_SECONDS) return "stale-list";
  }
  return right.outputs.some((output) => attempt.outputs.includes(output)) ? "granted" : "output-not-allowed";
}

function knowsSecondPin(list: ReferenceList, { kind, secret }: ReferenceRight, typed: string | undefined): boolean {
  return list.secondPins.some((second) => second.kind === kind && second.secret === secret && second.digits === typed && !second.suspended);
}

function objectionAt(list: ReferenceList, right: ReferenceRight, time: number): ReferenceReason {
  if (time < right.from) return "not-yet-valid";
  if (right.until !== undefined && time >= right.until) return "expired";
  if (right.windows.length === 0) return "granted";
  const verdict = windowVerdict(list, right.windows, time);
  if (verdict === "inside") return "granted";
  return verdict === "holiday" ? "holiday" : "outside-schedule";
}

/** DESIGN §5, Time: only residents who may come at any hour of any day get in while nobody knows the hour. */
function objectionWithoutTime(list: ReferenceList, right: ReferenceRight, floor: number): ReferenceReason {
  if (right.until !== undefined && right.until <= floor) return "expired";
  const anyHour = right.holderClass === "resident" && right.windows.length === 0 && !list.leasedClasses.includes("resident");
  return anyHour && right.from <= floor ? "granted" : "time-unknown";
}
