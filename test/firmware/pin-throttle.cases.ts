import { FREE_PIN_ATTEMPTS, PIN_DECAY_MS, PIN_FORGIVE_AFTER_BOOT_MS } from "../../firmware/limits";
import { ascii, equalBytes } from "../../protocol/bytes";
import { CredentialKind } from "../../protocol/credential";
import type { Hashes } from "../../protocol/hashes";
import type { CaseHost, Cases } from "../support/cases";
import type { Assert } from "../support/portable-assert";
import { guesses, ROW_A, ROW_B, ThrottleBench as Bench } from "../support/throttle-bench";
import { TrialDoor } from "../support/trial-door";
import { emptyDelta, TAG_KEY, trialList } from "../support/trial-list";
import { cutPoints } from "../support/trial-memory";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function waits(assert: Assert, bench: Bench, milliseconds: number): void {
  assert.is(bench.throttle.waitMs(), milliseconds);
  assert.false(bench.throttle.charge());
  bench.clock.advance(milliseconds - 1);
  assert.false(bench.throttle.charge());
  bench.clock.advance(1);
}

export const cases: Cases = {
  "X8: five free attempts, then 30 s, doubling up to an hour, and a hard stop at 100"(assert) {
    const bench = new Bench();
    assert.is(bench.guess(100), 5);
    for (const seconds of [30, 60, 120, 240, 480, 960, 1_920]) {
      waits(assert, bench, seconds * 1_000);
      assert.is(bench.guess(100), 1);
    }
    for (let hour = 0; hour < 3; hour++) {
      waits(assert, bench, HOUR);
      assert.is(bench.guess(100), 1);
    }
    const hard = new Bench();
    hard.keyValue.write("pin-throttle", new Uint8Array([1, 99, 0, 0, 0, 0, 0, 0]));
    hard.boot();
    waits(assert, hard, HOUR);
    assert.is(hard.guess(100), 1);
    assert.is(hard.throttle.waitMs(), Infinity);
    hard.clock.advance(30 * DAY);
    assert.false(hard.throttle.charge(), "time does not lift the hard stop");
    hard.boot();
    hard.clock.advance(30 * DAY);
    assert.false(hard.throttle.charge(), "nor does a power cut");
    hard.throttle.resetFromCloud(1);
    assert.is(hard.guess(100), 5);
  },

  "X8: an attempt while the keypad waits is not counted"(assert) {
    const bench = new Bench();
    bench.guess(5);
    for (let time = 0; time < 50; time++) assert.false(bench.throttle.charge());
    assert.is(bench.throttle.count, 5);
    bench.clock.advance(30_000);
    assert.is(bench.guess(9), 1);
  },

  "X8: power cycling gains no attempt: the charge is durable before the comparison, and the wait begins anew"(assert) {
    const bench = new Bench();
    for (let attempt = 0; attempt < 5; attempt++) {
      assert.true(bench.throttle.charge());
      bench.boot();
    }
    assert.is(bench.throttle.waitMs(), 30_000);
    bench.clock.advance(29_000);
    bench.boot();
    waits(assert, bench, 30_000);
    assert.is(bench.guess(9), 1);
    bench.clock.advance(59_000);
    bench.boot();
    waits(assert, bench, 60_000);

    const [steady, cycled] = [new Bench(), new Bench()];
    const made = guesses(steady, 30 * DAY);
    const madeCycling = guesses(cycled, 30 * DAY, { before: () => cycled.boot() });
    assert.true(madeCycling <= made, `${madeCycling} against ${made}`);
  },

  "X8: a good PIN takes back its own charge, so people who come and go never lock the keypad"(assert) {
    const bench = new Bench();
    for (let time = 0; time < 500; time++) {
      assert.true(bench.good(time % 2 === 0 ? ROW_A : ROW_B));
      bench.clock.advance(7_000);
    }
    assert.is(bench.throttle.count, 0);
    bench.boot();
    assert.is(bench.throttle.count, 0);
  },

  "X8: an insider's good PIN between guesses gains nothing in 30 days, however he guesses"(assert) {
    const patience = { greedy: Infinity, "short of the hard stop": 99, "without ever waiting": 5 };
    for (const [name, most] of Object.entries(patience)) {
      const alone = guesses(new Bench(), 30 * DAY, { most });
      const before = guesses(new Bench(), 30 * DAY, { most, before: (bench) => void bench.good() });
      const after = guesses(new Bench(), 30 * DAY, { most, after: (bench) => void bench.good() });
      // What his PIN takes back is an advance on what time takes back: at the end one may still be out.
      for (const helped of [before, after]) assert.true(helped <= alone + 1, `${name}: ${helped} against ${alone}`);
      const rebooting = guesses(new Bench(), 30 * DAY, { most, after: (bench) => void (bench.good(), bench.boot()) });
      assert.true(rebooting <= alone, `${name}, with power cuts: ${rebooting} against ${alone}`);
      assert.true(alone <= 100 + 4 * 30, `${alone} guesses`);
    }
  },

  "X8: a mistyping is forgiven by the good PIN that follows within a minute, once per row and day, not on the first day"(assert) {
    const bench = new Bench();
    const mistypeThenGood = (tag: Uint8Array, pauseMs = 5_000): number => {
      assert.true(bench.throttle.charge());
      bench.clock.advance(pauseMs);
      assert.true(bench.good(tag));
      return bench.throttle.count;
    };
    assert.is(mistypeThenGood(ROW_A), 1, "first day");
    bench.clock.advance(PIN_FORGIVE_AFTER_BOOT_MS);
    assert.is(bench.throttle.count, 0, "time has taken it back");
    assert.is(mistypeThenGood(ROW_A), 0);
    assert.is(mistypeThenGood(ROW_A), 1, "once a day");
    assert.is(mistypeThenGood(ROW_B), 1, "another row has its own");
    assert.is(mistypeThenGood(ROW_B), 2);
    bench.clock.advance(DAY);
    assert.is(mistypeThenGood(ROW_A, 61_000), 1, "too long ago");
    assert.is(mistypeThenGood(ROW_A, 59_000), 1, "the last one only");
  },

  "X8: time takes back one failure in six hours, power cuts only slow that"(assert) {
    const bench = new Bench();
    bench.guess(5);
    for (let left = 4; left >= 0; left--) {
      bench.clock.advance(PIN_DECAY_MS - 1);
      assert.is(bench.throttle.count, left + 1);
      bench.clock.advance(1);
      assert.is(bench.throttle.count, left);
    }
    bench.clock.advance(DAY);
    bench.guess(3);
    bench.clock.advance(PIN_DECAY_MS - 1);
    bench.boot();
    bench.clock.advance(PIN_DECAY_MS - 1);
    assert.is(bench.throttle.count, 3);
    bench.clock.advance(1);
    assert.is(bench.throttle.count, 2);
    bench.boot();
    assert.is(bench.throttle.count, 2);
  },

  "X8: durations hold over a wrap of the ticks, and months without a power cut"(assert) {
    for (const ticksStart of [0x7fff_ffff - 20_000, 0xffff_ffff - 20_000]) {
      const bench = new Bench(ticksStart);
      bench.guess(5);
      waits(assert, bench, 30_000);
    }
    const bench = new Bench();
    bench.clock.advance(100 * DAY);
    bench.guess(5);
    waits(assert, bench, 30_000);
  },

  "X8: only a reset number that is greater than the last one lifts the wait"(assert) {
    const bench = new Bench();
    bench.guess(5);
    bench.throttle.resetFromCloud(0);
    assert.is(bench.throttle.count, 5);
    bench.throttle.resetFromCloud(3);
    assert.is(bench.throttle.count, 0);
    bench.guess(5);
    for (const replayed of [3, 2, 1, 0]) bench.throttle.resetFromCloud(replayed);
    assert.is(bench.throttle.count, 5);
    bench.boot();
    bench.throttle.resetFromCloud(3);
    assert.is(bench.throttle.count, 5, "nor after a power cut");
  },

  "X8: bytes that cannot be read count as many failures, which time heals"(assert) {
    for (const bytes of [[], [9, 0, 0, 0, 0, 0, 0, 0], [1, 101, 0, 0, 0, 0, 0, 0], [1, 2, 3]]) {
      const bench = new Bench();
      bench.keyValue.write("pin-throttle", new Uint8Array(bytes));
      bench.boot();
      waits(assert, bench, HOUR);
      bench.clock.advance(12 * PIN_DECAY_MS);
      assert.is(bench.throttle.count, 0);
    }
  },

  "X8: after five wrong PINs the keypad waits, also after a power cut; then a good one opens"(assert, { hashes }) {
    const list = trialList(hashes, [{ value: "123456" }]);
    const trial = new TrialDoor(hashes, { list });
    for (let attempt = 0; attempt < 5; attempt++) assert.is(trial.type(`00000${attempt}`), "unknown-credential");
    assert.is(trial.type("123456"), "locked-out", "a good PIN too");
    assert.is(trial.type("123456"), "locked-out");
    trial.board.powerOff();
    trial.clock.advance(3_600_000);
    trial.board.powerOn();
    assert.is(trial.type("123456"), "locked-out", "the wait begins anew");
    assert.false(trial.board.strike);
    trial.clock.advance(30_000);
    assert.is(trial.type("123456"), "granted");
    assert.true(trial.board.strike);
    assert.deepEqual(
      trial.events().map(({ reason }) => reason),
      [...Array.from({ length: 5 }, () => "unknown-credential"), "locked-out", "locked-out", "granted"],
      "one refusal to wait is logged for each boot and wait",
    );
  },

  "X8: a lock-out of the keypad stops no card, and the cloud lifts it"(assert, { hashes }) {
    const grants = [{ value: "123456" }, { value: "card", kind: CredentialKind.card }];
    const trial = new TrialDoor(hashes, { list: trialList(hashes, grants) });
    for (let attempt = 0; attempt < 5; attempt++) trial.type(`00000${attempt}`);
    assert.is(trial.type("123456"), "locked-out");
    trial.present(CredentialKind.card, ascii("card"));
    assert.true(trial.board.strike);
    trial.list = trialList(hashes, grants, { delta: emptyDelta({ throttleReset: 1 }) });
    trial.throttle.resetFromCloud(trial.list.delta!.throttleReset);
    assert.is(trial.type("123456"), "granted");
  },

  "X8: the power fails at the same step of each attempt: no more PINs are compared than without"(assert, host) {
    cutAtTheSameStep(assert, host, false);
  },

  "X8: nor where PINs follow a unit number"(assert, host) {
    cutAtTheSameStep(assert, host, true);
  },
};

function cutAtTheSameStep(assert: Assert, host: CaseHost, unitNumbers: boolean): void {
  const { hashes } = host;
  const list = trialList(hashes, [{ value: unitNumbers ? "12*123456" : "123456", kind: unitNumbers ? CredentialKind.unitPin : CredentialKind.pin }], { policy: { unitNumbers } });
  let compared = 0;
  const counting: Hashes = {
    ...hashes,
    hmacSha256: (key, message) => {
      if (equalBytes(key, TAG_KEY)) compared += 1;
      return hashes.hmacSha256(key, message);
    },
  };
  let whole = 0;
  for (let step = 0; step < 7; step++) {
    for (const point of cutPoints(host, step)) {
      compared = 0;
      const trial = new TrialDoor(counting, { list });
      for (let attempt = 0; attempt < 6; attempt++) {
        trial.board.cutAfter(step, point);
        trial.board.keypad.type(unitNumbers ? "12#000000" : "000000");
        trial.settle();
        if (trial.board.supply.cutPending) whole += 1;
        trial.board.supply.cancelCut();
        trial.board.powerOn();
      }
      assert.true(compared <= FREE_PIN_ATTEMPTS, `${compared} compared, cut ${point} step ${step}`);
    }
  }
  assert.true(whole > 0, "the last steps lie behind the attempt");
}
