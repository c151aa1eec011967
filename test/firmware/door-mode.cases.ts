import { hoursAt, secondsToCheck } from "../../firmware/door/door-hours";
import { VirtualRandom } from "../../hardware-sim/virtual-random";
import type { AccessList } from "../../protocol/access-list";
import { LockState } from "../../protocol/delta";
import { HolderClass } from "../../protocol/profile";
import { ON_HOLIDAYS, type OpenWindow } from "../../protocol/schedule";
import { encodeUtcOffsets } from "../../protocol/utc-offsets";
import type { Assert } from "../support/portable-assert";
import type { ReferenceList } from "../../simulation/reference/reference-list";
import { hoursNow } from "../../simulation/reference/standing-open";
import { europeanOffsets } from "../../simulation/reference/summer-time";
import { dateOf } from "../../simulation/reference/wall-clock";
import type { Cases } from "../support/cases";
import { cutPoints } from "../support/trial-memory";
import { TrialDoor } from "../support/trial-door";
import { trialList, type TrialListOptions } from "../support/trial-list";
import { VirtualClock } from "../../hardware-sim/virtual-clock";
import type { Hashes } from "../../protocol/hashes";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Bits of Monday to Friday. */
const WORKDAYS = 0b0011111;
const EVERY_DAY = 0b1111111;
/** 2026-01-01T00:00Z, a Thursday. */
const NEW_YEAR = 1_767_225_600_000;
const NEW_YEARS_DAY = NEW_YEAR / DAY;

const hours = (start: number, end: number, days = EVERY_DAY) => ({ days, start: start * 60, end: end * 60 });

const PEOPLE = [
  { value: "111111", profile: { holderClass: HolderClass.resident } },
  { value: "222222", profile: { holderClass: HolderClass.staff, outputs: 0b11 } },
  { value: "333333", profile: { holderClass: HolderClass.staff, outputs: 0b10 } },
  { value: "444444", profile: { holderClass: HolderClass.staff, notAfter: 1 } },
  { value: "555555", profile: { holderClass: HolderClass.staff }, row: { duress: true } },
];
const FIRST_IN_STAFF = 1 << HolderClass.staff;

/** A door at new year's midnight, at which nobody needs a lease. */
function doorOf(hashes: Hashes, options: TrialListOptions, start = NEW_YEAR): TrialDoor {
  const list = trialList(hashes, PEOPLE, { ...options, policy: { leasedClasses: 0, ...options.policy } });
  return new TrialDoor(hashes, { list, clock: new VirtualClock(start), locks: ["fail-secure", "fail-secure"] });
}

/** When the strike was open, in hours since the door was hung; a second more or less does not matter. */
function openHours(trial: TrialDoor): (number | undefined)[][] {
  const rounded = (at: number | undefined): number | undefined => (at === undefined ? undefined : Math.round((at / HOUR) * 1_000) / 1_000);
  return trial.board.strikeTimes.map(({ from, to }) => [rounded(from), rounded(to)]);
}

function modes(trial: TrialDoor): string[] {
  return trial
    .events()
    .filter(({ type }) => type === "door-hours" || type === "lock-state")
    .map(({ type, count }) => `${type} ${count}`);
}

/** The strike stands open for as long as one may wait for it: no pulse is that long. */
function standsOpen(trial: TrialDoor): boolean {
  trial.clock.advance(70_000);
  return trial.board.strike;
}

function relocksAt(assert: Assert, trial: TrialDoor, instant: number): void {
  trial.clock.advanceTo(instant - 1_000);
  assert.true(trial.board.strike, "a second before");
  trial.clock.advanceTo(instant + 1_000);
  assert.false(trial.board.strike, "a second after");
}

/** Random windows and holidays at a place with summer time, as the firmware and as the naive model have them. */
function drawHours(hashes: Hashes, random: VirtualRandom): { list: AccessList; reference: ReferenceList } {
  const offsets = europeanOffsets(60 * (random.below(5) - 2) + 30 * random.below(2), 2026, 2);
  const windows = Array.from({ length: 1 + random.below(4) }, () => {
    const start = 5 * random.below(288);
    const days = [0, 1, 2, 3, 4, 5, 6].filter(() => random.below(2) === 0);
    return { days, start, end: start + 5 * (1 + random.below(Math.floor((2_880 - start) / 5))), onHolidays: random.below(3) === 0 };
  });
  const holidays = Array.from({ length: 30 }, (_, index) => NEW_YEARS_DAY + index * 24 + random.below(20));
  const list = trialList(hashes, PEOPLE, {
    utcOffsets: encodeUtcOffsets(offsets.map(({ from, minutes }) => ({ since: from, offsetSeconds: minutes * 60 }))),
    holidays,
    hours: windows.map(({ days, onHolidays, ...window }) => ({ ...window, days: days.reduce((mask, day) => mask | (1 << day), onHolidays ? ON_HOLIDAYS : 0) })),
  });
  const reference = { rights: [], secondPins: [], lock: "normal" as const, leasedClasses: [], offsets, holidays: holidays.map(dateOf), hours: { windows, firstIn: [] } };
  return { list, reference };
}

export const cases: Cases = {
  "N16, I7: random hours are those of the naive model, at any instant, and no limit of theirs is slept through"(assert, { hashes }) {
    const random = new VirtualRandom("hours");
    const year = 365 * 86_400;
    let inside = 0;
    for (let round = 0; round < 60; round++) {
      const { list, reference } = drawHours(hashes, random);
      const name = ({ day, start, end }: OpenWindow): string => `${dateOf(day)} ${start}-${end}`;
      const namesAt = (time: number): string[] => hoursAt(list, time).map(name).sort();
      // Anywhere in the year, and around a change to or from summer time.
      const change = reference.offsets[1 + random.below(3)].from;
      for (const time of [NEW_YEAR / 1_000 + random.below(year), change + random.below(4 * 3_600) - 2 * 3_600]) {
        const now = namesAt(time);
        assert.deepEqual(now, hoursNow(reference, time).sort(), `round ${round} at ${time}`);
        inside += now.length > 0 ? 1 : 0;
        const sleep = secondsToCheck(list, time)!;
        assert.true(sleep >= 1 && sleep <= 900, `${sleep}`);
        for (let later = time + 1; later < time + sleep; later += 1 + random.below(60)) assert.deepEqual(namesAt(later), now, `round ${round} at ${time}: ${later - time} s later, of ${sleep}`);
        assert.deepEqual(namesAt(time + sleep - 1), now);
      }
    }
    assert.true(inside > 30 && inside < 110, `${inside}`);
  },

  "N16: the strike stands open in the door's hours, by the clock, and is locked within a second of their end"(assert, { hashes }) {
    const trial = doorOf(hashes, { hours: [hours(9, 12, WORKDAYS), hours(13, 17, WORKDAYS)] });
    relocksAt(assert, trial, 12 * HOUR);
    relocksAt(assert, trial, 17 * HOUR);
    trial.clock.advanceTo(5 * DAY);
    // Thursday, Friday, Monday.
    assert.deepEqual(openHours(trial), [[9, 12], [13, 17], [33, 36], [37, 41], [105, 108], [109, 113]]);
    assert.deepEqual(modes(trial).slice(0, 4), ["door-hours 1", "door-hours 0", "door-hours 1", "door-hours 0"]);
  },

  "N16: holidays are excepted, but for hours that hold on them; a night belongs to the day on which it begins"(assert, { hashes }) {
    const holidays = [NEW_YEARS_DAY + 1];
    const plain = doorOf(hashes, { hours: [hours(9, 12)], holidays });
    plain.clock.advanceTo(3 * DAY);
    assert.deepEqual(openHours(plain), [[9, 12], [57, 60]]);
    const both = doorOf(hashes, { hours: [hours(9, 12), { ...hours(10, 11), days: EVERY_DAY | ON_HOLIDAYS }], holidays });
    both.clock.advanceTo(3 * DAY);
    assert.deepEqual(openHours(both), [[9, 12], [34, 35], [57, 60]]);
    const night = doorOf(hashes, { hours: [hours(22, 30)], holidays });
    night.clock.advanceTo(3 * DAY);
    assert.deepEqual(openHours(night), [[0, 6], [22, 30], [70, undefined]], "the night of the first ends on the holiday, that of the holiday is left out");
  },

  "N16, X5: the wall clock of the house counts, also where it leaps"(assert, { hashes }) {
    // One hour ahead; at 01:00Z of the second day it goes forward by one, at 01:00Z of the third back again.
    const at = (day: number): number => NEW_YEAR / 1_000 + day * 86_400 + 3_600;
    const utcOffsets = encodeUtcOffsets([{ since: 0, offsetSeconds: 3_600 }, { since: at(1), offsetSeconds: 7_200 }, { since: at(2), offsetSeconds: 3_600 }]);
    const inside = doorOf(hashes, { hours: [{ days: EVERY_DAY, start: 150, end: 180 }], utcOffsets });
    inside.clock.advanceTo(3 * DAY);
    // 02:30 to 03:00 on the wall: 01:30Z at first; left out on the second day; twice on the third, the first time at 00:30Z.
    assert.deepEqual(openHours(inside), [[1.5, 2], [48.5, 49], [49.5, 50]]);
    const across = doorOf(hashes, { hours: [{ days: EVERY_DAY, start: 60, end: 210 }], utcOffsets });
    across.clock.advanceTo(3 * DAY - 1);
    // 01:00 to 03:30 on the wall.
    assert.deepEqual(openHours(across), [[0, 2.5], [24, 25.5], [47, 50.5]]);
  },

  "N16: first-in classes begin the hours, by a grant at the strike in that window; nobody else does"(assert, { hashes }) {
    const trial = doorOf(hashes, { hours: [hours(9, 12), hours(12, 15), hours(14, 18)], policy: { firstInClasses: FIRST_IN_STAFF } });
    trial.clock.advanceTo(8 * HOUR);
    assert.is(trial.type("222222"), "granted");
    trial.clock.advanceTo(10 * HOUR);
    assert.false(trial.board.strike, "before the window is not in it");
    assert.is(trial.type("111111"), "granted");
    assert.false(standsOpen(trial), "a resident begins nothing");
    assert.is(trial.type("333333"), "granted");
    assert.false(standsOpen(trial), "the gate is not this door");
    assert.is(trial.type("444444"), "expired");
    assert.false(standsOpen(trial), "a refusal begins nothing");
    assert.is(trial.type("555555"), "granted");
    assert.false(standsOpen(trial), "nor does who is forced to open");
    assert.is(trial.type("222222"), "granted");
    assert.true(standsOpen(trial));
    assert.deepEqual(modes(trial), ["door-hours 1"]);
    trial.type("222222");
    assert.deepEqual(modes(trial), ["door-hours 1"], "once");
    relocksAt(assert, trial, 12 * HOUR);
    assert.false(standsOpen(trial), "the next window waits for a first entry of its own");
    trial.clock.advanceTo(14.5 * HOUR);
    trial.type("222222");
    relocksAt(assert, trial, 18 * HOUR);
    trial.clock.advanceTo(DAY + 10 * HOUR);
    assert.false(trial.board.strike, "another day, another window");
  },

  "N16, X4: hours that were begun go on after a power cut, and are forgotten when their window has ended"(assert, { hashes }) {
    const trial = doorOf(hashes, { hours: [hours(9, 17)], policy: { firstInClasses: FIRST_IN_STAFF } });
    trial.clock.advanceTo(10 * HOUR);
    trial.type("222222");
    trial.board.powerOff();
    trial.clock.advance(HOUR);
    trial.board.powerOn();
    assert.true(standsOpen(trial));
    assert.deepEqual(modes(trial), ["door-hours 1"], "they had not ended");
    trial.board.powerOff();
    trial.clock.advanceTo(17 * HOUR + MINUTE);
    trial.board.powerOn();
    assert.false(standsOpen(trial));
    assert.deepEqual(modes(trial), ["door-hours 1", "door-hours 0"]);
    trial.clock.advanceTo(DAY + 10 * HOUR);
    assert.false(trial.board.strike, "next day's are not begun");
    trial.type("222222");
    trial.board.powerOff();
    trial.clock.advanceTo(3 * DAY + 10 * HOUR);
    trial.board.powerOn();
    assert.false(standsOpen(trial), "nor are those after a long time in the dark");
  },

  "N16: wherever the power is cut while hours begin, the door knows afterwards whether they have, and the log does too"(assert, host) {
    const { hashes } = host;
    let whole = false;
    const seen = new Set<boolean>();
    for (let step = 0; !whole; step++) {
      for (const point of cutPoints(host, step)) {
        const trial = doorOf(hashes, { hours: [hours(9, 17)], policy: { firstInClasses: FIRST_IN_STAFF } });
        trial.clock.advanceTo(10 * HOUR);
        trial.board.cutAfter(step, point);
        trial.type("222222");
        whole = trial.board.running;
        trial.board.supply.cancelCut();
        trial.board.powerOn();
        const begun = standsOpen(trial);
        seen.add(begun);
        const grants = trial.events().filter(({ reason, type }) => type === "decision" && reason === "granted").length;
        if (begun) assert.is(grants, 1, `cut ${point} step ${step}: nothing begins without a grant in the log`);
        const told = modes(trial);
        assert.is(told[told.length - 1], begun ? "door-hours 1" : undefined, `cut ${point} step ${step}`);
        assert.true(told.length <= 2, "told twice at the most");
        if (!begun) trial.type("222222");
        assert.true(standsOpen(trial));
        relocksAt(assert, trial, 17 * HOUR);
      }
    }
    assert.is(seen.size, 2);
  },

  "N16, X5: while the time is unknown the door's hours do not hold; begun ones go on when it is known"(assert, { hashes }) {
    const trial = doorOf(hashes, { hours: [hours(9, 17)], policy: { firstInClasses: FIRST_IN_STAFF } });
    trial.clock.advanceTo(10 * HOUR);
    trial.type("222222");
    trial.timeKnown = false;
    trial.board.restart();
    assert.false(standsOpen(trial));
    trial.type("111111");
    assert.false(standsOpen(trial));
    trial.timeKnown = true;
    trial.mode.update();
    assert.true(standsOpen(trial));
    trial.timeKnown = false;
    trial.mode.update();
    assert.false(trial.board.strike, "a clock that is lost locks");
    assert.deepEqual(modes(trial), ["door-hours 1", "door-hours 0", "door-hours 1", "door-hours 0"]);
    const byClock = doorOf(hashes, { hours: [hours(0, 48)] });
    assert.true(standsOpen(byClock));
    byClock.timeKnown = false;
    byClock.mode.update();
    assert.false(byClock.board.strike);
  },

  "X12, N16: lock-down locks at once and for as long as it lasts; the hours go on after it"(assert, { hashes }) {
    const options: TrialListOptions = { hours: [hours(9, 17)], policy: { firstInClasses: FIRST_IN_STAFF, leasedClasses: 0 } };
    const trial = doorOf(hashes, options);
    const put = (lockState: LockState): void => {
      trial.list = trialList(hashes, PEOPLE, { ...options, delta: { lockState } });
      trial.mode.update();
    };
    trial.clock.advanceTo(10 * HOUR);
    trial.type("222222");
    assert.true(standsOpen(trial));
    put(LockState.lockDown);
    assert.false(trial.board.strike, "at once");
    trial.board.restart();
    assert.false(standsOpen(trial), "after a power cut too");
    assert.is(trial.type("222222"), "locked-down");
    put(LockState.normal);
    assert.true(standsOpen(trial));
    put(LockState.lockDown);
    trial.clock.advanceTo(18 * HOUR);
    put(LockState.normal);
    assert.false(standsOpen(trial), "their window has ended meanwhile");
    put(LockState.holdOpen);
    assert.true(standsOpen(trial));
    trial.board.restart();
    assert.true(standsOpen(trial));
    put(LockState.normal);
    assert.false(trial.board.strike);
    assert.deepEqual(modes(trial), [
      "door-hours 1",
      "lock-state 1",
      "door-hours 0",
      "lock-state 0",
      "door-hours 1",
      "lock-state 1",
      "door-hours 0",
      "lock-state 0",
      "lock-state 2",
      "lock-state 0",
    ]);
  },

  "X12: a list that was lost lifts no lock-down, and holds nothing open"(assert, { hashes }) {
    for (const [lockState, after] of [[LockState.lockDown, LockState.lockDown], [LockState.holdOpen, LockState.normal]] as const) {
      const trial = new TrialDoor(hashes, { list: trialList(hashes, PEOPLE, { delta: { lockState } }) });
      trial.list = undefined;
      trial.board.restart();
      assert.is(trial.door.lockState, after);
      assert.false(trial.board.strike);
    }
  },

  "N16: a new list's hours hold at once, and the old ones no longer"(assert, { hashes }) {
    const trial = doorOf(hashes, { hours: [hours(9, 12)] });
    trial.clock.advanceTo(10 * HOUR);
    const change = (options: TrialListOptions): boolean => {
      trial.list = trialList(hashes, PEOPLE, { ...options, policy: { leasedClasses: 0, ...options.policy } });
      trial.mode.update();
      return standsOpen(trial);
    };
    assert.true(trial.board.strike);
    assert.false(change({}), "none");
    assert.true(change({ hours: [hours(8, 11)] }));
    assert.false(change({ hours: [hours(8, 11)], policy: { firstInClasses: FIRST_IN_STAFF } }), "nobody of the first-in class has come");
    trial.type("222222");
    assert.true(change({ hours: [hours(8, 11)], policy: { firstInClasses: FIRST_IN_STAFF } }));
    assert.false(change({ hours: [hours(8, 12)], policy: { firstInClasses: FIRST_IN_STAFF } }), "other hours are to be begun anew");
  },

  "N16: a clock that is set into or out of the hours unlocks and locks at once"(assert, { hashes }) {
    const trial = doorOf(hashes, { hours: [hours(9, 17)] });
    trial.clock.advanceTo(8 * HOUR);
    const set = (hoursAhead: number): void => {
      trial.skew = hoursAhead * 3_600;
      trial.mode.update();
    };
    set(2);
    assert.true(standsOpen(trial));
    set(-2);
    assert.false(trial.board.strike);
    assert.false(standsOpen(trial));
    relocksAt(assert, trial, 19 * HOUR);
  },

  "N16: a window that has ended is forgotten, also for a clock that is set back into it"(assert, { hashes }) {
    for (const reboots of [false, true]) {
      const trial = doorOf(hashes, { hours: [hours(9, 17)], policy: { firstInClasses: FIRST_IN_STAFF } });
      trial.clock.advanceTo(10 * HOUR);
      trial.type("222222");
      trial.clock.advanceTo(17 * HOUR + MINUTE);
      if (reboots) trial.board.restart();
      trial.skew = -3_600;
      trial.mode.update();
      assert.false(standsOpen(trial));
      trial.type("222222");
      assert.true(standsOpen(trial));
    }
  },
};
