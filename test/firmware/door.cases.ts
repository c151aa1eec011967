import type { Device } from "../../firmware/device";
import { Door, type DoorEvent } from "../../firmware/door/door";
import { DOOR_EVENTS_PER_MINUTE, EXIT_STUCK_MS, HELD_OPEN_ALARM_MS, OUTPUT_OPEN_MIN_MS } from "../../firmware/limits";
import { ReaderSignal } from "../../firmware/reader/reader-signal";
import { OUTPUT_PINS, PIN, VirtualBoard, type VirtualBoardOptions } from "../../hardware-sim/virtual-board";
import { VirtualClock } from "../../hardware-sim/virtual-clock";
import { LockState } from "../../protocol/delta";
import { DEFAULT_POLICY, type DoorPolicy } from "../../protocol/door-policy";
import type { Cases } from "../support/cases";

/** One minute before 32 bits wrap, and before their sign changes. */
const WRAPS = [0xffff_ffff - 60_000, 0x7fff_ffff - 60_000];

/** The strike alone, as a mask. */
const STRIKE = 1;

interface Hinge {
  clock: VirtualClock;
  board: VirtualBoard;
  door: Door;
  events: string[];
  device: Device;
  policy: DoorPolicy | undefined;
  /** Opens the strike for so many seconds. */
  open(unlockSeconds: number): void;
}

function hang(options: Partial<VirtualBoardOptions> = {}, policy: Partial<DoorPolicy> | null = { unlockSeconds: 7 }): Hinge {
  const clock = new VirtualClock();
  const board = new VirtualBoard({ flashBlocks: 4, ...options, clock });
  const hinge = { clock, board, events: [] as string[], policy: policy === null ? undefined : { ...DEFAULT_POLICY, ...policy } } as Hinge;
  hinge.open = (unlockSeconds) => {
    hinge.policy = { ...hinge.policy!, unlockSeconds };
    hinge.door.unlock(STRIKE);
  };
  board.start((device) => {
    hinge.device = device;
    hinge.door = new Door({ device, policy: () => hinge.policy, onEvent: (type: DoorEvent, count?: number) => hinge.events.push(`${clock.now} ${type}${count === undefined ? "" : ` ${count}`}`) });
  });
  return hinge;
}

/** Presses the exit button and lets go of it. */
function exit({ board, clock }: Hinge): void {
  board.pressExit(true);
  clock.advance(200);
  board.pressExit(false);
  clock.advance(100);
}

const kinds = (events: string[]): string[] => events.map((event) => event.slice(event.indexOf(" ") + 1));

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
    for (let press = 0; press < 600; press++) exit({ board, clock } as Hinge);
    assert.true(events.length - before <= 2 * DOOR_EVENTS_PER_MINUTE, `${events.length - before}`);
    assert.true(board.strike, "and every press opens");
    clock.advance(120_000);
    exit({ board, clock } as Hinge);
    assert.is(kinds(events)[events.length - 1], "request-to-exit");
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
