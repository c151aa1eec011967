import { toHex } from "../protocol/bytes";
import type { Keyset } from "../protocol/keyset";
import type { EventType } from "../protocol/event-record";
import { AccessListStore } from "./access-list/access-list-store";
import { ClaimedDoor } from "./claimed-door";
import type { Device, Flash, KeyValue } from "./device";
import { Door } from "./door/door";
import { Enrolment } from "./enrolment/enrolment";
import { loadEnrolment, type EnrolmentRecord } from "./enrolment/enrolment-record";
import { claimText, loadIdentity, type Identity } from "./enrolment/identity";
import { BoardLife } from "./life/board-life";
import { claimQrLines } from "./life/claim-qr";
import { Console } from "./life/console";
import { ConsoleCommands } from "./life/console-commands";
import { resumeForgetting } from "./life/forgetting";
import { statusReport } from "./life/status-report";
import type { EntryRules } from "./reader/key-entry";
import { Readers } from "./reader/readers";
import { KeysetStore } from "./trust/keyset-store";
import { TrustedClock } from "./trust/trusted-clock";
import { TypingHold } from "./typing-hold";
import { Uptime } from "./uptime";
import { WorkQueue, type Work } from "./work-queue";

/** Where the controller keeps things on any board. */
export const STORAGE_PATH = "latchkey";

/** How PINs are typed where no list says it: any length, ended by `#`. */
const NO_RULES: EntryRules = { pinDigits: undefined, unitNumbers: false };

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
  readonly #readers: Readers;
  readonly #store: AccessListStore;
  readonly #keysets: KeysetStore;
  readonly #life: BoardLife;
  #claimed: ClaimedDoor | undefined;

  constructor(device: Device) {
    this.#device = device;
    this.#flash = device.flash.open({ path: STORAGE_PATH });
    const keyValue = device.keyValue.open({ path: STORAGE_PATH, format: "buffer" });
    this.#keyValue = keyValue;
    const uptime = new Uptime(() => device.ticks());
    this.#uptime = uptime;
    const hold = new TypingHold(() => this.#readers.entering, () => uptime.milliseconds);
    this.#queue = new WorkQueue(device.timer, (error) => this.#failed(error), () => hold.holds);
    this.#door = new Door({
      device,
      policy: () => this.#store.active?.list.policy,
      onEvent: (type, count) => this.#doorMoved(type, count),
    });
    // Before anything reads what an owner left.
    const wipe = resumeForgetting(this.#flash, keyValue);
    this.#clock = new TrustedClock({ uptime, keyValue, rtc: device.rtc, randomBytes: (length) => device.randomBytes(length), onLeap: () => this.#claimed?.clockLeapt() });
    this.#identity = loadIdentity(keyValue, (length) => device.randomBytes(length));
    this.#store = new AccessListStore({ flash: this.#flash, keyValue, hashes: device.hashes });
    this.#keysets = new KeysetStore({ device, keyValue, onAccepted: (keyset) => this.#keysetAccepted(keyset) });
    this.#readers = new Readers({
      device,
      rules: () => this.#store.active?.list.policy ?? NO_RULES,
      listener: {
        onCredential: (reader, credential) => (this.#claimed === undefined ? reader.signal.denied() : this.#claimed.present(reader, credential)),
        onSecondPin: (reader, digits) => this.#claimed?.secondPin(reader, digits),
      },
    });
    this.#life = new BoardLife({ device, keyValue, queue: this.#queue, uptime, door: this.#door, readers: this.#readers, owned: () => this.#claimed });
    if (device.console !== undefined) this.#openConsole(device.console);
    if (wipe === undefined) this.#start();
    else this.#queue.add(this.#startAfter(wipe));
  }

  #openConsole(wiring: NonNullable<Device["console"]>): void {
    const { system } = this.#device;
    const [keyValue, store, clock, life] = [this.#keyValue, this.#store, this.#clock, this.#life];
    const claim = (): string[] | undefined => (this.#claimed === undefined ? claimQrLines(claimText(this.#identity)) : undefined);
    const restart = (): void => {
      this.#door.secure();
      system?.restart();
    };
    const status = (): string[] => statusReport({ door: this.#identity.door, claimed: this.#claimed, keyValue, store, clock, life });
    const commands = new ConsoleCommands({ keyValue, ownership: life.ownership, status, claim, restart: system && restart });
    new Console(wiring, commands, [`Latchkey door ${toHex(this.#identity.door)}; help lists the commands`]);
  }

  /** Nobody can claim a door before nothing of its last owner is left. */
  *#startAfter(wipe: Work): Work {
    yield* wipe;
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
    this.#life.start();
  }

  /** A new owner: what an earlier one left is nobody's list. */
  *#adopt(keysets: readonly Uint8Array[]): Work {
    yield* this.#keysets.adoptFirst(keysets);
    yield* this.#store.forget();
  }

  /** At the claim there is no lease yet and no log, but there is a clock. */
  #keysetAccepted(keyset: Keyset): void {
    if (this.#claimed === undefined) this.#clock.resetFloor(keyset.issuedAt);
    else this.#claimed.keysetAccepted(keyset);
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
      readers: this.#readers,
      store: this.#store,
      keysets: this.#keysets,
      record,
      life: this.#life,
    });
    this.#device.trace(`door ${toHex(this.#identity.door)}: list ${this.#store.active?.version ?? "none"}`);
    this.#claimed.start();
    this.#life.start();
  }

  #doorMoved(type: EventType, count = 0): void {
    this.#device.trace(type);
    this.#claimed?.note({ type, count });
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
