import type { Device } from "../device";
import { INBOX_BYTES_MAX, INBOX_MESSAGES_MAX, INBOX_RETRY_MS } from "../limits";
import type { Work, WorkQueue } from "../work-queue";

interface Message {
  what: string;
  payload: Uint8Array;
}

export interface InboxOptions {
  timers: Device["timer"];
  queue: Pick<WorkQueue, "add">;
  /** The work of one message; it catches what it can be refused for. */
  handle(what: string, payload: Uint8Array): Work;
}

/**
 * Messages that wait for their slices, bounded in bytes: a burst must not fill the heap that lists, signatures and TLS
 * share. Of what only its newest counts (a list's delta, lease, time, page …) only the newest waits. What finds no room
 * is dropped, which harms nobody: whoever sent it says it again when it hears what this door has.
 */
export class Inbox {
  readonly #options: InboxOptions;
  readonly #waiting: Message[] = [];
  /** Of the waiting messages, of the one that is being worked on, and what is reserved. */
  #bytes = 0;
  #running = false;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /** Bytes held, at most INBOX_BYTES_MAX. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a message of this length would be taken: asked before its bytes are put together. */
  hasRoom(byteLength: number): boolean {
    return this.#bytes + byteLength <= INBOX_BYTES_MAX && this.#waiting.length < INBOX_MESSAGES_MAX;
  }

  /** Room for a message that comes by parts from elsewhere. @returns false where there is none; else `free` ends it. */
  reserve(byteLength: number): boolean {
    if (!this.hasRoom(byteLength)) return false;
    this.#bytes += byteLength;
    return true;
  }

  free(byteLength: number): void {
    this.#bytes -= byteLength;
  }

  /** @returns false where there is no room: the message is dropped. */
  take(what: string, payload: Uint8Array): boolean {
    if (!this.hasRoom(payload.length)) return false;
    const place = placeOf(what);
    const older = place === undefined ? -1 : this.#waiting.findIndex((waiting) => placeOf(waiting.what) === place);
    this.#bytes += payload.length;
    if (older < 0) this.#waiting.push({ what, payload });
    else {
      this.#bytes -= this.#waiting[older].payload.length;
      this.#waiting[older] = { what, payload };
    }
    this.#runNext();
    return true;
  }

  /** One work of the queue for each message, so that other works have their turn. */
  #runNext(): void {
    if (this.#running || this.#waiting.length === 0) return;
    this.#running = this.#options.queue.add(this.#work());
    if (!this.#running) this.#options.timers.set(() => this.#runNext(), INBOX_RETRY_MS);
  }

  *#work(): Work {
    const message = this.#waiting.shift();
    try {
      if (message !== undefined) yield* this.#options.handle(message.what, message.payload);
    } finally {
      this.#bytes -= message?.payload.length ?? 0;
      this.#running = false;
      this.#runNext();
    }
  }
}

/** Messages with the same one take each other's place; undefined: every one counts. */
function placeOf(what: string): string | undefined {
  if (what.startsWith("page/")) return "page";
  return what === "command" || what === "keyset" ? undefined : what;
}
