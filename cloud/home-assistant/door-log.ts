import type { EventRecord } from "../../protocol/event-record";
import { HARDWARE_ALARMS } from "../notifications/event-occurrence";
import { HOME_EVENTS, type HomeEventType } from "./discovery";

/** An event of a door's log, as far as a home is told of it. */
export interface LoggedEvent {
  /** undefined where the log was altered, or the door is newer than this cloud: nobody's word. */
  event: EventRecord | undefined;
  /** Unix seconds. */
  receivedAt: number;
  /** It took minutes to arrive, or nobody knows how long: no news. */
  late: boolean;
  /** What was presented, e.g. `pin`; null where nobody knows whose it was. */
  kind: string | null;
  /** Name of whose right it was; null where nobody's, or erased. */
  person: string | null;
}

/** The last time that somebody was let in. */
export interface LastAccess {
  /** Unix seconds, by the door's clock; null where it had none: by when it was heard of. */
  at: number;
  by: "pin" | "card" | "phone" | "fob" | "remote" | null;
  person: string | null;
}

/** What follows from a door's log. */
export interface DoorLog {
  /** Unix seconds until which the strike may be open; 0 = since long it is not. */
  openUntil: number;
  /** The leaf has opened since the strike did: when it closes, the strike locks. */
  passed: boolean;
  /** The leaf was forced, or held, open, and has not closed since. */
  forced: boolean;
  held: boolean;
  /** The door's own hours hold it open (N16). */
  inHours: boolean;
  lastAccess: LastAccess | undefined;
}

export const EMPTY_LOG: DoorLog = { openUntil: 0, passed: false, forced: false, held: false, inHours: false, lastAccess: undefined };

/** bit 0 of a mask: what leaf and exit button belong to. */
const STRIKE = 1;

/** Whole seconds are cut off where time is told: never say a second too early that a door is locked. */
const SECOND = 1;

/** One event more. @param unlockSeconds for how long the strike opens. */
export function follow(log: DoorLog, { event, receivedAt, late, kind, person }: LoggedEvent, unlockSeconds: number): DoorLog {
  if (event === undefined) return log;
  // What is known to be long ago moves nothing now.
  const opens = late && !event.timeUnknown ? {} : { openUntil: receivedAt + unlockSeconds + SECOND, passed: false };
  const moved = (event.outputs & STRIKE) !== 0 ? opens : {};
  switch (event.type) {
    case "decision":
      return event.reason === "granted" ? { ...log, ...moved, lastAccess: { at: timeOf(event, receivedAt), by: wayOf(kind), person } } : log;
    case "remote-unlock":
      return { ...log, ...moved, lastAccess: { at: timeOf(event, receivedAt), by: "remote", person } };
    case "request-to-exit":
      return { ...log, ...opens };
    case "leaf-opened":
      return { ...log, passed: receivedAt < log.openUntil };
    case "leaf-closed":
      return { ...log, forced: false, held: false, passed: false, ...(log.passed && { openUntil: 0 }) };
    case "forced-open":
      return { ...log, forced: true };
    case "held-open":
      return { ...log, held: true };
    case "door-hours":
      return { ...log, inHours: event.count === 1 };
    default:
      return log;
  }
}

/** What an automation is told. Who was made to open opens like every day: whoever stands beside them may see the screen. */
export interface HomeEvent {
  event_type: HomeEventType;
  by?: LastAccess["by"];
  person?: string | null;
  reason?: string;
}

/** @param names whether it may be said who. @returns undefined for what is no news, or nobody's business. */
export function homeEventOf({ event, late, kind, person }: LoggedEvent, names: boolean): HomeEvent | undefined {
  if (event === undefined || late) return undefined;
  const whose = names ? { person } : {};
  switch (event.type) {
    case "decision":
      return event.reason === "granted" ? { event_type: "opened", by: wayOf(kind), ...whose } : { event_type: "refused", reason: event.reason };
    case "remote-unlock":
      return { event_type: "opened", by: "remote", ...whose };
    case "request-to-exit":
      return { event_type: "exit" };
    case "forced-open":
      return { event_type: "forced_open" };
    case "held-open":
      return { event_type: "held_open" };
    case "alarm":
      return alarmOf(event);
    default:
      return undefined;
  }
}

function alarmOf({ count }: EventRecord): HomeEvent | undefined {
  const name = HARDWARE_ALARMS[count]?.replaceAll("-", "_");
  const event_type = HOME_EVENTS.find((type) => type === name);
  return event_type && { event_type };
}

function timeOf({ time, timeUnknown }: EventRecord, receivedAt: number): number {
  return timeUnknown ? receivedAt : time;
}

/** A duress code is told as what it pretends to be. */
function wayOf(kind: string | null): LastAccess["by"] {
  if (kind === null) return null;
  if (kind.endsWith("pin")) return "pin";
  return kind === "card" || kind === "phone" || kind === "fob" ? kind : null;
}
