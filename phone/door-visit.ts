import { fromHex } from "../protocol/bytes";
import { deliver, openDoor, type Delivery, type DoorAnswer } from "../protocol/holder-session";
import { PHONE_NONCE_BYTES, type Challenge, type Wish } from "../protocol/phone-unlock";
import type { DoorConnection } from "./door-radio";
import type { KeyVault, OpaqueKey } from "./key-vault";
import type { PhoneClock } from "./phone-clock";
import type { PhoneDoor, PhoneStore } from "./phone-store";
import { runSession, type SessionMeans } from "./run-session";

export interface VisitMeans {
  vault: KeyVault;
  clock: PhoneClock;
  store: PhoneStore;
}

/** A connection to one door, and what has been said on it. */
export class DoorVisit {
  readonly door: PhoneDoor;
  /** The latest one that was read. */
  challenge: Challenge | undefined;
  /** It has told the door that it brings news, instead of asking in vain. */
  introduced = false;
  readonly #connection: DoorConnection;
  readonly #means: VisitMeans;
  /** With which key the door has taken a proof: from then on it lets us carry. */
  #proved: OpaqueKey | undefined;

  constructor(connection: DoorConnection, door: PhoneDoor, means: VisitMeans) {
    this.#connection = connection;
    this.door = door;
    this.#means = means;
  }

  get mayCarry(): boolean {
    return this.#proved !== undefined;
  }

  /**
   * Messages 1 to 3 with a fresh handle.
   * @param place of the key among the door's.
   * @returns undefined: no handle of that key is left.
   * @throws as `runSession`, {StoreError}.
   */
  async ask(place: number, wish: (challenge: Challenge) => Wish, signal?: AbortSignal): Promise<DoorAnswer | undefined> {
    const taken = await takeHandle(this.#means.store, this.door.door, place);
    if (taken === undefined) return undefined;
    const { key, handle } = taken;
    const session = openDoor(fromHex(this.door.door)!, (challenge) => {
      this.challenge = challenge;
      return { handle, phoneNonce: this.#means.vault.random(PHONE_NONCE_BYTES), wish: wish(challenge) };
    });
    const answer = await runSession(session, { ...this.#session(key), signal });
    if (answer.proved) this.#proved = key;
    return answer;
  }

  /**
   * Hands items over and collects what the door has.
   * @param delivery is filled, also where the connection ends first.
   * @throws as `runSession`.
   */
  async deliver(items: readonly Uint8Array[], delivery: Delivery, signals: Pick<SessionMeans, "signal" | "yields">): Promise<void> {
    if (this.#proved === undefined) throw new Error("the door has not taken a proof");
    await runSession(deliver(items, delivery), { ...this.#session(this.#proved), ...signals });
  }

  close(): void {
    this.#connection.close();
  }

  #session(key: OpaqueKey): SessionMeans {
    return { connection: this.#connection, vault: this.#means.vault, clock: this.#means.clock, key };
  }
}

/** SPEC 20.2: a handle is used once, and counts as used before it is sent: nothing that goes wrong later sends it again. */
async function takeHandle(store: PhoneStore, door: string, place: number): Promise<{ key: OpaqueKey; handle: Uint8Array } | undefined> {
  let taken: { key: OpaqueKey; handle: Uint8Array } | undefined;
  await store.change("doors", door, (now) => {
    taken = undefined;
    const chosen = now?.keys[place];
    if (now === undefined || chosen === undefined || chosen.handles.length === 0) return now;
    const [handle, ...handles] = chosen.handles;
    taken = { key: chosen.key, handle };
    return { ...now, keys: now.keys.with(place, { ...chosen, handles }) };
  });
  return taken;
}
