import type { Reason } from "../../protocol/decision";
import type { EventType } from "../../protocol/event-record";

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
