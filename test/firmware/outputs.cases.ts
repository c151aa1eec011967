import { DOOR_EVENTS_PER_MINUTE, EXIT_STUCK_MS, HELD_OPEN_ALARM_MS, OUTPUT_OPEN_MIN_MS } from "../../firmware/limits";
import { OUTPUT_PINS } from "../../hardware-sim/board-pins";
import { LockState } from "../../protocol/delta";
import type { Cases } from "../support/cases";
import { exit, hang, kinds } from "../support/trial-hinge";

export const cases: Cases = {
  "a second grant with a shorter time shortens nothing, at any output"(assert) {
    const { clock, board, open, door } = hang({ locks: ["fail-secure", "fail-safe"] }, { unlockSeconds: 10, outputSeconds: [20, 0, 0] });
    open(10);
    door.unlock(0b10);
    clock.advance(2_000);
    open(2);
    clock.advance(7_999);
    assert.true(board.isOpen(0));
    clock.advance(1);
    assert.false(board.isOpen(0));
    clock.advance(9_999);
    assert.true(board.isOpen(1));
    clock.advance(1);
    assert.false(board.isOpen(1));
  },

  "P1, I5: every output opens for its own time, and those that were not asked for stay shut"(assert) {
    const { clock, board, door } = hang({ locks: ["fail-secure", "fail-secure", "fail-secure", "fail-secure"] }, { unlockSeconds: 5, outputSeconds: [0, 2, 60] });
    const open = (): boolean[] => [0, 1, 2, 3].map((output) => board.isOpen(output));
    assert.is(door.outputs, 0b1111);
    door.unlock(0b1101);
    assert.deepEqual(open(), [true, false, true, true]);
    clock.advance(1_999);
    assert.deepEqual(open(), [true, false, true, true]);
    clock.advance(1);
    assert.deepEqual(open(), [true, false, false, true]);
    clock.advance(1_000);
    door.unlock(0b0010);
    clock.advance(2_000);
    assert.deepEqual(open(), [false, true, false, true], "the strike after five seconds, output 1 as long as the strike");
    clock.advance(2_999);
    assert.deepEqual(open(), [false, true, false, true]);
    clock.advance(1);
    assert.deepEqual(open(), [false, false, false, true]);
    clock.advance(52_000);
    assert.deepEqual(open(), [false, false, false, false]);
    door.unlock(0b1110);
    assert.false(door.unlocked, "the strike is output 0 alone");
    const two = hang({ locks: ["fail-secure", "fail-safe"] });
    two.door.unlock(0b1111);
    assert.is(two.door.outputs, 0b11);
    assert.deepEqual([two.board.isOpen(0), two.board.isOpen(1)], [true, true], "outputs that the board has not are passed over");
  },

  "I5: a fail-safe lock has current while it is locked: from boot, after its time, and after an exception"(assert) {
    const hinge = hang({ locks: ["fail-safe", "fail-safe", "fail-secure"], onException: (_, board) => board.restart() }, { unlockSeconds: 3 });
    const { clock, board, door } = hinge;
    const energised = (): number[] => OUTPUT_PINS.slice(0, 3).map((pin) => board.pins.output(pin));
    assert.deepEqual(energised(), [1, 1, 0], "locked at boot");
    door.unlock(0b011);
    assert.deepEqual(energised(), [0, 0, 0]);
    clock.advance(3_000);
    assert.deepEqual(energised(), [1, 1, 0]);
    board.powerOff();
    assert.deepEqual([board.isOpen(0), board.isOpen(1), board.isOpen(2)], [true, true, false], "without power each kind is what its name says");
    board.powerOn();
    assert.deepEqual(energised(), [1, 1, 0]);
    hinge.door.setLockState(LockState.holdOpen);
    hinge.door.unlock(0b111);
    assert.deepEqual(energised(), [0, 0, 1]);
    hinge.door.secure();
    assert.deepEqual(energised(), [1, 1, 0], "all of them, at once");
    clock.advance(100_000);
    assert.deepEqual(energised(), [1, 1, 0]);
    exit(hinge);
    assert.deepEqual(energised(), [0, 1, 0], "the exit button opens the strike alone");
    hinge.device.timer.set(() => {
      throw new Error("a bug");
    }, 100);
    clock.advance(101);
    assert.deepEqual(energised(), [1, 1, 0]);
  },

  "anti-chatter: presses, grants, hours and a bouncing leaf move a relay no faster than its bound, and nobody waits to get out"(assert) {
    const hinge = hang({}, { unlockSeconds: 1 });
    const { clock, board, door, open } = hinge;
    // Somebody grants and presses as fast as the leaf can be thrown open and shut, which locks again each time …
    for (let step = 0; step < 200; step++) {
      if (step % 2 === 0) open(1);
      else board.pressExit(true);
      clock.advance(1 + ((step * 104_729) % 60));
      board.setLeaf(true);
      clock.advance(60);
      board.pressExit(false);
      board.setLeaf(false);
      clock.advance(60);
    }
    // … and then a cloud or a clock that changes its mind.
    for (let step = 0; step < 400; step++) {
      if (step % 3 === 0) door.setHours(step % 2 === 0);
      else door.setLockState(step % 2 === 0 ? LockState.holdOpen : LockState.lockDown);
      clock.advance(1 + ((step * 7_919) % 60));
    }
    door.setLockState(LockState.normal);
    door.setHours(false);
    clock.advance(2_000);
    const times = board.strikeTimes;
    assert.true(times.length > 20, `${times.length}`);
    times.forEach(({ from, to }, index) => {
      assert.true(to! - from >= OUTPUT_OPEN_MIN_MS, `open for ${to! - from} ms`);
      if (index > 0) assert.true(from - times[index - 1].from >= OUTPUT_OPEN_MIN_MS, `twice in ${from - times[index - 1].from} ms`);
    });
    assert.false(board.strike);
    board.pressExit(false);
    board.setLeaf(false);
    clock.advance(1_000);
    open(1);
    board.setLeaf(true);
    clock.advance(100);
    board.setLeaf(false);
    clock.advance(100);
    assert.true(board.strike, "opened 200 ms ago: it locks in its time");
    clock.advance(OUTPUT_OPEN_MIN_MS - 200);
    assert.false(board.strike);
    board.pressExit(true);
    clock.advance(1);
    assert.true(board.strike, "and opens again at once");
  },

  "only the strike locks when the leaf has closed: the others belong to no leaf"(assert) {
    const { clock, board, door, events } = hang({ locks: ["fail-secure", "fail-secure"] }, { unlockSeconds: 10 });
    door.unlock(0b11);
    clock.advance(1_000);
    board.setLeaf(true);
    clock.advance(1_000);
    board.setLeaf(false);
    clock.advance(100);
    assert.deepEqual([board.isOpen(0), board.isOpen(1)], [false, true]);
    clock.advance(20_000);
    door.unlock(0b10);
    clock.advance(1_000);
    board.setLeaf(true);
    clock.advance(100);
    board.setLeaf(false);
    clock.advance(100);
    assert.true(board.isOpen(1));
    assert.deepEqual(kinds(events), ["leaf-opened", "leaf-closed", "forced-open", "leaf-closed"], "the gate's grant is none for the door");
    door.unlock(0b01);
    board.setLeaf(true);
    clock.advance(1_000);
    door.unlock(0b10);
    board.setLeaf(false);
    clock.advance(100);
    assert.false(board.isOpen(0), "nor does it keep the strike from locking");
    board.setLeaf(true);
    clock.advance(2_000);
    for (let time = 0; time < 4; time++) {
      door.unlock(0b10);
      clock.advance(HELD_OPEN_ALARM_MS / 3);
    }
    assert.is(kinds(events).filter((event) => event === "held-open").length, 1, "nor a leaf that stands open from being told");
  },

  "egress: an exit button that stays down is one press and then an alarm, once; the door does not stay open for it"(assert) {
    const hinge = hang();
    const { clock, board, events } = hinge;
    board.pressExit(true);
    clock.advance(EXIT_STUCK_MS - 1);
    assert.deepEqual(kinds(events), ["request-to-exit"]);
    clock.advance(1);
    assert.deepEqual(kinds(events), ["request-to-exit", "alarm 1"]);
    clock.advance(10 * EXIT_STUCK_MS);
    assert.deepEqual(board.strikeTimes, [{ from: 0, to: 7_000 }]);
    board.pressExit(false);
    clock.advance(100);
    exit(hinge);
    assert.deepEqual(kinds(events), ["request-to-exit", "alarm 1", "request-to-exit"]);
    assert.true(board.strike);
    clock.advance(10 * EXIT_STUCK_MS);
    assert.is(events.length, 3, "one that came up again is not stuck");

    board.pressExit(true);
    clock.advance(1_000);
    board.restart();
    events.length = 0;
    clock.advance(2 * EXIT_STUCK_MS);
    assert.false(board.strike, "a power cut makes no press of it");
    assert.deepEqual(kinds(events), ["alarm 1"]);
    board.pressExit(false);
    clock.advance(100);
    exit(hinge);
    assert.true(board.strike);
  },

  "X7: a loose wire or a child at the button fills no log: an alarm takes the place of what they do, until they rest"(assert) {
    const { clock, board, events } = hang();
    const rattle = (minutes: number): void => {
      for (let step = 0; step < minutes * 300; step++) {
        board.setLeaf(step % 2 === 0);
        clock.advance(200);
      }
    };
    rattle(10);
    assert.is(events.length, DOOR_EVENTS_PER_MINUTE + 1);
    assert.is(kinds(events)[DOOR_EVENTS_PER_MINUTE], "alarm 2");
    board.setLeaf(true);
    clock.advance(30_100);
    assert.deepEqual(kinds(events).slice(DOOR_EVENTS_PER_MINUTE + 1), ["held-open"], "a door that stands open is told in any case");
    clock.advance(60_000);
    board.setLeaf(false);
    clock.advance(60_000);
    board.setLeaf(true);
    clock.advance(100);
    assert.is(kinds(events)[events.length - 1], "forced-open", "it has come to rest");
    board.setLeaf(false);
    clock.advance(60_000);
    const before = events.length;
    for (let press = 0; press < 600; press++) exit({ board, clock });
    assert.true(events.length - before <= 2 * DOOR_EVENTS_PER_MINUTE, `${events.length - before}`);
    assert.true(board.strike, "and every press opens");
    clock.advance(120_000);
    exit({ board, clock });
    assert.is(kinds(events)[events.length - 1], "request-to-exit");
  },
};
