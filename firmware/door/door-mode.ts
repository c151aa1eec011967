import type { AccessList } from "../../protocol/access-list";
import { readU16, readU32, writeU16, writeU32 } from "../../protocol/bytes";
import { LockState } from "../../protocol/delta";
import type { HolderClass } from "../../protocol/profile";
import type { OpenWindow } from "../../protocol/schedule";
import type { KeyValue, TimerHandle, Timers } from "../device";
import type { NewEvent } from "../event-log/new-event";
import type { Door } from "./door";
import { beginsHours, begunWith, hoursAt, hoursHold, secondsToCheck, stillOpen } from "./door-hours";

export interface DoorModeParts {
  keyValue: KeyValue;
  timers: Timers;
  clock: { wallTime(): number | undefined };
  /** The list in force. */
  list(): AccessList | undefined;
  door: Pick<Door, "setLockState" | "setHours">;
  /** Of the claim that counts: what an earlier owner's hours were is forgotten. */
  enrolment: number;
  /** After the strike has moved. */
  onEvent(event: NewEvent): void;
}

const KEY = "door-mode";
const FORMAT = 1;
const HEAD_BYTES = 8;
const WINDOW_BYTES = 6;

/**
 * What holds the strike apart from people: lock-down and hold-open, which are signed state of the list (X12), and
 * the door's own hours (N16). All of it holds offline and over reboots: the state lies in the list, and here lies
 * which hours somebody of a first-in class has begun, until they end.
 *
 * Hours hold the strike open while the time is known, the wall clock stands in one of their windows and no
 * lock-down is in force. Where the policy names first-in classes, each window waits for a grant to one of them: of
 * two that touch, each for its own. A list that was lost lifts no lock-down.
 *
 * Kept under `door-mode`: format 1 ‖ lock state told ‖ hours told ‖ 0 ‖ enrolment (u32) ‖ for each window begun: local
 * day on which it began, start, end (u16 each). What was told is in the log; a cut in between tells it twice.
 */
export class DoorMode {
  readonly #parts: DoorModeParts;
  #lockTold: LockState = LockState.normal;
  #hoursTold = false;
  #begun: readonly OpenWindow[] = [];
  #timer: TimerHandle | undefined;

  constructor(parts: DoorModeParts) {
    this.#parts = parts;
    const kept = parts.keyValue.read(KEY);
    if (kept !== undefined) this.#read(new Uint8Array(kept));
  }

  /** Looks anew: at the start, and after the list, its lock state or the clock has changed. */
  update(): void {
    const { list: listInForce, clock, door, onEvent } = this.#parts;
    const list = listInForce();
    const now = clock.wallTime();
    const lockState = list?.lockState ?? (this.#lockTold === LockState.lockDown ? LockState.lockDown : LockState.normal);
    const hours = list === undefined || now === undefined ? [] : hoursAt(list, now);
    // While nobody knows the time, nobody knows that a window has ended.
    const begun = list === undefined || now === undefined ? this.#begun : stillOpen(this.#begun, hours);
    const inHours = list !== undefined && lockState !== LockState.lockDown && hoursHold(list, hours, begun);
    door.setLockState(lockState);
    door.setHours(inHours);
    const [lockChanged, hoursChanged] = [lockState !== this.#lockTold, inHours !== this.#hoursTold];
    if (lockChanged) onEvent({ type: "lock-state", count: lockState });
    if (hoursChanged) onEvent({ type: "door-hours", count: inHours ? 1 : 0, outputs: inHours ? 1 : 0 });
    const changed = lockChanged || hoursChanged || begun.length !== this.#begun.length;
    [this.#lockTold, this.#hoursTold, this.#begun] = [lockState, inHours, begun];
    if (changed) this.#keep();
    this.#checkLater(list, now);
  }

  /** Somebody of this class was let in by the strike. */
  entered(holderClass: HolderClass): void {
    const { list: listInForce, clock } = this.#parts;
    const list = listInForce();
    const now = clock.wallTime();
    if (list === undefined || now === undefined || !beginsHours(list, holderClass)) return;
    const begun = begunWith(hoursAt(list, now));
    if (stillOpen(this.#begun, begun).length === begun.length) return;
    this.#begun = begun;
    this.#keep();
    this.update();
  }

  #checkLater(list: AccessList | undefined, now: number | undefined): void {
    const { timers } = this.#parts;
    if (this.#timer !== undefined) timers.clear(this.#timer);
    const seconds = list === undefined || now === undefined ? undefined : secondsToCheck(list, now);
    this.#timer = seconds === undefined ? undefined : timers.set(() => this.update(), seconds * 1_000);
  }

  #read(record: Uint8Array): void {
    const whole = record.length >= HEAD_BYTES && (record.length - HEAD_BYTES) % WINDOW_BYTES === 0 && record[0] === FORMAT && record[1] <= LockState.holdOpen;
    if (!whole || readU32(record, 4) !== this.#parts.enrolment) return;
    this.#lockTold = record[1] as LockState;
    this.#hoursTold = record[2] !== 0;
    const begun: OpenWindow[] = [];
    for (let at = HEAD_BYTES; at < record.length; at += WINDOW_BYTES) begun.push({ day: readU16(record, at), start: readU16(record, at + 2), end: readU16(record, at + 4) });
    this.#begun = begun;
  }

  #keep(): void {
    const record = new Uint8Array(HEAD_BYTES + WINDOW_BYTES * this.#begun.length);
    record.set([FORMAT, this.#lockTold, this.#hoursTold ? 1 : 0]);
    writeU32(record, 4, this.#parts.enrolment);
    this.#begun.forEach(({ day, start, end }, index) => {
      const at = HEAD_BYTES + WINDOW_BYTES * index;
      writeU16(record, at, day);
      writeU16(record, at + 2, start);
      writeU16(record, at + 4, end);
    });
    this.#parts.keyValue.write(KEY, record);
  }
}
