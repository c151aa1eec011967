import { Inbox } from "../../firmware/cloud/inbox";
import { RefusalCounters } from "../../firmware/cloud/refusal-counters";
import type { Timers } from "../../firmware/device";
import { INBOX_BYTES_MAX, INBOX_MESSAGES_MAX, WORKS_MAX } from "../../firmware/limits";
import { WorkQueue, type Work } from "../../firmware/work-queue";
import { VirtualClock, type VirtualTimer } from "../../hardware-sim/virtual-clock";
import { ascii } from "../../protocol/bytes";
import { decodeDoorState } from "../../protocol/door-state";
import { MESSAGE_BYTES_MAX } from "../../protocol/limits";
import { REFUSALS } from "../../protocol/protocol-error";
import type { Cases } from "../support/cases";
import { House } from "../support/house";
import { RESIDENT } from "../support/mint";

function timersOf(clock: VirtualClock): Timers {
  return { set: (callback, milliseconds) => clock.set(callback, milliseconds), clear: (handle) => clock.clear(handle as VirtualTimer) };
}

/** An inbox whose messages take so many slices each; `seen` has what was worked on, as "what length". */
function rig(slices = 3): { clock: VirtualClock; queue: WorkQueue; inbox: Inbox; seen: string[]; most: () => number } {
  const clock = new VirtualClock();
  const seen: string[] = [];
  const queue = new WorkQueue(timersOf(clock), (error) => {
    throw error;
  });
  let most = 0;
  function* handle(what: string, payload: Uint8Array): Work {
    most = Math.max(most, inbox.bytes);
    seen.push(`${what} ${payload.length}`);
    for (let slice = 0; slice < slices; slice++) yield;
  }
  const inbox: Inbox = new Inbox({ timers: timersOf(clock), queue, handle });
  return { clock, queue, inbox, seen, most: () => most };
}

const refusal = (name: (typeof REFUSALS)[number]): number => REFUSALS.indexOf(name) + 1;

export const cases: Cases = {
  "inbox: messages are worked on in order; of a kind only the newest waits, and commands and keysets all count": (assert) => {
    const { clock, inbox, seen } = rig();
    const messages: [string, number][] = [["lease", 1], ["delta/5", 10], ["command", 2], ["keyset", 3], ["delta/6", 11], ["lease", 4], ["delta/5", 12], ["page/1", 20], ["page/2", 21], ["command", 5], ["keyset", 6], ["time", 7], ["time", 8], ["manifest", 9]];
    for (const [what, length] of messages) assert.true(inbox.take(what, new Uint8Array(length)));
    clock.advance(1);
    // The first was on its way to be worked on as soon as it came, but no slice of it had begun.
    assert.deepEqual(seen, ["lease 4", "delta/5 12", "command 2", "keyset 3", "delta/6 11", "page/2 21", "command 5", "keyset 6", "time 8", "manifest 9"]);
    assert.is(inbox.bytes, 0);
  },

  "inbox: never holds more than its bytes, whatever comes and however slowly it is worked on": (assert) => {
    const { clock, inbox, most } = rig(5);
    let dropped = 0;
    for (let n = 0; n < 2_000; n++) {
      const what = ["keyset", "command", `delta/${n}`, `page/${n}`, "lease"][n % 5];
      const length = (n * 977) % MESSAGE_BYTES_MAX;
      const room = inbox.hasRoom(length);
      assert.is(inbox.take(what, new Uint8Array(length)), room);
      if (!room) dropped += 1;
      assert.true(inbox.bytes <= INBOX_BYTES_MAX, String(n));
      if (n % 3 === 0) clock.step(clock.now);
    }
    assert.true(dropped > 100);
    assert.true(most() > INBOX_BYTES_MAX / 2 && most() <= INBOX_BYTES_MAX);
    clock.advance(10);
    assert.is(inbox.bytes, 0, "and nothing of it stays");
    for (let n = 0; n < INBOX_MESSAGES_MAX; n++) assert.true(inbox.take("command", new Uint8Array(1)));
    assert.false(inbox.take("command", new Uint8Array(1)), "nor do small ones pile up");
  },

  "inbox: a work that fails makes room all the same, and a queue full of other works is waited for": (assert) => {
    const clock = new VirtualClock();
    const errors: unknown[] = [];
    const queue = new WorkQueue(timersOf(clock), (error) => errors.push(error));
    let handled = 0;
    function* failing(): Work {
      handled += 1;
      yield;
      throw new Error("a bug");
    }
    const inbox = new Inbox({ timers: timersOf(clock), queue, handle: failing });
    function* other(): Work {
      yield;
    }
    for (let n = 0; n < WORKS_MAX; n++) queue.add(other());
    assert.true(inbox.take("lease", new Uint8Array(100)));
    clock.advance(1_000);
    assert.is(handled, 1);
    assert.is(errors.length, 1);
    assert.is(inbox.bytes, 0);
    assert.true(inbox.take("lease", new Uint8Array(100)));
    clock.advance(1_000);
    assert.is(handled, 2);
  },

  "refusals are counted by name, and the last one is told": (assert) => {
    const counters = new RefusalCounters();
    assert.deepEqual(counters.state, { refusals: 0, lastRefusal: 0, refusedBy: [], dropped: 0 });
    for (const code of ["no-room", "bad-mac", "no-room", "malformed"] as const) counters.count(code);
    assert.deepEqual(counters.state, {
      refusals: 4,
      lastRefusal: refusal("malformed"),
      refusedBy: [
        { code: refusal("malformed"), count: 1 },
        { code: refusal("bad-mac"), count: 1 },
        { code: refusal("no-room"), count: 2 },
      ],
      dropped: 2,
    });
  },

  "inbox: after a burst that it cannot hold the door comes to the newest list all the same, and says what it dropped": (assert, { hashes }) => {
    const house = new House(hashes);
    const grants = Array.from({ length: 120 }, (_, index) => ({ pin: String(200_000 + index), profile: RESIDENT }));
    house.cloud.issue(grants);
    house.clock.advance(60_000);
    const gone: string[] = [];
    for (let round = 0; round < 12; round++) {
      gone.push(grants[round].pin);
      house.cloud.revoke(...gone);
      // What a broker, or whoever got hold of it, can put on top.
      for (let n = 0; n < 8; n++) house.cloud.send("keyset", new Uint8Array(2_000).fill(n));
    }
    const newest = house.cloud.revoke(...gone, grants[50].pin);
    house.clock.advance(90_000);
    const state = decodeDoorState(house.network.broker.retained(`latchkey/1/doors/${house.cloud.door}/up/state`)!);
    assert.true(state.dropped > 0);
    assert.is(house.cloud.receipts[house.cloud.receipts.length - 1].version, newest);
    assert.false(house.types(grants[50].pin));
    assert.false(house.types(grants[0].pin));
    assert.true(house.types(grants[60].pin));
  },

  "inbox: what a door says of itself has its memory, its starts and its refusals": (assert, { hashes }) => {
    const house = new House(hashes);
    house.board.memoryUse = { chunkBytes: 41_000, slotBytes: 60_000 };
    house.cloud.issue([{ pin: "111111", profile: RESIDENT }]);
    house.clock.advance(30_000);
    house.cloud.send("lease", ascii("nonsense"));
    house.cloud.send("nothing", ascii("nonsense"));
    house.cloud.send("page/3", new Uint8Array(9_000));
    house.board.restart("watchdog");
    house.clock.advance(20_000);
    house.cloud.send("lease", ascii("nonsense"));
    house.cloud.send("page/3", new Uint8Array(9_000));
    house.clock.advance(5_000);
    const state = decodeDoorState(house.network.broker.retained(`latchkey/1/doors/${house.cloud.door}/up/state`)!);
    assert.is(state.chunkBytes, 41_000);
    assert.is(state.slotBytes, 60_000);
    assert.is(state.boots, 2);
    assert.is(state.resetReason, 4);
    assert.is(state.refusals, 2, "since boot");
    assert.deepEqual(state.refusedBy, [
      { code: refusal("malformed"), count: 1 },
      { code: refusal("too-large"), count: 1 },
    ]);
    assert.is(state.firmware, 0, "a board without image slots cannot tell");
    const boots = house.cloud.events.filter(({ type }) => type === "boot").map(({ count }) => count);
    assert.deepEqual(boots, [1, 4], "and the log says why it started");
  },
};
