import type { VirtualClock } from "./virtual-clock";

/**
 * A board's way to the network. Pulling it is silent, as it is on a real board: what was sent waits (TCP
 * repeats it) and arrives once the cable is back, unless either side's keep-alive gave up before.
 */
export class VirtualCable {
  /** One way, ms; may be changed at any time. */
  latencyMs: number;
  readonly clock: VirtualClock;
  #plugged = true;
  #streams = new Set<VirtualStream>();

  constructor(clock: VirtualClock, latencyMs = 10) {
    this.clock = clock;
    this.latencyMs = latencyMs;
  }

  get plugged(): boolean {
    return this.#plugged;
  }

  setPlugged(plugged: boolean): void {
    if (this.#plugged === plugged) return;
    this.#plugged = plugged;
    this.#streams.forEach((stream) => stream.cableChanged());
  }

  /** A TCP-like connection over this cable: in order, nothing lost, nothing twice. */
  openStream(): VirtualStream {
    const stream: VirtualStream = new VirtualStream(this, () => this.#streams.delete(stream));
    this.#streams.add(stream);
    return stream;
  }
}

export class VirtualStream {
  /** Called when the cable goes out and comes back while the stream lives. */
  onStalled: (() => void) | undefined;
  onFlowing: (() => void) | undefined;
  #cable: VirtualCable;
  #forget: () => void;
  #closed = false;
  #held: (() => void)[] = [];
  #lastDue = 0;

  constructor(cable: VirtualCable, forget: () => void) {
    this.#cable = cable;
    this.#forget = forget;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Brings something to the other end, after the latency and after all that was sent before it. */
  send(deliver: () => void): void {
    if (this.#closed) return;
    if (this.#cable.plugged) this.#schedule(deliver);
    else this.#held.push(deliver);
  }

  /** Nothing arrives any more, on either side. */
  destroy(): void {
    this.#closed = true;
    this.#held = [];
    this.#forget();
  }

  cableChanged(): void {
    if (!this.#cable.plugged) {
      this.onStalled?.();
      return;
    }
    const held = this.#held;
    this.#held = [];
    for (const deliver of held) this.#schedule(deliver);
    this.onFlowing?.();
  }

  #schedule(deliver: () => void): void {
    const { clock, latencyMs } = this.#cable;
    const due = Math.max(this.#lastDue, clock.now + latencyMs);
    this.#lastDue = due;
    clock.set(() => {
      if (this.#closed) return;
      if (this.#cable.plugged) deliver();
      else this.#held.push(deliver);
    }, due - clock.now);
  }
}

