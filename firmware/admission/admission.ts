import type { AccessList } from "../../protocol/access-list";
import { CredentialKind, credentialTag } from "../../protocol/credential";
import type { Reason } from "../../protocol/decision";
import type { Hashes } from "../../protocol/hashes";
import type { Lease } from "../../protocol/lease";
import { decideAccess, type Decision } from "../decide-access";
import type { Door } from "../door/door";
import type { EventLog } from "../event-log/event-log";
import type { PinThrottle } from "./pin-throttle";
import type { ReaderSignal } from "../reader/reader-signal";
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
  /** The lease in force for that list. */
  lease(): Lease | undefined;
  clock: { wallTime(): number | undefined; readonly floor: number };
  throttle: Pick<PinThrottle, "charge" | "takeBack" | "count">;
  uses: Pick<UseJournal, "usesOf" | "consume" | "full">;
  log: Pick<EventLog, "append" | "next">;
  door: Pick<Door, "unlock">;
  signal: Pick<ReaderSignal, "granted" | "denied" | "wait">;
  onOutcome(outcome: Outcome): void;
}

/** The door's own strike, as a mask. */
const STRIKE = 1;

/**
 * Joins reader → throttle → decision → uses → log → strike, in this order and in one go: what must outlive a power
 * cut is durable before the next step begins, and nothing moves before the last of them.
 */
export class Admission {
  readonly #parts: AdmissionParts;
  /** Failures at which a refusal to wait was last logged: one event for each wait, or hammering would fill the log. */
  #loggedWait: number | undefined;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /** Somebody presents a credential at the reader; answered before this returns. */
  present(kind: CredentialKind, value: Uint8Array): void {
    const { hashes, tagKey, throttle } = this.#parts;
    // Cards, fobs and phones are not guessed, so a locked keypad does not lock them out (X8).
    const typed = kind === CredentialKind.pin || kind === CredentialKind.unitPin || kind === CredentialKind.pin2;
    if (typed && !throttle.charge()) return this.#wait(kind);
    this.#loggedWait = undefined;
    const tag = credentialTag(hashes, tagKey, kind, value);
    const reason = this.#decide(kind, tag);
    if (!typed || reason === "unknown-credential") return;
    throttle.takeBack(reason === "granted" ? tag : undefined);
  }

  #decide(kind: CredentialKind, tag: Uint8Array): Reason {
    const { list: listInForce, lease, clock, uses } = this.#parts;
    const list = listInForce();
    const decision = decideAccess({
      list,
      kind,
      tag,
      outputs: STRIKE,
      wallTime: clock.wallTime(),
      timeFloor: clock.floor,
      lease: lease(),
      usesOf: (of, useCounter) => uses.usesOf(of, useCounter),
      usesFull: uses.full,
    });
    if (!decision.granted) return this.#refuse(kind, decision.reason, decision.row && tag);
    return this.#grant(kind, tag, decision, list!);
  }

  #grant(kind: CredentialKind, tag: Uint8Array, { row, outputs, consumesUse }: Decision & { granted: true }, list: AccessList): Reason {
    const { uses, log, door, signal, onOutcome } = this.#parts;
    // One record may come before this one: that of events that were folded.
    if (consumesUse && !uses.consume(row, log.next + 1)) return this.#refuse(kind, "used-up", tag);
    const { duress } = row;
    const event = log.append({ type: "decision", reason: "granted", kind, outputs, duress, tag });
    door.unlock(list.policy.unlockSeconds);
    signal.granted();
    onOutcome({ reason: "granted", kind, tag, duress, event });
    return "granted";
  }

  /** @param tag of a known credential: a mistyped PIN leaves no trace of itself. */
  #refuse(kind: CredentialKind, reason: Exclude<Reason, "granted">, tag: Uint8Array | undefined): Reason {
    const { log, signal, onOutcome } = this.#parts;
    const event = log.append({ type: "decision", reason, kind, tag });
    signal.denied();
    onOutcome({ reason, kind, tag, duress: false, event });
    return reason;
  }

  #wait(kind: CredentialKind): void {
    const { throttle, log, signal, onOutcome } = this.#parts;
    let event: number | undefined;
    if (this.#loggedWait !== throttle.count) event = log.append({ type: "decision", reason: "locked-out", kind });
    this.#loggedWait = throttle.count;
    signal.wait();
    onOutcome({ reason: "locked-out", kind, tag: undefined, duress: false, event });
  }
}
