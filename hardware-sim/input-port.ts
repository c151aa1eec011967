import type { BoardSession } from "./board-session";
import type { VirtualClock } from "./virtual-clock";

/** A port as whoever opened it holds it. */
export interface OpenedPort<Item> {
  read(): Item | undefined;
  close(): void;
}

type Opened = { open: boolean; pending: boolean; onReadable: ((count: number) => void) | undefined };

/** An input of the board that one at a time may open: what comes in waits to be read, and without a listener is lost. */
export class InputPort<Item> {
  readonly #name: string;
  readonly #clock: VirtualClock;
  #waiting: Item[] = [];
  #opened: Opened | undefined;
  #session: BoardSession | undefined;

  /** @param name for what it throws. */
  constructor(name: string, clock: VirtualClock) {
    this.#name = name;
    this.#clock = clock;
  }

  /** What waits unread; undefined where nobody has opened it. */
  get waiting(): readonly Item[] | undefined {
    return this.#opened && this.#waiting;
  }

  /** Something comes in; the firmware is told in a turn of its own, once for all that has come by then. */
  put(item: Item): void {
    const opened = this.#opened;
    const session = this.#session;
    if (opened === undefined || session === undefined) return;
    this.#waiting.push(item);
    if (opened.pending) return;
    opened.pending = true;
    this.#clock.set(() => {
      session.run(() => {
        opened.pending = false;
        const count = this.#waiting.length;
        if (opened.open && count > 0) opened.onReadable?.(count);
      });
    }, 0);
  }

  /** @returns how the firmware of one power-on opens it; that throws an Error where it is open already. */
  attach(session: BoardSession): (onReadable: ((count: number) => void) | undefined) => OpenedPort<Item> {
    this.#shut();
    this.#session = session;
    session.onEnd(() => {
      this.#shut();
      this.#session = undefined;
    });
    return (onReadable) => {
      session.need();
      if (this.#opened) throw new Error(`${this.#name}: in use`);
      const opened: Opened = { open: true, pending: false, onReadable };
      this.#opened = opened;
      return {
        read: () => {
          session.need();
          return opened.open ? this.#waiting.shift() : undefined;
        },
        close: () => {
          opened.open = false;
          if (this.#opened === opened) this.#shut();
        },
      };
    };
  }

  #shut(): void {
    this.#opened = undefined;
    this.#waiting = [];
  }
}
