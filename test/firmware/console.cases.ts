import { startController } from "../../firmware/controller";
import { loadCaCertificate, saveCaCertificate } from "../../firmware/enrolment/ca-certificate";
import { loadSettings } from "../../firmware/enrolment/settings";
import { loadWifiSettings, saveWifiSettings } from "../../firmware/enrolment/wifi-settings";
import { claimQr, drawQr } from "../../firmware/life/claim-qr";
import { ConsoleLine } from "../../firmware/life/console-line";
import { splitWords } from "../../firmware/life/console-words";
import { CA_BYTES_MAX, CONSOLE_LINE_CHARACTERS_MAX } from "../../firmware/limits";
import type { KeyValue } from "../../firmware/device";
import { PowerSupply } from "../../hardware-sim/power-supply";
import { VirtualBoard } from "../../hardware-sim/virtual-board";
import { VirtualClock } from "../../hardware-sim/virtual-clock";
import { VirtualKeyValue } from "../../hardware-sim/virtual-key-value";
import { VirtualRandom } from "../../hardware-sim/virtual-random";
import { concat, toHex } from "../../protocol/bytes";
import type { Hashes } from "../../protocol/hashes";
import type { Cases } from "../support/cases";
import { House } from "../support/house";
import { RESIDENT } from "../support/mint";

/** A board out of its box, with an installer in front of it. */
class Bench {
  readonly clock = new VirtualClock();
  readonly board: VirtualBoard;

  constructor(hashes: Hashes) {
    this.board = new VirtualBoard({ clock: this.clock, hashes });
    this.board.start((device) => void startController(device));
    this.clock.advance(1_000);
  }

  /** Types a line. @returns all that was printed since. */
  says(line: string): string {
    return says(this.board, this.clock, line);
  }

  keyValue(): KeyValue {
    this.board.supply.restore();
    return this.board.keyValue.open("latchkey");
  }

  peek(key: string): Uint8Array | undefined {
    return this.board.keyValue.peek("latchkey", key);
  }
}

function says(board: VirtualBoard, clock: VirtualClock, line: string): string {
  board.console.take();
  board.console.type(`${line}\r`);
  clock.advance(2_000);
  return board.console.take();
}

/** A DER sequence of so many bytes in all. */
function certificate(length: number): Uint8Array {
  const der = new Uint8Array(length).map((_, index) => (index * 31) & 0xff);
  der.set([0x30, 0x82, (length - 4) >> 8, (length - 4) & 0xff]);
  return der;
}

function base64(bytes: Uint8Array): string {
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const group = (bytes[at] << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    for (let digit = 0; digit < 4; digit++) text += at + digit > bytes.length ? "=" : digits[(group >> (18 - 6 * digit)) & 63];
  }
  return text;
}

function pem(bytes: Uint8Array): string[] {
  const text = base64(bytes);
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += 64) lines.push(text.slice(at, at + 64));
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----"];
}

export const cases: Cases = {
  "console: sets a board up that has nothing in its image: Wi-Fi, cloud, CA, and prints what the cloud needs": (assert, { hashes }) => {
    const bench = new Bench(hashes);
    assert.true(bench.board.console.take().includes("help lists the commands"));
    assert.true(bench.says("help").includes("wifi <name> [password]"));
    assert.true(bench.says('wifi "Hall, 2nd floor" "pass \\"word\\" 1"').includes("kept"));
    assert.true(bench.says("cloud cloud.example 8443").includes("kept"));
    bench.says("ca");
    const der = certificate(1_000);
    for (const line of pem(der)) bench.says(line);
    const identity = bench.peek("identity")!;
    assert.true(bench.says("claim").includes(`latchkey:1:${toHex(identity.slice(0, 8))}:${toHex(identity.slice(8))}`));
    const keyValue = bench.keyValue();
    assert.deepEqual(loadWifiSettings(keyValue), { name: "Hall, 2nd floor", password: 'pass "word" 1' });
    assert.deepEqual(loadSettings(keyValue), { cloudHost: "cloud.example", cloudPort: 8_443 });
    assert.deepEqual(loadCaCertificate(keyValue), der);
    const status = bench.says("status");
    for (const part of [`door      ${toHex(identity.slice(0, 8))}`, "claimed   no", "list      none", "wifi      Hall, 2nd floor", "cloud     cloud.example:8443", "ca        set", "started   power-on, start 1"]) assert.true(status.includes(part), part);
    bench.says("ca none");
    assert.is(loadCaCertificate(keyValue), undefined);
  },

  "console: a password is neither echoed nor traced, and no answer shows a secret": (assert, { hashes }) => {
    const bench = new Bench(hashes);
    const printed = ["wifi Hall correct-horse", 'wifi "Hall 2" "correct-horse"', "wifi Hall correct-horse too", "wifi  Hall  correct-horse", "status", "help"].map((line) => bench.says(line)).join("");
    assert.false(printed.includes("correct"));
    assert.true(printed.includes("wifi Hall *************"));
    assert.false(bench.board.trace.some(({ line }) => line.includes("correct")));
    const secret = toHex(bench.peek("identity")!.slice(8));
    assert.false(printed.includes(secret));
    assert.deepEqual(loadWifiSettings(bench.keyValue()), { name: "Hall", password: "correct-horse" });
  },

  "console: what makes no sense is refused, keeps nothing, and says help": (assert, { hashes }) => {
    const bench = new Bench(hashes);
    const before = bench.board.keyValue.snapshot();
    for (const line of ["reboot", "WIFI a bcdefghi", "é".repeat(3), '"', "cloud", "cloud a b c", "cloud host 0", "cloud host 65536", "cloud ho/st 80", "wifi", "wifi Hall short", `wifi ${"n".repeat(33)} password`, "wifi a b c", "factory-reset", "factory-reset no", "ca x"]) bench.says(line);
    assert.true(bench.says("reboot").includes("help"));
    assert.true(bench.says("x".repeat(200)).includes("too long"));
    assert.is(bench.says("").replace(/[\r\n> ]/g, ""), "");
    assert.deepEqual(bench.board.keyValue.snapshot(), before);
    assert.is(bench.board.boots, 1);
  },

  "console: a certificate that was not pasted whole is not kept, and the rest of it runs no command": (assert, { hashes }) => {
    const bench = new Bench(hashes);
    const lines = pem(certificate(1_000));
    const tries: [string, string[]][] = [
      ["a line missing", [...lines.slice(0, 5), ...lines.slice(6)]],
      ["a line twice", [...lines.slice(0, 5), ...lines.slice(4)]],
      ["a character that is none", [lines[0], lines[1].replace("M", "!"), ...lines.slice(2)]],
      ["nothing", [""]],
      ["too large", pem(certificate(CA_BYTES_MAX + 1))],
      ["a command in it", [lines[0], "restart", lines[lines.length - 1]]],
    ];
    for (const [what, text] of tries) {
      bench.says("ca");
      let last = "";
      for (const line of text) last = bench.says(line);
      assert.true(last.includes("refused"), what);
      assert.is(bench.peek("ca"), undefined, what);
    }
    assert.is(bench.board.boots, 1);
    bench.says("ca");
    for (const line of pem(certificate(CA_BYTES_MAX))) bench.says(line);
    assert.is(bench.peek("ca")!.length, CA_BYTES_MAX);
    assert.true(bench.says("status").includes("ca        set"), "and commands are commands again");
  },

  "console: restart starts the board anew, and says why it started": (assert, { hashes }) => {
    const bench = new Bench(hashes);
    bench.says("restart");
    bench.clock.advance(1_000);
    assert.is(bench.board.boots, 2);
    assert.true(bench.says("status").includes("started   restart, start 2"));
  },

  "console: a claimed door moves to no other cloud and is not reset; Wi-Fi may change": (assert, { hashes }) => {
    const house = new House(hashes);
    house.cloud.issue([{ pin: "111111", profile: RESIDENT }]);
    house.clock.advance(30_000);
    const at = (line: string): string => says(house.board, house.clock, line);
    for (const line of ["cloud evil.example", "ca", "ca none", "factory-reset yes"]) assert.true(at(line).includes("refused"), line);
    assert.true(at("claim").includes("the door is claimed"));
    assert.true(at("wifi Hall password-of-hall").includes("kept"));
    const status = at("status");
    assert.true(status.includes("cloud     cloud.example:80, connected"));
    assert.true(status.includes(`list      1.${house.cloud.version}`));
    assert.is(house.board.boots, 1);
    assert.true(house.types("111111"));
    house.cloud.change({ released: true });
    house.clock.advance(5_000);
    assert.true(at("status").includes("its owner lets it go"));
    assert.true(at("cloud next.example").includes("kept"));
  },

  "console: whatever comes over the wire, the board goes on, and lines stay bounded": (assert, { hashes }) => {
    const bench = new Bench(hashes);
    const random = new VirtualRandom("console");
    for (let round = 0; round < 40; round++) {
      random.bytes(250).forEach((byte) => bench.board.console.receive(byte));
      bench.clock.advance(100);
    }
    bench.says("\u0003");
    bench.says("");
    assert.is(bench.board.boots, 1);
    assert.true(bench.says("help").includes("this"));

    const seen: (string | undefined)[] = [];
    let echoed = "";
    const line = new ConsoleLine({ onEcho: (text) => (echoed += text), onLine: (whole) => void seen.push(whole), hides: () => false });
    const type = (text: string): void => {
      for (let i = 0; i < text.length; i++) line.receive(text.charCodeAt(i));
    };
    type("ab\b\bcd\u007fe\r\n\nx\u0003y\n");
    assert.deepEqual(seen, ["ce", "", "", "y"]);
    type(`${"z".repeat(CONSOLE_LINE_CHARACTERS_MAX)}\r`);
    type(`${"z".repeat(CONSOLE_LINE_CHARACTERS_MAX + 1)}\b\b\rok\r`);
    assert.deepEqual(seen.slice(4), ["z".repeat(CONSOLE_LINE_CHARACTERS_MAX), undefined, "ok"]);
    assert.true(echoed.length < 500);
  },

  "console: the claim is a QR that any phone reads, whole on the terminal": (assert, { hashes }) => {
    // As the npm packages uqr made it and jsqr read it: version 4, level L, mask 0.
    const rows = claimQr("latchkey:1:8c1f0e5d2b3a4796:00112233445566778899aabbccddeeff");
    const modules = concat(...rows);
    assert.is(modules.length, 33 * 33);
    assert.true(modules.every((module) => module < 2));
    assert.is(toHex(hashes.sha256(modules)), "9e6489fd2980cc9f0659127e4dbb3c63d423f7f085bdb4b1873f8ee75c095343");
    assert.throws(() => claimQr("x".repeat(79)));
    const bench = new Bench(hashes);
    const printed = bench.says("claim");
    const identity = bench.peek("identity")!;
    const lines = drawQr(claimQr(`latchkey:1:${toHex(identity.slice(0, 8))}:${toHex(identity.slice(8))}`));
    assert.is(lines.length, 37);
    for (const line of lines) assert.true(printed.includes(line));
    const widths = lines.map((line) => line.replaceAll("\u001b[47m", "").replaceAll("\u001b[40m", "").replaceAll("\u001b[0m", "").length);
    assert.deepEqual(widths, lines.map(() => 2 * 37));
  },

  "console: words may be quoted, and the last one may be open": (assert) => {
    const tries: [string, string[], boolean][] = [
      ["", [], false],
      ["  a  b ", ["a", "b"], false],
      ['wifi "a b" c', ["wifi", "a b", "c"], true],
      ['"" x', ["", "x"], true],
      ['a"b c"d', ["ab cd"], true],
      ['"a\\"b" \\ c', ['a"b', " c"], true],
      ['a "b', ["a", "b"], true],
      ["a\\", ["a\\"], true],
    ];
    for (const [line, words, open] of tries) assert.deepEqual(splitWords(line), { words, open }, line);
  },

  "settings: Wi-Fi and CA are kept as they are, and nothing else is": (assert) => {
    const keyValue = new VirtualKeyValue(new PowerSupply()).open("latchkey");
    assert.is(loadWifiSettings(keyValue), undefined);
    assert.true(saveWifiSettings(keyValue, { name: "n".repeat(32), password: "p".repeat(63) }));
    assert.deepEqual(loadWifiSettings(keyValue), { name: "n".repeat(32), password: "p".repeat(63) });
    assert.true(saveWifiSettings(keyValue, { name: "open", password: "" }));
    for (const [name, password] of [["", "password"], ["n".repeat(33), "password"], ["n", "p".repeat(64)], ["n", "seven77"], ["n\n", "password"], ["n", "password\u00e9"]]) assert.false(saveWifiSettings(keyValue, { name, password }), name);
    assert.deepEqual(loadWifiSettings(keyValue), { name: "open", password: "" });
    for (const bytes of [[], [0], [200, 1], [1]]) {
      keyValue.write("wifi", Uint8Array.from(bytes));
      assert.is(loadWifiSettings(keyValue), undefined, String(bytes));
    }
    for (const length of [130, 200, 1_000]) {
      const der = length < 256 ? Uint8Array.from({ length }, (_, index) => [0x30, 0x81, length - 3][index] ?? 7) : certificate(length);
      assert.true(saveCaCertificate(keyValue, base64(der)), String(length));
      assert.deepEqual(loadCaCertificate(keyValue), der);
    }
    for (const wrong of ["", "MII", "M===", base64(certificate(1_000).subarray(1)), base64(certificate(1_000).subarray(0, 999)), `${base64(certificate(1_000))}AAAA`]) assert.false(saveCaCertificate(keyValue, wrong), wrong.slice(0, 8));
  },
};
