import type { Reason } from "../protocol/decision";
import type { EventType, EventUpload } from "../protocol/event-record";
import type { Hashes } from "../protocol/hashes";
import type { Flash, KeyValue } from "./device";
import type { Uptime } from "./uptime";
import type { Work } from "./work-queue";

/** What is to be written down; the log adds number, time and MAC. */
export interface NewEvent {
  type: EventType;
  /** Default "granted", which for anything but a decision means nothing. */
  reason?: Reason;
  kind?: number;
  /** Bit mask. */
  outputs?: number;
  duress?: boolean;
  tag?: Uint8Array | undefined;
  count?: number;
}

export interface EventLogParts {
  flash: Flash;
  keyValue: KeyValue;
  hashes: Hashes;
  clock: { wallTime(): number | undefined };
  uptime: Uptime;
  enrolment: number;
}

/**
 * Begins the log of an enrolment, once, at the claim. The log then owns the key: whoever stores `DoorKeys` leaves
 * `event` out, since whoever reads a door's memory must not find the key of its past.
 */
export function startEventLog(_keyValue: KeyValue, _enrolment: number, _firstKey: Uint8Array): void {
  throw new Error("not written yet");
}

export class EventLog {
  /** @throws Error where `startEventLog` was not called for this enrolment. */
  constructor(_parts: EventLogParts) {}

  /** Number of the next event. */
  get next(): number {
    throw new Error("not written yet");
  }

  /** Number of the first event that the cloud has not and the door still holds. */
  get first(): number {
    throw new Error("not written yet");
  }

  /** All events below this number are with the cloud. */
  get acknowledged(): number {
    throw new Error("not written yet");
  }

  /** Events were lost to a full log, and the cloud has not yet got the record that says so. */
  get folded(): boolean {
    throw new Error("not written yet");
  }

  /** Writes an event and reads it back. @returns its number; undefined where the flash takes nothing any more. */
  append(_event: NewEvent): number | undefined {
    throw new Error("not written yet");
  }

  /** The oldest unsent events, at most `max`, ready for `encodeEventUpload`. */
  unsent(_max: number): EventUpload | undefined {
    throw new Error("not written yet");
  }

  /** @param sequence first event that the cloud has not. @returns false where it is none of this log's. */
  acknowledge(_sequence: number): boolean {
    throw new Error("not written yet");
  }

  /** Work for idle time: erases the next sector before it is needed; undefined where there is nothing to do. */
  eraseAhead(): Work | undefined {
    throw new Error("not written yet");
  }
}
