import { lookUp } from "../protocol/access-list";
import type { CredentialKind } from "../protocol/credential";
import { LockState } from "../protocol/delta";
import type { Keyset } from "../protocol/keyset";
import { TAG_BYTES } from "../protocol/limits";
import type { AccessListStore } from "./access-list/access-list-store";
import { ListUpdater } from "./access-list/list-updater";
import { Admission, type Outcome } from "./admission/admission";
import { PinThrottle } from "./admission/pin-throttle";
import { UseJournal } from "./admission/use-journal";
import { CloudSession } from "./cloud/cloud-session";
import { CommandDesk } from "./cloud/command-desk";
import { ReceiptCounter } from "./cloud/receipt-counter";
import { ReceiptDesk } from "./cloud/receipt-desk";
import type { Device, Flash, KeyValue } from "./device";
import type { Door } from "./door/door";
import { DoorMode } from "./door/door-mode";
import type { EnrolmentRecord } from "./enrolment/enrolment-record";
import { loadSettings } from "./enrolment/settings";
import { EventLog } from "./event-log/event-log";
import type { NewEvent } from "./event-log/new-event";
import type { BoardLife } from "./life/board-life";
import { owedServiceEvent, serviceEventWritten } from "./life/forgetting";
import type { Owned } from "./life/ownership";
import { SCRUB_INTERVAL_MS } from "./limits";
import { startRadio } from "./radio/start-radio";
import type { PresentedCredential, ReaderPort } from "./reader/reader-port";
import type { Readers } from "./reader/readers";
import { ClockUpkeep } from "./trust/clock-upkeep";
import type { KeysetStore } from "./trust/keyset-store";
import { LeaseStore } from "./trust/lease-store";
import type { TrustedClock } from "./trust/trusted-clock";
import type { Uptime } from "./uptime";
import type { Work, WorkQueue } from "./work-queue";

/** What a controller has before anybody claims it, and the claim. */
export interface ClaimedDoorParts {
  device: Device;
  flash: Flash;
  keyValue: KeyValue;
  queue: WorkQueue;
  uptime: Uptime;
  clock: TrustedClock;
  door: Door;
  doorId: Uint8Array;
  readers: Readers;
  store: AccessListStore;
  keysets: KeysetStore;
  record: EnrolmentRecord;
  life: BoardLife;
}

/** A door that somebody owns: it decides by its list, keeps a log, and talks to its cloud where there is one. */
export class ClaimedDoor implements Owned {
  readonly #parts: ClaimedDoorParts;
  readonly #throttle: PinThrottle;
  readonly #leases: LeaseStore;
  readonly #updater: ListUpdater;
  readonly #log: EventLog;
  readonly #uses: UseJournal;
  readonly #mode: DoorMode;
  readonly #admission: Admission;
  readonly #session: CloudSession;
  readonly #clockUpkeep: ClockUpkeep;
  readonly #receipts: ReceiptDesk;

  constructor(parts: ClaimedDoorParts) {
    this.#parts = parts;
    const { device, flash, keyValue, queue, uptime, clock, door, doorId, store, keysets, record } = parts;
    const { hashes } = device;
    this.#throttle = new PinThrottle({ keyValue, timers: device.timer, uptime });
    this.#leases = new LeaseStore({ keyValue, keysets, store, doorId, onAccepted: (lease) => clock.raiseFloor(lease.issuedAt) });
    this.#updater = new ListUpdater({ device, store, keysets, doorId, onActivated: () => this.#listActivated() });
    const log = new EventLog({ flash, keyValue, hashes, clock, uptime, enrolment: record.login.enrolment });
    this.#log = log;
    this.#uses = new UseJournal({ flash, keyValue, acknowledged: () => log.acknowledged, isListed: (tag, kind) => this.#mayBeListed(tag, kind) });
    this.#mode = new DoorMode({
      keyValue,
      timers: device.timer,
      clock,
      list: () => store.active?.list,
      door,
      enrolment: record.login.enrolment,
      onEvent: (event) => this.note(event),
    });
    this.#admission = new Admission({
      hashes,
      tagKey: record.keys.tag,
      list: () => store.active?.list,
      lease: () => this.#leases.current,
      clock,
      throttle: this.#throttle,
      uses: this.#uses,
      log,
      door,
      mode: this.#mode,
      onOutcome: (outcome) => this.#decided(outcome),
    });
    const desk = new CommandDesk({
      hashes,
      key: record.keys.command,
      randomBytes: (length) => device.randomBytes(length),
      uptime,
      unlock: (outputs, requestId) => this.#unlockRemotely(outputs, requestId),
    });
    const counter = new ReceiptCounter(keyValue, record.login.enrolment);
    this.#receipts = new ReceiptDesk({ hashes, record, store, keysets, leases: this.#leases, clock, log, uses: this.#uses, counter });
    this.#session = new CloudSession({
      device,
      door,
      doorId,
      record,
      cloudHost: loadSettings(keyValue)?.cloudHost ?? "",
      queue,
      uptime,
      clock,
      updater: this.#updater,
      keysets,
      leases: this.#leases,
      log,
      throttle: this.#throttle,
      receipts: this.#receipts,
      desk,
      firmware: parts.life.firmware,
      telemetry: () => parts.life.telemetry,
    });
    this.#clockUpkeep = new ClockUpkeep({ timers: device.timer, sntp: device.sntp, clock, online: () => this.#session.online });
  }

  /** Once, after it was made. */
  start(): void {
    const { queue, store, keyValue, life } = this.#parts;
    const owed = owedServiceEvent(keyValue);
    if (owed !== undefined) {
      this.#log.append({ type: "service", count: owed });
      serviceEventWritten(keyValue);
    }
    const started = this.#log.append({ type: "boot", count: life.resetReason });
    // Where starts are only counted, an alarm for each of them would fill the log; the receipt says it too.
    if (started !== undefined && (store.alarms.listLost || store.alarms.listDamaged)) this.#log.append({ type: "alarm" });
    this.#applyListState();
    queue.add(this.#resume());
    this.#session.start();
    this.#startRadio();
    this.#clockUpkeep.start();
    this.#tidy();
  }

  /** Somebody presents a credential at a reader. */
  present(reader: ReaderPort, credential: PresentedCredential): void {
    this.#admission.present(reader, credential);
  }

  /** Somebody typed the second PIN that a reader asked for, or let it be. */
  secondPin(reader: ReaderPort, digits: Uint8Array | undefined): void {
    this.#admission.secondPin(reader, digits);
  }

  /** Something happened at the door: into the log, and to the cloud when it can be reached. */
  note(event: NewEvent): void {
    this.#log.append(event);
    this.#told();
  }

  /** The owner lets the door be claimed anew. */
  get released(): boolean {
    return this.#parts.store.active?.list.delta?.released ?? false;
  }

  /** Every event is with the cloud. */
  get allSent(): boolean {
    return this.#log.first >= this.#log.next;
  }

  /** Connected to its cloud. */
  get online(): boolean {
    return this.#session.online;
  }

  /** The clock shows another time than it would have by itself. */
  clockLeapt(): void {
    this.#mode.update();
  }

  /** Everything that the keys before it vouched for is to be vouched for anew. */
  keysetAccepted({ issuedAt }: Keyset): void {
    this.#leases.end();
    this.#parts.clock.resetFloor(issuedAt);
    this.#log.append({ type: "keyset-accepted" });
  }

  /** Phones decide like everybody else, and carry what the session would. */
  #startRadio(): void {
    startRadio({
      ...this.#parts,
      updater: this.#updater,
      leases: this.#leases,
      log: this.#log,
      receipts: this.#receipts,
      session: this.#session,
      present: (reader, credential) => this.#admission.present(reader, credential),
    });
  }

  /** Goes on with a list that a power cut interrupted, and looks after the one in force, then and once a day. */
  *#resume(): Work {
    yield* this.#updater.resume();
    this.#session.sayNeed();
    this.#scrubDaily();
  }

  #scrubDaily(): void {
    const { device, queue } = this.#parts;
    device.timer.set(() => {
      queue.add(this.#scrub());
      this.#scrubDaily();
    }, SCRUB_INTERVAL_MS);
  }

  *#scrub(): Work {
    const { store } = this.#parts;
    const damaged = store.alarms.listDamaged;
    yield* store.scrub();
    if (store.alarms.listDamaged === damaged) return;
    this.#log.append({ type: "alarm" });
    this.#session.sayReceipt();
    this.#session.sayNeed();
  }

  #decided(outcome: Outcome): void {
    this.#parts.device.trace(outcome.reason === "granted" ? "granted" : `denied: ${outcome.reason}`);
    // Somebody may need help.
    this.#told(outcome.duress);
  }

  #told(urgent = false): void {
    this.#session.eventWritten(urgent);
    this.#session.sayState();
    this.#tidy();
  }

  /** In the slice in which a list was committed: nothing decides by the old one any more. */
  #listActivated(): void {
    const { device, store, clock } = this.#parts;
    const active = store.active!;
    device.trace(`list ${active.version} of epoch ${active.epoch} is active`);
    clock.raiseFloor(active.list.manifest.issuedAt);
    this.#applyListState();
    this.#log.append({ type: "list-activated", count: active.version & 0xff_ffff });
    this.#session.sayReceipt();
    this.#session.eventWritten();
  }

  /** What a list says of the whole door, as often as it is said. */
  #applyListState(): void {
    this.#mode.update();
    this.#throttle.resetFromCloud(this.#parts.store.active?.list.delta?.throttleReset ?? 0);
  }

  /** Wherever it is not certain that a tag is gone, its uses are kept. */
  #mayBeListed(tag: Uint8Array, kind: CredentialKind): boolean {
    const { store } = this.#parts;
    const list = store.active?.list;
    return list === undefined || store.alarms.listDamaged || lookUp(list, tag, kind).length > 0;
  }

  /** @param outputs mask. A board that has not all of them refuses, and so does a lock-down (N14, X12). */
  #unlockRemotely(outputs: number, requestId: Uint8Array): boolean {
    const { door } = this.#parts;
    if (outputs === 0 || (outputs & ~door.outputs) !== 0 || door.lockState === LockState.lockDown) return false;
    this.#log.append({ type: "remote-unlock", outputs, tag: requestId.slice(0, TAG_BYTES) });
    door.unlock(outputs);
    this.#session.eventWritten();
    return true;
  }

  /** Room in flash is made while nobody waits for it. */
  #tidy(): void {
    for (const work of [this.#log.eraseAhead(), this.#uses.compact()]) if (work !== undefined) this.#parts.queue.add(work);
  }
}
