import type { Holder } from "../../protocol/handle";
import { unansweredResult } from "../../protocol/phone-unlock";

/** Whoever is connected by radio, until that ends; all that is known of them, and nothing of it outlives it. */
export class RadioPeer {
  /** Milliseconds since boot, as `seenAt`. */
  readonly connectedAt: number;
  /** Its last request. */
  seenAt: number;
  /** Message 1 that it has read and not answered. */
  challenge: { bytes: Uint8Array; at: number } | undefined;
  /** Message 3: what came of its last response. */
  result: Uint8Array = unansweredResult();
  /** Who it has proved to be. */
  holder: Holder | undefined;
  /** Ends the connection; once the request that is under way has been answered. */
  readonly end: () => void;

  constructor(now: number, end: () => void) {
    this.connectedAt = this.seenAt = now;
    this.end = end;
  }
}
