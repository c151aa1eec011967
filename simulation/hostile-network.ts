import type { VirtualRandom } from "../hardware-sim/virtual-random";
import type { Network } from "./network";
import type { Tally } from "./tally";

const KEPT = 48;
const SIGNATURE_BYTES = 64;
const HOLD_TIME_ANSWER_MS = 59_500;

/**
 * Somebody hostile between a cloud and its doors: keeps what it sees, sends it again whenever it likes, to any door,
 * whole or changed, and holds back what it does not like. It has no keys.
 */
export class HostileNetwork {
  /** Lists are held back from this door, and leases are not: whoever was revoked wants to stay. */
  jamsLists = false;
  jamsLeases = false;
  /** So many of the next messages come spoilt first, and then as they were. */
  spoils = 0;
  /** Answers to questions for the time come as late as they may. */
  holdsTime = false;
  readonly #random: VirtualRandom;
  readonly #faults: Tally;
  readonly #seen: { what: string; payload: Uint8Array }[] = [];
  #count = 0;

  constructor(random: VirtualRandom, faults: Tally) {
    this.#random = random;
    this.#faults = faults;
  }

  /** @param later sends it, or something else in its place, after so many ms. @returns whether the message goes its way now. */
  passes(what: string, payload: Uint8Array, later: (milliseconds: number, changed?: Uint8Array) => void): boolean {
    this.#keep(what, payload);
    if (this.spoils > 0 && payload.length > SIGNATURE_BYTES) {
      this.spoils -= 1;
      this.#faults.add("spoilt on its way");
      later(1, this.#spoilt(payload));
    }
    if (this.jamsLists && (what.startsWith("delta/") || what === "manifest" || what.startsWith("page/"))) {
      this.#faults.add("jammed list");
      return false;
    }
    if (this.jamsLeases && what === "lease") {
      this.#faults.add("jammed lease");
      return false;
    }
    if (this.holdsTime && what === "time") {
      this.#faults.add("time answer held");
      later(HOLD_TIME_ANSWER_MS);
      return false;
    }
    return true;
  }

  /** Sends one or more of the things that it has kept. */
  replay(network: Network, count: number): void {
    for (let i = 0; i < count; i++) {
      const old = this.#any();
      if (old === undefined || !network.connected) return;
      this.#faults.add("replayed");
      network.deliver(old.what, old.payload);
    }
  }

  /** Sends something with a changed byte, or under another topic, or cut short. */
  tamper(network: Network): void {
    const old = this.#any();
    if (old === undefined || !network.connected) return;
    const payload = old.payload.slice();
    let { what } = old;
    switch (this.#random.below(4)) {
      case 0:
        payload[this.#random.below(payload.length)] ^= 1 << this.#random.below(8);
        break;
      case 1:
        what = this.#any()!.what;
        break;
      case 2:
        network.deliver(what, payload.slice(0, 1 + this.#random.below(payload.length)));
        return this.#faults.add("tampered");
      default:
        for (let i = 0; i < 4; i++) payload[this.#random.below(payload.length)] = this.#random.below(256);
    }
    this.#faults.add("tampered");
    network.deliver(what, payload);
  }

  /** Brings another door what was meant for this one. */
  misdeliver(network: Network): void {
    const old = this.#any();
    if (old === undefined || !network.connected) return;
    this.#faults.add("other door's message");
    network.deliver(old.what, old.payload);
  }

  /** Changes one bit of what is said, never of the signature, which is what most receivers look at last. */
  #spoilt(payload: Uint8Array): Uint8Array {
    const spoilt = payload.slice();
    spoilt[this.#random.below(spoilt.length - SIGNATURE_BYTES)] ^= 1 << this.#random.below(8);
    return spoilt;
  }

  /** Old things stay as likely as new ones. */
  #keep(what: string, payload: Uint8Array): void {
    this.#count += 1;
    if (this.#seen.length < KEPT) this.#seen.push({ what, payload });
    else if (this.#random.chance(0.5)) this.#seen[KEPT / 2 + this.#random.below(KEPT / 2)] = { what, payload };
    else if (this.#random.below(this.#count) < KEPT / 2) this.#seen[this.#random.below(KEPT / 2)] = { what, payload };
  }

  #any(): { what: string; payload: Uint8Array } | undefined {
    return this.#seen.length === 0 ? undefined : this.#seen[this.#random.below(this.#seen.length)];
  }
}
