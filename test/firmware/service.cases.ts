import { startController } from "../../firmware/controller";
import { loadEnrolment } from "../../firmware/enrolment/enrolment-record";
import { BOARD_KEYS, INSTALLER_KEYS } from "../../firmware/life/owner-keys";
import type { KeyValue } from "../../firmware/device";
import { commitSector, PARTITION_SECTORS } from "../../firmware/flash-layout";
import { FACTORY_RESET_HOLD_MS, RECLAIM_HOLD_MS, SECTOR_BYTES, SERVICE_EVENT_WAIT_MS } from "../../firmware/limits";
import { PIN } from "../../hardware-sim/board-pins";
import { VirtualBoard } from "../../hardware-sim/virtual-board";
import { VirtualClock } from "../../hardware-sim/virtual-clock";
import { toHex } from "../../protocol/bytes";
import type { EventRecord } from "../../protocol/event-record";
import type { Hashes } from "../../protocol/hashes";
import type { Cases } from "../support/cases";
import { House } from "../support/house";
import { RESIDENT } from "../support/mint";

/** A door with an owner and a resident. */
function owned(hashes: Hashes, released: boolean, encrypted = true): House {
  const house = new House(hashes, { encrypted });
  house.cloud.issue([{ pin: "111111", profile: { ...RESIDENT, maxUses: 9 } }]);
  house.clock.advance(30_000);
  if (released) house.cloud.change({ released: true });
  house.clock.advance(10_000);
  house.types("111111");
  house.types("999999");
  return house;
}

function hold(house: { board: VirtualBoard; clock: VirtualClock }, milliseconds: number): void {
  house.board.pressService(true);
  house.clock.advance(milliseconds);
  house.board.pressService(false);
}

function keys(board: VirtualBoard): string[] {
  return board.keyValue
    .snapshot()
    .values.map(([name]) => name.slice("latchkey/".length))
    .sort();
}

const secretOf = (board: VirtualBoard): string => toHex(board.keyValue.peek("latchkey", "identity")!);
const services = (events: readonly EventRecord[]): number[] => events.filter(({ type }) => type === "service").map(({ count }) => count);
const counts = (events: readonly EventRecord[], from = 0): string[] => events.slice(from).map(({ type, count }) => `${type} ${count}`);

function isEnrolled(board: VirtualBoard): boolean {
  const keyValue: KeyValue = { read: (key) => board.keyValue.peek("latchkey", key)?.buffer as ArrayBuffer | undefined, write: () => {}, delete: () => {}, close: () => {} };
  return loadEnrolment(keyValue) !== undefined;
}

export const cases: Cases = {
  "service: the button is refused at an owner's door, which goes on as before, and the owner hears of it": (assert, { hashes }) => {
    const house = owned(hashes, false);
    const identity = secretOf(house.board);
    const beeps = house.board.pins.timeline(PIN.buzzer).length;
    hold(house, RECLAIM_HOLD_MS + 100);
    assert.true(house.board.pins.timeline(PIN.buzzer).length > beeps, "it says no");
    house.clock.advance(60_000);
    assert.is(house.board.boots, 1);
    assert.is(secretOf(house.board), identity);
    assert.deepEqual(services(house.cloud.events), [0]);
    assert.is(house.cloud.enrolment, 1);
    assert.true(house.types("111111"));
    // Nor does it help to begin at power-on.
    house.board.powerOff();
    house.board.pressService(true);
    house.board.powerOn();
    house.clock.advance(FACTORY_RESET_HOLD_MS + 100);
    house.board.pressService(false);
    house.clock.advance(30_000);
    assert.deepEqual(services(house.cloud.events), [0, 0]);
    assert.true(house.types("111111"));
  },

  "service: where the owner lets it go, the button makes a door that is claimed anew, with the same id and another secret": (assert, { hashes }) => {
    const house = owned(hashes, true);
    const before = secretOf(house.board);
    const oldLog: EventRecord[] = house.cloud.events;
    const oldKeys = house.cloud.keys;
    let last: EventRecord | undefined;
    const watch = house.clock.set(() => (last = oldLog[oldLog.length - 1]), RECLAIM_HOLD_MS + 260);
    hold(house, RECLAIM_HOLD_MS + 100);
    house.clock.advance(500);
    house.clock.clear(watch);
    assert.is(`${last!.type} ${last!.count}`, "service 1", "the last that the old owner hears");
    house.clock.advance(60_000);
    assert.is(house.board.boots, 2);
    const after = secretOf(house.board);
    assert.is(after.slice(0, 16), before.slice(0, 16));
    assert.not(after, before);
    assert.is(house.cloud.enrolment, 2);
    assert.not(toHex(house.cloud.keys.tag), toHex(oldKeys.tag));
    assert.deepEqual(counts(house.cloud.events).slice(0, 1), ["boot 2"], "a new log, which owes nothing");
    assert.false(house.types("111111"), "nobody's list");
    house.cloud.issue([{ pin: "222222", profile: RESIDENT }]);
    house.clock.advance(60_000);
    assert.true(house.types("222222"));
    assert.false(house.types("111111"));
  },

  "service: an owner's cloud that cannot be reached learns of it from the next log": (assert, { hashes }) => {
    const house = owned(hashes, true);
    house.plug.pull();
    hold(house, RECLAIM_HOLD_MS + 100);
    house.clock.advance(SERVICE_EVENT_WAIT_MS + 30_000);
    house.plug.plug();
    house.clock.advance(120_000);
    assert.is(house.cloud.enrolment, 2);
    assert.deepEqual(counts(house.cloud.events).slice(0, 2), ["service 1", "boot 2"]);
    house.board.powerOff();
    house.board.powerOn();
    house.clock.advance(60_000);
    assert.deepEqual(services(house.cloud.events), [1], "once");
  },

  "service: nothing of the owner is left, in the key-value store or in flash": (assert, { hashes }) => {
    const house = owned(hashes, true);
    const marks = [house.cloud.keys.tag, house.cloud.keys.receipt, house.cloud.keys.command];
    house.network.respond = undefined;
    hold(house, RECLAIM_HOLD_MS + 100);
    house.clock.advance(60_000);
    const allowed: readonly string[] = [...BOARD_KEYS, ...INSTALLER_KEYS];
    assert.deepEqual(keys(house.board).filter((key) => !allowed.includes(key)), []);
    assert.false(keys(house.board).includes("forget"), "and it is over");
    assert.true(keys(house.board).includes("cloud"), "what the installer set stays");
    const values = house.board.keyValue.snapshot().values.map(([, value]) => toHex(value));
    for (const mark of marks) assert.false(values.some((value) => value.includes(toHex(mark))));
    // Sectors read as noise once they are erased: the same twice only where nothing was written since.
    const { erases, unitWrites } = house.board.flash;
    const used = [0, 1, 2, commitSector(0), PARTITION_SECTORS - 64];
    for (const sector of used) assert.true(erases[sector] > 0, `sector ${sector}`);
    assert.true(unitWrites.length > 0);
  },

  "service: a factory reset forgets what the installer set too; letting go too early forgets nothing": (assert, { hashes }) => {
    const house = owned(hashes, true);
    const restarted = (heldMs: number): void => {
      house.board.powerOff();
      house.board.pressService(true);
      house.board.powerOn();
      house.clock.advance(heldMs);
      house.board.pressService(false);
      house.clock.advance(60_000);
    };
    const identity = secretOf(house.board);
    hold(house, RECLAIM_HOLD_MS - 100);
    house.clock.advance(10_000);
    // Five seconds from power-on are not what five seconds are later.
    restarted(RECLAIM_HOLD_MS + 1_000);
    restarted(FACTORY_RESET_HOLD_MS - 100);
    assert.is(secretOf(house.board), identity);
    assert.true(house.types("111111"));
    restarted(FACTORY_RESET_HOLD_MS + 100);
    assert.not(secretOf(house.board), identity);
    assert.deepEqual(services(house.cloud.events), [2]);
    assert.is(house.cloud.enrolment, 1, "it knows no cloud any more");
    for (const key of INSTALLER_KEYS) assert.false(keys(house.board).includes(key), key);
    assert.false(house.types("111111"));
  },

  "service: a door that nobody owns gets another claim secret, and an exit button works all the while": (assert, { hashes }) => {
    const clock = new VirtualClock();
    const board = new VirtualBoard({ clock, hashes, eraseMs: 45 });
    board.start((device) => void startController(device));
    clock.advance(1_000);
    const before = secretOf(board);
    hold({ board, clock }, RECLAIM_HOLD_MS + 100);
    clock.advance(1_000);
    assert.is(board.boots, 2);
    board.pressExit(true);
    clock.advance(500);
    assert.true(board.strike, "while flash is wiped");
    clock.advance(60_000);
    assert.not(secretOf(board), before);
    assert.is(secretOf(board).slice(0, 16), before.slice(0, 16));
  },

  "service: wherever the power fails, the door is its owner's as before or nobody's, with nothing left": (assert, { hashes }) => {
    // Plain flash: what encrypted flash reads as when it is erased takes XS long to make up, and means nothing here.
    const house = owned(hashes, true, false);
    house.plug.pull();
    house.clock.advance(60_000);
    const { board, clock } = house;
    board.powerOff();
    const memory = board.snapshot();
    const identity = secretOf(board);
    const begin = (): void => {
      if (board.running) board.powerOff();
      board.restoreMemory(memory);
      board.powerOn();
      clock.advance(2_000);
    };
    begin();
    const start = board.supply.steps;
    hold(house, RECLAIM_HOLD_MS + 100);
    clock.advance(60_000);
    const steps = board.supply.steps - start;
    assert.true(steps > PARTITION_SECTORS, `${steps} steps`);
    // All that decides anything, and of the wiping its ends.
    const cuts = Array.from({ length: steps }, (_, step) => step).filter((step) => step < 24 || step > steps - 4 || step % 40 === 0);
    const seen = { before: 0, forgotten: 0 };
    for (const step of cuts) {
      for (const point of ["before", "inside", "after"] as const) {
        begin();
        board.cutAfter(step, point);
        hold(house, RECLAIM_HOLD_MS + 100);
        clock.advance(60_000);
        const what = `cut ${point} step ${step}`;
        assert.false(board.running, what);
        board.powerOn();
        clock.advance(60_000);
        if (isEnrolled(board)) {
          seen.before += 1;
          assert.is(secretOf(board), identity, what);
          assert.true(house.types("111111"), what);
        } else {
          seen.forgotten += 1;
          assert.not(secretOf(board), identity, what);
          assert.false(house.types("111111"), what);
          const allowed: readonly string[] = [...BOARD_KEYS, ...INSTALLER_KEYS].filter((key) => key !== "forget");
          assert.deepEqual(keys(board).filter((key) => !allowed.includes(key)), [], what);
          assert.true(board.flash.erases.length * SECTOR_BYTES > 0);
        }
      }
    }
    assert.true(seen.before > 0 && seen.forgotten > 0);
  },
};
