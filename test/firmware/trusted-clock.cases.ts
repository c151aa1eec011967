import { CLOCK_CHIP_AHEAD_MAX_MS, CLOCK_CHIP_BEHIND_MAX_MS, UNSIGNED_SECONDS_MAX } from "../../firmware/limits";
import { VirtualRandom } from "../../hardware-sim/virtual-random";
import { CLOCK_DRIFT_PPM, SNTP_ALLOWANCE_SECONDS, TIME_ANSWER_SECONDS } from "../../protocol/limits";
import type { Cases } from "../support/cases";
import type { Assert } from "../support/portable-assert";
import { ClockBench } from "../support/clock-bench";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Gives unsigned times that lie by so many seconds, one after the other. @returns how many moved the clock. */
function lie(bench: ClockBench, ...seconds: number[]): number {
  let moved = 0;
  for (const second of seconds) if (bench.clock.acceptUnsigned((bench.truth + second) * 1_000)) moved += 1;
  return moved;
}

function unknown(assert: Assert, bench: ClockBench, why: string): void {
  assert.is(bench.clock.wallTime(), undefined, why);
}

export const cases: Cases = {
  "X5: an answer to the last question sets the clock; a late one raises the floor; any other is nothing"(assert) {
    const bench = new ClockBench();
    unknown(assert, bench, "at first");
    const old = bench.clock.ask();
    bench.sign();
    assert.is(bench.late, 0);
    assert.throws(() => bench.clock.acceptSigned({ nonce: old, time: bench.truth + 9_999 }), "unknown-nonce");
    const nonce = bench.clock.ask();
    bench.clock.acceptSigned({ nonce, time: bench.truth });
    assert.throws(() => bench.clock.acceptSigned({ nonce, time: bench.truth }), "unknown-nonce", "an answer works once");
    const slow = new ClockBench();
    slow.sign(61_000);
    unknown(assert, slow, "an answer that was held back");
    assert.is(slow.clock.floor, slow.truth - 61);
    slow.boot();
    slow.sign(60_000);
    assert.is(slow.late, 60);
    assert.is(slow.clock.signedSinceBoot, slow.truth - 60);
  },

  "X5: the clock goes on over a wrap of the ticks, for months, as fast as its oscillator"(assert) {
    for (const ticksStart of [0x7fff_ffff - 20_000, 0xffff_ffff - 20_000]) {
      for (const driftPpm of [-CLOCK_DRIFT_PPM, 0, CLOCK_DRIFT_PPM]) {
        const bench = new ClockBench({ ticksStart, driftPpm });
        bench.sign();
        for (let day = 0; day < 120; day++) bench.world.advance(DAY);
        const drift = (120 * 86_400 * CLOCK_DRIFT_PPM) / 1e6;
        assert.true(Math.abs(bench.late) <= drift + 1, `${bench.late} s late`);
        assert.true(bench.clock.floor <= bench.truth, "the floor is never early");
        assert.true(bench.truth - bench.clock.floor <= 2 * drift + 1);
      }
    }
  },

  "X5: unsigned time moves the clock 15 minutes in all, both directions counted, across power cuts"(assert) {
    const bench = new ClockBench({ rtc: true });
    bench.sign();
    assert.is(lie(bench, -86_400, -1_000, -20), 0, "not back at all while the board has been on since the signed time");
    // After a power cut only the clock chip knows how long it was.
    bench.boot(DAY);
    assert.is(lie(bench, -1_000, 1_000, -80_000, Infinity, NaN), 0, "more than it may is not taken in part");
    assert.is(lie(bench, -400), 1);
    const off = (seconds: number): boolean => Math.abs(bench.late - seconds) <= 1;
    assert.true(off(400));
    bench.boot(HOUR);
    assert.true(off(400), "the clock chip was moved too");
    assert.is(lie(bench, 80), 1);
    assert.true(off(-80));
    bench.boot(HOUR);
    assert.is(lie(bench, 0, -100, 100, 200), 0, "880 of 890 are used up");
    bench.sign();
    assert.is(bench.late, 0);
    assert.is(lie(bench, 880), 1, "signed time begins a new count");
    assert.is(lie(bench, 860), 0);
    bench.world.advance(DAY);
    bench.sign();
    assert.is(bench.late, 0, "and sets right what unsigned time put forward: the floor did not follow it");
  },

  "X5: unsigned time neither ends 'time unknown' nor goes below the floor, and noise moves nothing"(assert) {
    const bench = new ClockBench();
    bench.sign();
    bench.boot(MINUTE);
    assert.is(lie(bench, 0, 10), 0);
    unknown(assert, bench, "after any unsigned time");
    assert.is(bench.store.writes, 1);
    bench.sign();
    assert.is(lie(bench, -100), 0, "below a floor of this very second");
    bench.world.advance(HOUR);
    bench.clock.raiseFloor(bench.truth - 60);
    assert.is(lie(bench, -100), 0);
    assert.is(lie(bench, 4, -4, 3, -3), 0, "less than five seconds are noise");
    assert.is(bench.late, 0);
  },

  "X5: a power cut while unsigned time moves the clock only leaves less to move"(assert) {
    const bench = new ClockBench({ rtc: true });
    bench.sign();
    bench.boot(DAY);
    const { keyValue } = bench;
    const writes: Uint8Array[] = [];
    const order: string[] = [];
    const write = keyValue.write.bind(keyValue);
    keyValue.write = (key, value) => {
      order.push("kept");
      writes.push(new Uint8Array(value));
      write(key, value);
    };
    Object.defineProperty(bench.rtc, "time", { get: () => bench.world.unixMs, set: () => order.push("chip"), configurable: true });
    assert.is(lie(bench, -300), 1);
    assert.deepEqual(order, ["kept", "chip"]);
    const counted = new DataView(writes[0].buffer).getUint32(12);
    assert.true(counted === 300 || counted === 301, `${counted}`);
  },

  "X5: whatever a lying server, power cuts and slow answers do, the clock is never later than a bound on leases allows"(assert) {
    for (const seed of [1, 2, 3, 4]) {
      const random = new VirtualRandom(`lies ${seed}`);
      const driftPpm = [-CLOCK_DRIFT_PPM, -50, 50, CLOCK_DRIFT_PPM][seed - 1];
      const bench = new ClockBench({ rtc: true, driftPpm, chipDriftPpm: -CLOCK_DRIFT_PPM });
      bench.sign();
      let signedAt = bench.truth;
      let [latest, moved] = [0, 0];
      for (let step = 0; step < 600; step++) {
        const what = random.below(20);
        if (what < 2) bench.boot(random.below(3) * HOUR);
        else if (what === 2 && random.below(8) === 0) {
          bench.sign(random.below(60_000));
          signedAt = bench.truth;
        } else if (what < 10) {
          // Mostly backwards, since that is what opens doors.
          moved += lie(bench, random.below(4) === 0 ? random.below(900) : -random.below(1_000), -random.below(60));
        }
        bench.world.advance(random.below(3 * HOUR));
        const drift = ((bench.truth - signedAt) * CLOCK_DRIFT_PPM) / 1e6;
        const bound = SNTP_ALLOWANCE_SECONDS + TIME_ANSWER_SECONDS + Math.ceil(drift);
        latest = Math.max(latest, bench.late);
        assert.true(bench.late <= bound, `seed ${seed}, step ${step}: ${bench.late} s late, of ${bound}`);
        assert.true(-bench.late <= bound, `seed ${seed}, step ${step}: ${-bench.late} s early`);
        assert.true(bench.clock.floor <= bench.truth, `seed ${seed}, step ${step}: the floor is early`);
      }
      assert.true(moved > 10 && latest > 100, `moved ${moved} times, ${latest} s at the most`);
    }
  },

  "X5: after a power cut a clock chip counts only where it is plausible"(assert) {
    const after = (change: (bench: ClockBench) => void): ClockBench => {
      const bench = new ClockBench({ rtc: true });
      bench.sign();
      bench.world.advance(10 * DAY);
      change(bench);
      bench.boot(HOUR);
      return bench;
    };
    assert.true(Math.abs(after(() => {}).late) <= 1);
    unknown(assert, after(({ rtc }) => rtc!.lose()), "its battery was out");
    /** So far from the floor when the power comes back. */
    const set = (milliseconds: number): ClockBench =>
      after((bench) => {
        bench.clock.keep();
        bench.rtc!.time = bench.clock.floor * 1_000 - HOUR + milliseconds;
      });
    unknown(assert, set(-DAY), "a day behind the floor");
    unknown(assert, set(-CLOCK_CHIP_BEHIND_MAX_MS - 1_000), "more than ten minutes behind it");
    unknown(assert, set(CLOCK_CHIP_AHEAD_MAX_MS + 1_000), "more than a year ahead of it");
    assert.true(set(CLOCK_CHIP_AHEAD_MAX_MS).clock.wallTime() !== undefined);
    unknown(assert, set(-30 * 365 * DAY), "as chips start");
    const behind = set(-CLOCK_CHIP_BEHIND_MAX_MS);
    assert.is(behind.clock.wallTime(), behind.clock.floor, "a little behind: then the floor counts");
    const never = new ClockBench({ rtc: true });
    never.boot(DAY);
    unknown(assert, never, "nothing was ever signed");
  },

  "X5: a clock chip that runs wild spoils nothing for good, and one that is held back is held by the floor"(assert) {
    const wild = new ClockBench({ rtc: true });
    wild.sign();
    wild.world.advance(DAY);
    wild.rtc!.time = wild.world.unixMs + 300 * DAY;
    wild.boot();
    assert.is(Math.round(-wild.late / 86_400), 300, "nobody can tell");
    wild.world.advance(3 * DAY);
    assert.true(wild.clock.floor <= wild.truth);
    wild.sign();
    assert.is(wild.late, 0);
    assert.true(Math.abs(wild.rtc!.time - wild.world.unixMs) < 1_000);

    // Whoever has the chip in his hands sets it back to the floor at every cut. Time that the board is on still counts.
    const held = new ClockBench({ rtc: true });
    held.sign();
    for (let cut = 0; cut < 50; cut++) {
      held.world.advance(59 * MINUTE);
      const floor = new DataView(held.keyValue.read("clock")!).getUint32(4);
      held.rtc!.time = floor * 1_000;
      held.boot();
    }
    assert.true(held.late <= 50 * 10 * 60, `${held.late} s late: at most ten minutes a cut, of 59`);
    unknown(assert, ((bench) => (bench.boot(), bench))(((bench) => (bench.sign(), bench.world.advance(DAY), (bench.rtc!.time = 1_000), bench))(new ClockBench({ rtc: true }))), "below the floor");
  },

  "X5: whoever cuts the power again and again stops the floor for half of the time at the most"(assert) {
    for (const [minutes, least] of [[1.1, 0.5], [1.9, 0.5], [2.9, 0.33], [3.1, 0.9], [7.5, 0.9], [59, 0.8], [600, 0.98]] as const) {
      const bench = new ClockBench();
      bench.sign();
      const before = bench.clock.floor;
      const start = bench.truth;
      let cuts = 0;
      for (; bench.truth - start < 86_400; cuts++) {
        bench.world.advance(minutes * MINUTE);
        bench.boot();
        unknown(assert, bench, "without a clock chip");
      }
      const share = (bench.clock.floor - before) / (bench.truth - start);
      assert.true(share >= least && share <= 1, `cut every ${minutes} minutes: ${share}`);
      assert.true(bench.store.writes <= 2 + 5 * cuts + (bench.truth - start) / 600, `${bench.store.writes} writes in ${cuts} cuts`);
    }
    const steady = new ClockBench();
    steady.sign();
    const { writes } = steady.store;
    steady.world.advance(DAY);
    assert.true(steady.store.writes - writes <= 150, `${steady.store.writes - writes} writes a day`);
  },

  "X5: a keyset may set the floor back; the time is then unknown until it is signed anew"(assert) {
    const bench = new ClockBench({ rtc: true });
    bench.sign();
    const issued = bench.truth;
    bench.clock.raiseFloor(issued + 80 * 365 * 86_400);
    assert.true(bench.late < 0, "a stolen key's year 2106");
    bench.world.advance(MINUTE);
    bench.clock.resetFloor(issued);
    unknown(assert, bench, "until then");
    bench.boot();
    unknown(assert, bench, "nor does the clock chip count");
    assert.is(bench.clock.floor, issued);
    bench.sign();
    assert.is(bench.late, 0);
    bench.clock.resetFloor(bench.truth + 1);
    assert.is(bench.late, -1, "upwards it is as any signed time");
  },

  "X5: whoever needs to know is told when the clock leaps"(assert) {
    const bench = new ClockBench();
    const leapt = (what: () => void): boolean => {
      const before = bench.leaps;
      what();
      return bench.leaps > before;
    };
    assert.true(leapt(() => bench.sign()));
    assert.false(leapt(() => bench.world.advance(DAY)));
    assert.false(leapt(() => bench.clock.raiseFloor(bench.truth - 5)));
    assert.true(leapt(() => bench.clock.raiseFloor(bench.truth + 5)));
    bench.world.advance(HOUR);
    assert.true(leapt(() => void lie(bench, 60)));
    assert.false(leapt(() => void lie(bench, -9_999)));
    assert.true(leapt(() => bench.clock.resetFloor(5)));
  },

  "X5: an unsigned time server is asked only while the cloud is out of reach and signed time is a day old"(assert) {
    const bench = new ClockBench();
    bench.sntp = () => bench.world.unixMs + 60_000;
    bench.world.advance(3 * DAY);
    assert.is(bench.asked, 0, "while the time is unknown");
    bench.sign();
    bench.world.advance(DAY - HOUR);
    assert.is(bench.asked, 0, "while signed time is fresh");
    bench.online = true;
    bench.world.advance(3 * DAY);
    assert.is(bench.asked, 0, "while the cloud is in reach");
    assert.is(bench.late, 0);
    bench.online = false;
    bench.world.advance(HOUR + 1_000);
    assert.is(bench.asked, 1);
    assert.is(bench.late, -60);
    bench.world.advance(DAY);
    assert.is(bench.asked, 25, "once an hour");

    bench.sign();
    bench.world.advance(DAY - 1_000);
    bench.sntp = () => {
      bench.online = true;
      return bench.world.unixMs + 60_000;
    };
    bench.world.advance(2 * HOUR);
    assert.is(bench.late, 0, "an answer that comes when the cloud is back is not taken");
    assert.true(UNSIGNED_SECONDS_MAX < SNTP_ALLOWANCE_SECONDS);
  },
};
