import type { AccessList } from "../protocol/access-list";
import { credentialTag, type CredentialKind } from "../protocol/credential";
import type { Reason } from "../protocol/decision";
import type { Hashes } from "../protocol/hashes";
import type { Lease } from "../protocol/lease";
import type { Door } from "./door";
import type { EventLog } from "./event-log";
import type { PinThrottle } from "./pin-throttle";
import type { ReaderSignal } from "./reader-signal";
import type { UseJournal } from "./use-journal";

/** How a presented credential fared; holds no PIN. */
export interface Outcome {
  reason: Reason;
  kind: CredentialKind;
  /** Of a known credential. */
  tag: Uint8Array | undefined;
  duress: boolean;
  /** Number of its event, where one was written. */
  event: number | undefined;
}

export interface AdmissionParts {
  hashes: Hashes;
  /** `DoorKeys.tag`. */
  tagKey: Uint8Array;
  list(): AccessList | undefined;
  lease(): Lease | undefined;
  clock: { wallTime(): number | undefined; readonly floor: number };
  throttle: PinThrottle;
  uses: UseJournal;
  log: EventLog;
  door: Pick<Door, "unlock">;
  signal: Pick<ReaderSignal, "granted" | "denied" | "wait">;
  onOutcome(outcome: Outcome): void;
}

/** Joins reader → throttle → decision → uses → log → strike. */
export class Admission {
  constructor(_parts: AdmissionParts) {
    void credentialTag;
  }

  /** Somebody presents a credential at the reader; answered before this returns. */
  present(_kind: CredentialKind, _value: Uint8Array): void {
    throw new Error("not written yet");
  }
}
