/** What comes down a serial line: keys, card frames, and noise. */
import { SerialFrames, type SerialReading } from "../../firmware/reader/serial-frames";
import { VirtualRandom } from "../../hardware-sim/virtual-random";
import { cardFrame } from "../../hardware-sim/virtual-serial-reader";
import { ascii, concat, fromHex, toHex } from "../../protocol/bytes";
import type { Cases } from "../support/cases";

function told(reading: SerialReading): string {
  if (reading.kind === "card") return toHex(reading.value);
  return reading.kind === "key" ? String.fromCharCode(reading.key) : "?";
}

/** Everything that the bytes complete, then a pause. */
function read(...parts: (string | Uint8Array)[]): string {
  const frames = new SerialFrames();
  const readings: (SerialReading | undefined)[] = [];
  for (const part of parts) for (const byte of typeof part === "string" ? ascii(part) : part) readings.push(frames.feed(byte));
  readings.push(frames.pause());
  return readings.filter((reading) => reading !== undefined).map(told).join(" ");
}

export const cases: Cases = {
  "serial: published frames of RDM6300 and ID-12 give the numbers on their cards"(assert) {
    // stackoverflow.com/questions/11848921: card 0013530444.
    assert.is(read(Uint8Array.of(2, 51, 67, 48, 48, 67, 69, 55, 53, 52, 67, 67, 66, 3)), "3c00ce754c");
    assert.is(0xce754c, 13_530_444);
    // forum.arduino.cc/t/251993: token 0006547886.
    assert.is(read(Uint8Array.of(2, 48, 49, 48, 48, 54, 51, 69, 57, 65, 69, 50, 53, 3)), "010063e9ae");
    assert.is(0x63e9ae, 6_547_886);
    // ID-12 puts CR LF before ETX. eevblog.com: card 0008075634.
    assert.is(read("\u00026F007B39725F\r\n\u0003"), "6f007b3972");
    assert.is(read("\u00026f007b39725f\u0003"), "6f007b3972", "in small letters too");
  },

  "serial: keys and cards mix on one line"(assert) {
    const card = cardFrame(fromHex("0a004d7603")!);
    assert.is(read("12", card, "34#", card, card, "*"), "1 2 0a004d7603 3 4 # 0a004d7603 0a004d7603 *");
    assert.is(read("1\r\n\u00002"), "1 2", "ends of lines and silence are nothing");
    assert.is(read("1A \u0003\u007f2"), "1 ? ? ? ? 2", "anything else may have been a key");
  },

  "serial: a bad frame is told once, and none of its digits is a key"(assert) {
    const good = "\u00026F007B39725F\u0003";
    for (const bad of ["\u00026F007B39725E\u0003", "\u00026F007B3972\u0003", "\u00026F007B39725F0\u0003", "\u00026F00xB39725F\u0003", "\u0002\u0003", "\u00026F007B39725F\r\n1234\u0003"]) {
      assert.is(read(bad, "7", good), "? 7 6f007b3972", bad);
    }
    assert.is(read("\u00026F007B", good), "? 6f007b3972", "a new beginning ends what was begun");
    assert.is(read("\u00026F007B", "\u0002\u0002", good), "? ? ? 6f007b3972");
    assert.is(read("\u00026F007Bx1111111111111"), "?", "without an end, all is lost up to a pause");
  },

  "serial: a pause ends a frame that nothing completes, and then keys are keys"(assert) {
    const frames = new SerialFrames();
    for (const byte of ascii("\u000212345")) assert.is(frames.feed(byte), undefined);
    assert.true(frames.inFrame);
    assert.deepEqual(frames.pause(), { kind: "unreadable" });
    assert.false(frames.inFrame);
    assert.is(frames.pause(), undefined);
    assert.deepEqual(frames.feed(0x35), { kind: "key", key: 0x35 });
  },

  "serial: every flipped bit of a frame is unreadable, but for letters that are not told apart by case"(assert) {
    const value = fromHex("a1b2c3d4e5")!;
    const frame = cardFrame(value);
    for (let at = 1; at < frame.length - 1; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const bad = frame.slice();
        bad[at] ^= 1 << bit;
        const readings = read(bad).split(" ");
        const readable = readings.filter((reading) => reading.length > 1);
        if (bit === 5 && bad[at] >= 0x61) assert.deepEqual(readable, [toHex(value)]);
        else assert.deepEqual(readable, [], `byte ${at}, bit ${bit}`);
      }
    }
  },

  "serial: garbage makes no card and the next frame is read"(assert) {
    const random = new VirtualRandom("serial garbage");
    for (let round = 0; round < 300; round++) {
      const frames = new SerialFrames();
      const garbage = random.bytes(random.below(60)).map((byte) => byte % 128);
      for (const byte of garbage) assert.not(frames.feed(byte)?.kind, "card");
      const readings = [...concat(cardFrame(fromHex("0a004d7603")!))].map((byte) => frames.feed(byte)).filter((reading) => reading?.kind === "card");
      assert.is(readings.length, 1);
    }
  },
};
