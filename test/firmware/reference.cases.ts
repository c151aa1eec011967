/** I7: the naive model of simulation/reference against the firmware's decision, and against what is written in the books. */
import { decideAccess } from "../../firmware/decide-access";
import { VirtualRandom } from "../../hardware-sim/virtual-random";
import { GuessingBound } from "../../simulation/reference/guessing-bound";
import { judge, judgeBetween } from "../../simulation/reference/judge";
import type { ReferenceList } from "../../simulation/reference/reference-list";
import { beginsHours, hoursNow, mayStandOpen } from "../../simulation/reference/standing-open";
import { europeanOffsets, sydneyOffsets } from "../../simulation/reference/summer-time";
import { dateOf, dayNumber, weekdayOf, windowVerdict } from "../../simulation/reference/wall-clock";
import type { Cases } from "../support/cases";
import { drawAttempt } from "../support/reference-draw";
import { maskOf, requestOf } from "../support/reference-request";

/** In one delivery to XS, which has a limit; test/simulation-reference.test.ts asks many more under Node. */
const ROUNDS = 300;
const utc = (text: string): number => Date.parse(`${text}:00Z`) / 1_000;
const none: ReferenceList = { rights: [], secondPins: [], lock: "normal", leasedClasses: [], offsets: [{ from: 0, minutes: 0 }], holidays: [] };

export const cases: Cases = {
  "I7: the firmware and the naive model agree on random lists, down to the reason and the outputs"(assert, { hashes }) {
    const random = new VirtualRandom("reference");
    const told = new Map<string, number>();
    for (let round = 0; round < ROUNDS; round++) {
      const drawn = drawAttempt((bound) => random.below(bound));
      const expected = judge(drawn.list, drawn.attempt);
      const decision = decideAccess(requestOf(hashes, drawn));
      const reason = decision.granted ? "granted" : decision.reason;
      assert.is(reason, expected.reason, `round ${round}: ${JSON.stringify(drawn)}`);
      if (decision.granted) {
        assert.is(decision.consumesUse, expected.right!.maxUses !== undefined, `round ${round}`);
        const alternatives = drawn.list.rights.filter(({ kind, secret }) => kind === drawn.attempt.kind && secret === drawn.attempt.secret).length;
        if (alternatives === 1) assert.is(decision.outputs, maskOf(expected.outputs), `round ${round}`);
        if (alternatives === 1) assert.is(decision.row.duress, expected.right!.duress, `round ${round}`);
      }
      told.set(reason, (told.get(reason) ?? 0) + 1);
    }
    assert.true(told.size >= 12, `a model that is not asked proves nothing: ${[...told.keys()].join()}`);
  },

  "I7: the model's calendar is the one on the wall"(assert) {
    for (const [date, weekday] of [["1970-01-01", 3], ["2000-02-29", 1], ["2026-11-22", 6], ["2028-02-29", 1], ["2099-12-31", 3], ["2100-03-01", 0]] as const) {
      const [year, month, day] = date.split("-").map(Number);
      const days = dayNumber(year, month, day);
      assert.is(days, Date.parse(date) / 86_400_000, date);
      assert.is(dateOf(days), date);
      assert.is(weekdayOf(days), weekday, date);
    }
    assert.deepEqual(europeanOffsets(60, 2026, 1), [{ from: 0, minutes: 60 }, { from: utc("2026-03-29T01:00"), minutes: 120 }, { from: utc("2026-10-25T01:00"), minutes: 60 }]);
    assert.deepEqual(sydneyOffsets(2026, 1), [{ from: 0, minutes: 660 }, { from: utc("2026-04-04T16:00"), minutes: 600 }, { from: utc("2026-10-03T16:00"), minutes: 660 }]);
  },

  "I7: the model knows nights, holidays and the changes of the clocks"(assert) {
    const paris = { offsets: europeanOffsets(60, 2026, 1), holidays: ["2026-05-01"] };
    const sundayNight = [{ days: [6], start: 22 * 60, end: 30 * 60, onHolidays: false }];
    const at = (windows: typeof sundayNight, time: string): string => windowVerdict(paris, windows, utc(time));
    // 2026-03-29 is a Sunday; Paris goes from +1 to +2 in its morning.
    assert.is(at(sundayNight, "2026-03-29T19:59"), "outside");
    assert.is(at(sundayNight, "2026-03-29T20:00"), "inside");
    assert.is(at(sundayNight, "2026-03-30T03:59"), "inside");
    assert.is(at(sundayNight, "2026-03-30T04:00"), "outside");
    const early = [{ days: [6], start: 2 * 60, end: 3 * 60, onHolidays: false }];
    assert.is(at(early, "2026-03-29T00:59"), "outside", "01:59");
    assert.is(at(early, "2026-03-29T01:00"), "outside", "03:00, the hour was left out");
    assert.is(at(early, "2026-10-25T00:30"), "inside", "02:30, for the first time");
    assert.is(at(early, "2026-10-25T01:30"), "inside", "02:30, for the second");
    assert.is(at(early, "2026-10-25T02:00"), "outside");
    // 2026-05-01 is a Friday: its night does not begin, that of the Thursday before goes on.
    const nights = [{ days: [3, 4], start: 22 * 60, end: 28 * 60, onHolidays: false }];
    assert.is(at(nights, "2026-04-30T23:00"), "inside", "Friday 01:00, Thursday's night");
    assert.is(at(nights, "2026-05-01T21:00"), "holiday");
    assert.is(at(nights, "2026-05-01T23:00"), "holiday", "Saturday 01:00, Friday's night");
    assert.is(windowVerdict(paris, [{ ...nights[0], onHolidays: true }], utc("2026-05-01T21:00")), "inside");
  },

  "I5: the model says when a door may stand open by itself (X12, N16)"(assert) {
    const hours = { windows: [{ days: [0, 1, 2, 3, 4], start: 8 * 60, end: 18 * 60, onHolidays: false }], firstIn: [] };
    const monday = utc("2026-06-01T10:00");
    const nobody = new Set<string>();
    assert.false(mayStandOpen(none, monday, nobody));
    assert.true(mayStandOpen({ ...none, lock: "hold-open" }, undefined, nobody));
    assert.true(mayStandOpen({ ...none, hours }, monday, nobody));
    assert.false(mayStandOpen({ ...none, hours }, undefined, nobody), "time unknown");
    assert.false(mayStandOpen({ ...none, hours }, utc("2026-06-01T18:00"), nobody));
    assert.false(mayStandOpen({ ...none, hours, lock: "lock-down" }, monday, nobody));
    assert.false(mayStandOpen({ ...none, hours, holidays: ["2026-06-01"] }, monday, nobody));
    const first: ReferenceList = { ...none, hours: { ...hours, firstIn: ["staff"] } };
    assert.false(mayStandOpen(first, monday, nobody));
    assert.true(beginsHours(first, "staff") && !beginsHours(first, "guest"));
    const came = new Set(hoursNow(first, monday));
    assert.true(mayStandOpen(first, monday + 3_600, came));
    assert.false(mayStandOpen(first, monday + 86_400, came), "somebody came yesterday");
  },

  "X8: the model's bound on guessing leaves five attempts, then the waits"(assert) {
    const bound = new GuessingBound();
    let now = 0;
    for (let attempt = 0; attempt < 5; attempt++, now += 1_000) {
      assert.true(bound.mayCompare(now));
      bound.unknown(now);
    }
    assert.false(bound.mayCompare(now + 28_000));
    assert.true(bound.mayCompare(now + 29_000));
    bound.unknown((now += 30_000));
    assert.false(bound.mayCompare(now + 59_000));
    bound.boot((now += 60_000));
    assert.false(bound.mayCompare(now + 59_000), "the power was cut: the wait begins anew");
    bound.granted(now, "insider");
    assert.false(bound.mayCompare(now + 29_000), "a good PIN after a boot takes nothing back");
    now += 86_400_000;
    assert.true(bound.mayCompare(now), "a day takes four back");
    for (let attempt = 0; attempt < 4; attempt++) bound.unknown(now);
    assert.false(bound.mayCompare(now));
    bound.granted(now, "insider");
    bound.granted(now, "insider");
    assert.false(bound.mayCompare(now), "one a day");
    bound.lift();
    assert.true(bound.mayCompare(now));
    // Nobody waits longer than an hour, and after a hundred nobody gets in any more.
    let failures = 0;
    for (; failures < 1_000 && bound.mayCompare(now); failures++, now += 3_600_000) bound.unknown(now);
    assert.true(failures >= 100 && failures < 130, `${failures}`);
    assert.false(bound.mayCompare(now + 10 * 86_400_000));
  },

  "I7: of what the world cannot know for certain the model gives bounds"(assert) {
    const right = { id: "once", kind: "pin", secret: "1", holderClass: "resident", from: 0, until: undefined, windows: [], maxUses: 1, outputs: [0], needsSecondPin: false, duress: false, suspended: false } as const;
    const list: ReferenceList = { ...none, rights: [right] };
    const attempt = (uses: number) => ({ kind: "pin" as const, secret: "1", outputs: [0], time: 1, floor: 0, leaseEnds: {}, usesOf: () => uses, usesFull: false });
    assert.deepEqual(judgeBetween(list, attempt(0), attempt(0)), { mayGrant: true, certain: "granted" });
    assert.deepEqual(judgeBetween(list, attempt(0), attempt(1)), { mayGrant: true, certain: undefined }, "a cut may have burnt it");
    assert.deepEqual(judgeBetween(list, attempt(1), attempt(1)), { mayGrant: false, certain: "used-up" });
  },
};
