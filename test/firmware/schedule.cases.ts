import { decideAccess } from "../../firmware/decide-access";
import { CredentialKind } from "../../protocol/credential";
import type { Hashes } from "../../protocol/hashes";
import { ON_HOLIDAYS, type ScheduleRule } from "../../protocol/schedule";
import { encodeUtcOffsets } from "../../protocol/utc-offsets";
import type { Cases } from "../support/cases";
import { pinTag, trialList, type TrialListOptions } from "../support/trial-list";

type Window = Omit<ScheduleRule, "next">;

const [MONDAY, FRIDAY, SATURDAY, SUNDAY] = [1, 1 << 4, 1 << 5, 1 << 6];
const EVERY_DAY = 127;
const HOUR = 60;

/** Unix seconds of a UTC time. */
const utc = (text: string): number => Date.parse(`${text}:00Z`) / 1_000;
const hm = (text: string): number => Number(text.slice(0, 2)) * HOUR + Number(text.slice(3));
const window = (days: number, start: string, end: string): Window => ({ days, start: hm(start), end: hm(end) });
const dayOf = (date: string): number => Date.parse(date) / 86_400_000;

const PARIS = encodeUtcOffsets([
  { since: 0, offsetSeconds: 3_600 },
  { since: utc("2026-03-29T01:00"), offsetSeconds: 7_200 },
  { since: utc("2026-10-25T01:00"), offsetSeconds: 3_600 },
]);
const SYDNEY = encodeUtcOffsets([
  { since: 0, offsetSeconds: 11 * 3_600 },
  { since: utc("2026-04-04T16:00"), offsetSeconds: 10 * 3_600 },
  { since: utc("2026-10-03T16:00"), offsetSeconds: 11 * 3_600 },
]);

/** What the door says to a PIN with these windows, at a UTC time. */
function door(hashes: Hashes, windows: Window[], options: TrialListOptions): (at: string | number) => string {
  const list = trialList(hashes, [{ value: "246810", windows }], options);
  const tag = pinTag(hashes, "246810");
  return (at) => {
    const wallTime = typeof at === "number" ? at : utc(at);
    const decision = decideAccess({ list, kind: CredentialKind.pin, tag, outputs: 1, wallTime, timeFloor: wallTime, lease: undefined, usesOf: () => 0, usesFull: false });
    return decision.granted ? "granted" : decision.reason;
  };
}

/** Minutes of [from, to) at which the door opens. */
function openMinutes(says: (at: number) => string, from: string, to: string): number {
  let open = 0;
  for (let at = utc(from); at < utc(to); at += 60) if (says(at) === "granted") open += 1;
  return open;
}

export const cases: Cases = {
  "N9: a window is half-open to the second, and touching windows leave no gap"(assert, { hashes }) {
    const says = door(hashes, [window(MONDAY, "08:00", "12:00"), window(MONDAY, "12:00", "18:00"), window(FRIDAY, "20:00", "21:00")], { utcOffsets: PARIS });
    // 2026-06-01 is a Monday; Paris is two hours ahead.
    assert.is(says(utc("2026-06-01T06:00") - 1), "outside-schedule");
    assert.is(says("2026-06-01T06:00"), "granted");
    assert.is(says(utc("2026-06-01T10:00") - 1), "granted");
    assert.is(says("2026-06-01T10:00"), "granted");
    assert.is(says(utc("2026-06-01T16:00") - 1), "granted");
    assert.is(says("2026-06-01T16:00"), "outside-schedule");
    assert.is(says("2026-06-05T18:30"), "granted");
    assert.is(says("2026-06-02T08:00"), "outside-schedule");
    assert.is(openMinutes(says, "2026-06-01T00:00", "2026-06-08T00:00"), 11 * HOUR);
  },

  "N9: a window over midnight belongs to the day it starts on, also from Sunday to Monday"(assert, { hashes }) {
    const friday = door(hashes, [{ days: FRIDAY, start: hm("22:00"), end: hm("06:00") + 1_440 }], { utcOffsets: PARIS });
    assert.is(friday("2026-06-05T19:59"), "outside-schedule");
    assert.is(friday("2026-06-05T20:00"), "granted");
    assert.is(friday("2026-06-06T03:59"), "granted", "Saturday 05:59");
    assert.is(friday("2026-06-06T04:00"), "outside-schedule");
    assert.is(friday("2026-06-06T21:00"), "outside-schedule", "Saturday's night is not Friday's");
    assert.is(friday("2026-06-05T02:00"), "outside-schedule", "nor is Thursday's");
    const sunday = door(hashes, [{ days: SUNDAY, start: hm("23:00"), end: hm("01:00") + 1_440 }], { utcOffsets: PARIS });
    assert.is(openMinutes(sunday, "2026-06-01T00:00", "2026-06-15T00:00"), 4 * HOUR);
    assert.is(sunday("2026-06-07T22:59"), "granted", "Monday 00:59");
    const whole = door(hashes, [{ days: SATURDAY, start: 0, end: 2_880 }], { utcOffsets: PARIS });
    assert.is(openMinutes(whole, "2026-06-01T00:00", "2026-06-08T00:00"), 48 * HOUR);
  },

  "N9: Europe/Paris, 2026-03-29: the hour that is left out does not occur"(assert, { hashes }) {
    const gap = door(hashes, [window(SUNDAY, "02:00", "03:00")], { utcOffsets: PARIS });
    assert.is(openMinutes(gap, "2026-03-28T00:00", "2026-03-30T00:00"), 0);
    const around = door(hashes, [window(SUNDAY, "01:30", "03:30")], { utcOffsets: PARIS });
    assert.is(around("2026-03-29T00:29"), "outside-schedule");
    assert.is(around("2026-03-29T00:30"), "granted", "01:30");
    assert.is(around(utc("2026-03-29T01:00") - 1), "granted", "01:59:59");
    assert.is(around("2026-03-29T01:00"), "granted", "03:00");
    assert.is(around("2026-03-29T01:30"), "outside-schedule", "03:30");
    const night = door(hashes, [{ days: SATURDAY, start: hm("22:00"), end: hm("06:00") + 1_440 }], { utcOffsets: PARIS });
    assert.is(openMinutes(night, "2026-03-28T00:00", "2026-03-30T00:00"), 7 * HOUR, "the night is an hour shorter");
    assert.is(night("2026-03-29T03:59"), "granted", "05:59 summer time");
    assert.is(night("2026-03-29T04:00"), "outside-schedule");
  },

  "N9: Europe/Paris, 2026-10-25: the hour that comes twice holds twice"(assert, { hashes }) {
    const twice = door(hashes, [window(SUNDAY, "02:15", "02:45")], { utcOffsets: PARIS });
    assert.is(twice("2026-10-25T00:15"), "granted", "02:15 summer time");
    assert.is(twice("2026-10-25T00:45"), "outside-schedule");
    assert.is(twice("2026-10-25T01:15"), "granted", "02:15 winter time");
    assert.is(twice("2026-10-25T01:45"), "outside-schedule");
    assert.is(openMinutes(twice, "2026-10-24T00:00", "2026-10-26T00:00"), HOUR);
    const night = door(hashes, [{ days: SATURDAY, start: hm("22:00"), end: hm("06:00") + 1_440 }], { utcOffsets: PARIS });
    assert.is(openMinutes(night, "2026-10-24T00:00", "2026-10-26T00:00"), 9 * HOUR, "the night is an hour longer");
    const midnight = door(hashes, [window(SUNDAY, "00:00", "24:00")], { utcOffsets: PARIS });
    assert.is(openMinutes(midnight, "2026-10-23T00:00", "2026-10-27T00:00"), 25 * HOUR);
  },

  "N9: the southern hemisphere changes the other way round"(assert, { hashes }) {
    // Sydney: 2026-04-05 03:00 becomes 02:00, 2026-10-04 02:00 becomes 03:00.
    const early = door(hashes, [window(SUNDAY, "02:00", "03:00")], { utcOffsets: SYDNEY });
    assert.is(openMinutes(early, "2026-04-04T00:00", "2026-04-06T00:00"), 2 * HOUR);
    assert.is(openMinutes(early, "2026-10-03T00:00", "2026-10-05T00:00"), 0);
    const day = door(hashes, [window(SUNDAY, "08:00", "18:00")], { utcOffsets: SYDNEY });
    assert.is(day("2026-04-04T22:00"), "granted", "08:00 standard time");
    assert.is(day("2026-04-04T21:59"), "outside-schedule");
    assert.is(day("2026-10-03T21:00"), "granted", "08:00 summer time");
  },

  "N9: on a holiday only windows that say so hold; a night that began before it goes on"(assert, { hashes }) {
    const options = { utcOffsets: PARIS, holidays: [dayOf("2026-05-01"), dayOf("2026-05-25")] };
    const night = door(hashes, [{ days: EVERY_DAY, start: hm("20:00"), end: hm("02:00") + 1_440 }], options);
    assert.is(night("2026-04-30T23:59"), "granted", "01:59 of the holiday, begun the day before");
    assert.is(night("2026-05-01T18:30"), "holiday");
    assert.is(night("2026-05-01T23:30"), "holiday", "01:30 of the day after, begun on the holiday");
    assert.is(night("2026-05-02T18:30"), "granted");
    assert.is(night("2026-05-01T10:00"), "outside-schedule");
    const both = door(hashes, [window(EVERY_DAY, "08:00", "18:00"), window(EVERY_DAY | ON_HOLIDAYS, "10:00", "12:00")], options);
    assert.is(both("2026-05-25T07:00"), "holiday");
    assert.is(both("2026-05-25T08:00"), "granted");
    assert.is(both("2026-05-25T10:00"), "holiday");
  },

  "N9: every minute of four weeks around both changes is as a table of windows says"(assert, { hashes }) {
    const windows = [window(MONDAY | SATURDAY, "00:00", "02:30"), window(SUNDAY, "02:30", "03:10"), { days: SATURDAY, start: hm("23:45"), end: hm("02:20") + 1_440 }];
    const says = door(hashes, windows, { utcOffsets: PARIS });
    for (const [start, change, before, after] of [
      ["2026-03-22T00:00", "2026-03-29T01:00", 1, 2],
      ["2026-10-18T00:00", "2026-10-25T01:00", 2, 1],
    ] as const) {
      for (let at = utc(start); at < utc(start) + 14 * 86_400; at += 60) {
        const local = new Date((at + (at < utc(change) ? before : after) * 3_600) * 1_000);
        const [day, minute] = [local.getUTCDay(), local.getUTCHours() * HOUR + local.getUTCMinutes()];
        const expected =
          ((day === 1 || day === 6) && minute < hm("02:30")) || (day === 0 && minute >= hm("02:30") && minute < hm("03:10")) || (day === 6 && minute >= hm("23:45")) || (day === 0 && minute < hm("02:20"));
        if (says(at) !== (expected ? "granted" : "outside-schedule")) assert.fail(`${at}: ${says(at)}`);
      }
    }
  },
};
