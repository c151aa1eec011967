import type { Logger } from "pino";
import type { Clock, Timer } from "../clock";
import { FIRMWARE_DOWNLOAD_SECONDS, FIRMWARE_DOWNLOADS_MAX } from "../limits";
import type { Database } from "../store/store";
import { inSnapshot, inTransaction } from "../store/transaction";
import { noteFetched, readPart, type FetchedImage } from "./fetch-image";

/** Images that are under way to doors: a part at a time, as fast as each door reads, and no door twice at once. */
export class ImageStreams {
  readonly #parts: ImageStreamsParts;
  readonly #running = new Map<string, { break(): void }>();

  constructor(parts: ImageStreamsParts) {
    this.#parts = parts;
  }

  /** Whether there is room for another door. */
  hasRoom(door: string): boolean {
    return this.#running.has(door) || this.#running.size < FIRMWARE_DOWNLOADS_MAX;
  }

  /** @param image its id. @returns the answer's body. */
  open(image: string, door: string, { rollout, size }: FetchedImage): ReadableStream<Uint8Array> {
    const { database, clock, log } = this.#parts;
    this.#running.get(door)?.break();
    const running = { break: (): void => undefined };
    this.#running.set(door, running);
    let patience: Timer | undefined;
    const over = (): void => {
      patience?.cancel();
      if (this.#running.get(door) === running) this.#running.delete(door);
    };
    let sent = 0;
    let number = 0;
    return new ReadableStream<Uint8Array>(
      {
        start(controller) {
          running.break = () => {
            over();
            controller.error(new Error("broken off"));
          };
          patience = clock.after(FIRMWARE_DOWNLOAD_SECONDS, running.break);
        },
        async pull(controller) {
          try {
            const part = await inSnapshot(database, (unit) => readPart(unit, image, number++));
            if (part === undefined) throw new Error(`image ${image} ends early`);
            sent += part.length;
            if (sent >= size) await inTransaction(database, (unit) => noteFetched(unit, rollout, door, clock.now()));
            controller.enqueue(part);
            if (sent < size) return;
            over();
            controller.close();
          } catch (error) {
            log.error({ door, err: error }, "failed to hand an image to a door");
            running.break();
          }
        },
        cancel: over,
      },
      // Nothing is read ahead of the door.
      { highWaterMark: 0 },
    );
  }

  stop(): void {
    for (const { break: end } of [...this.#running.values()]) end();
  }
}

export interface ImageStreamsParts {
  database: Database;
  clock: Clock;
  log: Logger;
}
