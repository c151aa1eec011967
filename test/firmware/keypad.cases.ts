import { DIGIT_TIMEOUT_MS } from "../../firmware/limits";
import { Readers } from "../../firmware/reader/readers";
import { WorkQueue, type Work } from "../../firmware/work-queue";
import { VirtualBoard } from "../../hardware-sim/virtual-board";
import { VirtualClock } from "../../hardware-sim/virtual-clock";
import type { Cases } from "../support/cases";

interface Typist {
  clock: VirtualClock;
  board: VirtualBoard;
  entries: string[];
  queue: WorkQueue;
  /** What the policy says. */
  policy: { digits: number | undefined };
}

function typist(digits = 6): Typist {
  const clock = new VirtualClock();
  const board = new VirtualBoard({ clock, flashBlocks: 8 });
  const made = { clock, board, entries: [], policy: { digits } } as unknown as Typist;
  board.start((device) => {
    made.queue = new WorkQueue(device.timer, (error) => {
      throw error;
    });
    new Readers({
      device,
      rules: () => ({ pinDigits: made.policy.digits, unitNumbers: false }),
      listener: {
        onCredential: (_, { value }) => made.entries.push(String.fromCharCode(...value)),
        onSecondPin: () => undefined,
      },
    });
  });
  return made;
}

export const cases: Cases = {
  "as many digits as the policy says are an entry, and # after them does nothing"(assert) {
    const { clock, board, entries } = typist();
    board.keypad.type("123456#", 200);
    clock.advance(2_000);
    assert.deepEqual(entries, ["123456"]);
    board.keypad.type("123456789012");
    clock.advance(10);
    assert.deepEqual(entries, ["123456", "123456", "789012"]);
  },

  "# enters fewer, * clears, and what is no key is noise"(assert) {
    const { clock, board, entries } = typist();
    board.keypad.type("1234#");
    board.keypad.type("99*4321#");
    board.keypad.type("#*#");
    board.keypad.type("1A2\u00002#");
    clock.advance(10);
    assert.deepEqual(entries, ["1234", "4321", "122"]);
  },

  "a pause forgets what was typed, each digit begins it anew"(assert) {
    const { clock, board, entries } = typist();
    board.keypad.type("123", DIGIT_TIMEOUT_MS - 1);
    clock.advance(3 * DIGIT_TIMEOUT_MS - 10);
    board.keypad.type("456");
    clock.advance(10);
    assert.deepEqual(entries, ["123456"]);
    board.keypad.type("123");
    clock.advance(DIGIT_TIMEOUT_MS + 1);
    board.keypad.type("456#");
    clock.advance(10);
    assert.deepEqual(entries, ["123456", "456"]);
  },

  "without a list an entry ends at # or after twelve digits, and no buffer grows"(assert) {
    const { clock, board, entries, policy } = typist();
    policy.digits = undefined;
    board.keypad.type("1234567890123#");
    clock.advance(10);
    assert.deepEqual(entries, ["123456789012", "3"]);
    policy.digits = 4;
    board.keypad.type("12345#");
    clock.advance(10);
    assert.deepEqual(entries.slice(2), ["1234", "5"]);
    policy.digits = 8;
    board.keypad.type("123456");
    clock.advance(10);
    policy.digits = 6;
    board.keypad.type("7");
    clock.advance(10);
    assert.is(entries[4], "1234567", "a policy that changed meanwhile");
  },

  "no digit is lost that is typed while work runs, and none waits for the end of the work"(assert) {
    const { clock, board, entries, queue } = typist();
    let slices = 0;
    let firstEntryAt = 0;
    function* update(): Work {
      for (; slices < 600; slices++) {
        // Two keys are pressed while each tenth slice has the board.
        if (slices % 10 === 0) board.keypad.type(`${slices % 7}${slices % 3}`);
        if (entries.length === 1 && firstEntryAt === 0) firstEntryAt = slices;
        yield;
      }
    }
    queue.add(update());
    clock.advance(1_000);
    assert.is(slices, 600);
    const typed = Array.from({ length: 60 }, (_, index) => `${(index * 10) % 7}${(index * 10) % 3}`).join("");
    assert.is(entries.join(""), typed);
    assert.true(firstEntryAt > 0 && firstEntryAt < 25, `${firstEntryAt}`);
  },

  "a burst up to what the driver holds loses nothing"(assert) {
    const { clock, board, entries } = typist(4);
    const keys = Array.from({ length: 256 }, (_, index) => index % 10).join("");
    board.keypad.type(keys);
    clock.advance(10);
    assert.is(entries.join(""), keys);
  },
};
