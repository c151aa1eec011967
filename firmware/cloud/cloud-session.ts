import { equalBytes } from "../../protocol/bytes";
import { encodeDoorState, OFFLINE, type DoorState } from "../../protocol/door-state";
import { encodeEventUpload } from "../../protocol/event-record";
import { EVENTS_PER_UPLOAD_MAX } from "../../protocol/limits";
import { encodeNeed } from "../../protocol/need";
import { ProtocolError, type ProtocolErrorCode } from "../../protocol/protocol-error";
import { CloudLink } from "./cloud-link";
import { DownMessages, type DownMessageAnswers } from "./down-messages";
import { Inbox } from "./inbox";
import { RefusalCounters } from "./refusal-counters";
import type { CommandDesk } from "./command-desk";
import type { ReceiptDesk } from "./receipt-desk";
import type { Device, TimerHandle } from "../device";
import type { Door } from "../door/door";
import type { EnrolmentRecord } from "../enrolment/enrolment-record";
import type { EventLog } from "../event-log/event-log";
import type { FirmwareUpdater } from "../life/firmware-updater";
import type { KeysetStore } from "../trust/keyset-store";
import type { LeaseStore } from "../trust/lease-store";
import { EVENT_UPLOAD_RETRY_MAX_MS, EVENT_UPLOAD_RETRY_MS, NEED_RETRY_MS, RADIO_REFUSALS_TOLD_MS, RECEIPT_INTERVAL_MS, RECEIPT_PAUSE_MS } from "../limits";
import type { ListUpdater } from "../access-list/list-updater";
import type { PinThrottle } from "../admission/pin-throttle";
import type { TrustedClock } from "../trust/trusted-clock";
import type { Uptime } from "../uptime";
import type { Work, WorkQueue } from "../work-queue";

export interface CloudSessionParts {
  device: Device;
  door: Door;
  doorId: Uint8Array;
  record: EnrolmentRecord;
  /** Where the claim went to. */
  cloudHost: string;
  queue: WorkQueue;
  uptime: Uptime;
  clock: TrustedClock;
  updater: ListUpdater;
  keysets: KeysetStore;
  leases: LeaseStore;
  log: EventLog;
  throttle: PinThrottle;
  receipts: ReceiptDesk;
  desk: CommandDesk;
  firmware: FirmwareUpdater;
  /** What the rest of the board says of itself in `up/state`. */
  telemetry(): Partial<DoorState>;
}

/**
 * What a claimed door says to its cloud and takes from it. It says what it has (receipts) and what it lacks
 * (needs); whatever comes is checked where it belongs, in slices, and a refusal is counted and changes nothing.
 */
export class CloudSession implements DownMessageAnswers {
  /** What a cloud says that changes something: for phones that bring it. */
  readonly messages: DownMessages;
  readonly #parts: CloudSessionParts;
  readonly #link: CloudLink;
  readonly #inbox: Inbox;
  readonly #refusals = new RefusalCounters();
  /** The question that is open. */
  #asked: Uint8Array | undefined;
  #needTimer: TimerHandle | undefined;
  #uploadTimer: TimerHandle | undefined;
  #uploadPause = EVENT_UPLOAD_RETRY_MS;
  #receiptTimer: TimerHandle | undefined;
  #airTimer: TimerHandle | undefined;
  #firstEventSaid = 0;

  constructor(parts: CloudSessionParts) {
    this.#parts = parts;
    this.#link = new CloudLink(parts.device, parts.doorId, parts.record.login, parts.cloudHost, {
      onOnline: () => this.#online(),
      onOffline: () => parts.device.trace("cloud: offline"),
      onMessage: (what, payload) => this.#receive(what, payload),
      hasRoom: (byteLength) => this.#inbox.hasRoom(byteLength),
      onDropped: (code) => this.refuse(new ProtocolError(code, "message")),
    });
    this.messages = new DownMessages({ ...parts, hashes: parts.device.hashes, answers: this });
    this.#inbox = new Inbox({ timers: parts.device.timer, queue: parts.queue, handle: (what, payload) => this.#guard(this.#handle(what, payload)) });
  }

  get online(): boolean {
    return this.#link.online;
  }

  /** Where messages wait, whoever brings them: they share one bound. */
  get room(): Pick<Inbox, "reserve" | "free"> {
    return this.#inbox;
  }

  start(): void {
    this.#link.connect();
    this.#everyInterval();
  }

  /** Counts what was refused; the cloud sees it in the door's state. */
  refuse(error: ProtocolError): void {
    this.#refusals.count(error.code);
    this.#parts.device.trace(`refused: ${error.message}`);
    this.sayState();
    if (TELLING.includes(error.code)) this.sayReceiptSoon();
  }

  /** As `refuse`, for what came by radio: anybody may send that, as fast as they can, and the cloud hears of it once in a while. */
  refuseFromAir(error: ProtocolError): void {
    this.#refusals.count(error.code);
    this.#parts.device.trace(`refused: ${error.message}`);
    this.#airTimer ??= this.#parts.device.timer.set(() => {
      this.#airTimer = undefined;
      this.sayState();
    }, RADIO_REFUSALS_TOLD_MS);
  }

  /**
   * A new event stands in the log: the cloud gets it when it can.
   * @param urgent also while it has not acknowledged the ones before.
   */
  eventWritten(urgent = false): void {
    if (urgent || this.#uploadTimer === undefined) this.#upload();
  }

  /** What a page shows of this door; after anything of it has changed. */
  sayState(): void {
    const { door, throttle, clock, uptime } = this.#parts;
    const state = {
      ...OFFLINE,
      online: true,
      time: clock.wallTime() ?? 0,
      leafOpen: door.leafOpen,
      lockedOut: throttle.lockedOut,
      ...this.#refusals.state,
      ...this.#parts.telemetry(),
      uptime: Math.floor(uptime.milliseconds / 1_000),
    };
    this.#link.publish("state", encodeDoorState(state), true);
  }

  /** What this door has, under its MAC: after each change, once it is durable. */
  sayReceipt(): void {
    if (!this.#link.online) return;
    const { receipts, log } = this.#parts;
    const receipt = receipts.make();
    this.#firstEventSaid = log.first;
    this.#link.publish("receipt", receipt);
  }

  #online(): void {
    this.#parts.device.trace("cloud: online");
    this.#parts.firmware.proved();
    this.sayState();
    this.sayReceipt();
    this.askTime();
    // Whatever was asked over the connection before, its answer may be lost.
    this.#asked = undefined;
    this.sayNeed();
    this.#upload();
  }

  #everyInterval(): void {
    if (this.#link.online) {
      this.sayReceipt();
      this.sayState();
      this.askTime();
    }
    this.#parts.device.timer.set(() => this.#everyInterval(), RECEIPT_INTERVAL_MS);
  }

  askTime(): void {
    if (!this.#link.online) return;
    this.#link.publish("need", encodeNeed({ timeNonce: this.#parts.clock.ask() }));
  }

  /**
   * Asks for what the list under way lacks next, and again while it does not come. What is asked for already is not
   * asked for once more with each message that comes meanwhile: every question is answered with a page.
   */
  sayNeed(): void {
    const { updater } = this.#parts;
    const need = updater.nextNeed();
    const bytes = need === undefined || !this.#link.online ? undefined : encodeNeed(need);
    if (bytes !== undefined && this.#asked !== undefined && equalBytes(bytes, this.#asked)) return;
    this.#ask(bytes);
  }

  #ask(need: Uint8Array | undefined): void {
    const { timer } = this.#parts.device;
    if (this.#needTimer !== undefined) timer.clear(this.#needTimer);
    this.#needTimer = undefined;
    this.#asked = need;
    if (need === undefined) return;
    this.#link.publish("need", need);
    this.#needTimer = timer.set(() => {
      this.#asked = undefined;
      this.sayNeed();
    }, NEED_RETRY_MS);
  }

  /** @param again nobody has acknowledged what went out before. */
  #upload(again = false): void {
    const { device, record, log } = this.#parts;
    if (this.#uploadTimer !== undefined) device.timer.clear(this.#uploadTimer);
    this.#uploadTimer = undefined;
    if (!this.#link.online) return;
    // Events that the door had to give up are a gap that only a receipt explains.
    if (log.first > this.#firstEventSaid && log.first > log.acknowledged) this.sayReceipt();
    const upload = log.unsent(EVENTS_PER_UPLOAD_MAX);
    if (upload === undefined) return;
    this.#link.publish("events", encodeEventUpload(device.hashes, record.keys.receipt, upload));
    this.#uploadPause = again ? Math.min(2 * this.#uploadPause, EVENT_UPLOAD_RETRY_MAX_MS) : EVENT_UPLOAD_RETRY_MS;
    this.#uploadTimer = device.timer.set(() => this.#upload(true), this.#uploadPause);
  }

  /** The cloud has taken events: the next ones. */
  sayEvents(): void {
    this.#upload();
  }

  #receive(what: string, payload: Uint8Array): void {
    if (!this.#inbox.take(what, payload)) this.refuse(new ProtocolError("no-room", "message"));
  }

  /** Whoever sends this does not know what this door has; told at most so often, lest two that disagree talk all day. */
  sayReceiptSoon(): void {
    this.#receiptTimer ??= this.#parts.device.timer.set(() => {
      this.#receiptTimer = undefined;
      this.sayReceipt();
      this.sayNeed();
    }, RECEIPT_PAUSE_MS);
  }

  /** A refusal ends the work and is counted; anything else is a bug and goes on to the queue. */
  *#guard(work: Work): Work {
    try {
      yield* work;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.refuse(error);
    }
  }

  *#handle(what: string, payload: Uint8Array): Work {
    const { desk, firmware } = this.#parts;
    if (what === "command") this.#link.publish("reply", desk.receive(payload));
    else if (what === "firmware") yield* firmware.receive(payload);
    else yield* this.messages.receive(what, payload);
  }
}

/** Refusals that tell that the sender takes this door for another than it is, or that something of it was not kept. */
const TELLING: readonly ProtocolErrorCode[] = ["old-version", "wrong-base", "lease-for-newer-list", "wrong-keyset-number", "no-room"];
