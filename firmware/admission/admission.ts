import type { AccessList } from "../../protocol/access-list";
import { CredentialKind, credentialTag, secondPinTag } from "../../protocol/credential";
import type { Denial, Reason } from "../../protocol/decision";
import type { Hashes } from "../../protocol/hashes";
import type { Lease } from "../../protocol/lease";
import { decideAccess, type Grant } from "../decide-access";
import type { Door } from "../door/door";
import type { DoorMode } from "../door/door-mode";
import type { EventLog } from "../event-log/event-log";
import type { PresentedCredential, ReaderPort } from "../reader/reader-port";
import type { PinThrottle } from "./pin-throttle";
import type { UseJournal } from "./use-journal";

/** How a presented credential fared; holds no PIN. */
export interface Outcome {
  reason: Reason;
  kind: CredentialKind;
  /** Of a known credential. */
  tag: Uint8Array | undefined;
  /** Whoever opened was forced to: nobody at the door may notice that this is told. */
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
  throttle: Pick<PinThrottle, "charge" | "takeBack" | "charges">;
  uses: Pick<UseJournal, "usesOf" | "consume" | "full">;
  log: Pick<EventLog, "append" | "nextAtMost">;
  door: Pick<Door, "unlock">;
  mode: Pick<DoorMode, "entered">;
  onOutcome(outcome: Outcome): void;
}

/** What whoever presented a credential is told of it. */
export interface Answer {
  /** `second-credential-needed` also while its second PIN is waited for. */
  reason: Reason;
  /** Bit mask of the outputs that moved; 0 where it was refused. */
  outputs: number;
}

/** A first credential: what it is known by is all that is kept of it while a second PIN is waited for. */
interface Presented {
  kind: CredentialKind;
  tag: Uint8Array;
  /** Of a unit PIN. */
  unit: Uint8Array | undefined;
  /** Bit mask of the outputs that it asked for. */
  outputs: number;
}

/** The door's own strike, as a mask. */
const STRIKE = 1;

/**
 * Joins reader → throttle → decision → uses → log → outputs, in this order and in one go: what must outlive a power
 * cut is durable before the next step begins, and nothing moves before the last of them.
 *
 * A credential whose row needs a second PIN makes its reader ask for one, and is decided on anew when that has come
 * (X12). It is one attempt and one event, however it ends. A second PIN is bound to the first credential and counts
 * as a guess like any other: whoever found a card learns no PIN with it.
 */
export class Admission {
  readonly #parts: AdmissionParts;
  /** By the reader's index: what waits there for its second PIN. The reader keeps the time. */
  readonly #waiting: (Presented | undefined)[] = [];
  /** Attempts charged when a refusal to wait was last logged: one event for each wait, or hammering would fill the log. */
  #loggedWait: number | undefined;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /** Somebody presents a credential at a reader, or by radio beside one; answered, or a second PIN asked for, before this returns. */
  present(reader: ReaderPort, { kind, value, unit }: PresentedCredential): Answer {
    const { hashes, tagKey, throttle } = this.#parts;
    // Who taps a phone beside somebody whose second PIN is waited for takes nothing from them.
    const byRadio = kind === CredentialKind.phone || kind === CredentialKind.fob;
    if (!byRadio) this.#giveUp(reader);
    // Cards, fobs and phones are not guessed, so a locked keypad does not lock them out (X8).
    const typed = kind === CredentialKind.pin || kind === CredentialKind.unitPin || kind === CredentialKind.pin2;
    if (typed && !throttle.charge(unit)) return this.#wait(reader, kind);
    const tag = credentialTag(hashes, tagKey, kind, value);
    const answer = this.#decide(reader, { kind, tag, unit: unit?.slice(), outputs: reader.outputs }, undefined);
    if (typed && answer.reason !== "unknown-credential") throttle.takeBack(answer.reason === "granted" ? tag : undefined);
    return answer;
  }

  /**
   * Somebody typed the second PIN that a reader was made to ask for.
   * @param digits ASCII; undefined where nobody did.
   */
  secondPin(reader: ReaderPort, digits: Uint8Array | undefined): void {
    const { hashes, tagKey, throttle } = this.#parts;
    const first = this.#waiting[reader.index];
    if (first === undefined || digits === undefined) return this.#giveUp(reader);
    this.#waiting[reader.index] = undefined;
    if (!throttle.charge(first.unit)) return void this.#wait(reader, CredentialKind.pin2);
    const { reason } = this.#decide(reader, first, secondPinTag(hashes, tagKey, first.tag, digits));
    // Where the first credential has gone meanwhile nobody can tell whether the PIN was right.
    if (reason === "second-credential-needed" || reason === "unknown-credential") return;
    throttle.takeBack(reason === "granted" ? first.tag : undefined);
  }

  #decide(reader: ReaderPort, first: Presented, secondTag: Uint8Array | undefined): Answer {
    const { list, lease, clock, uses } = this.#parts;
    const decision = decideAccess({
      list: list(),
      kind: first.kind,
      tag: first.tag,
      secondTag,
      outputs: first.outputs,
      wallTime: clock.wallTime(),
      timeFloor: clock.floor,
      lease: lease(),
      usesOf: (of, useCounter) => uses.usesOf(of, useCounter),
      usesFull: uses.full,
    });
    if (decision.granted) return this.#grant(reader, first, decision);
    if (decision.reason === "second-credential-needed" && secondTag === undefined && reader.promptSecond !== undefined) {
      this.#giveUp(reader);
      this.#waiting[reader.index] = first;
      reader.promptSecond();
      return { reason: decision.reason, outputs: 0 };
    }
    return this.#refuse(reader, first.kind, decision.reason, decision.row && first.tag);
  }

  #grant(reader: ReaderPort, { kind, tag }: Presented, { row, profile, outputs, consumesUse, duress }: Grant): Answer {
    const { uses, log, door, mode, onOutcome } = this.#parts;
    // Records of what was folded or only counted may come before this one.
    if (consumesUse && !uses.consume(row, log.nextAtMost)) return this.#refuse(reader, kind, "used-up", tag);
    const event = log.append({ type: "decision", reason: "granted", kind, outputs, duress, tag });
    door.unlock(outputs);
    reader.signal.granted();
    // Nobody who is forced to open leaves the door standing open for the day.
    if ((outputs & STRIKE) !== 0 && !duress) mode.entered(profile.holderClass);
    onOutcome({ reason: "granted", kind, tag, duress, event });
    return { reason: "granted", outputs };
  }

  /** @param tag of a known credential: a mistyped PIN leaves no trace of itself. */
  #refuse(reader: ReaderPort, kind: CredentialKind, reason: Denial, tag: Uint8Array | undefined): Answer {
    this.#logRefusal(kind, reason, tag);
    reader.signal.denied();
    return { reason, outputs: 0 };
  }

  #logRefusal(kind: CredentialKind, reason: Denial, tag: Uint8Array | undefined): void {
    const { log, onOutcome } = this.#parts;
    const event = log.append({ type: "decision", reason, kind, tag });
    onOutcome({ reason, kind, tag, duress: false, event });
  }

  /** Something else came in its place, or nothing: the first credential opens nothing, and the log says that it was there. */
  #giveUp(reader: ReaderPort): void {
    const first = this.#waiting[reader.index];
    this.#waiting[reader.index] = undefined;
    if (first !== undefined) this.#logRefusal(first.kind, "second-credential-needed", first.tag);
  }

  #wait(reader: ReaderPort, kind: CredentialKind): Answer {
    const { throttle, log, onOutcome } = this.#parts;
    let event: number | undefined;
    if (this.#loggedWait !== throttle.charges) event = log.append({ type: "decision", reason: "locked-out", kind });
    this.#loggedWait = throttle.charges;
    reader.signal.wait();
    onOutcome({ reason: "locked-out", kind, tag: undefined, duress: false, event });
    return { reason: "locked-out", outputs: 0 };
  }
}
