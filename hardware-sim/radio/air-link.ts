import type { VirtualClock, VirtualTimer } from "../virtual-clock";
import type { VirtualRandom } from "../virtual-random";

/** Nothing heard for so long, and a side takes the connection for lost (Bluetooth Core 6.0, Vol 6, Part B, §4.5.2). */
export const SUPERVISION_MS = 4_000;

export type Side = "central" | "peripheral";

/** Who is at one end of a link. */
export interface LinkEnd {
  onPdu(pdu: Uint8Array): void;
  /** `closed`: the other side said so; `lost`: it went silent. Nothing comes after it. */
  onEnded(why: "closed" | "lost"): void;
}

export interface AirLinkOptions {
  clock: VirtualClock;
  random: VirtualRandom;
  /** The chance that a packet is lost now; 1 = out of range. */
  loss: () => number;
  /** Of connection events, ms. */
  intervalMs: number;
  ends: Record<Side, LinkEnd>;
  /** Every PDU that is on the air, as often as it is sent. */
  onSent: (from: Side, pdu: Uint8Array, what: "att" | "terminate") => void;
  onOver: () => void;
}

/**
 * One connection: packets go at its connection events, each one until it is acknowledged, in order. What is not heard
 * costs time, and after the supervision timeout the link.
 */
export class AirLink {
  #options: AirLinkOptions;
  readonly #ends: Record<Side, LinkEnd>;
  /** Where its connection events fall. */
  readonly #anchor: number;
  #lastDue: Record<Side, number> = { central: 0, peripheral: 0 };
  #held: (() => void)[] = [];
  #silence: VirtualTimer | undefined;
  #over = false;
  /** A side without power says nothing, and acknowledges nothing. */
  #mute: Side | undefined;

  constructor(options: AirLinkOptions) {
    this.#options = options;
    this.#ends = { ...options.ends };
    // In the past, so that the rest below is never negative.
    this.#anchor = options.clock.now - options.random.below(options.intervalMs);
    this.rangeChanged();
  }

  send(from: Side, pdu: Uint8Array): void {
    this.#deliver(from, pdu, () => this.#ends[other(from)].onPdu(pdu));
  }

  /** A side ends it; the other hears of that. */
  close(by: Side): void {
    if (this.#over) return;
    const silent = this.#ends[other(by)];
    this.#ends[by] = DEAF;
    this.#deliver(by, TERMINATE, () => {
      this.#finish();
      silent.onEnded("closed");
    });
    // Whoever does not hear it takes the link for lost.
    this.#startSilence();
  }

  /** A side has no power any more. */
  mute(side: Side): void {
    this.#mute = side;
    this.#ends[side] = DEAF;
    this.#startSilence();
  }

  rangeChanged(): void {
    if (this.#over) return;
    if (this.#options.loss() >= 1) return this.#startSilence();
    if (this.#mute === undefined) {
      this.#options.clock.clear(this.#silence);
      this.#silence = undefined;
    }
    const held = this.#held;
    this.#held = [];
    for (const send of held) send();
  }

  #deliver(from: Side, pdu: Uint8Array, arrive: () => void): void {
    const what = pdu === TERMINATE ? "terminate" : "att";
    if (this.#over || this.#mute !== undefined) return;
    const { clock, random, intervalMs, loss, onSent } = this.#options;
    if (loss() >= 1) {
      this.#held.push(() => this.#deliver(from, pdu, arrive));
      return;
    }
    const earliest = Math.max(clock.now, this.#lastDue[from]) + 1;
    const before = (earliest - this.#anchor) % intervalMs;
    let due = before === 0 ? earliest : earliest + intervalMs - before;
    for (let lostMs = 0; loss() > 0 && random.chance(loss()); lostMs += intervalMs) {
      onSent(from, pdu, what);
      if (lostMs >= SUPERVISION_MS) return this.#startSilence();
      due += intervalMs;
    }
    this.#lastDue[from] = due;
    clock.set(() => {
      if (this.#over || this.#mute !== undefined) return;
      // It went out of range meanwhile.
      if (loss() >= 1) return void this.#held.push(() => this.#deliver(from, pdu, arrive));
      onSent(from, pdu, what);
      arrive();
    }, due - clock.now);
  }

  #startSilence(): void {
    if (this.#over) return;
    this.#silence ??= this.#options.clock.set(() => {
      this.#finish();
      this.#ends.central.onEnded("lost");
      this.#ends.peripheral.onEnded("lost");
    }, SUPERVISION_MS);
  }

  #finish(): void {
    this.#over = true;
    this.#held = [];
    this.#options.clock.clear(this.#silence);
    this.#options.onOver();
  }
}

/** LL_TERMINATE_IND with "remote user terminated" (Vol 6, Part B, §2.4.2.3). */
const TERMINATE = Uint8Array.of(0x02, 0x13);
const DEAF: LinkEnd = { onPdu() {}, onEnded() {} };

export function other(side: Side): Side {
  return side === "central" ? "peripheral" : "central";
}
