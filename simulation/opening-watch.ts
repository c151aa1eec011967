import type { OutputWiring } from "../firmware/device";
import { DEFAULT_UNLOCK_SECONDS } from "../firmware/limits";
import { COMMAND_NONCE_MS } from "../protocol/limits";
import type { HolderClass } from "../protocol/profile";
import type { IssuedList } from "./cloud/issued-list";
import { referenceClass } from "./cloud/reference-terms";
import { beginsHours, hoursNow, mayStandOpen } from "./reference/standing-open";
import type { Invariant } from "./violation";

/** A relay may be late by so much (DESIGN §5), and a board's clock drifts. */
const LATE_MS = 1_000;
export const DRIFT = 1 + 2e-4;
/** From the exit button to the strike. */
const PROMPT_MS = 1_500;
/** How well we know a door's clock: it may have leapt with a signed time, or with the little that unsigned time may move it. */
const CLOCK_BLUR_SECONDS = 3;
const LEAP_SECONDS = 1_000;

export interface OpeningWatchParts {
  locks: readonly OutputWiring["lock"][];
  /** ms of the world. */
  now(): number;
  /** What the door has committed; nobody else can say whether it has lost it. */
  list(): IssuedList | undefined;
  /** Unix seconds of the door's clock, as far as its log tells; undefined while it does not know them. */
  time(): number | undefined;
  fail(invariant: Invariant, text: string): void;
}

/**
 * Watches the relays of one door: each opening has a cause (I4), and each ends in time, also after a reset (I5).
 * Causes are a decision or a command that was logged in that instant, the exit button, hold-open, and door hours.
 */
export class OpeningWatch {
  readonly #parts: OpeningWatchParts;
  readonly #openUntil: number[];
  /** When an event was logged that moves an output. */
  readonly #caused: number[];
  readonly #open: boolean[];
  readonly #firstIns = new Set<string>();
  #exitPressed = -Infinity;
  /** Instants at which an output opened, or locked too late, and what is logged in the same instant may yet say why. */
  #unexplained: number | undefined;
  #lateSince: number | undefined;
  #commands: number[] = [];

  constructor(parts: OpeningWatchParts) {
    this.#parts = parts;
    this.#openUntil = parts.locks.map(() => 0);
    this.#caused = parts.locks.map(() => -Infinity);
    this.#open = parts.locks.map(() => false);
  }

  /** A fail-safe lock stood open while there was no power; the firmware has a second. */
  booted(): void {
    for (let output = 0; output < this.#openUntil.length; output++) this.#allow(output, LATE_MS);
    this.#unexplained = this.#lateSince = undefined;
  }

  /** Where the strike is open already, it stays open for longer. A door without a list opens for the time that it comes with. */
  exitPressed(): void {
    this.#exitPressed = this.#parts.now();
    this.#allow(0, 1_000 * Math.max(this.unlockSeconds(0), DEFAULT_UNLOCK_SECONDS) * DRIFT + PROMPT_MS + LATE_MS);
  }

  /** Another list counts: what it holds open or not is to show in a second. */
  listChanged(): void {
    this.#allow(0, LATE_MS);
  }

  /** The cloud sends a command to unlock. */
  commanded(): void {
    this.#commands.push(this.#parts.now());
  }

  /** An event is in the log that opens these outputs. @param mask bit = output. */
  logged(mask: number): void {
    for (let output = 0; output < this.#caused.length; output++) {
      if (((mask >> output) & 1) === 0) continue;
      this.#caused[output] = this.#parts.now();
      this.#allow(output, 1_000 * this.unlockSeconds(output) * DRIFT + LATE_MS);
    }
  }

  /** A command was obeyed: one that was sent, once, and no later than its nonce lives. */
  commandLogged(mask: number): void {
    const now = this.#parts.now();
    const sent = this.#commands.findIndex((at) => now - at <= COMMAND_NONCE_MS * DRIFT);
    if (sent < 0) return this.#parts.fail("I4", "a command was obeyed that nobody has sent in time");
    this.#commands.splice(0, sent + 1);
    this.logged(mask);
    // Also a door that has lost its list obeys.
    this.#allow(0, 1_000 * DEFAULT_UNLOCK_SECONDS * DRIFT + LATE_MS);
  }

  /** Somebody came in by the strike. */
  entered(holderClass: HolderClass): void {
    const list = this.#parts.list()?.reference;
    const time = this.#parts.time();
    if (list === undefined || time === undefined || !beginsHours(list, referenceClass(holderClass))) return;
    for (const hours of hoursNow(list, time)) this.#firstIns.add(hours);
  }

  /** The log says that the door's hours hold, or no more: it is written just after the relay has moved. @param time of the event. */
  hoursLogged(hold: boolean, time: number | undefined): void {
    const list = this.#parts.list()?.reference;
    if (hold && this.#unexplained === this.#parts.now() && mayStandOpen(list, time, this.#firstIns)) this.#unexplained = undefined;
    // A lying time server may have held the clock back; a signed time then ends hours that were over long ago.
    const held = (seconds: number): boolean => time === undefined || mayStandOpen(list, time - seconds, this.#firstIns);
    if (!hold && this.#lateSince === this.#parts.now() && (held(2) || held(LEAP_SECONDS >> 1) || held(LEAP_SECONDS))) this.#lateSince = undefined;
  }

  moved(output: number, energised: boolean): void {
    const open = energised === (this.#parts.locks[output] === "fail-secure");
    if (open === this.#open[output]) return;
    this.#open[output] = open;
    this.#explain();
    const now = this.#parts.now();
    if (!open) {
      if (now > this.#openUntil[output] && !this.#mayStand(output, CLOCK_BLUR_SECONDS)) this.#lateSince = now;
    } else if (this.#caused[output] !== now && now > this.#openUntil[output] && !this.#mayStand(output, CLOCK_BLUR_SECONDS) && !(output === 0 && now - this.#exitPressed <= PROMPT_MS)) {
      this.#unexplained = now;
    }
  }

  /** The board has lost its power; what moves by the clock is logged after it has moved, and a cut may come between. */
  powerLost(): void {
    if (this.#parts.list()?.reference.hours !== undefined) this.#unexplained = this.#lateSince = undefined;
    this.#explain();
    this.#open.fill(false);
  }

  /** Between two events. */
  settled(): void {
    this.#explain();
    for (let output = 0; output < this.#open.length; output++) if (this.#open[output] && this.#parts.now() > this.#openUntil[output] && !this.#mayStand(output, LEAP_SECONDS)) this.#late(output);
  }

  /** By the list that the door has committed. */
  unlockSeconds(output: number): number {
    const policy = this.#parts.list()?.policy;
    if (policy === undefined) return DEFAULT_UNLOCK_SECONDS;
    return (output === 0 ? 0 : policy.outputSeconds[output - 1]) || policy.unlockSeconds;
  }

  #allow(output: number, milliseconds: number): void {
    this.#openUntil[output] = Math.max(this.#openUntil[output], this.#parts.now() + milliseconds);
  }

  #explain(): void {
    if (this.#lateSince !== undefined) this.#late(0, this.#lateSince);
    if (this.#unexplained === undefined) return;
    this.#unexplained = undefined;
    this.#parts.fail("I4", "an output opened, and no record, no exit button, no hold-open and no hours say why");
  }

  #mayStand(output: number, blurSeconds: number): boolean {
    if (output !== 0) return false;
    const list = this.#parts.list()?.reference;
    const time = this.#parts.time();
    if (list === undefined) return false;
    if (list.lock !== "normal" || list.hours === undefined || time === undefined) return mayStandOpen(list, time, this.#firstIns);
    // Windows last half an hour at least, so a few looks are enough.
    for (let blur = -blurSeconds; blur <= blurSeconds; blur += Math.max(1, blurSeconds >> 2)) if (mayStandOpen(list, time + blur, this.#firstIns)) return true;
    return false;
  }

  #late(output: number, at = this.#parts.now()): void {
    this.#parts.fail("I5", `output ${output} is still open ${Math.round(at - this.#openUntil[output])} ms after it should have locked`);
  }
}
