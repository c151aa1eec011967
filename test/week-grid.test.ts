import test from "ava";
import fc from "fast-check";
import { findOverlap, type Window } from "../cloud/access/window";
import { clicked, draggedTo, shifted, stretched } from "../cloud/web/ui/week-drag";
import { blocksOf, clockOf, dayRanges, DAYS, firstOverlap, inWeekOrder, minutesOf, overlapping, sameBlock, segmentsOf, withBlock, withoutBlock, type Block, type Day, type WeekWindow } from "../cloud/web/ui/week-grid";

const WEEKDAYS: Day[] = ["monday", "tuesday", "wednesday", "thursday", "friday"];
const office: WeekWindow = { days: WEEKDAYS, start: "08:00", end: "18:00", onHolidays: false };
const night: WeekWindow = { days: ["sunday"], start: "22:00", end: "06:00", onHolidays: true };

function block(day: Day, start: string, end: string): Block {
  return blocksOf([{ days: [day], start, end, onHolidays: false }])[0];
}

/** As the API writes it. */
function text({ day, start, end }: Block): string {
  return `${DAYS[day]} ${clockOf(start)}-${clockOf(end)}`;
}

/** As the cloud counts it. */
function asCloud(window: WeekWindow): Window {
  const [{ start, end }] = blocksOf([window]);
  return { days: window.days.reduce((mask, day) => mask | (1 << DAYS.indexOf(day)), 0), start, end, onHolidays: window.onHolidays };
}

const anyWindow = fc
  .record({ days: fc.subarray([...DAYS], { minLength: 1 }), start: fc.nat(1_439), end: fc.integer({ min: 0, max: 1_440 }), onHolidays: fc.boolean() })
  .filter(({ start, end }) => start !== end)
  .map(({ start, end, ...rest }): WeekWindow => ({ ...rest, start: clockOf(start), end: clockOf(end) }));

test("N9: a week is drawn as it is written: half-open, over midnight, and what the cloud calls an overlap is one", (t) => {
  t.deepEqual([minutesOf("08:30"), minutesOf("24:00"), minutesOf("24:01"), minutesOf("08:60"), minutesOf("")], [510, 1_440, undefined, undefined, undefined]);
  t.deepEqual([clockOf(0), clockOf(1_440), clockOf(1_800)], ["00:00", "24:00", "06:00"]);
  t.deepEqual(blocksOf([{ ...office, end: "08:00" }, { ...office, start: "" }]), [], "no time, or none yet");

  // A Sunday's night ends on Monday morning, at the other side of the drawing.
  t.deepEqual(segmentsOf(blocksOf([night])).map(({ day, from, to, first, last }) => ({ day, from, to, first, last })), [
    { day: 6, from: 1_320, to: 1_440, first: true, last: false },
    { day: 0, from: 0, to: 360, first: false, last: true },
  ]);
  t.true(overlapping(blocksOf([night])[0], block("monday", "05:59", "07:00")));
  t.false(overlapping(blocksOf([night])[0], block("monday", "06:00", "07:00")), "they touch");
  t.deepEqual(firstOverlap([office, night, { ...office, days: ["friday"], start: "17:59", end: "19:00" }])?.windows, [0, 2]);
  t.is(firstOverlap([office, { ...office, start: "18:00", end: "24:00" }, { ...office, days: ["tuesday"], start: "00:00", end: "08:00" }]), undefined);
  fc.assert(fc.property(fc.array(anyWindow, { maxLength: 4 }), (windows) => (firstOverlap(windows) === undefined) === (findOverlap(windows.map(asCloud)) === undefined)));

  t.deepEqual(dayRanges([...WEEKDAYS, "sunday"]), [[0, 4], [6, 6]]);
  t.deepEqual(dayRanges(["monday", "tuesday", "saturday"]), [[0, 0], [1, 1], [5, 5]]);
  t.deepEqual(inWeekOrder([night, office]), [office, night]);
});

test("N9: one day of a window changes by itself, and equal times of several days are one window again", (t) => {
  const alone = withoutBlock([office, night], block("wednesday", "08:00", "18:00"));
  t.deepEqual(alone, [{ ...office, days: ["monday", "tuesday", "thursday", "friday"] }, night]);
  const shorter = withBlock(alone, block("wednesday", "08:00", "12:00"));
  t.is(shorter.length, 3);
  t.deepEqual(shorter[2], { ...office, days: ["wednesday"], end: "12:00" });
  t.deepEqual(withBlock(withoutBlock(shorter, block("wednesday", "08:00", "12:00")), block("wednesday", "08:00", "18:00")), [office, night]);
  t.deepEqual(withoutBlock([night], blocksOf([night])[0]), []);
  const unfinished: WeekWindow = { days: [], start: "08:00", end: "18:00", onHolidays: false };
  t.deepEqual(withoutBlock([unfinished, night], blocksOf([night])[0]), [unfinished], "a row that somebody is filling in stays");
  t.is(withBlock([night], { ...block("monday", "22:00", "06:00") }).length, 2, "on holidays is something else");
});

test("N9: dragging makes, moves and stretches by quarters of an hour, over midnight and round the week", (t) => {
  const to = (drag: Parameters<typeof draggedTo>[0], day: number, minute: number): string[] => draggedTo(drag, { day, minute }).map(text);
  t.deepEqual(to({ kind: "make", from: { day: 4, minute: 731 } }, 2, 484), ["wednesday 08:00-12:15", "thursday 08:00-12:15", "friday 08:00-12:15"]);
  t.deepEqual(to({ kind: "make", from: { day: 6, minute: 1_440 } }, 6, 1_440), ["sunday 23:45-24:00"]);

  const grabbed = { kind: "move", block: block("monday", "08:00", "18:00"), grab: 60 } as const;
  t.deepEqual(to(grabbed, 1, 547), ["tuesday 08:00-18:00"]);
  t.deepEqual(to(grabbed, 0, 30), ["sunday 23:30-09:30"], "before Monday is Sunday");
  t.deepEqual(to({ ...grabbed, block: block("monday", "00:00", "24:00"), grab: 0 }, 1, 15), ["tuesday 00:15-24:00"], "24 hours from 00:15 cannot be written");

  const friday = block("friday", "20:00", "23:00");
  t.deepEqual(to({ kind: "end", block: friday }, 4, 1_353), ["friday 20:00-22:30"]);
  t.deepEqual(to({ kind: "end", block: friday }, 5, 178), ["friday 20:00-03:00"]);
  t.deepEqual(to({ kind: "end", block: block("sunday", "20:00", "23:00") }, 0, 178), ["sunday 20:00-03:00"]);
  t.deepEqual(to({ kind: "end", block: friday }, 4, 600), ["friday 20:00-20:15"]);
  t.deepEqual(to({ kind: "end", block: friday }, 2, 600), ["friday 20:00-20:15"]);
  t.deepEqual(to({ kind: "start", block: friday }, 4, 1_077), ["friday 18:00-23:00"]);
  t.deepEqual(to({ kind: "start", block: friday }, 5, 60), ["friday 22:45-23:00"]);
  t.deepEqual(to({ kind: "start", block: block("friday", "20:00", "06:00") }, 4, 0), ["friday 06:15-06:00"]);

  t.is(text(shifted(block("monday", "00:07", "01:00"), -15)), "sunday 23:52-00:45", "a time that was typed keeps its minutes");
  t.is(text(shifted(friday, 1_440)), "saturday 20:00-23:00");
  t.is(text(stretched(friday, 120)), "friday 20:00-01:00");
  t.is(text(stretched(block("monday", "08:00", "08:15"), -15)), "monday 08:00-08:15");
  t.is(text(clicked({ day: 2, minute: 500 }, [])!), "wednesday 08:00-09:00");
  t.is(text(clicked({ day: 2, minute: 500 }, [block("wednesday", "08:45", "10:00")])!), "wednesday 08:00-08:45");
  t.is(clicked({ day: 2, minute: 500 }, [block("tuesday", "20:00", "10:00")]), undefined);

  // Whatever one drags, it can be written: a start on its day, and an end that is another time of day.
  const place = fc.record({ day: fc.nat(6), minute: fc.double({ min: 0, max: 1_440, noNaN: true }) });
  fc.assert(
    fc.property(anyWindow, place, fc.constantFrom("move", "start", "end"), fc.nat(2_000), (window, point, kind, grab) => {
      const [before] = blocksOf([window]);
      const [after] = draggedTo(kind === "move" ? { kind, block: before, grab } : { kind, block: before }, point);
      const [written] = withBlock([], after);
      return sameBlock(blocksOf([written])[0], after) && after.start >= 0 && after.start < 1_440 && after.end > after.start && after.end - after.start <= 1_440;
    }),
  );
});
