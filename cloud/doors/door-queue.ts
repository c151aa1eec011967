import { DOOR_QUEUE_MESSAGES_MAX, DOOR_QUEUES_MESSAGES_MAX } from "../limits";

/** Runs what concerns one door one after the other, and doors side by side. A door that floods only delays itself. */
export class DoorQueue {
  readonly #queues = new Map<string, { tail: Promise<void>; waiting: number }>();
  /** Of all doors. */
  #waiting = 0;
  #room: { promise: Promise<void>; resolve(): void } | undefined;

  /** @returns false where too much waits for this door: the task is dropped, and the door will ask again. */
  add(door: string, task: () => Promise<void>): boolean {
    const queue = this.#queues.get(door) ?? { tail: Promise.resolve(), waiting: 0 };
    if (queue.waiting >= DOOR_QUEUE_MESSAGES_MAX) return false;
    queue.waiting += 1;
    this.#waiting += 1;
    queue.tail = queue.tail.then(task).finally(() => {
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
}
