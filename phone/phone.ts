import { fromHex } from "../protocol/bytes";
import { ProtocolError } from "../protocol/protocol-error";
import { Background } from "./background";
import { carryAround, type Carried } from "./carry-around";
import { CourierBag } from "./courier-bag";
import { RadioError, type DoorRadio } from "./door-radio";
import { DoorVisit } from "./door-visit";
import { Errand } from "./errand";
import { Housekeeping } from "./housekeeping";
import { KeyRing } from "./key-ring";
import type { KeyVault } from "./key-vault";
import { AT_DOOR_REQUEST_MS, CONNECT_MS } from "./limits";
import { listDoors, listLuggage, type ListedDoor, type Luggage } from "./listing";
import type { CarryOutcome, PhoneFailure, RefillOutcome, UnlockFailure, UnlockOutcome, UnlockProgress } from "./outcome";
import { systemClock, Unawaited, within, type PhoneClock } from "./phone-clock";
import { PhoneCloud, type PhoneFetch, type RequestBounds } from "./phone-cloud";
import { StoreError, type PhoneDoor, type PhoneStore } from "./phone-store";
import { unlockDoor, type UnlockMeans } from "./unlock-door";

export interface PhoneOptions {
  radio: DoorRadio;
  store: PhoneStore;
  fetch: PhoneFetch;
  vault: KeyVault;
  clock?: PhoneClock;
  /** What the platform believes; where it says nothing, the phone tries. */
  online?: () => boolean;
  /** After an unlock, in the background: what this phone and the door have done for each other. */
  onCarried?: (door: string, carried: Carried) => void;
}

export interface UnlockOptions {
  /** Mask of outputs; default 0 = all that the phone may open. */
  outputs?: number;
  /** The person has changed their mind. */
  signal?: AbortSignal;
  onProgress?: (progress: UnlockProgress) => void;
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
  readonly #onCarried: (door: string, carried: Carried) => void;
  readonly #bag: CourierBag;
  readonly #ring: KeyRing;
  readonly #background = new Background();
  readonly #housekeeping: Housekeeping;
  readonly #taps = new Map<string, Promise<UnlockOutcome>>();
  readonly #errands = new Map<string, Errand>();

  constructor({ radio, store, fetch, vault, clock = systemClock, online = () => true, onCarried = () => undefined }: PhoneOptions) {
    this.#radio = radio;
    this.#store = store;
    this.#vault = vault;
    this.#clock = clock;
    this.#online = online;
    this.#onCarried = onCarried;
    const cloud = new PhoneCloud(fetch, clock);
    this.#bag = new CourierBag(store, cloud);
    this.#ring = new KeyRing(store, cloud, vault);
    this.#housekeeping = new Housekeeping({ store, clock, online, bag: this.#bag, ring: this.#ring, background: this.#background });
  }

  /**
   * Opens a door, offline too. A second tap while one is under way is the same tap. What the phone carries is handed
   * over after the answer, while the phone is still there.
   * @param door 16 hexadecimal digits.
   */
  unlock(door: string, options: UnlockOptions = {}): Promise<UnlockOutcome> {
    const running = this.#taps.get(door);
    if (running !== undefined) return running;
    const tap = this.#background.track(this.#tap(door, options)).finally(() => this.#taps.delete(door));
    this.#taps.set(door, tap);
    return tap;
  }

  /** Visits a door as a courier only: the act of somebody who helps a door without network. A tap there goes first. */
  async carry(door: string, { signal }: { signal?: AbortSignal } = {}): Promise<CarryOutcome> {
    await Promise.allSettled([this.#taps.get(door), this.#errands.get(door)?.done]);
    let outcome: CarryOutcome = { carried: false, why: "cancelled" };
    const errand = this.#send(door, async (self, yields) => {
      const kept = await this.#doorWithHandles(door, () => true, yields);
      if (typeof kept === "string") return void (outcome = { carried: false, why: kept });
      if (this.#online()) await this.#bag.refresh(kept.property, { milliseconds: AT_DOOR_REQUEST_MS, signal: yields });
      const until = this.#background.until(signal);
      self.visit = await this.#connect(kept, AbortSignal.any([until, yields]));
      const refused = await introduce(self.visit, yields, until);
      if (refused !== undefined) return void (outcome = { carried: false, why: refused });
      const carried = nothingCarried();
      outcome = { carried: true, ...carried };
      try {
        await carryAround(self.visit, { bag: this.#bag, online: this.#online, signal: until, yields }, carried);
      } finally {
        outcome = { carried: true, ...carried };
      }
    });
    try {
      await errand.done;
      return outcome;
    } catch (error) {
      return { carried: false, why: failureOf(error, signal) };
    }
  }

  /** Goes online: fetches keys and handles, what is to be carried, and uploads what was brought along. */
  refill(): Promise<RefillOutcome> {
    return this.#background.track(this.#housekeeping.refill());
  }

  /** What an app calls when it comes to the front or the network is back: refills only where handles are few. */
  refresh(): Promise<void> {
    return this.#background.track(this.#housekeeping.refresh());
  }

  doors(): Promise<ListedDoor[]> {
    return listDoors(this.#store);
  }

  luggage(): Promise<Luggage> {
    return listLuggage(this.#store);
  }

  /** How well this phone keeps its keys: whether any code can read them, and whether they outlive the app. */
  protection(): { unreadable: boolean; lasting: boolean } {
    return { unreadable: this.#vault.unreadable, lasting: this.#store.lasting };
  }

  /** Ends what is under way, forgets every key and all that is carried. @throws {StoreError} */
  signOut(): Promise<void> {
    this.#housekeeping.stop();
    return this.#background.end(() => this.#store.wipe());
  }

  /** When nothing that was started is under way any more; what waits for its time to come (a retry) does not count. */
  settled(): Promise<void> {
    return this.#background.settled();
  }

  async #tap(door: string, { outputs = 0, signal: ownSignal, onProgress = () => undefined }: UnlockOptions): Promise<UnlockOutcome> {
    const signal = this.#background.until(ownSignal);
    try {
      const kept = await this.#doorWithHandles(door, ({ opens }) => opens, signal);
      if (typeof kept === "string") return failed(kept);
      const standing = await this.#errands.get(door)?.handOver();
      onProgress("connecting");
      let outcome: UnlockOutcome | undefined;
      let introduces = true;
      // A connection that was left over may have ended meanwhile, and news may be more than a connection bears: neither keeps anybody out.
      for (let visit = standing ?? (await this.#connect(kept, signal)); ; visit = await this.#connect(kept, signal)) {
        outcome = await this.#ask(visit, outputs, { introduces, onProgress, signal });
        const again = !outcome.opened && outcome.why === "connection-lost" && (visit === standing || (introduces && visit.introduced));
        if (!again) return outcome;
        introduces = introduces && !visit.introduced;
      }
    } catch (error) {
      return failed(failureOf(error, signal));
    } finally {
      this.#housekeeping.lookAfter();
    }
  }

  async #ask(visit: DoorVisit, outputs: number, how: Pick<UnlockMeans, "introduces" | "onProgress"> & { signal: AbortSignal }): Promise<UnlockOutcome> {
    const refill = (bounds: RequestBounds): Promise<unknown> => this.#ring.refill(bounds);
    try {
      const outcome = await unlockDoor(visit, outputs, { ...how, bag: this.#bag, store: this.#store, clock: this.#clock, online: this.#online, refill });
      this.#linger(visit);
      // Whoever poses as a door under its name is not to be gone to again by itself.
      if (!outcome.opened && (outcome.why === "forged" || outcome.why === "not-recognised")) await this.#radio.forget?.(visit.door);
      return outcome;
    } catch (error) {
      visit.close();
      return failed(failureOf(error, how.signal));
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

  /** After the answer: what this phone and the door can do for each other, as long as both are there. */
  #linger(visit: DoorVisit): void {
    const { door, property } = visit.door;
    const { challenge } = visit;
    if (!visit.mayCarry || challenge === undefined) return visit.close();
    const errand = this.#send(door, async (self, yields) => {
      self.visit = visit;
      const isNewer = async (): Promise<boolean> => (await this.#bag.forDoor(property, door)).version > challenge.listVersion;
      let wanted = challenge.offline || (await isNewer());
      // A door that has just lost its network does not know it yet, and what this phone carries may be as old.
      if (!wanted && this.#online()) {
        await this.#bag.refresh(property, { milliseconds: AT_DOOR_REQUEST_MS, signal: yields });
        wanted = await isNewer();
      }
      if (!wanted) return;
      const carried = nothingCarried();
      try {
        await carryAround(visit, { bag: this.#bag, online: this.#online, yields }, carried);
      } finally {
        if (carried.delivered > 0 || carried.collected > 0) this.#onCarried(door, carried);
      }
    });
    // All that may happen at a door has happened before; the rest are bugs.
    void this.#background.track(errand.done.catch((error: unknown) => void failureOf(error, undefined)));
  }

  #send(door: string, act: (errand: Errand, yields: AbortSignal) => Promise<void>): Errand {
    const errand = new Errand(this.#background, this.#clock, act);
    this.#errands.set(door, errand);
    const back = (): void => {
      if (this.#errands.get(door) === errand) this.#errands.delete(door);
      this.#housekeeping.lookAfter();
    };
    errand.done.then(back, back);
    return errand;
  }
}

/** Proves itself as a courier, with any key that has a handle left. @returns why not; undefined = it has. */
async function introduce(visit: DoorVisit, yields: AbortSignal, signal: AbortSignal): Promise<PhoneFailure | undefined> {
  for (let place = 0; place < visit.door.keys.length; place++) {
    if (yields.aborted) throw new Unawaited("cancelled");
    const answer = await visit.ask(place, () => "carry", signal);
    if (answer === undefined) continue;
    if (answer.proved) return undefined;
    return answer.why === "forged" ? "forged" : "not-recognised";
  }
  return "handles-used-up";
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
