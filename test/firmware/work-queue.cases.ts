import { WORKS_MAX } from "../../firmware/limits";
import { WorkQueue, type Work } from "../../firmware/work-queue";
import { VirtualClock } from "../../hardware-sim/virtual-clock";
import type { Cases } from "../support/cases";

function queueOn(clock: VirtualClock, errors: unknown[] = []): WorkQueue {
  return new WorkQueue({ set: (callback, ms) => clock.set(callback, ms), clear: () => undefined }, (error) => errors.push(error));
}

/** Writes its name at each of its slices. */
function* work(name: string, slices: number, seen: string[], last?: () => void): Work {
  for (let slice = 0; slice < slices; slice++) {
    seen.push(name);
    yield;
  }
  last?.();
}

export const cases: Cases = {
  "work queue: works run one after the other, a slice at a time": (assert) => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    const queue = queueOn(clock);
    queue.add(work("a", 2, seen));
    queue.add(work("b", 1, seen));
    assert.deepEqual(seen, [], "nothing runs in the caller's time");
    clock.advance(1);
    assert.deepEqual(seen, ["a", "a", "b"]);
    assert.true(queue.idle);
  },

  "work queue: a work that adds others runs them once each": (assert) => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    const queue = queueOn(clock);
    queue.add(
      work("a", 1, seen, () => {
        queue.add(work("b", 2, seen));
        queue.add(work("c", 1, seen));
      }),
    );
    clock.advance(1);
    assert.deepEqual(seen, ["a", "b", "b", "c"]);
    assert.true(queue.idle);
  },

  "work queue: one that fails ends, and the next begins": (assert) => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    const errors: unknown[] = [];
    const queue = queueOn(clock, errors);
    queue.add(
      work("a", 1, seen, () => {
        throw new Error("a bug");
      }),
    );
    queue.add(work("b", 1, seen));
    clock.advance(1);
    assert.deepEqual(seen, ["a", "b"]);
    assert.is(errors.length, 1);
  },

  "work queue: refuses more than it can hold": (assert) => {
    const queue = queueOn(new VirtualClock());
    for (let i = 0; i < WORKS_MAX; i++) assert.true(queue.add(work("a", 1, [])));
    assert.false(queue.add(work("a", 1, [])));
  },
};
