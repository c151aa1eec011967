import type { Logger } from "pino";
import type { Clock, Timer } from "../clock";
import { LIVE_HEARTBEAT_SECONDS, LIVE_SECONDS_MAX, LIVE_STREAMS_MAX, LIVE_STREAMS_PER_ACTOR_MAX } from "../limits";
import { Refusal } from "../refusal";

/** What a stream shows at one moment, and the doors that may change it. */
export interface LiveReading {
  document: unknown;
  doors: readonly string[];
}

/** Reads anew, rights included. @throws {Refusal} where whoever watches may not any more: the stream ends. */
export type ReadLive = () => Promise<LiveReading>;

/**
 * Truth as it changes (X1), as server-sent events (HTML §9.2): one event whenever the document is another one. A
 * stream holds at most one document that is not sent, so a slow reader misses steps in between, never the last one.
 */
export class LiveTruth {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #streams = new Set<LiveStream>();
  readonly #followers: ((door: string) => void)[] = [];
  #stopped = false;

  constructor({ clock, log }: { clock: Clock; log: Logger }) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Something of a door has changed: its list, or what is known of it. */
  changed(door: string): void {
    for (const stream of this.#streams) stream.changed(door);
    for (const follower of this.#followers) follower(door);
  }

  /** @param follower is told of each door of which something has changed; what is said of all at once it finds by itself. */
  follow(follower: (door: string) => void): void {
    this.#followers.push(follower);
  }

  /** Anything may have changed. */
  changedAll(): void {
    for (const stream of this.#streams) stream.changedAnything();
  }

  /**
   * @param actor whose stream it is, by name.
   * @returns the body of an answer of type `text/event-stream`.
   * @throws {Refusal} `too-many-streams`, or whatever `read` refuses.
   */
  async open(actor: string, read: ReadLive): Promise<ReadableStream<Uint8Array>> {
    const first = await read();
    const own = [...this.#streams].filter((stream) => stream.actor === actor);
    if (this.#stopped || this.#streams.size >= LIVE_STREAMS_MAX || own.length >= LIVE_STREAMS_PER_ACTOR_MAX) throw new Refusal("too-many-streams");
    const stream = new LiveStream(actor, first, read, this.#clock, this.#log, () => this.#streams.delete(stream));
    this.#streams.add(stream);
    return stream.body;
  }

  /** Ends all streams; browsers come again by themselves. */
  stop(): void {
    this.#stopped = true;
    for (const stream of this.#streams) stream.end();
  }
}

class LiveStream {
  readonly actor: string;
  readonly body: ReadableStream<Uint8Array>;
  readonly #read: ReadLive;
  readonly #log: Logger;
  readonly #onEnd: () => void;
  readonly #timers: Timer[];
  #doors: ReadonlySet<string>;
  /** Waits to be sent. */
  #next: string | undefined;
  #last = "";
  /** Whether the document may be another one by now; `beat`: so long that the reader hears that it is still there. */
  #due: "no" | "change" | "beat" = "no";
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(actor: string, first: LiveReading, read: ReadLive, clock: Clock, log: Logger, onEnd: () => void) {
    this.actor = actor;
    this.#read = read;
    this.#log = log;
    this.#onEnd = onEnd;
    this.#doors = new Set(first.doors);
    this.#take(first);
    const beat = (): void => {
      this.#mark("beat");
      this.#timers[0] = clock.after(LIVE_HEARTBEAT_SECONDS, beat);
    };
    // Who may watch is asked anew by then: the browser comes again.
    this.#timers = [clock.after(LIVE_HEARTBEAT_SECONDS, beat), clock.after(LIVE_SECONDS_MAX, () => this.end())];
    // Nothing is read ahead of the reader.
    this.body = new ReadableStream({ pull: (controller) => this.#pull(controller), cancel: () => this.end() }, { highWaterMark: 0 });
  }

  changed(door: string): void {
    if (this.#doors.has(door)) this.#mark("change");
  }

  changedAnything(): void {
    this.#mark("change");
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const timer of this.#timers) timer.cancel();
    this.#onEnd();
    this.#wake?.();
  }

  #mark(due: "change" | "beat"): void {
    if (this.#due !== "beat") this.#due = due;
    this.#wake?.();
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    for (;;) {
      if (this.#ended) return controller.close();
      if (this.#next !== undefined) {
        controller.enqueue(utf8(this.#next));
        this.#next = undefined;
        return;
      }
      if (this.#due === "no") await new Promise<void>((resolve) => (this.#wake = resolve));
      else await this.#readAnew();
    }
  }

  async #readAnew(): Promise<void> {
    const beat = this.#due === "beat";
    this.#due = "no";
    try {
      this.#take(await this.#read());
    } catch (error) {
      if (!(error instanceof Refusal)) this.#log.error({ err: error }, "failed to follow the truth; the stream ends");
      return this.end();
    }
    if (beat) this.#next ??= ": still here\n\n";
  }

  #take({ document, doors }: LiveReading): void {
    this.#doors = new Set(doors);
    const text = JSON.stringify(document);
    if (text === this.#last) return;
    this.#last = text;
    this.#next = `event: truth\ndata: ${text}\n\n`;
  }
}

function utf8(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "utf8"));
}
