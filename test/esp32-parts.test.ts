/** What of firmware/esp32 needs no board: it is pure, so Node can hold it to its word. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { ClockChip, type RegisterBus } from "../firmware/esp32/clock-chip";
import { checkWiring, type BoardWiring } from "../firmware/esp32/board-wiring";
import { askSntp, readSntp } from "../firmware/esp32/sntp-packet";
import { FRAME_GAP_MS, TICKS_PER_MS, WiegandFrames } from "../firmware/esp32/wiegand-frames";
import { readWiegand } from "../firmware/reader/wiegand";

/** Edges as wiegand-capture.c hands them over: a pulse every 2 ms from `start` on. */
function edges(bits: string, start: number, everyMs = 2): number[] {
  return [...bits].map((bit, index) => (((start + index * everyMs * TICKS_PER_MS) & ~1) | Number(bit)) >>> 0);
}

function feed(frames: WiegandFrames, ...words: number[][]): void {
  for (const word of words.flat()) frames.edge(word);
}

/** Facility 42, card 12345 of H10301: its parity is right. */
const CARD_26 = (() => {
  const data = (42).toString(2).padStart(8, "0") + (12_345).toString(2).padStart(16, "0");
  const ones = (text: string): number => [...text].filter((bit) => bit === "1").length;
  return `${ones(data.slice(0, 12)) % 2}${data}${1 - (ones(data.slice(12)) % 2)}`;
})();

test("Wiegand: edges of two lines become a card's frame, across the wrap of the capture clock", (t) => {
  for (const start of [0, 0xffff_ff00, 0x7fff_ff00]) {
    const frames = new WiegandFrames();
    feed(frames, edges(CARD_26, start));
    t.is(frames.count, 0, "nothing but time ends a frame");
    frames.end();
    t.deepEqual(readWiegand(frames.take()!), { kind: "card", value: Uint8Array.of(42, 12_345 >> 8, 12_345 & 0xff) });
    t.is(frames.take(), undefined);
  }
});

test("Wiegand: keys that waited while JavaScript was away are told apart by their times", (t) => {
  const frames = new WiegandFrames();
  const keys = ["0001", "0010", "0011", "1011"];
  keys.forEach((key, index) => feed(frames, edges(key, index * 60 * TICKS_PER_MS)));
  frames.end();
  t.deepEqual(
    keys.map(() => readWiegand(frames.take()!)),
    [..."123#"].map((key) => ({ kind: "key", key: key.charCodeAt(0) })),
  );
});

test("Wiegand: the gap between frames is just over the longest between pulses", (t) => {
  const frames = new WiegandFrames();
  feed(frames, edges("1010", 0, 20));
  frames.end();
  t.is(frames.take()?.bits, 4);
  feed(frames, edges("1010", 0, FRAME_GAP_MS + 1));
  frames.end();
  t.deepEqual([frames.take()?.bits, frames.take()?.bits], [1, 1]);
});

test("Wiegand: an edge that rings is one pulse", (t) => {
  const frames = new WiegandFrames();
  feed(frames, edges(CARD_26, 1_000).flatMap((word) => [word, (word + 800) >>> 0, (word + 3_000) >>> 0]));
  frames.end();
  t.is(frames.take()?.bits, 26);
});

test("Wiegand: where edges were lost there is nothing to read, neither before nor after, and the reader is told so", (t) => {
  const frames = new WiegandFrames();
  feed(frames, edges("0101", 0));
  frames.spoil();
  // What is left of an 8-bit key looks like a whole one of 4.
  feed(frames, edges("0001", 500 * TICKS_PER_MS));
  frames.end();
  for (let frame = 0; frame < 2; frame++) t.deepEqual(readWiegand(frames.take()!), { kind: "unreadable" });
  t.is(frames.take(), undefined);
  feed(frames, edges("0001", 900 * TICKS_PER_MS));
  frames.end();
  t.is(frames.take()?.bits, 4);
});

test("Wiegand: noise without end is unreadable and takes no memory", (t) => {
  const frames = new WiegandFrames();
  feed(frames, edges("1".repeat(5_000), 0));
  frames.end();
  const noise = frames.take()!;
  t.is(noise.data.length, 0);
  t.deepEqual(readWiegand(noise), { kind: "unreadable" });
  for (let i = 0; i < 100; i++) feed(frames, edges("1", i * 30 * TICKS_PER_MS));
  t.true(frames.count <= 16);
});

/** A DS3231 as its data sheet has it, powered for the first time. */
class FakeChip implements RegisterBus {
  registers = new Uint8Array(0x13);
  constructor() {
    this.registers[0x04] = 1;
    this.registers[0x05] = 1;
    this.registers[0x0e] = 0x1c;
    this.registers[0x0f] = 0x88;
  }
  readUint8(register: number): number {
    return this.registers[register];
  }
  writeUint8(register: number, value: number): void {
    // The flag that the oscillator stood still can only be cleared.
    this.registers[register] = register === 0x0f ? value & this.registers[0x0f] : value;
  }
  readBuffer(register: number, buffer: Uint8Array): void {
    buffer.set(this.registers.subarray(register, register + buffer.length));
  }
  writeBuffer(register: number, buffer: Uint8Array): void {
    this.registers.set(buffer, register);
  }
}

test("clock chip: it tells what it was told, and nothing after its battery was empty", (t) => {
  const chip = new FakeChip();
  const clock = new ClockChip(chip);
  t.is(clock.time, undefined, "new");
  for (const time of [Date.UTC(2026, 10, 22, 5, 59, 58), Date.UTC(2028, 1, 29, 23, 0, 0), Date.UTC(2099, 11, 31, 23, 59, 59)]) {
    clock.time = time;
    t.is(new ClockChip(chip).time, time);
  }
  // What the SDK's driver does not look at.
  chip.registers[0x0f] |= 0x80;
  t.is(clock.time, undefined);
});

test("clock chip: what is not to be believed is not told, by no board that finds the chip", (t) => {
  const chip = new FakeChip();
  const clock = new ClockChip(chip);
  clock.time = Date.UTC(2026, 0, 1);
  clock.time = undefined;
  t.is(new ClockChip(chip).time, undefined);
  clock.time = Date.UTC(1999, 0, 1);
  t.is(new ClockChip(chip).time, undefined);
});

test("SNTP: an answer counts where it repeats the question's random bytes, and no other packet does", (t) => {
  const nonce = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const question = askSntp(nonce);
  t.is(question[0], 0x23);
  const answer = (unixSeconds: number): Uint8Array => {
    const packet = new Uint8Array(48);
    packet[0] = 0x24;
    packet[1] = 2;
    packet.set(question.subarray(40, 48), 24);
    new DataView(packet.buffer).setUint32(40, (unixSeconds + 2_208_988_800) % 2 ** 32);
    new DataView(packet.buffer).setUint32(44, 0x8000_0000);
    return packet;
  };
  const now = Date.UTC(2026, 10, 22) / 1_000;
  t.is(readSntp(answer(now), nonce), now * 1_000 + 500);
  t.is(readSntp(answer(Date.UTC(2040, 0, 1) / 1_000), nonce), Date.UTC(2040, 0, 1) + 500, "NTP counts anew in 2036");
  t.is(readSntp(answer(now), Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 9)), undefined);
  t.is(readSntp(answer(now).subarray(0, 47), nonce), undefined);
  for (const [at, value] of [
    [0, 0x23],
    [0, 0xe4],
    [1, 0],
    [1, 16],
  ]) {
    const packet = answer(now);
    packet[at] = value;
    t.is(readSntp(packet, nonce), undefined, `byte ${at} = ${value}`);
  }
});

const WIRING: BoardWiring = {
  outputs: [{ pin: 26, lock: "fail-secure" }],
  readers: [{ kind: "serial", port: 2, receive: 16, transmit: 17, baud: 9_600, led: 25, buzzer: 27 }],
  contact: 33,
  requestToExit: 32,
  service: 4,
  clock: { data: 21, clock: 22 },
};

test("wiring: what the manifest ships is sound, and so is every kind of reader", (t) => {
  const manifest = JSON.parse(readFileSync(join(__dirname, "..", "manifest.json"), "utf8")) as { platforms: { esp32: { config: { wiring: BoardWiring } } } };
  t.deepEqual(manifest.platforms.esp32.config.wiring, WIRING);
  t.notThrows(() => checkWiring(WIRING));
  t.notThrows(() =>
    checkWiring({
      outputs: [
        { pin: 26, lock: "fail-secure" },
        { pin: 23, lock: "fail-safe" },
      ],
      readers: [
        { kind: "wiegand", data0: 18, data1: 19, outputs: 2 },
        { kind: "matrix", rows: [13, 14, 16, 17], columns: [21, 22, 25] },
      ],
      contact: 34,
      requestToExit: 32,
    }),
  );
});

test("wiring: a relay on a pin that moves while the chip starts is refused, and whatever else cannot work", (t) => {
  const refused = (change: Partial<BoardWiring>, message: string): void => {
    t.throws(() => checkWiring({ ...WIRING, ...change }), { message });
  };
  for (const pin of [0, 2, 5, 12, 15]) refused({ outputs: [{ pin, lock: "fail-secure" }] }, `wiring: output 0 on GPIO ${pin}, which moves while the chip starts`);
  refused({ outputs: [] }, "wiring: one to four outputs");
  refused({ outputs: [{ pin: 26, lock: "fail" as "fail-safe" }] }, "wiring: output 0 is neither fail-secure nor fail-safe");
  refused({ outputs: [{ pin: 34, lock: "fail-secure" }] }, "wiring: output 0 on GPIO 34, which is an input only");
  refused({ contact: 26 }, "wiring: GPIO 26 is both output 0 and door contact");
  refused({ requestToExit: 35 }, "wiring: request-to-exit on GPIO 35, which has no pull-up");
  refused({ contact: 8 }, "wiring: door contact on GPIO 8, where the flash is");
  refused({ service: 3 }, "wiring: service button on GPIO 3, where the console is");
  refused({ readers: [{ kind: "serial", port: 0, receive: 16, baud: 9_600 }] }, "wiring: reader 0 needs UART 1 or 2");
  refused({ readers: [{ kind: "wiegand", data0: 18 }] }, "wiring: reader 0 D1 has no GPIO");
  refused({ readers: [{ kind: "wiegand", data0: 18, data1: 19, outputs: 2 }] }, "wiring: reader 0 moves outputs that are not there");
  refused({ readers: [{ kind: "matrix", rows: [13, 14, 16], columns: [18, 19, 23] }] }, "wiring: reader 0 needs 4 rows and 3 columns");
});
