import { Fob } from "../../fob/fob";
import { decodeFobButtons, encodeFobButtons, fobAssignmentLength, openFobAssignment, sealFobAssignment, FOB_ASSIGNMENT_BYTES_MAX } from "../../protocol/fob-assignment";
import { encodeFobFrame, decodeFobFrame } from "../../protocol/fob-frame";
import { fobText, parseFobText } from "../../protocol/fob-identity";
import { decodeFobReport, openFobReport } from "../../protocol/fob-report";
import { toHex } from "../../protocol/bytes";
import { ProtocolError } from "../../protocol/protocol-error";
import type { Cases } from "../support/cases";
import { FobBench, framesOf } from "../support/fob-bench";
import type { Assert } from "../support/portable-assert";
import { cutPoints } from "../support/trial-memory";

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return "taken";
}

/** Of a report what is named. */
function like(assert: Assert, actual: object | undefined, expected: object, message?: string): void {
  const named = Object.keys(expected).map((name) => [name, (actual as Record<string, unknown> | undefined)?.[name]]);
  assert.deepEqual(Object.fromEntries(named), expected, message);
}

export const cases: Cases = {
  "S7: an assignment is read as it was written, and anything else is refused by name"(assert, { hashes, blockCipher }) {
    const bench = new FobBench(hashes, blockCipher);
    const fob = bench.fob();
    const keys = bench.keysOf(fob);
    const { id } = fob.identity;
    const buttons = [bench.button(bench.door(), { since: 7, outputs: 3, handles: 32 }), undefined, bench.button(bench.door(), { since: 9 }), undefined];
    assert.deepEqual(decodeFobButtons(encodeFobButtons(buttons)), buttons);
    const sealed = sealFobAssignment(hashes, keys, id, { sequence: 9, buttons });
    assert.deepEqual(openFobAssignment(hashes, keys, id, sealed), { sequence: 9, buttons });
    assert.is(toHex(sealed), toHex(sealFobAssignment(hashes, keys, id, { sequence: 9, buttons })), "the same assignment is the same bytes");
    assert.is(fobAssignmentLength(sealed), sealed.length);
    assert.is(fobAssignmentLength(sealed.subarray(0, 14)), undefined);
    const full = bench.button(bench.door(), { since: 1, handles: 32 });
    assert.is(sealFobAssignment(hashes, keys, id, { sequence: 9, buttons: [full, full, full, full] }).length, FOB_ASSIGNMENT_BYTES_MAX);
    for (let at = 0; at < sealed.length; at += at < 40 ? 1 : 97) {
      const flipped = sealed.slice();
      flipped[at] ^= 1;
      const wanted = at === 0 ? "malformed" : at < 9 ? "wrong-target" : at < 13 ? "bad-mac" : at < 15 ? "malformed" : "bad-mac";
      assert.is(codeOf(() => openFobAssignment(hashes, keys, id, flipped)), wanted, `byte ${at}`);
    }
    for (const length of [0, 1, 14, 15, 30, sealed.length - 1]) assert.is(codeOf(() => openFobAssignment(hashes, keys, id, sealed.subarray(0, length))), "malformed", `${length} bytes`);
    assert.is(codeOf(() => openFobAssignment(hashes, keys, id, new Uint8Array(FOB_ASSIGNMENT_BYTES_MAX + 1))), "too-large");
    const other = bench.fob("other");
    assert.is(codeOf(() => openFobAssignment(hashes, bench.keysOf(other), id, sealed)), "bad-mac", "another fob's keys");
    const plain = encodeFobButtons(buttons);
    for (let length = 0; length < plain.length; length += length < 8 ? 1 : 53) assert.is(codeOf(() => decodeFobButtons(plain.subarray(0, length))), "malformed", `buttons of ${length} bytes`);
    for (const frame of [[], [3], [1, 0, 0], [2, 0, 0, 0], [2, 0, 0, 0, 0, 0]]) assert.is(codeOf(() => decodeFobFrame(Uint8Array.from(frame))), "malformed");
    assert.is(codeOf(() => decodeFobFrame(new Uint8Array(513))), "too-large");
    assert.deepEqual(parseFobText(fobText(fob.identity)), fob.identity);
    for (const text of ["", "latchkey-fob:1:", `${fob.text}:`, fob.text.slice(0, -2), fob.text.toUpperCase(), `latchkey:1:${fob.text.slice(15)}`]) assert.is(parseFobText(text), undefined, text);
  },

  "S6: buttons 2 and 4 held begin edit mode; it ends by itself, by a press, and is off the air otherwise"(assert, { hashes, blockCipher }) {
    const bench = new FobBench(hashes, blockCipher);
    const fob = bench.fob();
    let packets = 0;
    bench.air.onPacket = ({ kind }) => (packets += kind === "advertisement" || kind === "scan-response" ? 1 : 0);
    assert.is(bench.say(fob, []), undefined, "not in edit mode");
    assert.is(packets, 0, "a fob sends nothing by itself");
    fob.pins.drive(2, 0);
    bench.clock.advance(30);
    fob.pins.drive(4, 0);
    bench.clock.advance(1_500);
    fob.pins.drive(4, 1);
    fob.pins.drive(2, 1);
    bench.clock.advance(3_000);
    assert.is(fob.light, undefined, "let go too soon, and two buttons are no press of one");
    fob.pins.drive(1, 0);
    fob.pins.drive(2, 0);
    fob.pins.drive(4, 0);
    bench.clock.advance(3_000);
    for (const pin of [1, 2, 4]) fob.pins.drive(pin, 1);
    bench.clock.advance(100);
    assert.is(fob.light, undefined, "three buttons are not the two");

    bench.edit(fob);
    assert.is(fob.light, "editing");
    like(assert, bench.say(fob, []), { active: 0, staged: 0, taken: 0, answer: "nothing" });
    bench.clock.advance(60_000);
    assert.is(fob.light, "dark", "a minute is over");
    assert.is(bench.say(fob, []), undefined);
    bench.edit(fob);
    fob.press(3);
    bench.clock.advance(1_000);
    assert.is(fob.light, "dark");
    assert.is(bench.say(fob, []), undefined);
    assert.is(bench.press(fob, 3), "nothing", "a button without an assignment");
  },

  "S7, S8: an assignment is staged, and in force after buttons 2 and 4 have been held again"(assert, { hashes, blockCipher }) {
    const bench = new FobBench(hashes, blockCipher);
    const fob = bench.fob();
    const [front, garage] = [bench.door(), bench.door({ x: 0, y: 3 })];
    const first = bench.sealed(fob, 100, { 1: bench.button(front, { since: 100 }), 3: bench.button(garage, { since: 100, outputs: 2 }) });
    bench.edit(fob);
    like(assert, bench.send(fob, first), { active: 0, staged: 100, taken: 0, answer: "staged" });
    assert.is(fob.light, "staged");
    like(assert, bench.commit(fob, 100), { active: 0, staged: 100, answer: "hold-again" });
    fob.press(1);
    bench.clock.advance(1_000);
    assert.is(bench.press(fob, 1), "nothing", "what is staged opens nothing");
    bench.edit(fob);
    like(assert, bench.commit(fob, 99), { active: 0, staged: 100, answer: "nothing-staged" });
    like(assert, bench.send(fob, first), { staged: 100, answer: "staged" }, "again: the same");
    like(assert, bench.commit(fob, 100), { active: 100, staged: 0, taken: 0b101, answer: "committed" });
    bench.clock.advance(5_000);
    assert.is(bench.say(fob, []), undefined, "edit mode is over soon after");
    assert.is(bench.press(fob, 1), "opened");
    assert.is(bench.press(fob, 3), "opened");
    assert.deepEqual([front, garage].map(({ heard }) => heard.map(({ outputs }) => outputs)), [[1], [2]]);
    assert.deepEqual(front.heard[0].holder, bench.holder);
    assert.is(bench.press(fob, 2), "nothing");

    bench.edit(fob);
    like(assert, bench.commit(fob, 100), { active: 100, answer: "committed" }, "again: nothing more happens");
    bench.edit(fob);
    like(assert, bench.send(fob, first), { active: 100, staged: 0, answer: "committed" });
    like(assert, bench.send(fob, bench.sealed(fob, 99, {})), { active: 100, staged: 0, answer: "old-assignment" });
    like(assert, bench.send(fob, bench.sealed(fob, 101, { 1: bench.button(garage, { since: 101 }) })), { staged: 0, answer: "button-taken" });
    like(assert, bench.send(fob, bench.sealed(fob, 101, { 1: bench.button(front, { since: 100, outputs: 2 }) })), { staged: 0, answer: "button-taken" });
    like(assert, bench.send(fob, bench.sealed(fob, 101, { 1: bench.button(front, { since: 101 }) })), { staged: 0, answer: "button-taken" }, "another key's, at the same door");
    // Later: button 1 cleared, 3 kept with new handles.
    const ring = bench.button(garage, { since: 100, outputs: 2 });
    assert.is(bench.assign(fob, 102, { 3: ring })?.taken, 0b100);
    assert.is(bench.press(fob, 1), "nothing");
    assert.is(bench.press(fob, 3), "opened");
    assert.deepEqual(garage.heard[1].handle, ring.handles[0], "the ring is a new one");
    like(assert, bench.assign(fob, 103, { 1: bench.button(garage, { since: 103 }), 3: ring }), { active: 103, taken: 0b101 }, "cleared, and then assigned anew");
    bench.edit(fob);
    like(assert, bench.send(fob, bench.sealed(fob, 110, {})), { staged: 110, answer: "staged" });
    like(assert, bench.send(fob, bench.sealed(fob, 105, {})), { active: 103, staged: 110, answer: "old-assignment" }, "a newer one is staged");
  },

  "S8: the power goes at every write, and the fob has the old assignment or the new one, whole"(assert, host) {
    const { hashes, blockCipher } = host;
    for (let step = 0, done = false; !done; step++) {
      for (const point of cutPoints(host, step)) {
        const bench = new FobBench(hashes, blockCipher);
        const fob = bench.fob();
        const [before, after] = [bench.door(), bench.door()];
        bench.assign(fob, 100, { 1: bench.button(before, { since: 100 }) });
        bench.assign(fob, 101, {});
        bench.assign(fob, 102, { 2: bench.button(before, { since: 102 }) });
        const wanted = bench.sealed(fob, 103, { 1: bench.button(after, { since: 103 }), 2: bench.button(before, { since: 102 }) });
        fob.cutAfter(step, point);
        bench.edit(fob);
        const staged = bench.send(fob, wanted);
        bench.edit(fob);
        const committed = bench.commit(fob, 103);
        done = fob.supply.cutPending;
        fob.supply.cancelCut();
        fob.powerOff();
        bench.clock.advance(10_000);
        fob.powerOn();
        bench.clock.advance(100);
        if (staged?.answer === "staged") {
          bench.edit(fob);
          const kept = bench.say(fob, [])!;
          assert.true(kept.staged === 103 || kept.active === 103, `${point} ${step}: what was acknowledged as staged is there`);
          fob.powerOff();
          fob.powerOn();
          bench.clock.advance(100);
        }
        const opened = bench.press(fob, 1);
        assert.true(opened === "nothing" || (opened === "opened" && after.heard.length === 1), `${point} ${step}: ${opened}`);
        if (committed?.answer === "committed") assert.is(opened, "opened", `${point} ${step}: what was acknowledged stays`);
        assert.is(bench.press(fob, 2), "opened", `${point} ${step}: what was not to change`);
        // It goes on from there, whatever it was.
        bench.edit(fob);
        bench.send(fob, wanted);
        bench.edit(fob);
        like(assert, bench.commit(fob, 103), { active: 103, staged: 0, taken: 0b11, answer: "committed" }, `${point} ${step}`);
        assert.is(bench.press(fob, 1), "opened");
        assert.true(step < 20);
      }
    }
  },

  "S6, S8: what is not the cloud's, or another fob's, changes nothing and is told apart"(assert, { hashes, blockCipher }) {
    const bench = new FobBench(hashes, blockCipher);
    const [fob, other] = [bench.fob(), bench.fob("other", { x: 30, y: 0 })];
    const door = bench.door();
    const good = bench.sealed(fob, 100, { 1: bench.button(door, { since: 100 }) });
    const memory = () => JSON.stringify(fob.keyValue.snapshot());
    bench.edit(fob);
    const before = memory();
    assert.is(bench.send(fob, bench.sealed(other, 100, {}))?.answer, "wrong-fob", "wrong fob");
    const forged = good.slice();
    forged[forged.length - 1] ^= 1;
    assert.is(bench.send(fob, forged)?.answer, "bad-mac");
    const posing = bench.sealed(other, 100, {});
    posing.set(fob.identity.id, 1);
    assert.is(bench.send(fob, posing)?.answer, "bad-mac", "another one's under this one's name");
    assert.is(bench.say(fob, framesOf(good).slice(1))?.answer ?? "nothing", "nothing");
    assert.is(bench.say(fob, [{ type: "data", offset: 5, bytes: good.subarray(5, 60) }])?.answer, "malformed", "not from its beginning");
    assert.is(bench.say(fob, [{ type: "data", offset: 0, bytes: good.subarray(0, 60) }, { type: "data", offset: 59, bytes: good.subarray(59) }])?.answer, "malformed");
    assert.is(bench.say(fob, [{ type: "data", offset: 0, bytes: good.subarray(0, 60) }, { type: "data", offset: 70, bytes: good.subarray(60) }])?.answer, "malformed", "what is next is said to be elsewhere");
    const huge = good.slice();
    huge[13] = 0xff;
    assert.is(bench.send(fob, huge.subarray(0, 100))?.answer, "too-large", "announced, and not waited for");
    assert.is(decodeFobReport(bench.phone([Uint8Array.of(9)])!).answer, "malformed");
    assert.is(bench.commit(fob, 0)?.answer, "nothing-staged");
    assert.is(memory(), before, "nothing was written");
    const report = bench.phone([])!;
    report[report.length - 1] ^= 1;
    assert.is(codeOf(() => openFobReport(hashes, bench.keysOf(fob), report)), "bad-mac");

    // Two at once: each its own parts.
    const links = [bench.link(), bench.link()];
    const [head, rest] = framesOf(good, 60 + (good.length >> 1));
    bench.write(links[0], head);
    assert.is(decodeFobReport(bench.write(links[1], rest)!).answer, "malformed", "of another connection's assignment");
    assert.is(memory(), before);
    // A connection that outlives edit mode is told nothing, and does nothing.
    bench.edit(fob);
    bench.write(links[0], head);
    assert.is(decodeFobReport(bench.write(links[0], rest)!).answer, "staged");
    bench.edit(fob);
    fob.press(1);
    bench.clock.advance(1_000);
    const kept = memory();
    assert.is(bench.write(links[0], { type: "commit", sequence: 100 })?.every((byte) => byte === 0), true);
    assert.is(memory(), kept);
    for (const link of links) link.close();

    bench.edit(fob);
    assert.is(bench.send(fob, bench.sealed(fob, 101, { 1: bench.button(door, { since: 101 }) }))?.answer, "staged");
    bench.edit(other);
    assert.is(bench.commit(fob, 101)?.answer, "hold-again", "the buttons of another fob were held");
    bench.edit(fob);
    assert.is(bench.commit(fob, 101)?.active, 101);
  },

  "S6: a fob that is moved, a door that says no, is silent or poses as another"(assert, { hashes, blockCipher }) {
    const bench = new FobBench(hashes, blockCipher);
    const fob = bench.fob();
    const [front, far] = [bench.door(), bench.door({ x: 200, y: 0 })];
    const wrongKey = { ...bench.button(front, { since: 100 }), key: new Uint8Array(32) };
    bench.assign(fob, 100, { 1: bench.button(front, { since: 100 }), 2: bench.button(far, { since: 100 }), 3: wrongKey });
    for (const [status, light] of [["granted", "opened"], ["expired", "refused"], ["second-credential-needed", "pin"], ["locked-down", "refused"]] as const) {
      front.status = status;
      assert.is(bench.press(fob, 1), light, status);
    }
    assert.is(bench.press(fob, 2), "nothing", "out of reach");
    assert.is(bench.press(fob, 3), "nothing", "no door takes a wrong key");
    front.status = "granted";
    fob.press(1);
    bench.clock.advance(250);
    fob.press(1);
    bench.clock.advance(10_000);
    assert.is(front.heard.length, 5, "a press while one is under way is none");
    fob.press(2);
    bench.clock.advance(1_000);
    assert.is(fob.light, "busy");
    fob.moveTo({ x: 198, y: 0 });
    bench.clock.advance(5_000);
    assert.is(fob.light, "opened", "it came into reach");
    // The battery goes in the middle of a visit.
    fob.press(2);
    bench.clock.advance(200);
    fob.powerOff();
    bench.clock.advance(10_000);
    fob.powerOn();
    bench.clock.advance(100);
    assert.is(bench.press(fob, 2), "opened");
  },

  "S6: handles come in a ring: each is used before any is used again, over power cuts too"(assert, { hashes, blockCipher }) {
    const bench = new FobBench(hashes, blockCipher);
    const fob = bench.fob();
    const door = bench.door();
    const button = bench.button(door, { since: 100, handles: 4 });
    bench.assign(fob, 100, { 1: button });
    for (let time = 0; time < 4; time++) {
      assert.is(bench.press(fob, 1), "opened");
      fob.powerOff();
      fob.powerOn();
      bench.clock.advance(100);
    }
    assert.deepEqual(door.heard.map(({ handle }) => toHex(handle)), button.handles.map(toHex));
    // Written before it is sent: a cut costs one, and repeats none.
    fob.cutAfter(0, "after");
    fob.press(1);
    bench.clock.advance(1_000);
    assert.false(fob.running);
    fob.powerOn();
    bench.clock.advance(100);
    assert.is(bench.press(fob, 1), "opened");
    assert.is(toHex(door.heard[4].handle), toHex(button.handles[1]));
  },

  "S6: a fob without an identity opens nothing and cannot be edited"(assert, { hashes, blockCipher }) {
    const bench = new FobBench(hashes, blockCipher);
    const fob = bench.fob();
    fob.powerOff();
    fob.keyValue.preset("fob", "identity", undefined);
    fob.start((device) => new Fob(device));
    bench.edit(fob);
    assert.is(fob.light, "nothing");
    assert.is(bench.phone([encodeFobFrame({ type: "commit", sequence: 1 })]), undefined);
    assert.is(bench.press(fob, 1), "nothing");
  },
};
