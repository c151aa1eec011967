import { toHex } from "../protocol/bytes";
import { CredentialKind } from "../protocol/credential";
import type { EventType } from "../protocol/event-record";
import { AccessListStore } from "./access-list/access-list-store";
import { ClaimedDoor } from "./claimed-door";
import type { Device, Flash, KeyValue, SerialReaderWiring } from "./device";
import { Door } from "./door/door";
import { Enrolment } from "./enrolment/enrolment";
import { loadEnrolment, type EnrolmentRecord } from "./enrolment/enrolment-record";
import { claimText, loadIdentity, type Identity } from "./enrolment/identity";
import { Keypad } from "./reader/keypad";
import { ReaderSignal } from "./reader/reader-signal";
import { KeysetStore } from "./trust/keyset-store";
import { TrustedClock } from "./trust/trusted-clock";
import { Uptime } from "./uptime";
import { WorkQueue, type Work } from "./work-queue";

/** Where the controller keeps things on any board. */
export const STORAGE_PATH = "latchkey";

/**
 * The door controller: the stateful root, made of one Device and nothing else. It can be left from the first
 * instant on (the exit button needs no list and no claim), gets itself claimed where nobody has yet, and is a
 * ClaimedDoor from then on.
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
  readonly #store: AccessListStore;
  readonly #keysets: KeysetStore;
  #claimed: ClaimedDoor | undefined;

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
    this.#keysets = new KeysetStore({ device, keyValue, onAccepted: (keyset) => this.#claimed?.keysetAccepted(keyset) });
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

  #run(record: EnrolmentRecord): void {
    this.#claimed = new ClaimedDoor({
      device: this.#device,
      flash: this.#flash,
      keyValue: this.#keyValue,
      queue: this.#queue,
      uptime: this.#uptime,
      clock: this.#clock,
      door: this.#door,
      doorId: this.#identity.door,
      signal: this.#signal,
      store: this.#store,
      keysets: this.#keysets,
      record,
    });
    this.#device.trace(`door ${toHex(this.#identity.door)}: list ${this.#store.active?.version ?? "none"}`);
    this.#claimed.start();
  }

  #pinEntered(digits: Uint8Array): void {
    if (this.#claimed === undefined) return this.#signal.denied();
    this.#claimed.present(CredentialKind.pin, digits);
  }

  #doorMoved(type: EventType): void {
    this.#device.trace(type);
    this.#claimed?.note({ type });
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
