import { lookUp } from "../protocol/access-list";
import { toHex } from "../protocol/bytes";
import { CredentialKind } from "../protocol/credential";
import { LockState } from "../protocol/delta";
import type { EventType } from "../protocol/event-record";
import { AccessListStore } from "./access-list/access-list-store";
import { Admission, type Outcome } from "./admission/admission";
import { CloudSession } from "./cloud/cloud-session";
import { CommandDesk } from "./cloud/command-desk";
import type { Device, Flash, KeyValue, SerialReaderWiring } from "./device";
import { Door } from "./door/door";
import { Enrolment } from "./enrolment/enrolment";
import { loadEnrolment, type EnrolmentRecord } from "./enrolment/enrolment-record";
import { EventLog } from "./event-log/event-log";
import { claimText, loadIdentity, type Identity } from "./enrolment/identity";
import { Keypad } from "./reader/keypad";
import { KeysetStore } from "./trust/keyset-store";
import { LeaseStore } from "./trust/lease-store";
import { SCRUB_INTERVAL_MS } from "./limits";
import { ListUpdater } from "./access-list/list-updater";
import { PinThrottle } from "./admission/pin-throttle";
import { ReaderSignal } from "./reader/reader-signal";
import { ReceiptCounter } from "./cloud/receipt-counter";
import { loadSettings } from "./enrolment/settings";
import { TrustedClock } from "./trust/trusted-clock";
import { Uptime } from "./uptime";
import { UseJournal } from "./admission/use-journal";
import { WorkQueue, type Work } from "./work-queue";

/** Where the controller keeps things on any board. */
export const STORAGE_PATH = "latchkey";

/** What only a claimed door has. */
interface Claimed {
  record: EnrolmentRecord;
  log: EventLog;
  uses: UseJournal;
  admission: Admission;
  session: CloudSession;
}

/**
 * The door controller: the stateful root, made of one Device and nothing else. It can be left from the first
 * instant on (the exit button needs no list and no claim), gets itself claimed where nobody has yet, and then
 * decides by its list, with or without a cloud in reach.
 */
export class Controller {
  readonly #device: Device;
  readonly #flash: Flash;
  readonly #keyValue: KeyValue;
  readonly #queue: WorkQueue;
  readonly #uptime: Uptime;
  readonly #clock: TrustedClock;
  readonly #identity: Identity;
  readonly #door: Door;
  readonly #signal: ReaderSignal;
  readonly #throttle: PinThrottle;
  readonly #store: AccessListStore;
  readonly #keysets: KeysetStore;
  readonly #leases: LeaseStore;
  readonly #updater: ListUpdater;
  #claimed: Claimed | undefined;

  constructor(device: Device) {
    this.#device = device;
    this.#flash = device.flash.open({ path: STORAGE_PATH });
    const keyValue = device.keyValue.open({ path: STORAGE_PATH, format: "buffer" });
    this.#keyValue = keyValue;
    this.#queue = new WorkQueue(device.timer, (error) => this.#failed(error));
    const uptime = new Uptime(() => device.ticks());
    this.#uptime = uptime;
    this.#door = new Door({
      device,
      unlockSeconds: () => this.#store.active?.list.policy.unlockSeconds,
      onEvent: (type) => this.#doorMoved(type),
    });
    this.#signal = new ReaderSignal(device, device.readers[0]);
    this.#clock = new TrustedClock({ uptime, keyValue, rtc: device.rtc, randomBytes: (length) => device.randomBytes(length) });
    this.#identity = loadIdentity(keyValue, (length) => device.randomBytes(length));
    this.#store = new AccessListStore({ flash: this.#flash, keyValue, hashes: device.hashes });
    this.#throttle = new PinThrottle({ keyValue, timers: device.timer, uptime });
    this.#keysets = new KeysetStore({ device, keyValue, onAccepted: (keyset) => this.#keysetAccepted(keyset.issuedAt) });
    this.#leases = new LeaseStore({ keyValue, keysets: this.#keysets, store: this.#store, doorId: this.#identity.door, onAccepted: (lease) => this.#clock.raiseFloor(lease.issuedAt) });
    this.#updater = new ListUpdater({ device, store: this.#store, keysets: this.#keysets, doorId: this.#identity.door, onActivated: () => this.#listActivated() });
    new Keypad({
      serial: device.readers[0] as SerialReaderWiring,
      timers: device.timer,
      pinDigits: () => this.#store.active?.list.policy.pinDigits,
      onEntry: (digits) => this.#pinEntered(digits),
    });
    this.#start();
  }

  #start(): void {
    const record = loadEnrolment(this.#keyValue);
    if (record !== undefined) return this.#run(record);
    this.#device.trace(`not claimed yet: ${claimText(this.#identity)}`);
    new Enrolment({
      device: this.#device,
      keyValue: this.#keyValue,
      identity: this.#identity,
      queue: this.#queue,
      adoptKeysets: (messages) => this.#adopt(messages),
      onClaimed: (claimed) => {
        this.#device.trace("claimed");
        this.#run(claimed);
      },
      onRefused: (error) => this.#device.trace(`claim refused: ${error.message}`),
    }).start();
  }

  /** A new owner: what an earlier one left is nobody's list. */
  *#adopt(keysets: readonly Uint8Array[]): Work {
    yield* this.#keysets.adoptFirst(keysets);
    yield* this.#store.forget();
  }

  /** A claimed door: from here on there is a log, and a cloud to talk to. */
  #run(record: EnrolmentRecord): void {
    const device = this.#device;
    const { hashes } = device;
    const clock = this.#clock;
    const log = new EventLog({ flash: this.#flash, keyValue: this.#keyValue, hashes, clock, uptime: this.#uptime, enrolment: record.login.enrolment });
    const uses = new UseJournal({ flash: this.#flash, keyValue: this.#keyValue, acknowledged: () => log.acknowledged, isListed: (tag, kind) => this.#mayBeListed(tag, kind) });
    const admission = new Admission({
      hashes,
      tagKey: record.keys.tag,
      list: () => this.#store.active?.list,
      lease: () => this.#leases.current,
      clock,
      throttle: this.#throttle,
      uses,
      log,
      door: this.#door,
      signal: this.#signal,
      onOutcome: (outcome) => this.#decided(outcome),
    });
    const desk = new CommandDesk({
      hashes,
      key: record.keys.command,
      randomBytes: (length) => device.randomBytes(length),
      uptime: this.#uptime,
      unlock: () => this.#unlockRemotely(),
    });
    const session = new CloudSession({
      device,
      door: this.#door,
      doorId: this.#identity.door,
      record,
      cloudHost: loadSettings(this.#keyValue)?.cloudHost ?? "",
      queue: this.#queue,
      uptime: this.#uptime,
      clock,
      store: this.#store,
      updater: this.#updater,
      keysets: this.#keysets,
      leases: this.#leases,
      log,
      uses,
      throttle: this.#throttle,
      counter: new ReceiptCounter(this.#keyValue, record.login.enrolment),
      desk,
    });
    this.#claimed = { record, log, uses, admission, session };
    log.append({ type: "boot" });
    if (this.#store.alarms.listLost || this.#store.alarms.listDamaged) log.append({ type: "alarm" });
    this.#applyListState();
    device.trace(`door ${toHex(this.#identity.door)}: list ${this.#store.active?.version ?? "none"}`);
    this.#queue.add(this.#resume(session));
    session.start();
    this.#tidy();
  }

  /** Goes on with a list that a power cut interrupted, and looks after the one in force, then and once a day. */
  *#resume(session: CloudSession): Work {
    yield* this.#updater.resume();
    session.sayNeed();
    this.#scrubDaily(session);
  }

  #scrubDaily(session: CloudSession): void {
    this.#device.timer.set(() => {
      this.#queue.add(this.#scrub(session));
      this.#scrubDaily(session);
    }, SCRUB_INTERVAL_MS);
  }

  *#scrub(session: CloudSession): Work {
    const damaged = this.#store.alarms.listDamaged;
    yield* this.#store.scrub();
    if (this.#store.alarms.listDamaged === damaged) return;
    this.#claimed?.log.append({ type: "alarm" });
    session.sayReceipt();
    session.sayNeed();
  }

  #pinEntered(digits: Uint8Array): void {
    if (this.#claimed === undefined) return this.#signal.denied();
    this.#claimed.admission.present(CredentialKind.pin, digits);
  }

  #decided(outcome: Outcome): void {
    this.#device.trace(outcome.reason === "granted" ? "granted" : `denied: ${outcome.reason}`);
    this.#claimed?.session.eventWritten();
    this.#claimed?.session.sayState();
    this.#tidy();
  }

  #doorMoved(type: EventType): void {
    this.#device.trace(type);
    if (this.#claimed === undefined) return;
    this.#claimed.log.append({ type });
    this.#claimed.session.eventWritten();
    this.#claimed.session.sayState();
    this.#tidy();
  }

  /** In the slice in which a list was committed: nothing decides by the old one any more. */
  #listActivated(): void {
    const active = this.#store.active!;
    this.#device.trace(`list ${active.version} of epoch ${active.epoch} is active`);
    this.#clock.raiseFloor(active.list.manifest.issuedAt);
    this.#applyListState();
    this.#claimed?.log.append({ type: "list-activated", count: active.version & 0xff_ffff });
    this.#claimed?.session.sayReceipt();
    this.#claimed?.session.eventWritten();
  }

  /** What a list says of the whole door, as often as it is said. */
  #applyListState(): void {
    const delta = this.#store.active?.list.delta;
    this.#door.setLockState(delta?.lockState ?? LockState.normal);
    this.#throttle.resetFromCloud(delta?.throttleReset ?? 0);
  }

  #keysetAccepted(issuedAt: number): void {
    this.#leases.end();
    this.#clock.resetFloor(issuedAt);
    this.#claimed?.log.append({ type: "keyset-accepted" });
  }

  /** Wherever it is not certain that a tag is gone, its uses are kept. */
  #mayBeListed(tag: Uint8Array, kind: CredentialKind): boolean {
    const list = this.#store.active?.list;
    return list === undefined || this.#store.alarms.listDamaged || lookUp(list, tag, kind).length > 0;
  }

  #unlockRemotely(): boolean {
    const list = this.#store.active?.list;
    if (list?.lockState === LockState.lockDown) return false;
    this.#claimed?.log.append({ type: "remote-unlock", outputs: 1 });
    this.#door.unlock(list?.policy.unlockSeconds ?? 0);
    this.#claimed?.session.eventWritten();
    return true;
  }

  /** Room in flash is made while nobody waits for it. */
  #tidy(): void {
    const { log, uses } = this.#claimed!;
    for (const work of [log.eraseAhead(), uses.compact()]) if (work !== undefined) this.#queue.add(work);
  }

  /** A bug: the outputs go to their secure state, and the board starts anew. */
  #failed(error: unknown): void {
    this.#door.secure();
    throw error;
  }
}

/** Starts a controller; keep what it returns for as long as the board has power. */
export function startController(device: Device): Controller {
  return new Controller(device);
}
