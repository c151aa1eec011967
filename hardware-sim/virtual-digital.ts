import type { Digital, DigitalConstructor } from "../firmware/device";
import type { BoardSession } from "./board-session";
import type { VirtualClock } from "./virtual-clock";

/** How many changes of an output are kept for tests to look back at. */
const TIMELINE_CHANGES = 10_000;

export interface PinChange {
  /** World time, ms. */
  at: number;
  value: 0 | 1;
}

type Edge = { open: boolean; edges: number; pending: boolean; onReadable: (() => void) | undefined };

const INPUT = 0;
const INPUT_PULL_UP = 1;
const OUTPUT = 8;
const RISING = 1;
const FALLING = 2;

/** The pins of a board seen from outside: what is wired to them sets inputs and watches outputs. */
export class VirtualPins {
  /** Called at every change of an output, power cuts included. */
  onOutput: ((pin: number, change: PinChange) => void) | undefined;
  #clock: VirtualClock;
  #inputs = new Map<number, 0 | 1>();
  #outputs = new Map<number, 0 | 1>();
  #timelines = new Map<number, PinChange[]>();
  #opened = new Map<number, Edge>();

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** What drives an input, 0 or 1; an input that nothing drives reads 1 (pull-up). */
  drive(pin: number, value: 0 | 1): void {
    const before = this.level(pin);
    this.#inputs.set(pin, value);
    const edge = this.#opened.get(pin);
    if (!edge || before === value) return;
    if (edge.edges & (value ? RISING : FALLING)) this.#signal?.(edge);
  }
  #signal: ((edge: Edge) => void) | undefined;

  /** The level of a pin, input or output; an output without power is 0 (pull-down on the relay line). */
  level(pin: number): 0 | 1 {
    return this.#outputs.get(pin) ?? this.#inputs.get(pin) ?? 1;
  }

  /** Level of an output; 0 while the firmware has not opened it. */
  output(pin: number): 0 | 1 {
    return this.#outputs.get(pin) ?? 0;
  }

  /** The last changes of an output, oldest first; it was 0 before the first. */
  timeline(pin: number): readonly PinChange[] {
    return this.#timelines.get(pin) ?? [];
  }

  /** The Digital class of one power-on. */
  attach(session: BoardSession): DigitalConstructor {
    this.#opened = new Map();
    // As on ESP32, an edge is told from the event loop, and edges until then are told once.
    this.#signal = (edge) => {
      if (edge.pending) return;
      edge.pending = true;
      this.#clock.set(() => {
        edge.pending = false;
        if (edge.open) session.run(() => edge.onReadable?.());
      }, 0);
    };
    session.onEnd(() => {
      this.#signal = undefined;
      this.#opened = new Map();
      this.#outputs.forEach((_, pin) => this.#setOutput(pin, 0));
      this.#outputs = new Map();
    });
    const pins = this;
    return class VirtualDigital implements Digital {
      static readonly Input = INPUT;
      static readonly InputPullUp = INPUT_PULL_UP;
      static readonly Output = OUTPUT;
      static readonly Rising = RISING;
      static readonly Falling = FALLING;
      #pin: number;
      #output: boolean;
      #edge: Edge;
      constructor(options: { pin: number; mode: number; edge?: number; onReadable?(): void }) {
        session.need();
        if (pins.#opened.has(options.pin)) throw new Error(`pin ${options.pin} is in use`);
        if (options.mode !== INPUT && options.mode !== INPUT_PULL_UP && options.mode !== OUTPUT) {
          throw new Error(`pin ${options.pin}: mode ${options.mode}`);
        }
        if (options.onReadable && !options.edge) throw new Error(`pin ${options.pin}: onReadable without an edge`);
        this.#pin = options.pin;
        this.#output = options.mode === OUTPUT;
        const onReadable = options.onReadable;
        this.#edge = {
          open: true,
          pending: false,
          edges: options.edge ?? 0,
          onReadable: onReadable && (() => onReadable.call(this)),
        };
        pins.#opened.set(this.#pin, this.#edge);
        if (this.#output) pins.#outputs.set(this.#pin, 0);
      }
      read(): number {
        this.#need();
        return pins.level(this.#pin);
      }
      write(value: 0 | 1): void {
        this.#need();
        if (!this.#output) throw new Error(`pin ${this.#pin} is an input`);
        pins.#setOutput(this.#pin, value ? 1 : 0);
      }
      close(): void {
        if (!this.#edge.open || !session.alive) return;
        this.#edge.open = false;
        pins.#opened.delete(this.#pin);
        // A pin that nobody drives falls back to its pull-down.
        if (this.#output) pins.#setOutput(this.#pin, 0);
        pins.#outputs.delete(this.#pin);
      }
      #need(): void {
        session.need();
        if (!this.#edge.open) throw new Error(`pin ${this.#pin} is closed`);
      }
    };
  }

  #setOutput(pin: number, value: 0 | 1): void {
    if ((this.#outputs.get(pin) ?? 0) === value) return;
    this.#outputs.set(pin, value);
    let timeline = this.#timelines.get(pin);
    if (!timeline) this.#timelines.set(pin, (timeline = []));
    const change: PinChange = { at: this.#clock.now, value };
    timeline.push(change);
    if (timeline.length > TIMELINE_CHANGES) timeline.splice(0, TIMELINE_CHANGES / 2);
    this.onOutput?.(pin, change);
  }
}
