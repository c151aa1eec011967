import { FREE_PIN_ATTEMPTS, KEYPAD_FREE_ATTEMPTS, KEYPAD_WAIT_MAX_MS, PIN_ATTEMPTS_MAX, PIN_DECAY_MS, UNITS_COUNTED_MAX } from "../../firmware/limits";
import { VirtualRandom } from "../../hardware-sim/virtual-random";
import type { Cases } from "../support/cases";
import { ROW_A, ThrottleBench } from "../support/throttle-bench";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Charges wrong PINs at a unit, waiting for whatever waits. @returns how many were compared. */
function fail(bench: ThrottleBench, unit: string, times: number): number {
  let made = 0;
  for (let time = 0; time < times; time++) {
    const wait = bench.waitOf(unit);
    if (wait === Infinity) break;
    bench.clock.advance(wait);
    made += bench.guess(1, unit);
  }
  return made;
}

/** A keypad that remembers every unit for ever: the strictness that must not be lost. */
class EveryUnit {
  readonly #failures = new Map<string, { count: number; since: number; decaysAt: number }>();

  failed(unit: string, now: number): void {
    const known = this.#decayed(unit, now);
    const count = known?.count ?? 0;
    this.#failures.set(unit, { count: Math.min(count + 1, PIN_ATTEMPTS_MAX), since: now, decaysAt: count > 0 ? known!.decaysAt : now + PIN_DECAY_MS });
  }

  boot(now: number): void {
    for (const unit of this.#failures.keys()) {
      const known = this.#decayed(unit, now)!;
      this.#failures.set(unit, { ...known, since: now, decaysAt: now + PIN_DECAY_MS });
    }
  }

  waitOf(unit: string, now: number): number {
    const known = this.#decayed(unit, now);
    if (known === undefined || known.count < FREE_PIN_ATTEMPTS) return 0;
    if (known.count >= PIN_ATTEMPTS_MAX) return Infinity;
    return Math.max(0, known.since + Math.min(30_000 * 2 ** (known.count - FREE_PIN_ATTEMPTS), HOUR) - now);
  }

  #decayed(unit: string, now: number): { count: number; since: number; decaysAt: number } | undefined {
    const known = this.#failures.get(unit);
    while (known !== undefined && known.count > 0 && known.count < PIN_ATTEMPTS_MAX && known.decaysAt <= now) {
      known.count -= 1;
      known.decaysAt += PIN_DECAY_MS;
    }
    return known;
  }
}

export const cases: Cases = {
  "X8: wrong PINs lock out the unit whose number they follow, and no other"(assert) {
    const bench = new ThrottleBench();
    assert.is(bench.guess(9, "12"), FREE_PIN_ATTEMPTS);
    assert.is(bench.waitOf("12"), 30_000);
    for (const other of ["13", "1", "2", "012", "120", "999999"]) assert.is(bench.waitOf(other), 0, other);
    assert.is(bench.throttle.waitMs(), 0, "PINs without a unit number");
    assert.true(bench.good(ROW_A, "13"));
    bench.boot();
    assert.is(bench.waitOf("12"), 30_000, "also after a power cut, with the wait begun anew");
    assert.is(bench.waitOf("13"), 0);
    bench.guess(9);
    assert.is(bench.throttle.waitMs(), 30_000);
    assert.is(bench.waitOf("13"), 0, "nor does the count of PINs without a number touch a unit");
  },

  "X8: the hard stop of a unit is lifted by the cloud alone, and by it for all units"(assert) {
    const bench = new ThrottleBench();
    const made = fail(bench, "7", 200);
    assert.true(made >= PIN_ATTEMPTS_MAX && made <= PIN_ATTEMPTS_MAX + 20, `${made}: four a day went back before the stop`);
    assert.is(bench.waitOf("7"), Infinity);
    bench.clock.advance(30 * DAY);
    bench.boot();
    assert.is(bench.waitOf("7"), Infinity);
    assert.is(bench.waitOf("8"), 0);
    fail(bench, "8", 9);
    bench.throttle.resetFromCloud(1);
    assert.is(bench.waitOf("7"), 0);
    assert.is(bench.waitOf("8"), 0);
    assert.is(bench.guess(9, "7"), FREE_PIN_ATTEMPTS);
    bench.throttle.resetFromCloud(1);
    assert.is(bench.waitOf("7"), 30_000, "a reset works once");
    assert.is(bench.throttle.lockedOut, false);
  },

  "X8: whoever walks over the units is slowed by the keypad, which waits 15 minutes at the most and never for good"(assert) {
    const bench = new ThrottleBench();
    let made = 0;
    const walk = (): number => bench.guess(1, String(1_000 + (made % 5_000)));
    while (walk() === 1) made += 1;
    assert.is(made, KEYPAD_FREE_ATTEMPTS);
    assert.true(bench.throttle.lockedOut);
    assert.is(bench.waitOf("1"), 30_000);
    bench.boot();
    assert.is(bench.waitOf("1"), 30_000, "a power cut lifts nothing");
    let [longest, longestForUnit] = [0, 0];
    for (const end = bench.clock.now + 30 * DAY; bench.clock.now < end; ) {
      const wait = bench.waitOf("88");
      longest = Math.max(longest, wait);
      bench.clock.advance(wait);
      longestForUnit = Math.max(longestForUnit, bench.waitOf("88"));
      made += walk();
    }
    assert.is(longest, KEYPAD_WAIT_MAX_MS);
    assert.is(longestForUnit, 0, "a unit where nobody failed waits for the keypad and for nothing else");
    assert.true(made < 30 * 125, `${made} guesses in 30 days, over all units`);
    bench.clock.advance(DAY);
    assert.is(bench.waitOf("88"), 0);
    assert.false(bench.throttle.lockedOut);
  },

  "X8: more units with failures than are kept: none is ever counted more mildly, power cuts and all"(assert) {
    for (const seed of [1, 2, 3]) {
      const random = new VirtualRandom(`units ${seed}`);
      const bench = new ThrottleBench();
      const every = new EveryUnit();
      let [comparisons, full, waits] = [0, 0, 0];
      for (let step = 0; step < 1_500; step++) {
        // More units than are kept are tried again and again, a few of them most of all.
        const unit = String(random.below(3) === 0 ? random.below(3) : random.below(45));
        const owed = every.waitOf(unit, bench.clock.now);
        if (owed > 0) waits += 1;
        assert.true(bench.waitOf(unit) >= owed, `seed ${seed}, step ${step}: unit ${unit} waits ${bench.waitOf(unit)} ms, not ${owed}`);
        if (bench.guess(1, unit) === 1) {
          comparisons += 1;
          every.failed(unit, bench.clock.now);
        }
        const { byteLength } = bench.keyValue.read("pin-throttle")!;
        assert.true(byteLength <= 8 + 4 * UNITS_COUNTED_MAX);
        if (byteLength === 8 + 4 * UNITS_COUNTED_MAX) full += 1;
        // Seldom enough that time takes failures back, or so often that it never does.
        if (random.below(seed < 3 ? 10 : 60) === 0) {
          bench.boot();
          every.boot(bench.clock.now);
        }
        bench.clock.advance(random.below(4) * 600_000);
      }
      assert.true(comparisons > 500 && waits > 20 && full > (seed < 3 ? 200 : -1), `${comparisons} comparisons, ${waits} waits, ${full} times full`);
    }
  },

  "X8: a unit that is given up for another goes on waiting, and with it all that are not kept"(assert) {
    const bench = new ThrottleBench();
    const units = Array.from({ length: UNITS_COUNTED_MAX }, (_, unit) => String(unit));
    for (const unit of units) {
      assert.is(fail(bench, unit, 13), 13);
      // So that time takes nothing back.
      bench.boot();
    }
    const fresh = "777";
    assert.true(bench.waitOf(fresh) < HOUR, "the keypad's wait and no other");
    fail(bench, fresh, 1);
    const justGivenUp = Math.max(...units.map((unit) => bench.waitOf(unit)));
    assert.true(justGivenUp > KEYPAD_WAIT_MAX_MS, `${justGivenUp}: the last one to fail still waits`);
    bench.boot();
    for (const unit of [...units, "778"]) assert.is(bench.waitOf(unit), HOUR, unit);
    assert.is(new Uint8Array(bench.keyValue.read("pin-throttle")!)[3], 13);
    // A good PIN in a unit that is not kept puts everything back as it was.
    bench.clock.advance(HOUR);
    const before = new Uint8Array(bench.keyValue.read("pin-throttle")!);
    assert.true(bench.good(ROW_A, "900"));
    const after = new Uint8Array(bench.keyValue.read("pin-throttle")!);
    assert.deepEqual([...after].sort(), [...before].sort());
    for (const unit of [...units, "778"]) assert.true(bench.waitOf(unit) < HOUR, unit);
    assert.is(fail(bench, "778", 1), 1);
    bench.boot();
    assert.is(bench.waitOf("778"), HOUR, "it goes on from there, and not from nothing");
    bench.clock.advance(14 * PIN_DECAY_MS);
    for (const unit of [...units, "778", fresh]) assert.is(bench.waitOf(unit), 0, `${unit}: time heals`);
  },

  "X8: the wait of a unit counts on from its last failure when it is given up"(assert) {
    const bench = new ThrottleBench();
    const units = Array.from({ length: UNITS_COUNTED_MAX - 1 }, (_, unit) => String(100 + unit));
    for (const unit of units) {
      fail(bench, unit, 14);
      bench.boot();
    }
    fail(bench, "5", 13);
    const wait = bench.waitOf("5");
    assert.is(wait, HOUR);
    // It has the fewest failures, so it is the one that is given up.
    fail(bench, "6", 1);
    assert.true(bench.waitOf("5") >= HOUR - KEYPAD_WAIT_MAX_MS, `${bench.waitOf("5")}`);
    assert.is(new Uint8Array(bench.keyValue.read("pin-throttle")!)[3], 13);
  },

  "X8: an insider who knows his own unit's PIN gains nothing at the others in 30 days"(assert) {
    const made = (between: (bench: ThrottleBench) => void): number => {
      const bench = new ThrottleBench();
      let count = 0;
      for (const end = bench.clock.now + 30 * DAY; bench.clock.now < end; ) {
        const unit = String(100 + (count % 40));
        between(bench);
        if (bench.guess(1, unit) === 1) {
          count += 1;
          bench.clock.advance(1_000);
          between(bench);
        }
        bench.clock.advance(Math.min(Math.max(bench.waitOf(unit), 1_000), HOUR));
      }
      return count;
    };
    const alone = made(() => {});
    const helped = made((bench) => void bench.good(ROW_A, "7"));
    assert.true(helped <= alone + 1, `${helped} against ${alone}`);
    const mistyping = made((bench) => void (bench.guess(1, "7"), bench.good(ROW_A, "7")));
    assert.true(mistyping <= alone + 1, `${mistyping} against ${alone}`);
  },

  "X8: a mistyping is forgiven in the unit in which it happened, for the unit and the keypad"(assert) {
    const bench = new ThrottleBench();
    bench.clock.advance(DAY);
    for (let time = 0; time < 3; time++) bench.guess(1, "12");
    assert.true(bench.good(ROW_A, "13"), "another unit's PIN");
    assert.is(bench.guess(9, "12"), 2);
    bench.throttle.resetFromCloud(1);
    for (let time = 0; time < 3; time++) bench.guess(1, "12");
    assert.true(bench.good(ROW_A, "12"));
    assert.is(bench.guess(9, "12"), 3);
    const record = new Uint8Array(bench.keyValue.read("pin-throttle")!);
    assert.is(record[2], 5, "of the keypad's count as well");
  },

  "X8: bytes that cannot be read count against every unit, and time heals that"(assert) {
    for (const bytes of [[9, 0, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 101], [1, 0, 200, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0, 1]]) {
      const bench = new ThrottleBench();
      bench.keyValue.write("pin-throttle", new Uint8Array(bytes));
      bench.boot();
      assert.is(bench.waitOf("12"), HOUR);
      bench.clock.advance(12 * PIN_DECAY_MS);
      assert.is(bench.waitOf("12"), 0);
      assert.is(bench.guess(9, "12"), FREE_PIN_ATTEMPTS);
    }
  },
};
