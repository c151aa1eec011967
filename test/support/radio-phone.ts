import { runHolderSession, type HolderOutcome } from "../../hardware-sim/radio/run-holder-session";
import type { VirtualAir } from "../../hardware-sim/radio/virtual-air";
import type { VirtualCentral, VirtualCentralOptions } from "../../hardware-sim/radio/virtual-central";
import type { VirtualClock } from "../../hardware-sim/virtual-clock";
import type { VirtualLink } from "../../hardware-sim/radio/virtual-link";
import type { BlockCipher } from "../../protocol/block-cipher";
import type { DoorKeys } from "../../protocol/door-keys";
import { doorRadioName } from "../../protocol/gatt-names";
import { encodeHandle, type Holder } from "../../protocol/handle";
import type { Hashes } from "../../protocol/hashes";
import { deliver, openDoor, type Delivery, type DoorAnswer, type HolderSession } from "../../protocol/holder-session";
import { phoneKey } from "../../protocol/phone-key";
import type { Response, Wish } from "../../protocol/phone-unlock";

/** The door that it has keys for. */
export interface KnownDoor {
  /** 8 bytes. */
  id: Uint8Array;
  keys: Pick<DoorKeys, "ble" | "handle">;
}

export interface RadioPhoneParts extends VirtualCentralOptions {
  clock: VirtualClock;
  air: VirtualAir;
  hashes: Hashes;
  blockCipher: BlockCipher;
  holder: Holder;
  door: KnownDoor;
}

/** A phone without a library: a holder's sessions over the virtual air, by callbacks, so that it runs on XS as well. */
export class RadioPhone {
  readonly central: VirtualCentral;
  readonly holder: Holder;
  /** `K_c`. */
  key: Uint8Array;
  /** What it means by the door. */
  door: KnownDoor;
  #parts: RadioPhoneParts;
  #counter = 0;

  constructor(parts: RadioPhoneParts) {
    this.#parts = parts;
    this.central = parts.air.central(parts);
    this.holder = parts.holder;
    this.door = parts.door;
    this.key = phoneKey(parts.hashes, parts.door.keys.ble, parts.holder);
  }

  /** A handle of its own that it has not used yet. */
  handle(): Uint8Array {
    return encodeHandle(this.#parts.blockCipher, this.door.keys.handle, this.holder, ++this.#counter);
  }

  /** What it would say now. */
  response(wish: Wish = { unlock: 0 }): Response {
    return { handle: this.handle(), phoneNonce: new Uint8Array(8).fill(this.#counter), wish };
  }

  /** Lets time pass until it is connected, or has failed. */
  connect(): VirtualLink | undefined {
    let link: VirtualLink | undefined;
    let over = false;
    this.central.connect(doorRadioName(this.door.id), { onConnected: (made) => ((link = made), (over = true)), onFailed: () => (over = true) });
    this.#parts.clock.runUntil(() => over, 60_000);
    return link;
  }

  /** Runs a session, and time with it, to its end. */
  run<T>(link: VirtualLink, session: HolderSession<T>): HolderOutcome<T> {
    const { clock, hashes } = this.#parts;
    let outcome: HolderOutcome<T> | undefined;
    runHolderSession(session, { clock, link, hashes, key: this.key }, (ended) => (outcome = ended));
    clock.runUntil(() => outcome !== undefined, 300_000);
    return outcome ?? { ok: false, error: new Error("the session never ends") };
  }

  /** Messages 1 to 3 on a connection that is there. */
  ask(link: VirtualLink, response = this.response()): DoorAnswer {
    return this.#value(this.run(link, openDoor(this.door.id, response)));
  }

  /** Connects, asks and goes. @returns undefined where no door was found. */
  taps(wish?: Wish): DoorAnswer | undefined {
    const link = this.connect();
    if (link === undefined) return undefined;
    const answer = this.ask(link, this.response(wish));
    link.close();
    return answer;
  }

  /** What it says of itself is taken, and it hands these items over. */
  carries(items: readonly Uint8Array[]): Delivery {
    const link = this.connect()!;
    this.ask(link, this.response("carry"));
    const delivery = this.#value(this.run(link, deliver(items)));
    link.close();
    return delivery;
  }

  #value<T>(outcome: HolderOutcome<T>): T {
    if (outcome.ok) return outcome.value;
    throw outcome.error instanceof Error ? outcome.error : new Error("the link was lost");
  }
}
