import { DOOR_QUEUE_MESSAGES_MAX } from "../limits";

/** Runs what concerns one door one after the other, and doors side by side. A door that floods only delays itself. */
export class DoorQueue {
  readonly #queues = new Map<string, { tail: Promise<void>; waiting: number }>();

  /** @returns false where too much waits for this door: the task is dropped, and the door will ask again. */
  add(door: string, task: () => Promise<void>): boolean {
    const queue = this.#queues.get(door) ?? { tail: Promise.resolve(), waiting: 0 };
    if (queue.waiting >= DOOR_QUEUE_MESSAGES_MAX) return false;
    queue.waiting += 1;
    queue.tail = queue.tail.then(task).finally(() => {
      queue.waiting -= 1;
      if (queue.waiting === 0) this.#queues.delete(door);
    });
    this.#queues.set(door, queue);
    return true;
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#queues.size > 0) await Promise.all([...this.#queues.values()].map((queue) => queue.tail));
  }
}
