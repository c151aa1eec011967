import { BUSY_DOORS_AT_ONCE, DOOR_QUEUE_MESSAGES_MAX, DOOR_QUEUES_MESSAGES_MAX, DOOR_TASKS } from "../limits";
import { TokenBucket } from "../network/token-bucket";
import { Lane } from "./lane";

/**
 * Runs what concerns one door one after the other, and doors side by side. A door that floods only delays itself: those
 * that have had more than any door needs share a few places, however many they are, and the others have the database.
 */
export class DoorQueue {
  readonly #queues = new Map<string, { tail: Promise<void>; waiting: number }>();
  readonly #tasks = new Map<string, TokenBucket>();
  readonly #busy = new Lane(BUSY_DOORS_AT_ONCE);
  /** Of all doors. */
  #waiting = 0;
  #room: { promise: Promise<void>; resolve(): void } | undefined;

  /** @returns false where too much waits for this door: the task is dropped, and the door will ask again. */
  add(door: string, task: () => Promise<void>): boolean {
    const queue = this.#queues.get(door) ?? { tail: Promise.resolve(), waiting: 0 };
    if (queue.waiting >= DOOR_QUEUE_MESSAGES_MAX) return false;
    queue.waiting += 1;
    this.#waiting += 1;
    queue.tail = queue.tail.then(() => (this.#isBusy(door) ? this.#busy.run(task) : task())).finally(() => {
      queue.waiting -= 1;
      if (queue.waiting === 0) this.#queues.delete(door);
      this.#waiting -= 1;
      if (this.#room === undefined || this.#waiting > DOOR_QUEUES_MESSAGES_MAX / 2) return;
      this.#room.resolve();
      this.#room = undefined;
    });
    this.#queues.set(door, queue);
    return true;
  }

  /** Resolves once fewer messages wait; undefined: there is room. A broker that can be made to wait keeps the rest. */
  room(): Promise<void> | undefined {
    if (this.#waiting < DOOR_QUEUES_MESSAGES_MAX) return undefined;
    if (this.#room === undefined) {
      let resolve!: () => void;
      this.#room = { promise: new Promise((done) => (resolve = done)), resolve };
    }
    return this.#room.promise;
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#queues.size > 0) await Promise.all([...this.#queues.values()].map((queue) => queue.tail));
  }

  #isBusy(door: string): boolean {
    let tasks = this.#tasks.get(door);
    if (tasks === undefined) {
      this.#tasks.set(door, (tasks = new TokenBucket(DOOR_TASKS)));
      if (this.#tasks.size > TASKS_REMEMBERED) for (const [other, left] of this.#tasks) if (left.isFull) this.#tasks.delete(other);
    }
    return !tasks.take();
  }
}

const TASKS_REMEMBERED = 20_000; // doors; those that were quiet for a while are forgotten then
