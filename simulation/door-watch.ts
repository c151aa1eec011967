import type { OutputWiring } from "../firmware/device";
import type { VirtualBoard } from "../hardware-sim/virtual-board";
import { equalBytes, readU32, toHex } from "../protocol/bytes";
import { CredentialKind } from "../protocol/credential";
import { LockState } from "../protocol/delta";
import type { EventRecord } from "../protocol/event-record";
import { decodeLease, notAfterOf, type Lease } from "../protocol/lease";
import { HolderClass } from "../protocol/profile";
import { COMMIT_BYTES } from "../firmware/access-list/commit-log";
import { CLOCK_CHIP_BEHIND_MAX_MS, SCRUB_INTERVAL_MS } from "../firmware/limits";
import { REASONS } from "../protocol/decision";
import type { Attempt } from "./attempt";
import type { CloudDoor } from "./cloud/cloud-door";
import type { IssuedList } from "./cloud/issued-list";
import { referenceKind } from "./cloud/reference-terms";
import type { RightAtDoor } from "./cloud/rights";
import { speaksByRadio } from "./phones/phones";
import { LogTap } from "./log-tap";
import { DRIFT, OpeningWatch } from "./opening-watch";
import { GuessingBound } from "./reference/guessing-bound";
import { judge, type ReferenceAttempt } from "./reference/judge";
import type { Tally } from "./tally";
import type { Trace } from "./trace";
import type { Invariant } from "./violation";

const ATTEMPTS_KEPT = 10;
/** From a key press to the decision. */
const PROMPT_MS = 1_500;
const STORAGE = "latchkey";
/** A scrub takes its time. */
const SCRUB_MS = 60_000;
const LIST_NAME = `${STORAGE}/list`;

/** A grant that stands in the door's log. */
interface LoggedGrant {
  tag: string;
}

export interface DoorWatchParts {
  door: number;
  board: VirtualBoard;
  locks: readonly OutputWiring["lock"][];
  trace: Trace;
  reasons: Tally;
  /** ms of the world. */
  now(): number;
  fail(invariant: Invariant, text: string): void;
}

/**
 * Looks over one door's shoulder, from outside: at its relay, at the records that it writes to flash, at what is
 * kept in its key-value store. Every grant is held against what the cloud has acknowledged and promised (I1, X1),
 * against the reference model (I7), against its own past (I2, I3, X8); every movement of the relay against its
 * cause and its time (I4, I5); and the log at the cloud against what was written here (I4, I8).
 */
export class DoorWatch {
  /** Once the door is claimed. */
  books: CloudDoor | undefined;
  /** Who stands at the reader; a slow board may yet answer those before. */
  readonly attempts: Attempt[] = [];
  /** The last decision that was logged. */
  lastDecision: { reason: string; at: number } | undefined;
  /** The secret of whoever was let in last. */
  lastEntered: string | undefined;
  grants = 0;
  /** How far the door's clock was behind the world's when it last wrote the time down, to half a second. */
  clockLagMs = 0;
  readonly openings: OpeningWatch;
  readonly tap: LogTap;
  readonly #parts: DoorWatchParts;
  readonly #guessing = new GuessingBound();
  readonly #grants = new Map<number, LoggedGrant>();
  readonly #uses = new Map<string, number>();
  /** What was kept as the lease when a keyset was accepted. */
  #endedLease: Uint8Array | undefined;
  #next = 0;
  /** Committed last; and what receipts showed last, which travel for a while. */
  #version = 0;
  #epoch = 0;
  #throttleReset = 0;
  /** ms of the world until which the list that the door has may say what nobody issued. */
  #flippedUntil = 0;
  #shown = { counter: 0, epoch: 0, version: 0, signedTime: 0 };
  #timeKnown = false;
  /** When it was without power since the time was signed last. */
  #dark: { at: number; milliseconds: number; chipTouched: boolean }[] = [];

  constructor(parts: DoorWatchParts) {
    this.#parts = parts;
    const { board, locks, now, fail } = parts;
    this.openings = new OpeningWatch({ locks, now, list: () => this.#activeList(), time: () => this.#doorTime(), fail });
    this.tap = new LogTap(board.flash, (event) => this.#recordWritten(event));
    board.keyValue.onChange = (name) => name === LIST_NAME && this.#listKept();
  }

  /**
   * The board was without power for so long. Who turns its clock chip back meanwhile can hold its time back to the
   * floor, which is to say for all the time that it was dark since the time was signed, and no promise covers that
   * (SPEC 8).
   */
  wasDark(milliseconds: number, chipTouched: boolean): void {
    this.#dark.push({ at: this.#parts.now(), milliseconds: milliseconds + CLOCK_CHIP_BEHIND_MAX_MS, chipTouched });
  }

  /**
   * A bit of a list in flash has changed by itself. Pages are held against their hashes at boot and once a day, and
   * not for each look-up (SPEC 5.6): for so long the door may take what it reads for a right.
   */
  listFlipped(): void {
    this.#flippedUntil = this.#parts.now() + SCRUB_INTERVAL_MS * DRIFT + SCRUB_MS;
  }

  /** Somebody presents something. */
  presented(attempt: Attempt): void {
    this.attempts.push(attempt);
    if (this.attempts.length > ATTEMPTS_KEPT) this.attempts.shift();
  }

  /** The board has been powered on. */
  booted(): void {
    this.#guessing.boot(this.#parts.now());
    this.openings.booted();
    this.#flippedUntil = 0;
  }

  /** Between two events. */
  settled(): void {
    if (this.#parts.board.running) this.openings.settled();
  }

  /** When the lease that the door holds ends for a class, Unix seconds. */
  leaseEndOf(holderClass: HolderClass): number | undefined {
    const lease = this.#lease(this.#activeList());
    return lease && notAfterOf(lease, holderClass);
  }

  /** A receipt of this door was taken. */
  receiptTaken(known: boolean): void {
    const { receipt } = this.books!;
    if (!known) return this.#parts.fail("I2", `a receipt shows list ${receipt?.epoch}/${receipt?.version}, which nobody issued`);
    const shown = this.#shown;
    if (receipt !== undefined && receipt.signedTime > shown.signedTime) {
      // What phones bring may be days old.
      const signedAt = receipt.signedTime * 1_000 - this.#parts.board.clock.startUnixMs;
      this.#dark = this.#dark.filter(({ at }) => at >= signedAt);
    }
    if (receipt !== undefined && receipt.counter < shown.counter) return this.#parts.fail("X1", `receipt ${receipt.counter} passes for newer than ${shown.counter}`);
    if (receipt === undefined || receipt.version === 0 || receipt.counter === shown.counter) return;
    if (receipt.epoch < shown.epoch || (receipt.epoch === shown.epoch && receipt.version < shown.version)) {
      return this.#parts.fail("I2", `a receipt shows list ${receipt.epoch}/${receipt.version} after ${shown.epoch}/${shown.version}`);
    }
    this.#shown = { counter: receipt.counter, epoch: receipt.epoch, version: receipt.version, signedTime: receipt.signedTime };
  }

  /** An event is stored in the cloud. */
  onStored(event: EventRecord): void {
    if (event.type !== "decision" || event.reason !== "granted") return;
    const logged = this.#grants.get(event.sequence);
    if (logged === undefined && this.tap.halfWritten.has(event.sequence)) return;
    if (logged === undefined || logged.tag !== toHex(event.tag)) this.#parts.fail("I4", `the cloud has a grant as event ${event.sequence} that the door never logged`);
    else this.#grants.delete(event.sequence);
  }

  /** The chain may only break where the world broke it. */
  onAltered(sequence: number): void {
    if (!this.tap.damaged.has(sequence) && !this.tap.damaged.has(sequence - 1)) this.#parts.fail("I8", `event ${sequence} has a MAC that does not hold`);
  }

  onChanged(sequence: number): void {
    if (!this.tap.damaged.has(sequence)) this.#parts.fail("I8", `event ${sequence} says something else than before`);
  }

  /** After everything has healed and was sent: what was logged is in the cloud, or in a gap that the chain counts (I4, I8). */
  drained(): void {
    const { log } = this.books!;
    const { missing } = log;
    if (missing > 0 && log.folded < missing) this.#parts.fail("I8", `${missing} events never arrived, and the chain counts ${log.folded}`);
    this.#grants.forEach((_, sequence) => {
      // With a damaged record goes the MAC that proves the next one: that is stored, and not believed.
      if (sequence < log.next && (!log.has(sequence) || this.tap.damaged.has(sequence) || this.tap.damaged.has(sequence - 1))) return;
      this.#parts.fail("I4", `the grant of event ${sequence} is neither in the cloud (next ${log.next}) nor in a gap`);
    });
    this.#grants.clear();
  }

  /** Unix seconds of the door's clock, reckoned from what it logged last. */
  #doorTime(): number | undefined {
    return this.#timeKnown ? Math.floor((this.#parts.board.clock.startUnixMs + this.#parts.now() - this.clockLagMs) / 1_000) : undefined;
  }

  /** What the key-value store says was committed last. */
  #kept(): { epoch: number; version: number; commit: Uint8Array } | undefined {
    const kept = this.#parts.board.keyValue.peek(STORAGE, "list");
    return kept === undefined ? undefined : { epoch: readU32(kept, 0), version: readU32(kept, 4), commit: kept.subarray(0, COMMIT_BYTES) };
  }

  #activeList(): IssuedList | undefined {
    const kept = this.#kept();
    const list = kept && this.books?.lists.get(kept.version);
    if (list?.bare === undefined || !equalBytes(list.bare.commit, kept!.commit)) return list;
    return { ...list, lockState: LockState.normal, throttleReset: 0, reference: list.bare.reference };
  }

  #listKept(): void {
    const kept = this.#kept();
    if (kept === undefined) return;
    if (kept.epoch < this.#epoch || (kept.epoch === this.#epoch && kept.version < this.#version)) {
      return this.#parts.fail("I2", `list ${kept.epoch}/${kept.version} was committed after ${this.#epoch}/${this.#version}`);
    }
    this.#epoch = kept.epoch;
    this.#version = kept.version;
    const throttleReset = this.#activeList()?.throttleReset ?? 0;
    if (throttleReset > this.#throttleReset) this.#guessing.lift();
    this.#throttleReset = Math.max(this.#throttleReset, throttleReset);
    this.openings.listChanged();
  }

  #recordWritten(event: EventRecord): void {
    const now = this.#parts.now();
    if (!event.timeUnknown) this.clockLagMs = this.#parts.board.clock.startUnixMs + now - event.time * 1_000 - 500;
    if (event.sequence < this.#next) this.#grants.delete(event.sequence);
    this.#next = event.sequence + 1;
    this.#parts.trace.note("event", this.#parts.door, event.sequence, REASONS.indexOf(event.reason), () => `${event.sequence} ${event.type} ${event.reason} ${event.timeUnknown ? "time unknown" : event.time}`);
    this.#timeKnown = !event.timeUnknown;
    // New keys end the lease that the old ones signed.
    if (event.type === "keyset-accepted") this.#endedLease = this.#parts.board.keyValue.peek(STORAGE, "lease");
    if (event.type === "remote-unlock") this.openings.commandLogged(event.outputs);
    if (event.type === "door-hours") this.openings.hoursLogged(event.count === 1, event.timeUnknown ? undefined : event.time);
    if (event.type !== "decision") return this.#parts.reasons.add(event.type);
    this.#parts.reasons.add(event.reason);
    this.lastDecision = { reason: event.reason, at: now };
    const typed = event.kind === CredentialKind.pin || event.kind === CredentialKind.unitPin || event.kind === CredentialKind.pin2;
    if (typed && event.reason !== "locked-out") {
      if (!this.#guessing.mayCompare(now)) this.#parts.fail("X8", "a PIN was compared while the keypad had to wait");
      if (event.reason === "unknown-credential") this.#guessing.unknown(now);
    }
    if (event.reason === "granted") this.#granted(event, now);
  }

  #granted(event: EventRecord, now: number): void {
    const { books } = this;
    const { fail } = this.#parts;
    this.grants += 1;
    this.openings.logged(event.outputs);
    this.#grants.set(event.sequence, { tag: toHex(event.tag) });
    const recent = this.attempts.filter(({ at }) => now - at <= PROMPT_MS + 30_000);
    if (books === undefined || recent.length === 0) return fail("I4", "a grant was logged, and nobody is at the door");
    const attempt = recent.reverse().find(({ kind, secret }) => equalBytes(books.tagOf(kind, secret), event.tag));
    if (attempt === undefined) return fail("I7", "a grant was logged under a tag that nobody presented");
    this.lastEntered = attempt.secret;
    // One response of a phone opens once.
    if (speaksByRadio(attempt.kind)) this.attempts.splice(this.attempts.indexOf(attempt), 1);
    const { tag } = event;
    this.#guessing.granted(now, toHex(tag));
    const held = books.rights.filter((at) => equalBytes(at.tag, tag) && at.right.credential.kind === attempt.kind);
    this.#checkRevoked(held, now);
    this.#checkReference(event, attempt);
  }

  /** By how much somebody at the clock chip may hold the door's clock back, beyond what promises allow for. */
  get #heldBackMs(): number {
    return this.#dark.some(({ chipTouched }) => chipTouched) ? this.#dark.reduce((sum, { milliseconds }) => sum + milliseconds, 0) : 0;
  }

  /** I1, I9 and X1: whoever was taken every right may only open where and while the cloud says so. */
  #checkRevoked(held: readonly RightAtDoor[], now: number): void {
    const { books } = this;
    if (held.length === 0 || held.some(({ right }) => right.revokedAt === undefined)) return;
    this.#parts.reasons.add("granted though revoked");
    const closes = (this.#parts.board.clock.startUnixMs + now - this.#heldBackMs) / 1_000 + this.openings.unlockSeconds(0);
    let acknowledged = false;
    let says = "";
    // It may not have been told yet.
    const known = held.every(({ removedVersion }) => removedVersion !== undefined && removedVersion <= this.#version) && this.#parts.now() >= this.#flippedUntil;
    for (const at of held) {
      const statement = books!.statementOn(at);
      if (statement.state === "acknowledged") acknowledged = true;
      else if (known) continue;
      else if (statement.state === "unlimited" && at.promisedUntil === Infinity) return;
      else if (statement.state === "limited" && closes <= Math.min(statement.until, at.promisedUntil)) return;
      says += ` ${at.right.id}: ${statement.state}${statement.state === "limited" ? ` until ${statement.until}, promised ${at.promisedUntil}` : ""};`;
    }
    this.#parts.fail(acknowledged ? "I1" : known ? "I9" : "X1", `a revoked credential opens, to be shut at ${closes};${says}`);
  }

  /** I7, I3. */
  #checkReference(event: EventRecord, attempt: Attempt): void {
    const { books } = this;
    const list = this.#activeList();
    const lease = this.#lease(list);
    const given: ReferenceAttempt = {
      kind: referenceKind(attempt.kind),
      secret: attempt.secret,
      secondPin: attempt.secondPin,
      outputs: this.#parts.locks.map((_, output) => output),
      time: event.timeUnknown ? undefined : event.time,
      floor: this.#floor(),
      leaseEnds: lease === undefined ? {} : { guest: lease.guestNotAfter, staff: lease.staffNotAfter, resident: lease.residentNotAfter },
      usesOf: (id) => this.#uses.get(id) ?? 0,
      usesFull: false,
    };
    let judgement = judge(list?.reference, given);
    // Signed times in messages raise the floor before it is kept.
    if (judgement.reason !== "granted" && event.timeUnknown) judgement = judge(list?.reference, { ...given, floor: given.floor + 366 * 86_400 });
    if (judgement.reason !== "granted" || judgement.right === undefined) {
      if (judgement.reason !== "used-up" && this.#parts.now() < this.#flippedUntil) return this.#parts.reasons.add("granted by a flipped bit");
      const what = `${given.kind} ${attempt.secret} by list ${list?.version} of ${books?.version}, time ${given.time ?? "unknown"}, floor ${given.floor}, lease ${lease?.version}`;
      return this.#parts.fail(judgement.reason === "used-up" ? "I3" : "I7", `granted where the reference model says ${judgement.reason}: ${what}`);
    }
    const { outputs, right } = judgement;
    // Of two rights that both let in the door takes either.
    const mine = list?.reference.rights.some((other) => other.secret === right.secret && maskOf(other.outputs.filter((output) => given.outputs.includes(output))) === event.outputs);
    if (mine !== true) this.#parts.fail("I7", `outputs ${event.outputs} were moved where the reference model moves ${maskOf(outputs)}`);
    if ((event.outputs & 1) !== 0) this.openings.entered(HOLDER_CLASSES[right.holderClass]);
    const { id, maxUses } = right;
    if (maxUses !== undefined) this.#uses.set(id, (this.#uses.get(id) ?? 0) + 1);
  }

  #floor(): number {
    const kept = this.#parts.board.keyValue.peek(STORAGE, "clock");
    return kept === undefined ? 0 : readU32(kept, 4);
  }

  #lease(list: IssuedList | undefined): Lease | undefined {
    const kept = this.#parts.board.keyValue.peek(STORAGE, "lease");
    if (kept === undefined || list === undefined) return undefined;
    if (this.#endedLease !== undefined && equalBytes(kept, this.#endedLease)) return undefined;
    const lease = decodeLease(kept);
    return lease.epoch === list.epoch && lease.version <= list.version ? lease : undefined;
  }
}

const HOLDER_CLASSES = { resident: HolderClass.resident, guest: HolderClass.guest, staff: HolderClass.staff } as const;

function maskOf(outputs: readonly number[]): number {
  return outputs.reduce((mask, output) => mask | (1 << output), 0);
}
