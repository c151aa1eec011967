import { LockState } from "../../protocol/delta";
import { unlockSecondsOf, type DoorPolicy } from "../../protocol/door-policy";
import type { EventType } from "../../protocol/event-record";
import type { Device, TimerHandle } from "../device";
import { DEFAULT_UNLOCK_SECONDS, HELD_OPEN_ALARM_MS, OPENING_GRACE_MS } from "../limits";
import { EventRate } from "./event-rate";
import { Leaf } from "./leaf";
import { Output } from "./output";
import { RequestToExit } from "./request-to-exit";

export type DoorEvent = Extract<EventType, "request-to-exit" | "leaf-opened" | "leaf-closed" | "forced-open" | "held-open" | "alarm">;

/** `count` of an `alarm` (SPEC 10): the exit button does not come up again. */
export const ALARM_EXIT_STUCK = 1;
/** Leaf or exit button change so often that their events are left out for a while. */
export const ALARM_CHATTER = 2;

export interface DoorOptions {
  device: Pick<Device, "io" | "pin" | "outputs" | "timer" | "ticks">;
  /** Of the list in force; undefined while there is none. */
  policy(): DoorPolicy | undefined;
  /**
   * After the strike has moved, so that no log can stand between a person and the way out.
   * @param count of an `alarm`: what it is about.
   */
  onEvent(type: DoorEvent, count?: number): void;
}

/** The door's own strike: the output that leaf and exit button belong to, and that can be held open. */
const STRIKE = 0;

/**
 * Outputs, leaf and exit button of one door.
 *
 * - Each output locks when its own time is over. The strike locks sooner where the leaf has opened and closed again
 *   meanwhile, not while it is open, so that a bolt never shoots against an open leaf before its time.
 * - The exit button opens the strike whatever list, lock-down or throttle say, and its opening is no forced one. It
 *   is a convenience: what a person must be able to leave by cuts the lock's power or turns a handle (DESIGN §5).
 * - More than 40 of their events in a minute are no people: they move what they move, but the log gets an alarm.
 * - A leaf that opens without either is `forced-open`; one that is still open 30 s after the strike has locked is
 *   `held-open`, once for each opening. Neither is told while the strike is held open by a manager or its hours.
 */
export class Door {
  readonly #options: DoorOptions;
  readonly #outputs: readonly Output[];
  readonly #leaf: Leaf;
  #lockState: LockState = LockState.normal;
  readonly #rate: EventRate;
  #inHours = false;
  /** Ticks at which the strike locked. */
  #locked: number | undefined;
  #openedInPulse = false;
  #heldOpenTimer: TimerHandle | undefined;
  #heldOpenTold = false;

  constructor(options: DoorOptions) {
    this.#options = options;
    const { io, pin, outputs, timer: timers, ticks } = options.device;
    const { Digital } = io;
    this.#rate = new EventRate(ticks);
    // Before anything else: until here the board's pull-downs alone hold the relays.
    this.#outputs = outputs.map((wiring, index) => new Output({ Digital, wiring, timers, ticks, ...(index === STRIKE && { onLocked: () => this.#strikeLocked() }) }));
    this.#leaf = new Leaf({ Digital, pin: pin.contact, timers, onChange: (open) => (open ? this.#opened() : this.#closed()) });
    new RequestToExit({ Digital, pin: pin.requestToExit, timers, onPress: () => this.#exit(), onStuck: () => options.onEvent("alarm", ALARM_EXIT_STUCK) });
    if (this.#leaf.open) this.#watchLeaf();
  }

  /** Bit mask of the outputs that the board has. */
  get outputs(): number {
    return (1 << this.#outputs.length) - 1;
  }

  /** Whether the strike is open now. */
  get unlocked(): boolean {
    return this.#strike.open;
  }

  get leafOpen(): boolean {
    return this.#leaf.open;
  }

  /** The signed state of the list in force. */
  get lockState(): LockState {
    return this.#lockState;
  }

  /** Opens outputs, each for its own time (policy of the list in force). Whoever calls has the grant in the log. */
  unlock(outputs: number): void {
    const policy = this.#options.policy();
    this.#outputs.forEach((output, index) => {
      if (((outputs >> index) & 1) === 0) return;
      if (index === STRIKE) {
        // Only an opening that comes after this counts for the relock on close.
        this.#openedInPulse = false;
        this.#stopWatching();
      }
      output.pulse((policy === undefined ? DEFAULT_UNLOCK_SECONDS : unlockSecondsOf(policy, index)) * 1_000);
    });
  }

  /** Applies the signed state of the list in force (X12): lock-down ends whatever holds the strike open, and the decision refuses. */
  setLockState(state: LockState): void {
    this.#lockState = state;
    this.#hold();
  }

  /** The door's own hours have begun or ended (N16). */
  setHours(inHours: boolean): void {
    this.#inHours = inHours;
    this.#hold();
  }

  /** Every output to its secure state, at once: for an exception, or before a restart. */
  secure(): void {
    for (const output of this.#outputs) output.secure();
  }

  get #strike(): Output {
    return this.#outputs[STRIKE];
  }

  /** Somebody wants the strike to stay open. */
  get #held(): boolean {
    return this.#lockState === LockState.holdOpen || (this.#inHours && this.#lockState === LockState.normal);
  }

  #hold(): void {
    if (this.#held) this.#stopWatching();
    this.#strike.hold(this.#held);
  }

  #exit(): void {
    this.unlock(1 << STRIKE);
    this.#tell("request-to-exit");
  }

  #opened(): void {
    const { ticks } = this.#options.device;
    const expected = this.#strike.open || (this.#locked !== undefined && ((ticks() - this.#locked) >>> 0) <= OPENING_GRACE_MS);
    this.#openedInPulse = this.#strike.open;
    this.#heldOpenTold = false;
    if (!this.#strike.open) this.#watchLeaf();
    this.#tell(expected ? "leaf-opened" : "forced-open");
  }

  #closed(): void {
    this.#stopWatching();
    if (this.#openedInPulse) this.#strike.endPulse();
    this.#openedInPulse = false;
    this.#tell("leaf-closed");
  }

  /** What people and wires can make happen at any rate. */
  #tell(type: DoorEvent): void {
    const rate = this.#rate.count();
    if (rate === "tell") this.#options.onEvent(type);
    else if (rate === "begin") this.#options.onEvent("alarm", ALARM_CHATTER);
  }

  #strikeLocked(): void {
    this.#locked = this.#options.device.ticks();
    if (this.#leaf.open) this.#watchLeaf();
  }

  #watchLeaf(): void {
    this.#stopWatching();
    if (this.#heldOpenTold) return;
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
