import type { EventType } from "../../protocol/event-record";
import { LockState } from "../../protocol/delta";
import type { Device, TimerHandle } from "../device";
import { Leaf } from "./leaf";
import { DEFAULT_UNLOCK_SECONDS, HELD_OPEN_ALARM_MS, OPENING_GRACE_MS } from "../limits";
import { RequestToExit } from "./request-to-exit";
import { Strike } from "./strike";

export type DoorEvent = Extract<EventType, "request-to-exit" | "leaf-opened" | "leaf-closed" | "forced-open" | "held-open">;

export interface DoorOptions {
  device: Pick<Device, "io" | "pin" | "outputs" | "timer" | "ticks">;
  /** Of the list in force, for a press of the exit button; undefined while there is none. */
  unlockSeconds(): number | undefined;
  /** After the strike has moved, so that no log can stand between a person and the way out. */
  onEvent(type: DoorEvent): void;
}

/**
 * Strike, leaf and exit button of one door.
 *
 * - The exit button opens whatever list, lock-down or throttle say, and its opening is no forced one.
 * - The strike falls when its time is over, or when the leaf has opened and closed again before. It stays up
 *   while the leaf is open, so that a bolt never shoots against an open leaf.
 * - A leaf that opens without either is `forced-open`; one that is still open 30 s after the strike fell is
 *   `held-open`, once for each opening. Neither is told while a manager holds the door open.
 */
export class Door {
  readonly #options: DoorOptions;
  readonly #strike: Strike;
  readonly #leaf: Leaf;
  #lockState: LockState = LockState.normal;
  /** Ticks at which the strike fell. */
  #fell: number | undefined;
  #openedInPulse = false;
  #heldOpenTimer: TimerHandle | undefined;
  #heldOpenTold = false;

  constructor(options: DoorOptions) {
    this.#options = options;
    const { io, pin, outputs, timer: timers, ticks } = options.device;
    const { Digital } = io;
    this.#strike = new Strike({ Digital, pin: outputs[0].pin, timers, ticks, onLocked: () => this.#locked() });
    this.#leaf = new Leaf({ Digital, pin: pin.contact, timers, onChange: (open) => (open ? this.#opened() : this.#closed()) });
    new RequestToExit({ Digital, pin: pin.requestToExit, timers, onPress: () => this.#exit() });
    if (this.#leaf.open) this.#watchLeaf();
  }

  /** Whether the strike is open now. */
  get unlocked(): boolean {
    return this.#strike.open;
  }

  get leafOpen(): boolean {
    return this.#leaf.open;
  }

  /** Opens the strike. Whoever calls has the grant in the log. */
  unlock(seconds: number): void {
    // Only an opening that comes after this counts for the relock on close.
    this.#openedInPulse = false;
    this.#stopWatching();
    this.#strike.pulse(seconds * 1_000);
  }

  /** Applies the signed state of the list in force (X12); `lockDown` ends a hold-open, and the decision refuses. */
  setLockState(state: LockState): void {
    this.#lockState = state;
    if (state === LockState.holdOpen) this.#stopWatching();
    this.#strike.hold(state === LockState.holdOpen);
  }

  /** Every output to its secure state, at once: for an exception, or before a restart. */
  secure(): void {
    this.#strike.secure();
  }

  #exit(): void {
    this.unlock(this.#options.unlockSeconds() ?? DEFAULT_UNLOCK_SECONDS);
    this.#options.onEvent("request-to-exit");
  }

  #opened(): void {
    const { ticks } = this.#options.device;
    const expected = this.#strike.open || (this.#fell !== undefined && ((ticks() - this.#fell) >>> 0) <= OPENING_GRACE_MS);
    this.#openedInPulse = this.#strike.open;
    this.#heldOpenTold = false;
    if (!this.#strike.open) this.#watchLeaf();
    this.#options.onEvent(expected ? "leaf-opened" : "forced-open");
  }

  #closed(): void {
    this.#stopWatching();
    if (this.#openedInPulse) this.#strike.endPulse();
    this.#openedInPulse = false;
    this.#options.onEvent("leaf-closed");
  }

  #locked(): void {
    this.#fell = this.#options.device.ticks();
    if (this.#leaf.open) this.#watchLeaf();
  }

  #watchLeaf(): void {
    this.#stopWatching();
    if (this.#heldOpenTold || this.#lockState === LockState.holdOpen) return;
    this.#heldOpenTimer = this.#options.device.timer.set(() => {
      this.#heldOpenTimer = undefined;
      this.#heldOpenTold = true;
      this.#options.onEvent("held-open");
    }, HELD_OPEN_ALARM_MS);
  }

  #stopWatching(): void {
    if (this.#heldOpenTimer !== undefined) this.#options.device.timer.clear(this.#heldOpenTimer);
    this.#heldOpenTimer = undefined;
  }
}
