/**
 * "Digits never lost" (DESIGN §5): a person types while the door checks a signature without native help, writes
 * pages and erases flash. On this board each slice of work takes 30 ms and each erased block 45 ms of JavaScript.
 */
import { MATRIX_SCAN_MS, SERIAL_PAUSE_MS } from "../../firmware/limits";
import type { Work } from "../../firmware/work-queue";
import type { VirtualBoard } from "../../hardware-sim/virtual-board";
import type { VirtualReaderWiring } from "../../hardware-sim/wired-reader";
import type { VirtualMatrixKeypad } from "../../hardware-sim/virtual-matrix-keypad";
import { VirtualRandom } from "../../hardware-sim/virtual-random";
import { cardFrame, type VirtualSerialReader } from "../../hardware-sim/virtual-serial-reader";
import { fromHex } from "../../protocol/bytes";
import type { Hashes } from "../../protocol/hashes";
import { ALWAYS, HolderClass, NO_END, type Profile } from "../../protocol/profile";
import type { Cases } from "../support/cases";
import { House } from "../support/house";
import type { Assert } from "../support/portable-assert";
import { ReaderRig } from "../support/reader-rig";

const RESIDENT: Profile = { notBefore: 0, notAfter: NO_END, schedule: ALWAYS, holderClass: HolderClass.resident, outputs: 1, maxUses: 0 };
const PIN = "271828";
const ERASE_MS = 45;
const SLICE_MS = 30;
const KEY_GAP_MS = 130;

function erases(board: VirtualBoard): number {
  return board.flash.erases.reduce((sum, count) => sum + count, 0);
}

function grants(board: VirtualBoard): number {
  return board.trace.filter(({ line }) => line === "granted").length;
}

/** Types the PIN again and again while a list of many rows arrives. @returns what happened. */
function typeThroughUpdate(hashes: Hashes, wiring: VirtualReaderWiring): { rounds: number; opened: number; erased: number; erasedBetweenKeys: number } {
  const house = new House(hashes, { readers: [wiring], eraseMs: ERASE_MS, sliceMs: SLICE_MS });
  const { board, clock, cloud } = house;
  const random = new VirtualRandom("typist");
  house.cloud.issue([{ pin: PIN, profile: RESIDENT }]);
  clock.advance(60_000);
  const before = erases(board);
  cloud.issue(Array.from({ length: 3_000 }, (_, index) => ({ pin: index === 0 ? PIN : String(500_000 + index), profile: RESIDENT })));
  const done = { rounds: 0, opened: 0, erased: 0, erasedBetweenKeys: 0 };
  for (; cloud.receipts[cloud.receipts.length - 1].version !== cloud.version; done.rounds++) {
    if (done.rounds > 50) throw new Error("the list never came");
    clock.advance(random.below(400));
    board.keypad.type(PIN[0]);
    clock.advance(KEY_GAP_MS);
    const erasedBefore = erases(board);
    board.keypad.type(PIN.slice(1), KEY_GAP_MS);
    clock.advance(KEY_GAP_MS * (PIN.length - 2) - 1);
    done.erasedBetweenKeys += erases(board) - erasedBefore;
    const granted = grants(board);
    clock.advance(500);
    if (board.strike && grants(board) === granted + 1) done.opened += 1;
  }
  done.erased = erases(board) - before;
  return done;
}

function opensAtTheFirstTry(assert: Assert, hashes: Hashes, wiring: VirtualReaderWiring): void {
  const { rounds, opened, erased, erasedBetweenKeys } = typeThroughUpdate(hashes, wiring);
  assert.true(rounds >= 4, `${rounds} rounds`);
  assert.true(erased >= 6, `${erased} blocks erased`);
  assert.is(opened, rounds);
  assert.is(erasedBetweenKeys, 0, "nothing is erased between the first key and the last");
}

/** A rig of one reader, and how one block of its flash is erased as work is. */
function slowRig(wiring: VirtualReaderWiring, eraseMs: number): { rig: ReaderRig; erase: () => void } {
  const rig = new ReaderRig([wiring], { eraseMs });
  function* work(): Work {
    rig.flash.eraseBlock(0);
    yield;
  }
  return { rig, erase: () => void rig.queue.add(work()) };
}

export const cases: Cases = {
  "reader: a PIN typed at a serial reader opens at the first try while a list is verified, written and erased for": (assert, { hashes }) => opensAtTheFirstTry(assert, hashes, { kind: "serial" }),

  "reader: a PIN typed at a Wiegand reader opens at the first try while a list is verified, written and erased for": (assert, { hashes }) => opensAtTheFirstTry(assert, hashes, { kind: "wiegand" }),

  "reader: a PIN typed at a matrix keypad opens at the first try while a list is verified, written and erased for": (assert, { hashes }) => opensAtTheFirstTry(assert, hashes, { kind: "matrix" }),

  "reader: what is pressed while flash is erased arrives afterwards, in order, from Wiegand and serial readers"(assert) {
    for (const wiring of [{ kind: "serial" }, { kind: "wiegand" }] as const) {
      // The longest erase that a data sheet allows.
      const { rig, erase } = slowRig(wiring, 400);
      erase();
      rig.settle(1);
      rig.reader().type("314159", 60);
      rig.settle(398);
      assert.deepEqual(rig.news(), [], "JavaScript stands still");
      rig.settle(200);
      assert.deepEqual(rig.news(), ["pin 314159"], wiring.kind);
    }
  },

  "reader: more than the capture holds while JavaScript stands still is told as an error, and never makes up a PIN"(assert) {
    const { rig } = slowRig({ kind: "wiegand" }, 60_000);
    rig.rules.pinDigits = undefined;
    rig.flash.eraseBlock(0);
    rig.reader().type("1".repeat(70), 200);
    rig.reader().type("#");
    rig.settle(59_000);
    assert.is(rig.readers.unreadableCount, 0);
    rig.settle(2_000);
    assert.is(rig.readers.unreadableCount, 1);
    assert.false(rig.readers.entering);
  },

  "reader: a card frame that was complete while JavaScript stood still is a card, however late it is read"(assert) {
    const { rig } = slowRig({ kind: "serial" }, 400);
    const frame = cardFrame(fromHex("0a004d7603")!);
    const reader = rig.reader<VirtualSerialReader>();
    reader.send(frame.subarray(0, 6));
    rig.settle(SERIAL_PAUSE_MS - 50);
    // No work that can wait.
    rig.flash.eraseBlock(0);
    rig.settle(60);
    reader.send(frame.subarray(6));
    rig.settle();
    assert.deepEqual(rig.news(), ["card 0a004d7603"]);
    assert.is(rig.readers.unreadableCount, 0);
  },

  "matrix: a key that goes down holds work up before it is a key: one erase may come in its way, not two"(assert) {
    for (let at = 100; at < 200; at += 5) {
      const { rig } = slowRig({ kind: "matrix" }, ERASE_MS);
      rig.rules.pinDigits = 1;
      function* eraseAll(): Work {
        for (let block = 0; block < 8; block++) {
          rig.flash.eraseBlock(block);
          yield;
        }
      }
      rig.clock.set(() => rig.queue.add(eraseAll()), 100);
      rig.reader<VirtualMatrixKeypad>().press("5", at, ERASE_MS + 2 * MATRIX_SCAN_MS);
      rig.settle();
      assert.deepEqual(rig.news(), ["pin 5"], `pressed at ${at}`);
    }
  },

  "matrix: a press that outlasts an erase and two scans is heard; a shorter one that falls into an erase is told as an error"(assert) {
    const press = (pressAt: number, heldMs: number): { heard: boolean; errors: number } => {
      const { rig, erase } = slowRig({ kind: "matrix" }, ERASE_MS);
      rig.rules.pinDigits = 1;
      rig.reader<VirtualMatrixKeypad>().press("5", pressAt, heldMs);
      rig.clock.set(erase, 100);
      rig.settle();
      return { heard: rig.news().length === 1, errors: rig.readers.unreadableCount };
    };
    for (let at = 60; at < 160; at++) assert.deepEqual(press(at, ERASE_MS + 2 * MATRIX_SCAN_MS), { heard: true, errors: 0 }, `pressed at ${at}`);
    for (let at = 60; at < 160; at++) {
      const { heard, errors } = press(at, 25);
      assert.is(errors, heard ? 0 : 1, `pressed at ${at}: never lost without a word`);
    }
    assert.deepEqual(press(101, 35), { heard: false, errors: 1 }, "as firmware/README.md says");
  },
};
