import { HELD_OPEN_ALARM_MS } from "../../firmware/limits";
import { ReaderSignal } from "../../firmware/reader/reader-signal";
import { PIN } from "../../hardware-sim/board-pins";
import { LockState } from "../../protocol/delta";
import type { Cases } from "../support/cases";
import { exit, hang, kinds } from "../support/trial-hinge";

/** One minute before 32 bits wrap, and before their sign changes. */
const WRAPS = [0xffff_ffff - 60_000, 0x7fff_ffff - 60_000];

export const cases: Cases = {
  "the strike opens for its time and not a second longer, wherever the ticks wrap"(assert) {
    for (const ticksStart of WRAPS) {
      const { clock, board, door, open } = hang({ ticksStart });
      clock.advance(57_000);
      open(5);
      assert.true(door.unlocked && board.strike);
      clock.advance(100_000);
      assert.deepEqual(board.strikeTimes, [{ from: 57_000, to: 62_000 }]);
      open(60);
      clock.advance(59_999);
      assert.true(board.strike);
      clock.advance(1);
      assert.false(board.strike || door.unlocked);
    }
  },

  "a second grant prolongs, never shortens, and a slow or fast oscillator changes little"(assert) {
    for (const driftPpm of [-500, 0, 500]) {
      const { clock, board, open } = hang({ driftPpm });
      open(10);
      clock.advance(4_000);
      open(2);
      clock.advance(1_000);
      open(10);
      clock.advance(20_000);
      const [{ from, to }] = board.strikeTimes;
      assert.is(board.strikeTimes.length, 1);
      assert.true(Math.abs(to! - from - 15_000) < 20, `${to}`);
    }
  },

  "the strike is secure at boot, after a power cut and after an exception"(assert) {
    const hinge = hang({ onException: (_, board) => board.restart() });
    const { clock, board } = hinge;
    assert.false(board.strike);
    hinge.open(60);
    board.powerOff();
    assert.false(board.strike);
    board.powerOn();
    clock.advance(1_000);
    assert.false(board.strike, "nothing is resumed");
    hinge.open(60);
    hinge.device.timer.set(() => {
      throw new Error("a bug");
    }, 1_000);
    clock.advance(1_001);
    assert.is(board.boots, 3);
    assert.false(board.strike);
    hinge.door.setLockState(LockState.holdOpen);
    hinge.open(60);
    hinge.door.secure();
    assert.false(board.strike || hinge.door.unlocked);
    clock.advance(100_000);
    assert.false(board.strike);
  },

  "the strike falls when the leaf has opened and closed again, not while it is open"(assert) {
    const { clock, board, events, open } = hang();
    open(10);
    clock.advance(1_000);
    board.setLeaf(true);
    clock.advance(2_000);
    assert.true(board.strike, "no bolt shoots against an open leaf");
    board.setLeaf(false);
    clock.advance(60);
    assert.false(board.strike);
    assert.deepEqual(kinds(events), ["leaf-opened", "leaf-closed"]);
    // Somebody leaves and the leaf falls shut just after somebody else was granted: that one still gets in.
    open(1);
    clock.advance(900);
    board.setLeaf(true);
    clock.advance(100);
    open(10);
    board.setLeaf(false);
    clock.advance(100);
    assert.true(board.strike);
  },

  "contacts that bounce are one opening and one closing"(assert) {
    const { clock, board, events, open } = hang();
    open(10);
    for (const open of [true, false, true, false, true]) {
      board.setLeaf(open);
      clock.advance(7);
    }
    clock.advance(1_000);
    assert.true(board.strike);
    assert.deepEqual(kinds(events), ["leaf-opened"]);
    for (const open of [false, true, false]) {
      board.setLeaf(open);
      clock.advance(15);
    }
    clock.advance(1_000);
    assert.deepEqual(kinds(events), ["leaf-opened", "leaf-closed"]);
  },

  "a leaf that opens without a grant or the exit button was forced"(assert) {
    const hinge = hang();
    const { clock, board, events, open } = hinge;
    board.setLeaf(true);
    clock.advance(100);
    board.setLeaf(false);
    clock.advance(100);
    exit(hinge);
    board.setLeaf(true);
    clock.advance(100);
    board.setLeaf(false);
    clock.advance(7_100);
    open(1);
    clock.advance(1_900);
    board.setLeaf(true);
    clock.advance(60);
    board.setLeaf(false);
    clock.advance(100);
    open(1);
    clock.advance(2_100);
    board.setLeaf(true);
    clock.advance(60);
    assert.deepEqual(kinds(events), ["forced-open", "leaf-closed", "request-to-exit", "leaf-opened", "leaf-closed", "leaf-opened", "leaf-closed", "forced-open"], "within a second of the strike's fall is not forced");
  },

  "a leaf left open is told once, 30 s after the strike fell"(assert) {
    const { clock, board, events, open } = hang();
    open(5);
    clock.advance(1_000);
    board.setLeaf(true);
    clock.advance(4_000 + HELD_OPEN_ALARM_MS - 1);
    assert.deepEqual(kinds(events), ["leaf-opened"]);
    clock.advance(1);
    assert.deepEqual(kinds(events), ["leaf-opened", "held-open"]);
    clock.advance(10 * HELD_OPEN_ALARM_MS);
    open(5);
    clock.advance(10 * HELD_OPEN_ALARM_MS);
    board.setLeaf(false);
    clock.advance(100);
    assert.deepEqual(kinds(events), ["leaf-opened", "held-open", "leaf-closed"]);
    board.setLeaf(true);
    clock.advance(50 + HELD_OPEN_ALARM_MS);
    assert.deepEqual(kinds(events).slice(3), ["forced-open", "held-open"], "a forced one as well");
  },

  "a leaf that stands open at boot is watched"(assert) {
    const { clock, board, events } = hang();
    board.powerOff();
    board.setLeaf(true);
    board.powerOn();
    clock.advance(HELD_OPEN_ALARM_MS);
    assert.deepEqual(kinds(events), ["held-open"]);
  },

  "the exit button always opens: without a list, in lock-down, and while anything fails after it"(assert) {
    const hinge = hang({}, null);
    const { clock, board, door } = hinge;
    door.setLockState(LockState.lockDown);
    exit(hinge);
    assert.true(board.strike);
    clock.advance(5_000);
    assert.deepEqual(board.strikeTimes, [{ from: 0, to: 5_000 }]);
    board.pressExit(true);
    clock.advance(60_000);
    assert.is(board.strikeTimes.length, 2, "a button that is held is one press");
    board.pressExit(false);
    clock.advance(20);
    board.pressExit(true);
    clock.advance(20);
    board.pressExit(false);
    clock.advance(1_000);
    assert.is(board.strikeTimes.length, 2, "and its bounce is none");
    exit(hinge);
    assert.is(board.strikeTimes.length, 3);
    assert.deepEqual(kinds(hinge.events), ["request-to-exit", "request-to-exit", "alarm 1", "request-to-exit"]);

    const broken = hang({ onException: () => {} });
    broken.events.push = () => {
      throw new Error("the log is broken");
    };
    exit(broken);
    assert.true(broken.board.strike, "the strike moves before anything is written");
  },

  "N16: in the door's hours there is neither forced nor held open, and both are told again after them"(assert) {
    const { clock, board, door, events } = hang();
    door.setHours(true);
    clock.advance(3_600_000);
    board.setLeaf(true);
    clock.advance(3_600_000);
    board.setLeaf(false);
    clock.advance(100);
    board.setLeaf(true);
    clock.advance(100);
    assert.deepEqual(kinds(events), ["leaf-opened", "leaf-closed", "leaf-opened"]);
    door.setHours(false);
    assert.false(board.strike);
    clock.advance(HELD_OPEN_ALARM_MS);
    assert.deepEqual(kinds(events).slice(3), ["held-open"], "it stands open 30 s after the strike has locked");
    board.setLeaf(false);
    clock.advance(100);
    board.setLeaf(true);
    clock.advance(100);
    assert.deepEqual(kinds(events).slice(4), ["leaf-closed", "forced-open"]);
    board.setLeaf(false);
    door.setHours(true);
    clock.advance(1_000);
    door.setLockState(LockState.lockDown);
    assert.false(board.strike, "lock-down ends the hours");
    door.setLockState(LockState.normal);
    assert.true(board.strike, "and they go on after it");
    door.setLockState(LockState.holdOpen);
    door.setHours(false);
    assert.true(board.strike, "a hold-open does not end with them");
  },

  "X12: held open by a manager the door stays open without alarms, and lock-down ends that"(assert) {
    const { clock, board, door, events, open } = hang();
    door.setLockState(LockState.holdOpen);
    clock.advance(3_600_000);
    assert.true(board.strike);
    board.setLeaf(true);
    clock.advance(3_600_000);
    open(5);
    clock.advance(10_000);
    assert.true(board.strike, "a pulse ends, the hold does not");
    board.setLeaf(false);
    clock.advance(100);
    board.setLeaf(true);
    clock.advance(100);
    board.setLeaf(false);
    clock.advance(100);
    assert.true(board.strike);
    assert.deepEqual(kinds(events), ["leaf-opened", "leaf-closed", "leaf-opened", "leaf-closed"]);
    door.setLockState(LockState.lockDown);
    assert.false(board.strike);
    door.setLockState(LockState.normal);
    assert.false(board.strike);
  },

  "LED and buzzer tell granted, denied and wait apart, and fall silent"(assert) {
    const { clock, board, device } = hang();
    const signal = new ReaderSignal(device, device.readers[0]);
    const beeps = (run: () => void): number[] => {
      const start = clock.now;
      run();
      clock.advance(3_000);
      return board.pins.timeline(PIN.buzzer).filter(({ at }) => at >= start).map(({ at }) => at - start);
    };
    assert.deepEqual(beeps(() => signal.granted()), [0, 100]);
    assert.deepEqual(board.pins.timeline(PIN.led).map(({ at, value }) => [at, value]), [[0, 1], [1_000, 0]]);
    assert.deepEqual(beeps(() => signal.denied()), [0, 100, 200, 300, 400, 500]);
    assert.deepEqual(beeps(() => signal.wait()), [0, 1_000]);
    signal.granted();
    signal.denied();
    assert.is(board.pins.level(PIN.led), 0, "the newer one counts");
    clock.advance(3_000);
    assert.is(board.pins.level(PIN.buzzer), 0);
  },
};
