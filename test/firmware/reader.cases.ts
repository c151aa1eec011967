/** From keys and cards to credentials, at readers of every kind. */
import { CARD_ABSENT_MS, DIGIT_TIMEOUT_MS, SECOND_PIN_MS, TYPING_HOLD_MAX_MS } from "../../firmware/limits";
import type { Work } from "../../firmware/work-queue";
import { PIN } from "../../hardware-sim/board-pins";
import type { VirtualReaderWiring } from "../../hardware-sim/wired-reader";
import type { VirtualMatrixKeypad } from "../../hardware-sim/virtual-matrix-keypad";
import type { VirtualSerialReader } from "../../hardware-sim/virtual-serial-reader";
import type { VirtualWiegandReader } from "../../hardware-sim/virtual-wiegand-reader";
import { fromHex } from "../../protocol/bytes";
import type { Cases } from "../support/cases";
import { ReaderRig } from "../support/reader-rig";

const SERIAL = { kind: "serial" } as const;
const WIEGAND = { kind: "wiegand" } as const;
const MATRIX = { kind: "matrix" } as const;
const KINDS: readonly VirtualReaderWiring[] = [SERIAL, WIEGAND, { kind: "wiegand", keyBits: 8 }, MATRIX];

const CARD = fromHex("d41b81")!;
const LONG_CARD = fromHex("0a004d7603")!;

export const cases: Cases = {
  "reader: as many digits as the policy says are an entry, and # after them does nothing, at every kind of reader"(assert) {
    for (const wiring of KINDS) {
      const rig = new ReaderRig([wiring]);
      rig.reader().type("123456#", 200);
      rig.settle();
      assert.deepEqual(rig.news(), ["pin 123456"], wiring.kind);
      rig.reader().type("123456789012");
      rig.settle(5_000);
      assert.deepEqual(rig.news(), ["pin 123456", "pin 789012"], wiring.kind);
      rig.reader().type("1234#99*4321##*#");
      rig.settle(5_000);
      assert.deepEqual(rig.news(), ["pin 1234", "pin 4321"], wiring.kind);
    }
  },

  "reader: a pause forgets what was typed and says so, each digit begins it anew"(assert) {
    for (const wiring of KINDS) {
      const rig = new ReaderRig([wiring]);
      rig.reader().type("123", DIGIT_TIMEOUT_MS - 40);
      rig.settle(3 * DIGIT_TIMEOUT_MS - 300);
      rig.reader().type("456");
      rig.settle();
      assert.deepEqual(rig.news(), ["pin 123456"], wiring.kind);
      const start = rig.clock.now;
      rig.reader().type("123");
      rig.settle(DIGIT_TIMEOUT_MS + 1_000);
      assert.false(rig.readers.entering);
      assert.is(rig.shown(0, start).filter((change) => change.startsWith("buzzer ")).length, 2, "two long beeps");
      rig.reader().type("456#");
      rig.settle();
      assert.deepEqual(rig.news(), ["pin 456"], wiring.kind);
    }
  },

  "reader: without a list an entry ends at # or after twelve digits, and no buffer grows"(assert) {
    const rig = new ReaderRig();
    rig.rules.pinDigits = undefined;
    rig.reader().type("1234567890123#");
    rig.settle();
    rig.rules.pinDigits = 4;
    rig.reader().type("12345#");
    rig.settle();
    assert.deepEqual(rig.news(), ["pin 123456789012", "pin 3", "pin 1234", "pin 5"]);
    rig.rules.pinDigits = 8;
    rig.reader().type("123456");
    rig.settle(10);
    rig.rules.pinDigits = 6;
    rig.reader().type("7");
    rig.settle(10);
    assert.deepEqual(rig.news(), ["pin 1234567"], "a policy that changed meanwhile");
    const keys = Array.from({ length: 256 }, (_, index) => index % 10).join("");
    rig.rules.pinDigits = 4;
    rig.reader().type(keys);
    rig.settle(10);
    assert.is(rig.news().map((entry) => entry.slice(4)).join(""), keys, "a burst up to what the driver holds loses nothing");
  },

  "reader: where PINs follow a unit number, unit, # and PIN are one credential, and * clears all of it"(assert) {
    for (const wiring of KINDS) {
      const rig = new ReaderRig([wiring]);
      rig.rules.unitNumbers = true;
      rig.reader().type("12#123456");
      rig.settle(3_000);
      rig.reader().type("7#1234#");
      rig.settle(3_000);
      rig.reader().type("12#34*56#7890##123456");
      rig.settle(4_500);
      assert.deepEqual(rig.news(), ["unit 12*123456 (12)", "unit 7*1234 (7)", "unit 56*7890 (56)"], wiring.kind);
      assert.true(rig.readers.entering, "123456 without # is a unit number that waits");
      rig.reader().type("7");
      rig.settle();
      assert.false(rig.readers.entering, "no unit number has seven digits");
      rig.reader().type("12#");
      rig.settle(DIGIT_TIMEOUT_MS + 2_000);
      assert.false(rig.readers.entering, "the unit number goes with the pause");
      rig.reader().type("123#");
      rig.settle(DIGIT_TIMEOUT_MS + 2_000);
      assert.deepEqual(rig.news(), [], wiring.kind);
    }
  },

  "reader: cards of Wiegand and serial readers, and one that lies there is one presentation"(assert) {
    const rig = new ReaderRig([WIEGAND, SERIAL]);
    for (const card of ["d41b81", "89d41b81", "014d07a690"]) {
      rig.reader().presentCard(fromHex(card)!);
      rig.settle(500);
    }
    assert.deepEqual(rig.news(), ["card d41b81", "card 89d41b81", "card 014d07a690"]);
    rig.reader<VirtualSerialReader>(1).presentCard(LONG_CARD, 20_000);
    rig.settle(20_000 + CARD_ABSENT_MS - 100);
    assert.deepEqual(rig.news(), ["1: card 0a004d7603"]);
    rig.reader<VirtualSerialReader>(1).presentCard(LONG_CARD);
    rig.settle(CARD_ABSENT_MS + 200);
    assert.deepEqual(rig.news(), [], "it was away for less than a second");
    rig.reader<VirtualSerialReader>(1).presentCard(LONG_CARD);
    rig.settle(100);
    rig.reader<VirtualSerialReader>(1).presentCard(fromHex("0a004d7604")!);
    rig.settle(100);
    rig.reader<VirtualSerialReader>(1).presentCard(LONG_CARD);
    rig.settle(100);
    assert.deepEqual(rig.news(), ["1: card 0a004d7603", "1: card 0a004d7604", "1: card 0a004d7603"]);
  },

  "reader: what cannot be read is counted, gives the error signal, and half an entry goes with it"(assert) {
    const rig = new ReaderRig([WIEGAND, SERIAL]);
    const wiegand = rig.reader<VirtualWiegandReader>();
    for (const bits of ["1", "10", "1111", "0".repeat(26), "1".repeat(300)]) {
      wiegand.type("123");
      rig.settle(200);
      assert.true(rig.readers.entering);
      const start = rig.clock.now;
      wiegand.sendBits(bits);
      rig.settle(2_000);
      assert.false(rig.readers.entering, bits);
      assert.is(rig.shown(0, start).filter((change) => change.startsWith("buzzer ")).length, 2, bits);
      wiegand.type("654321");
      rig.settle();
    }
    assert.is(rig.readers.unreadableCount, 5);
    assert.deepEqual(rig.news(), Array.from({ length: 5 }, () => "pin 654321"), "never half an entry with the next");
    const serial = rig.reader<VirtualSerialReader>(1);
    serial.send(fromHex("0236463030")!);
    rig.settle(199);
    assert.is(rig.readers.unreadableCount, 5);
    rig.settle(2);
    assert.is(rig.readers.unreadableCount, 6, "a frame that stops");
    serial.type("123456");
    rig.settle();
    assert.deepEqual(rig.news(), ["1: pin 123456"]);
    assert.deepEqual(rig.board.trace, []);
  },

  "reader: a second PIN goes where it was asked for; time, *, another card and noise end the question"(assert) {
    const rig = new ReaderRig([WIEGAND]);
    const reader = rig.reader<VirtualWiegandReader>();
    rig.promptAfterCards = true;
    const ask = (): void => {
      rig.settle(CARD_ABSENT_MS + 100);
      reader.presentCard(CARD);
      rig.settle(100);
      assert.deepEqual(rig.news(), ["card d41b81"]);
    };
    ask();
    reader.type("471100", 100);
    rig.settle();
    reader.type("123456", 100);
    rig.settle();
    assert.deepEqual(rig.news(), ["second 471100", "pin 123456"]);
    rig.rules.unitNumbers = true;
    ask();
    reader.type("4711#", 100);
    rig.settle();
    assert.deepEqual(rig.news(), ["second 4711"], "no unit number before a second PIN");
    rig.rules.unitNumbers = false;
    ask();
    rig.settle(SECOND_PIN_MS - 200);
    assert.deepEqual(rig.news(), []);
    const start = rig.clock.now;
    rig.settle(1_200);
    assert.deepEqual(rig.news(), ["second none"]);
    assert.is(rig.shown(0, start).filter((change) => change.startsWith("buzzer ")).length, 2, "two long beeps: begin again");
    ask();
    reader.type("47*", 100);
    rig.settle();
    assert.deepEqual(rig.news(), ["second none"]);
    ask();
    reader.type("47", 100);
    rig.settle(DIGIT_TIMEOUT_MS + 1_000);
    assert.deepEqual(rig.news(), ["second none"], "left half done");
    ask();
    reader.sendBits("1");
    rig.settle();
    assert.deepEqual(rig.news(), ["second none"]);
    ask();
    reader.presentCard(fromHex("5a0144")!);
    rig.settle(100);
    assert.deepEqual(rig.news(), ["card 5a0144"], "whoever decides hears of another credential");
    reader.type("4711#", 100);
    rig.settle();
    assert.deepEqual(rig.news(), ["second 4711"], "and may ask again");
    ask();
    rig.promptAfterCards = false;
    reader.presentCard(fromHex("5a0145")!);
    rig.settle(100);
    reader.type("4711#", 100);
    rig.settle(30_000);
    assert.deepEqual(rig.news(), ["card 5a0145", "pin 4711"], "or not, and nothing is left of it");
  },

  "reader: a card takes what was half typed with it, and nobody's PIN goes on with somebody else's digits"(assert) {
    const rig = new ReaderRig([WIEGAND]);
    rig.reader().type("123", 100);
    rig.settle(500);
    rig.reader().presentCard(CARD);
    rig.settle(200);
    rig.reader().type("456#", 100);
    rig.settle();
    assert.deepEqual(rig.news(), ["card d41b81", "pin 456"]);
  },

  "reader: a card that still lies there does not end the question that it raised"(assert) {
    const rig = new ReaderRig([SERIAL]);
    rig.promptAfterCards = true;
    rig.reader<VirtualSerialReader>().presentCard(LONG_CARD, 3_000);
    rig.settle(1_000);
    rig.reader().type("4711#", 150);
    rig.settle(3_000);
    assert.deepEqual(rig.news(), ["card 0a004d7603", "second 4711"]);
  },

  "reader: several at once keep their entries, questions and signals apart"(assert) {
    const rig = new ReaderRig([{ ...SERIAL, outputs: 1 }, { ...WIEGAND, outputs: 6 }, MATRIX], { locks: ["fail-secure", "fail-secure", "fail-safe"] });
    assert.deepEqual(rig.readers.ports.map(({ index, outputs }) => [index, outputs]), [[0, 1], [1, 6], [2, 7]]);
    const keys = ["123456", "654321", "111222"];
    keys.forEach((typed, index) => rig.reader(index).type(typed, 140));
    rig.settle();
    assert.deepEqual(rig.news().sort(), ["1: pin 654321", "2: pin 111222", "pin 123456"]);
    rig.promptAfterCards = true;
    rig.reader(1).presentCard(CARD);
    rig.settle(100);
    const start = rig.clock.now;
    rig.reader(0).type("123456");
    rig.reader(2).type("123456");
    rig.settle();
    rig.readers.ports[0].signal.granted();
    rig.reader(1).type("4711#", 100);
    rig.settle();
    assert.deepEqual(rig.news(), ["1: card d41b81", "pin 123456", "2: pin 123456", "1: second 4711"]);
    assert.true(rig.shown(0, start).length === 4 && rig.shown(2, start).length === 0);
  },

  "reader: granted, denied, wait, error and prompt look and sound as the README says"(assert) {
    const rig = new ReaderRig();
    const [{ signal }] = rig.readers.ports;
    const pattern = (play: () => void): string[] => {
      const start = rig.clock.now;
      play();
      rig.settle(1_200);
      const shown = rig.shown(0, start);
      rig.settle(SECOND_PIN_MS);
      assert.is(rig.board.pins.output(PIN.led), 0, "dark in the end");
      return shown;
    };
    assert.deepEqual(pattern(() => signal.granted()), ["led 0", "buzzer 0", "buzzer- 100", "led- 1000"]);
    assert.deepEqual(pattern(() => signal.denied()), ["buzzer 0", "buzzer- 100", "buzzer 200", "buzzer- 300", "buzzer 400", "buzzer- 500"]);
    assert.deepEqual(pattern(() => signal.wait()), ["buzzer 0", "buzzer- 1000"]);
    assert.deepEqual(pattern(() => signal.error()), ["buzzer 0", "buzzer- 400", "buzzer 500", "buzzer- 900"]);
    assert.deepEqual(pattern(() => rig.readers.ports[0].promptSecond!()), [
      ...["led 0", "buzzer 0", "led- 50", "buzzer- 50", "led 100", "buzzer 100", "buzzer- 150"],
      ...["led- 350", "led 600", "led- 850", "led 1100"],
    ]);
    const start = rig.clock.now;
    signal.granted();
    rig.settle(50);
    signal.denied();
    rig.settle(1_500);
    assert.deepEqual(rig.shown(0, start), ["led 0", "buzzer 0", "led- 50", "buzzer- 150", "buzzer 250", "buzzer- 350", "buzzer 450", "buzzer- 550"], "the newer one counts");
  },

  "matrix: contacts that bounce are one press, a key that is held is one, and none waits for another"(assert) {
    const rig = new ReaderRig([MATRIX]);
    const keypad = rig.reader<VirtualMatrixKeypad>();
    for (const key of "147*2580369#") {
      rig.rules.pinDigits = 1;
      keypad.press(key);
      rig.settle(300);
    }
    assert.is(rig.news().join(" "), "pin 1 pin 4 pin 7 pin 2 pin 5 pin 8 pin 0 pin 3 pin 6 pin 9");
    rig.rules.pinDigits = 2;
    keypad.press("1", 0, 60_000);
    rig.settle(4_000);
    keypad.press("2", 0, 50);
    rig.settle(100);
    assert.deepEqual(rig.news(), ["pin 12"], "rolled over: the first is still down");
    rig.settle(60_000);
    rig.rules.pinDigits = 4;
    keypad.type("1212", 60);
    rig.settle();
    assert.deepEqual(rig.news(), ["pin 1212"]);
  },

  "matrix: no pair of keys shows a third, and of three nothing is made up"(assert) {
    const keys = "123456789*0#";
    for (const first of keys) {
      for (const second of keys) {
        if (first === second) continue;
        const rig = new ReaderRig([MATRIX]);
        rig.rules.pinDigits = undefined;
        const keypad = rig.reader<VirtualMatrixKeypad>();
        keypad.press(first, 0, 400);
        keypad.press(second, 100, 100);
        rig.settle(1_000);
        keypad.press("#", 0);
        rig.settle(300);
        const digits = (first + second).split("*").pop()!.split("#").filter((part) => part !== "");
        assert.deepEqual(rig.news(), digits.map((part) => `pin ${part}`), `${first} and ${second}`);
      }
    }
    const rig = new ReaderRig([MATRIX]);
    rig.rules.pinDigits = undefined;
    const keypad = rig.reader<VirtualMatrixKeypad>();
    // 1, 3 and 7 are three corners: 9 makes contact through them.
    keypad.press("1", 0, 500);
    keypad.press("3", 100, 300);
    keypad.press("7", 200, 100);
    rig.settle(1_000);
    keypad.press("#");
    rig.settle(300);
    assert.deepEqual(rig.news(), ["pin 13"], "7 came and went while three were down");
  },

  "matrix: two keys that go down at once are an error, not a guess"(assert) {
    const rig = new ReaderRig([MATRIX]);
    const keypad = rig.reader<VirtualMatrixKeypad>();
    keypad.type("123");
    rig.settle(600);
    assert.true(rig.readers.entering);
    keypad.press("4");
    keypad.press("5");
    rig.settle();
    assert.false(rig.readers.entering);
    assert.is(rig.readers.unreadableCount, 1);
    keypad.type("123456");
    rig.settle();
    assert.deepEqual(rig.news(), ["pin 123456"]);
  },

  "matrix: at rest nothing runs, and a key that is down at boot is heard"(assert) {
    const rig = new ReaderRig([MATRIX]);
    rig.settle(100);
    assert.is(rig.clock.nextDue, undefined);
    rig.reader().type("12");
    rig.settle(DIGIT_TIMEOUT_MS + 2_000);
    assert.is(rig.clock.nextDue, undefined);
    rig.board.powerOff();
    rig.reader<VirtualMatrixKeypad>().press("7", 0, 500);
    rig.settle(50);
    rig.board.powerOn();
    rig.rules.pinDigits = 1;
    rig.settle();
    assert.deepEqual(rig.news(), ["pin 7"]);
  },

  "no digit is lost that is typed while work runs, and none waits for the end of the work"(assert) {
    const rig = new ReaderRig();
    let slices = 0;
    let firstEntryAt = 0;
    function* update(): Work {
      for (; slices < 600; slices++) {
        // Six keys are pressed while each tenth slice has the board.
        if (slices % 10 === 0) rig.reader().type(String(100_000 + slices));
        if (rig.heard.length === 1 && firstEntryAt === 0) firstEntryAt = slices;
        yield;
      }
    }
    rig.queue.add(update());
    rig.settle(1_000);
    assert.is(slices, 600);
    assert.deepEqual(rig.heard, Array.from({ length: 60 }, (_, index) => `pin ${100_000 + 10 * index}`));
    assert.true(firstEntryAt > 0 && firstEntryAt < 5, `${firstEntryAt}`);
  },

  "work waits for somebody who types, but nobody stops it by typing"(assert) {
    const rig = new ReaderRig([SERIAL], { sliceMs: 10 });
    rig.rules.pinDigits = undefined;
    let slices = 0;
    function* update(): Work {
      for (; ; slices++) yield;
    }
    rig.settle(20_000);
    rig.reader().type("1");
    rig.settle(20);
    rig.queue.add(update());
    rig.settle(4_000);
    assert.is(slices, 0, "an entry is under way");
    rig.reader().type("#");
    rig.settle(1_000);
    const freely = slices;
    assert.true(freely >= 90, `${freely} slices of 10 ms in a second`);
    rig.reader().type("1".repeat(2_000), 150);
    rig.settle(300_000);
    assert.true(slices - freely > 0.45 * 30_000, `${slices - freely} in 300 s with somebody at the keys`);
    rig.settle(2 * TYPING_HOLD_MAX_MS);
    rig.reader().type("123456#", 1_000);
    const before = slices;
    rig.settle(6_000);
    assert.true(slices - before < 15, "who types next is waited for again");
  },
};
