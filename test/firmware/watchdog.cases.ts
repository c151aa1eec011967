import { startController } from "../../firmware/controller";
import type { Timers } from "../../firmware/device";
import { WatchdogKeeper } from "../../firmware/life/watchdog-keeper";
import { WORK_ENDLESS_MS, WORK_STALLED_MS, WATCHDOG_FEED_MS } from "../../firmware/limits";
import { WorkQueue, type Work } from "../../firmware/work-queue";
import { VirtualBoard } from "../../hardware-sim/virtual-board";
import { VirtualClock, type VirtualTimer } from "../../hardware-sim/virtual-clock";
import type { Cases } from "../support/cases";
import { House } from "../support/house";
import { RESIDENT } from "../support/mint";

const PATIENCE_MS = 5_000;

/** A keeper and a queue whose timers a test may stop; `fed` says when the watchdog was fed. */
function rig(): { clock: VirtualClock; queue: WorkQueue; fed: number[]; stopSlices: () => void } {
  const clock = new VirtualClock();
  const fed: number[] = [];
  let stopped = false;
  const timer: Timers = { set: (callback, milliseconds) => clock.set(callback, milliseconds), clear: (handle) => clock.clear(handle as VirtualTimer) };
  const lossy: Timers = { ...timer, set: (callback, milliseconds) => clock.set(() => (stopped ? undefined : callback()), milliseconds) };
  const queue = new WorkQueue(lossy, (error) => {
    throw error;
  });
  new WatchdogKeeper({ device: { timer, watchdog: { feed: () => void fed.push(clock.now) }, trace: () => {} }, queue, now: () => clock.now });
  return { clock, queue, fed, stopSlices: () => (stopped = true) };
}

function* endless(): Work {
  for (;;) yield;
}

export const cases: Cases = {
  "watchdog: is fed once a second while nothing is to be done, and while works come and go": (assert) => {
    const { clock, queue, fed } = rig();
    clock.advance(2 * WORK_ENDLESS_MS);
    assert.is(fed.length, 1 + (2 * WORK_ENDLESS_MS) / WATCHDOG_FEED_MS);
    function* short(): Work {
      yield;
    }
    for (let n = 0; n < 100; n++) {
      queue.add(short());
      clock.advance(WORK_STALLED_MS);
    }
    assert.is(fed.length, 1 + (2 * WORK_ENDLESS_MS + 100 * WORK_STALLED_MS) / WATCHDOG_FEED_MS);
  },

  "watchdog: starves where waiting work gets no slices any more": (assert) => {
    const { clock, queue, fed, stopSlices } = rig();
    clock.advance(10_000);
    stopSlices();
    queue.add(endless());
    clock.advance(10 * WORK_STALLED_MS);
    const last = fed[fed.length - 1];
    assert.true(last >= 10_000 && last <= 10_000 + WORK_STALLED_MS + WATCHDOG_FEED_MS, String(last));
  },

  "watchdog: starves where one work goes on for ever, and bears one that only takes long": (assert) => {
    const clock = new VirtualClock();
    const fed: number[] = [];
    const state = { idle: false, slices: 0, ended: 0 };
    const timer: Timers = { set: (callback, milliseconds) => clock.set(callback, milliseconds), clear: (handle) => clock.clear(handle as VirtualTimer) };
    new WatchdogKeeper({ device: { timer, watchdog: { feed: () => void fed.push(clock.now) }, trace: () => {} }, queue: state, now: () => clock.now });
    const work = (milliseconds: number): void => {
      for (let at = 0; at < milliseconds; at += WATCHDOG_FEED_MS) {
        state.slices += 50;
        clock.advance(WATCHDOG_FEED_MS);
      }
    };
    work(WORK_ENDLESS_MS - 10 * WATCHDOG_FEED_MS);
    assert.is(fed[fed.length - 1], clock.now);
    state.ended += 1;
    const begun = clock.now;
    work(2 * WORK_ENDLESS_MS);
    const last = fed[fed.length - 1];
    assert.true(last >= begun && last <= begun + WORK_ENDLESS_MS + WATCHDOG_FEED_MS, String(last));
  },

  "watchdog: a slice that never ends starts the board anew, which says why and goes on": (assert, { hashes }) => {
    const house = new House(hashes, { watchdogMs: PATIENCE_MS });
    house.cloud.issue([{ pin: "111111", profile: RESIDENT }]);
    house.clock.advance(30_000);
    assert.is(house.board.boots, 1, "a sound board is left alone");
    assert.true(house.types("111111"));
    house.board.keypad.type("111111");
    house.clock.advance(200);
    assert.true(house.board.strike);
    house.board.hang();
    house.clock.advance(PATIENCE_MS - WATCHDOG_FEED_MS - 100);
    assert.is(house.board.boots, 1);
    house.clock.advance(WATCHDOG_FEED_MS + 1_000);
    assert.is(house.board.boots, 2);
    assert.false(house.board.strike, "I5: the lock is in its secure state");
    house.clock.advance(60_000);
    assert.deepEqual(
      house.cloud.events.filter(({ type }) => type === "boot").map(({ count }) => count),
      [1, 4],
    );
    assert.true(house.types("111111"));
  },

  "watchdog: is fed from the first instant, by a board that nobody has claimed": (assert, { hashes }) => {
    const clock = new VirtualClock();
    const board = new VirtualBoard({ clock, hashes, watchdogMs: PATIENCE_MS });
    board.start((device) => void startController(device));
    clock.advance(600_000);
    assert.is(board.boots, 1);
    board.hang();
    clock.advance(10_000);
    assert.is(board.boots, 2);
  },
};
