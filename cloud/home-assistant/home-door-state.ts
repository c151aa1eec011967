import type { HomeChoice } from "./home-choice";
import type { DoorLog } from "./door-log";

/** What is known of a door now. */
export interface DoorFacts {
  connected: boolean;
  /**
   * Whether a manager holds it open; undefined: nobody knows here, as it has not yet said, since it is connected, that
   * it has the newest list, or not all that it has logged is here.
   */
  heldByOrder: boolean | undefined;
  /** By the door's own word of now; undefined: none yet. */
  leafOpen: boolean | undefined;
  keypadLocked: boolean | undefined;
  /** Of its newest receipt. */
  alarms: readonly string[];
  log: DoorLog;
}

type OnOff = "ON" | "OFF" | "None";

/** What Home Assistant is shown; `None` is its word for what nobody knows. */
export interface HomeDoorState {
  lock: "LOCKED" | "UNLOCKED" | "UNLOCKING" | "None";
  contact: OnOff;
  forced: OnOff;
  held: OnOff;
  keypad: OnOff;
  problem: OnOff;
  connected: OnOff;
  /** RFC 3339. */
  last_access: string;
  access: { by?: string; person?: string };
  alarms: readonly string[];
}

/**
 * Never `LOCKED` where it is not known: a lock that says so wrongly is worse than one that says nothing.
 * @param unlocking it is being opened from there just now.
 */
export function homeStateOf({ connected, heldByOrder, leafOpen, keypadLocked, alarms, log }: DoorFacts, { names }: Pick<HomeChoice, "names">, unlocking: boolean, now: number): HomeDoorState {
  // Whoever closes the leaf has ended what it was about, whether its log has room for that or not.
  const alarm = (on: boolean): OnOff => onOff(leafOpen === undefined ? undefined : on && leafOpen);
  const { lastAccess } = log;
  return {
    lock: unlocking ? "UNLOCKING" : lockOf(connected, heldByOrder, log, now),
    contact: onOff(leafOpen),
    forced: alarm(log.forced),
    held: alarm(log.held),
    keypad: onOff(keypadLocked),
    problem: onOff(alarms.length > 0),
    connected: onOff(connected),
    last_access: lastAccess === undefined ? "None" : new Date(lastAccess.at * 1_000).toISOString(),
    access: { ...(lastAccess?.by && { by: lastAccess.by }), ...(names && lastAccess?.person && { person: lastAccess.person }) },
    alarms,
  };
}

/** @returns Unix seconds from when on the state is another one, if nothing else happens; undefined: it stays. */
export function changesAt({ log: { openUntil } }: DoorFacts, now: number): number | undefined {
  return openUntil > now ? openUntil : undefined;
}

function lockOf(connected: boolean, heldByOrder: boolean | undefined, { openUntil, inHours }: DoorLog, now: number): HomeDoorState["lock"] {
  if (!connected || heldByOrder === undefined) return "None";
  return heldByOrder || inHours || openUntil > now ? "UNLOCKED" : "LOCKED";
}

function onOff(on: boolean | undefined): OnOff {
  if (on === undefined) return "None";
  return on ? "ON" : "OFF";
}
