import { fromHex } from "../protocol/bytes";
import { ProtocolError } from "../protocol/protocol-error";
import { carryAround, type Carried } from "./carry-around";
import { CourierBag } from "./courier-bag";
import { RadioError, type DoorRadio } from "./door-radio";
import { DoorVisit } from "./door-visit";
import { KeyRing } from "./key-ring";
import type { KeyVault } from "./key-vault";
import { AT_DOOR_REQUEST_MS, CONNECT_MS, HANDLES_FEW, RETRY_MS, RETRY_MS_MAX } from "./limits";
import type { CarryOutcome, PhoneFailure, RefillOutcome, UnlockFailure, UnlockOutcome, UnlockProgress } from "./outcome";
import { systemClock, Unawaited, within, type PhoneClock } from "./phone-clock";
import { PhoneCloud, type PhoneFetch, type RequestBounds } from "./phone-cloud";
import { StoreError, type PhoneDoor, type PhoneStore } from "./phone-store";
import { unlockDoor } from "./unlock-door";

export interface PhoneOptions {
  radio: DoorRadio;
  store: PhoneStore;
  fetch: PhoneFetch;
  vault: KeyVault;
  clock?: PhoneClock;
  /** What the platform believes; where it says nothing, the phone tries. */
  online?: () => boolean;
}

export interface UnlockOptions {
  /** Mask of outputs; default 0 = all that the phone may open. */
  outputs?: number;
  /** The person has changed their mind. */
  signal?: AbortSignal;
  onProgress?: (progress: UnlockProgress) => void;
}

/** A door as it is shown to the person. */
export interface ListedDoor {
  door: string;
  /** Absent at a door that is not the person's. */
  name?: string;
  property: string;
  propertyName: string;
  opens: boolean;
  outputs: number;
  /** Unlocks that are left until the phone must go online. */
  handles: number;
}

/** How much lies in the phone's bag, per door. */
export interface Luggage {
  /** Items for doors. */
  down: { door: string; property: string; version: number; items: number }[];
  /** Items for the cloud. */
  up: { door: string; items: number }[];
}

/** A courier that goes on after the person has been answered. */
interface Lingering {
  /** Stops it; the connection is handed over where it still stands. */
  handOver: () => Promise<DoorVisit | undefined>;
  done: Promise<void>;
}

/**
 * A phone: opens doors over the air with keys that it cannot read, offline too, and carries for each door of its
 * properties what that door and the cloud have to say to one another (S1 to S5, X2). Radio, store, network and time are injected.
 */
export class Phone {
  readonly #radio: DoorRadio;
  readonly #store: PhoneStore;
  readonly #vault: KeyVault;
  readonly #clock: PhoneClock;
  readonly #online: () => boolean;
  readonly #bag: CourierBag;
  readonly #ring: KeyRing;
  readonly #taps = new Map<string, Promise<UnlockOutcome>>();
  readonly #lingering = new Map<string, Lingering>();
  readonly #background = new Set<Promise<unknown>>();
  #failures = 0;
  #cancelRetry: (() => void) | undefined;
  #ended = new AbortController();

  constructor({ radio, store, fetch, vault, clock = systemClock, online = () => true }: PhoneOptions) {
    this.#radio = radio;
    this.#store = store;
    this.#vault = vault;
    this.#clock = clock;
    this.#online = online;
    const cloud = new PhoneCloud(fetch, clock);
    this.#bag = new CourierBag(store, cloud);
    this.#ring = new KeyRing(store, cloud, vault);
  }

  /**
   * Opens a door, offline too. A second tap while one is under way is the same tap. What the phone carries is handed
   * over after the answer, while the phone is still there.
   * @param door 16 hexadecimal digits.
   */
  unlock(door: string, options: UnlockOptions = {}): Promise<UnlockOutcome> {
    const running = this.#taps.get(door);
    if (running !== undefined) return running;
    const tap = this.#tap(door, options).finally(() => this.#taps.delete(door));
    this.#taps.set(door, tap);
    return tap;
  }

  /** Visits a door as a courier only: the act of somebody who helps a door without network. */
  carry(door: string, { signal }: { signal?: AbortSignal } = {}): Promise<CarryOutcome> {
    return this.#tracked(this.#carry(door, this.#untilEnd(signal)));
  }

  async #carry(door: string, signal: AbortSignal): Promise<CarryOutcome> {
    try {
      await this.#taps.get(door);
      await this.#lingering.get(door)?.done;
      const kept = await this.#doorWithHandles(door, () => true, signal);
      if (typeof kept === "string") return { carried: false, why: kept };
      if (this.#online()) await this.#bag.refresh(kept.property, { milliseconds: AT_DOOR_REQUEST_MS, signal });
      const visit = await this.#connect(kept, signal);
      try {
        return await this.#carryOn(visit, signal);
      } finally {
        visit.close();
      }
    } catch (error) {
      return { carried: false, why: failureOf(error, signal) };
    } finally {
      this.#lookAfter();
    }
  }

  /** Goes online: fetches keys and handles, what is to be carried, and uploads what was brought along. */
  refill(): Promise<RefillOutcome> {
    return this.#tracked(this.#refill());
  }

  async #refill(): Promise<RefillOutcome> {
    try {
      const outcome = await this.#ring.refill({ signal: this.#ended.signal });
      this.#count(outcome.refilled);
      if (outcome.refilled) await this.#exchange();
      return outcome;
    } catch (error) {
      if (error instanceof StoreError) return { refilled: false, why: "no-storage" };
      throw error;
    }
  }

  /** What an app calls when it comes to the front or the network is back: refills only where handles are few. */
  refresh(): Promise<void> {
    return this.#tracked(this.#refresh());
  }

  async #refresh(): Promise<void> {
    try {
      if (await this.#isShortOfHandles()) {
        const outcome = await this.#ring.refill({ signal: this.#ended.signal });
        this.#count(outcome.refilled);
      }
      await this.#exchange();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
  }

  async doors(): Promise<ListedDoor[]> {
    const doors = await this.#store.readAll("doors");
    return doors.map(({ door, name, property, propertyName, keys }) => {
      const opening = keys.filter(({ opens }) => opens);
      const outputs = opening.reduce((mask, key) => mask | key.outputs, 0);
      return { door, ...(name !== undefined && { name }), property, propertyName, opens: opening.length > 0, outputs, handles: opening.reduce((sum, { handles }) => sum + handles.length, 0) };
    });
  }

  async luggage(): Promise<Luggage> {
    const bundles = await this.#store.readAll("bundles");
    const down = bundles.flatMap(({ property, doors }) => doors.map(({ door, version, items }) => ({ door, property, version, items: items.length })));
    const up = (await this.#store.readAll("collected")).map(({ door, items }) => ({ door, items: items.length }));
    return { down, up };
  }

  /** How well this phone keeps its keys: whether any code can read them, and whether they outlive the app. */
  protection(): { unreadable: boolean; lasting: boolean } {
    return { unreadable: this.#vault.unreadable, lasting: this.#store.lasting };
  }

  /** Ends what is under way, forgets every key and all that is carried. @throws {StoreError} */
  async signOut(): Promise<void> {
    this.#ended.abort();
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    await Promise.allSettled(this.#taps.values());
    await this.settled();
    await this.#store.wipe();
    this.#ended = new AbortController();
    this.#failures = 0;
  }

  /** When nothing that was started is under way any more; what waits for its time to come (a retry) does not count. */
  async settled(): Promise<void> {
    while (this.#background.size > 0) await Promise.allSettled(this.#background);
  }

  async #tap(door: string, { outputs = 0, signal: ownSignal, onProgress = () => undefined }: UnlockOptions): Promise<UnlockOutcome> {
    const signal = this.#untilEnd(ownSignal);
    try {
      const kept = await this.#doorWithHandles(door, ({ opens }) => opens, signal);
      if (typeof kept === "string") return failed(kept);
      const standing = await this.#lingering.get(door)?.handOver();
      onProgress("connecting");
      if (standing !== undefined) {
        const outcome = await this.#ask(standing, outputs, signal, onProgress);
        if (outcome.opened || outcome.why !== "connection-lost") return outcome;
      }
      return await this.#ask(await this.#connect(kept, signal), outputs, signal, onProgress);
    } catch (error) {
      return failed(failureOf(error, signal));
    } finally {
      this.#lookAfter();
    }
  }

  async #ask(visit: DoorVisit, outputs: number, signal: AbortSignal, onProgress: (progress: UnlockProgress) => void): Promise<UnlockOutcome> {
    const refill = (bounds: RequestBounds): Promise<unknown> => this.#ring.refill(bounds);
    try {
      const outcome = await unlockDoor(visit, outputs, { bag: this.#bag, store: this.#store, online: this.#online, refill, onProgress, signal });
      this.#linger(visit);
      return outcome;
    } catch (error) {
      visit.close();
      return failed(failureOf(error, signal));
    }
  }

  /** The door with a handle for what is wanted, fetched where there is none and the phone is online. */
  async #doorWithHandles(door: string, serves: (key: PhoneDoor["keys"][number]) => boolean, signal: AbortSignal): Promise<PhoneDoor | PhoneFailure> {
    const look = async (): Promise<PhoneDoor | PhoneFailure> => {
      const kept = await this.#store.read("doors", door);
      if (kept === undefined) return "no-key";
      const serving = kept.keys.filter(serves);
      if (serving.length === 0) return "carries-only";
      return serving.some(({ handles }) => handles.length > 0) ? kept : "handles-used-up";
    };
    const found = await look();
    if (typeof found !== "string" || !this.#online()) return found;
    await this.#ring.refill({ milliseconds: AT_DOOR_REQUEST_MS, signal });
    return look();
  }

  async #connect(door: PhoneDoor, signal: AbortSignal): Promise<DoorVisit> {
    const connecting = this.#radio.connect({ id: fromHex(door.door)!, radioName: door.radioName }, signal);
    try {
      return new DoorVisit(await within(this.#clock, CONNECT_MS, connecting, signal), door, { vault: this.#vault, clock: this.#clock, store: this.#store });
    } catch (error) {
      // One that comes too late must not hold the door's place.
      connecting.then((connection) => connection.close(), () => undefined);
      if (error instanceof Unawaited && error.why === "time-up") throw new RadioError("not-found", "no connection in time");
      throw error;
    }
  }

  async #carryOn(visit: DoorVisit, signal: AbortSignal): Promise<CarryOutcome> {
    for (let place = 0; place < visit.door.keys.length; place++) {
      const answer = await visit.ask(place, () => "carry", signal);
      if (answer === undefined) continue;
      if (!answer.proved) return { carried: false, why: answer.why === "forged" ? "forged" : "not-recognised" };
      const carried = nothingCarried();
      await carryAround(visit, { bag: this.#bag, online: this.#online, signal }, carried);
      return { carried: true, ...carried };
    }
    return { carried: false, why: "handles-used-up" };
  }

  /** After the answer: what this phone and the door can do for each other, as long as both are there. */
  #linger(visit: DoorVisit): void {
    const { door, property } = visit.door;
    const { challenge } = visit;
    if (!visit.mayCarry || challenge === undefined) return visit.close();
    const stop = new AbortController();
    const lingering: { stands: boolean } = { stands: true };
    const work = async (): Promise<void> => {
      const wanted = challenge.offline || (await this.#bag.forDoor(property, door)).version > challenge.listVersion;
      if (wanted) await carryAround(visit, { bag: this.#bag, online: this.#online, yields: this.#untilEnd(stop.signal) }, nothingCarried());
    };
    const done = work()
      .catch((error: unknown) => {
        if (error instanceof Unawaited) return; // handed over to the next tap, or signed out
        lingering.stands = false;
        failureOf(error, undefined); // all that may happen at a door has happened before; the rest are bugs
      })
      .finally(() => {
        if (this.#lingering.get(door)?.done === done) this.#lingering.delete(door);
        if (!stop.signal.aborted || !lingering.stands) visit.close();
      });
    const handOver = async (): Promise<DoorVisit | undefined> => {
      stop.abort();
      await done;
      return lingering.stands ? visit : undefined;
    };
    this.#lingering.set(door, { handOver, done });
    void this.#tracked(done.then(() => this.#lookAfter()));
  }

  /** Where something waits to be uploaded or handles are few: sees to it, now or later. */
  #lookAfter(): void {
    const look = async (): Promise<void> => {
      try {
        const waits = (await this.#bag.waiting()).length > 0 || (await this.#isShortOfHandles());
        const atOnce = this.#failures === 0 && this.#online();
        if (waits && (atOnce || this.#cancelRetry === undefined)) this.#retry(atOnce ? 0 : undefined);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
      }
    };
    void this.#tracked(look());
  }

  /** @param milliseconds default: the longer, the more often it has failed. */
  #retry(milliseconds = Math.min(RETRY_MS * 2 ** this.#failures, RETRY_MS_MAX)): void {
    if (this.#ended.signal.aborted) return;
    this.#cancelRetry?.();
    this.#cancelRetry = this.#clock.after(milliseconds, () => {
      this.#cancelRetry = undefined;
      void this.refresh();
    });
  }

  /** Bundles down, collected items up. */
  async #exchange(): Promise<void> {
    const bounds = { signal: this.#ended.signal };
    let ok = true;
    const properties = new Set((await this.#store.readAll("doors")).map(({ property }) => property));
    for (const property of properties) ok = (await this.#bag.refresh(property, bounds)) === undefined && ok;
    for (const door of await this.#bag.waiting()) ok = (await this.#bag.upload(door, [], bounds)).failure === undefined && ok;
    this.#count(ok);
    if (!ok && this.#cancelRetry === undefined && (await this.#bag.waiting()).length > 0) this.#retry();
  }

  async #isShortOfHandles(): Promise<boolean> {
    const doors = await this.#store.readAll("doors");
    return doors.some(({ keys }) => keys.some(({ opens, handles }) => opens && handles.length <= HANDLES_FEW));
  }

  #count(ok: boolean): void {
    this.#failures = ok ? 0 : this.#failures + 1;
  }

  /** Signing out waits for it. */
  #tracked<T>(work: Promise<T>): Promise<T> {
    this.#background.add(work);
    const forget = (): void => void this.#background.delete(work);
    work.then(forget, forget);
    return work;
  }

  #untilEnd(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#ended.signal : AbortSignal.any([signal, this.#ended.signal]);
  }
}

function nothingCarried(): Carried {
  return { delivered: 0, refused: 0, collected: 0, uploaded: true };
}

function failed(why: UnlockFailure): UnlockOutcome {
  return { opened: false, why, broughtNews: false };
}

const OF_RADIO = { unavailable: "no-bluetooth", "not-found": "out-of-reach", "not-chosen": "not-chosen", lost: "connection-lost" } as const;

/** @throws the error itself where nobody has foreseen it. */
function failureOf(error: unknown, signal: AbortSignal | undefined): PhoneFailure {
  if (signal?.aborted === true || (error instanceof Unawaited && error.why === "cancelled")) return "cancelled";
  if (error instanceof RadioError) return OF_RADIO[error.code];
  if (error instanceof ProtocolError) return "not-understood";
  if (error instanceof StoreError) return "no-storage";
  throw error;
}
