import { Admission, type Outcome } from "../../firmware/admission/admission";
import type { Device } from "../../firmware/device";
import { Door, type DoorEvent } from "../../firmware/door/door";
import { DoorMode } from "../../firmware/door/door-mode";
import { EventLog } from "../../firmware/event-log/event-log";
import { startEventLog } from "../../firmware/event-log/event-log-state";
import { PinThrottle } from "../../firmware/admission/pin-throttle";
import { Readers } from "../../firmware/reader/readers";
import { Uptime } from "../../firmware/uptime";
import { UseJournal } from "../../firmware/admission/use-journal";
import { VirtualBoard, type VirtualBoardOptions } from "../../hardware-sim/virtual-board";
import { VirtualClock } from "../../hardware-sim/virtual-clock";
import type { AccessList } from "../../protocol/access-list";
import type { CredentialKind } from "../../protocol/credential";
import { decodeEvent, type EventRecord } from "../../protocol/event-record";
import type { Hashes } from "../../protocol/hashes";
import type { Lease } from "../../protocol/lease";
import { TAG_KEY } from "./trial-list";

export interface TrialDoorOptions extends Partial<VirtualBoardOptions> {
  list?: AccessList;
}

/**
 * A virtual board that runs everything between keypad and strike, with a list, a lease and a time that a test
 * sets: no store, no cloud.
 */
export class TrialDoor {
  readonly clock: VirtualClock;
  readonly board: VirtualBoard;
  list: AccessList | undefined;
  lease: Lease | undefined;
  /** Whether the door knows the time. */
  timeKnown = true;
  /** Seconds by which the door's clock is ahead. */
  skew = 0;
  readonly outcomes: Outcome[] = [];
  readonly doorEvents: DoorEvent[] = [];
  #hashes: Hashes;
  /** Parts of the boot that runs. */
  throttle!: PinThrottle;
  door!: Door;
  mode!: DoorMode;
  readers!: Readers;
  admission!: Admission;
  log!: EventLog;
  uses!: UseJournal;

  constructor(hashes: Hashes, { list, ...options }: TrialDoorOptions = {}) {
    this.#hashes = hashes;
    this.list = list;
    this.clock = options.clock ?? new VirtualClock();
    this.board = new VirtualBoard({ hashes, flashBlocks: 160, ...options, clock: this.clock });
    this.board.start((device) => this.#boot(device));
  }

  /** Lets a few ms pass: keys and edges are told from the event loop. */
  settle(milliseconds = 10): void {
    this.clock.advance(milliseconds);
  }

  /** Types digits and whatever else, and gives how that ended. */
  type(keys: string): string | undefined {
    const before = this.outcomes.length;
    this.board.keypad.type(keys);
    this.settle();
    return this.outcomes.length > before ? this.outcomes[this.outcomes.length - 1].reason : undefined;
  }

  /** Something other than a PIN is presented at a reader. */
  present(kind: CredentialKind, value: Uint8Array, reader = 0): string | undefined {
    const before = this.outcomes.length;
    this.admission.present(this.readers.ports[reader], { kind, value });
    return this.outcomes.length > before ? this.outcomes[this.outcomes.length - 1].reason : undefined;
  }

  /** Everything in the log, oldest first. */
  events(): EventRecord[] {
    return (this.log.unsent(96)?.records ?? []).map(decodeEvent);
  }

  #boot(device: Device): void {
    const keyValue = device.keyValue.open({ path: "latchkey", format: "buffer" });
    const flash = device.flash.open({ path: "latchkey" });
    if (keyValue.read("event-log") === undefined) startEventLog(keyValue, 1, new Uint8Array(32));
    const uptime = new Uptime(() => device.ticks());
    const policy = () => this.list?.policy;
    this.throttle = new PinThrottle({ keyValue, timers: device.timer, uptime });
    this.door = new Door({
      device,
      policy,
      onEvent: (type, count = 0) => {
        this.doorEvents.push(type);
        this.log.append({ type, count });
      },
    });
    const clock = { wallTime: () => (this.timeKnown ? Math.floor(this.clock.unixMs / 1_000) + this.skew : undefined), floor: Math.floor(this.clock.startUnixMs / 1_000) };
    this.log = new EventLog({ flash, keyValue, hashes: this.#hashes, clock, uptime, enrolment: 1 });
    this.uses = new UseJournal({ flash, keyValue, acknowledged: () => this.log.acknowledged, isListed: () => true });
    this.readers = new Readers({
      device,
      rules: () => policy() ?? { pinDigits: undefined, unitNumbers: false },
      listener: {
        onCredential: (reader, credential) => this.admission.present(reader, credential),
        onSecondPin: (reader, digits) => this.admission.secondPin(reader, digits),
      },
    });
    this.mode = new DoorMode({ keyValue, timers: device.timer, clock, list: () => this.list, door: this.door, enrolment: 1, onEvent: (event) => this.log.append(event) });
    this.admission = new Admission({
      hashes: this.#hashes,
      tagKey: TAG_KEY,
      list: () => this.list,
      lease: () => this.lease,
      clock,
      throttle: this.throttle,
      uses: this.uses,
      log: this.log,
      door: this.door,
      mode: this.mode,
      onOutcome: (outcome) => this.outcomes.push(outcome),
    });
    this.mode.update();
    this.throttle.resetFromCloud(this.list?.delta?.throttleReset ?? 0);
  }
}
