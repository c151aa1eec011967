import type { ReferenceAttempt } from "../../simulation/reference/judge";
import type { ReferenceClass, ReferenceKind, ReferenceList, ReferenceRight, ReferenceSecondPin, ReferenceWindow } from "../../simulation/reference/reference-list";
import { europeanOffsets, sydneyOffsets } from "../../simulation/reference/summer-time";
import { dateOf } from "../../simulation/reference/wall-clock";

/** A whole number from 0 to `bound` − 1. Small numbers should make simple worlds: that is how failures shrink. */
export type Draw = (bound: number) => number;

/** An attempt at a door, and all that decides on it. */
export interface DrawnAttempt {
  list: ReferenceList;
  attempt: ReferenceAttempt;
  /** How often each right was used, by its id. */
  uses: ReadonlyMap<string, number>;
}

const DAY = 86_400;
/** 2026-01-01T00:00:00Z, a Thursday. */
const START = 1_767_225_600;
const DAYS = 730;
const FIRST_YEAR = 2026;

const PLACES: readonly ReferenceList["offsets"][] = [
  [{ from: 0, minutes: 0 }],
  europeanOffsets(60, FIRST_YEAR, 2),
  sydneyOffsets(FIRST_YEAR, 2),
  [{ from: 0, minutes: 5 * 60 + 45 }],
  [{ from: 0, minutes: -3 * 60 - 30 }],
  [{ from: 0, minutes: 14 * 60 }],
  // Wherever a change comes at midnight, a day has 23 or 25 hours from its first one on.
  [{ from: 0, minutes: -180 }, { from: START + 100 * DAY + 3 * 3_600, minutes: -120 }, { from: START + 200 * DAY + 2 * 3_600, minutes: -180 }],
];

const CREDENTIALS: readonly { kind: ReferenceKind; secret: string }[] = [
  { kind: "pin", secret: "123456" },
  { kind: "card", secret: "a0b1c2" },
  { kind: "pin", secret: "777777" },
  { kind: "unit-pin", secret: "12*482917" },
  { kind: "unit-pin", secret: "1*2482917" },
  { kind: "fob", secret: "0011223344556677" },
];
const SECOND_PINS = ["4711", "4712"];
const CLASSES: readonly ReferenceClass[] = ["resident", "guest", "staff"];
const MINUTES = [0, 1, 60, 119, 120, 121, 480, 720, 1_080, 1_380, 1_438, 1_439];

/** Lists with what is rare in a house and frequent here: edges, holidays, nights, changes of the clocks, alternatives. */
export function drawAttempt(draw: Draw): DrawnAttempt {
  const offsets = pick(draw, PLACES);
  const rights = Array.from({ length: 1 + draw(9) }, (_, index) => drawRight(draw, `right ${index}`));
  countApart(rights);
  const secondPins = rights.filter(({ needsSecondPin }) => needsSecondPin && draw(4) > 0).map((right): ReferenceSecondPin => ({ kind: right.kind, secret: right.secret, digits: pick(draw, SECOND_PINS), suspended: draw(6) === 5 }));
  const instant = drawInstant(draw, rights, offsets);
  const dayThere = Math.floor((instant + 60 * offsets[offsets.length - 1].minutes) / DAY);
  const holidays = [dayThere, dayThere - 1, dayThere + 1, dayThere - 2].filter(() => draw(4) === 3).map(dateOf).sort();
  const list: ReferenceList = {
    rights,
    secondPins: withoutTwins(secondPins),
    lock: pick(draw, ["normal", "normal", "normal", "normal", "hold-open", "lock-down"] as const),
    leasedClasses: pick(draw, [["guest", "staff"], [], ["resident", "guest", "staff"], ["guest"]] as const),
    offsets,
    holidays,
  };
  const presented = draw(12) === 11 ? { kind: "pin" as const, secret: "000000" } : pick(draw, rights);
  const uses = new Map(rights.filter(({ maxUses }) => maxUses !== undefined).map(({ id, maxUses }) => [id, draw(maxUses! + 2)]));
  const leaseEnd = instant + pick(draw, [1_000, -59, -60, -61, 0, -100_000]);
  const attempt: ReferenceAttempt = {
    kind: draw(20) === 19 ? "phone" : presented.kind,
    secret: presented.secret,
    secondPin: pick(draw, [undefined, ...SECOND_PINS]),
    outputs: pick(draw, [[0, 1, 2, 3], [0], [1, 2]]),
    time: draw(6) === 5 ? undefined : instant,
    floor: instant - pick(draw, [0, 1, 3_600, DAY]),
    leaseEnds: draw(4) === 3 ? {} : { guest: leaseEnd, staff: leaseEnd + draw(2) * 5_000, ...(draw(2) === 1 && { resident: leaseEnd }) },
    usesOf: (id) => uses.get(id) ?? 0,
    usesFull: draw(6) === 5,
  };
  return { list, attempt, uses };
}

function drawRight(draw: Draw, id: string): ReferenceRight {
  const from = draw(3) === 2 ? START + draw(DAYS) * DAY : 0;
  const windows = Array.from({ length: draw(4) }, () => drawWindow(draw));
  return {
    id,
    // Mostly the first two, so that alternatives under one credential are frequent.
    ...CREDENTIALS[draw(2) === 0 ? draw(2) : draw(CREDENTIALS.length)],
    holderClass: pick(draw, CLASSES),
    from,
    until: draw(3) === 2 ? from + START * Number(from === 0) + (1 + draw(DAYS)) * DAY : undefined,
    windows,
    maxUses: draw(3) === 2 ? 1 + draw(3) : undefined,
    outputs: pick(draw, [[0], [0, 1], [1], [2, 3], []]),
    needsSecondPin: draw(6) === 5,
    duress: draw(8) === 7,
    suspended: draw(8) === 7,
  };
}

function drawWindow(draw: Draw): ReferenceWindow {
  const start = pick(draw, MINUTES);
  const length = pick(draw, [60, 1, 720, 1_439, 1_440, 2_000]);
  const days = [0, 1, 2, 3, 4, 5, 6].filter(() => draw(3) > 0);
  return { days, start, end: Math.min(start + length, 2_880), onHolidays: draw(3) === 2 };
}

/** An instant near where something begins or ends. */
function drawInstant(draw: Draw, rights: readonly ReferenceRight[], offsets: ReferenceList["offsets"]): number {
  const edges: number[] = [];
  for (const { from, until } of rights) edges.push(...[from, until ?? 0].filter((edge) => edge > 0));
  for (const { from } of offsets) if (from > 0) edges.push(from);
  const near = edges.length > 0 && draw(3) === 2 ? pick(draw, edges) : START + draw(DAYS) * DAY;
  const ahead = 60 * offsets[draw(offsets.length)].minutes;
  const minutes = pick(draw, [0, ...MINUTES, ...MINUTES.map((minute) => minute + 60)]);
  return near + pick(draw, [0, -ahead]) + minutes * 60 * pick(draw, [1, -1]) + pick(draw, [0, 1, -1, 30]);
}

/** At most four rights with a limit under one credential, as a door counts no more. */
function countApart(rights: ReferenceRight[]): void {
  const limited = new Map<string, number>();
  for (const right of rights) {
    if (right.maxUses === undefined) continue;
    const key = `${right.kind} ${right.secret}`;
    const count = limited.get(key) ?? 0;
    limited.set(key, count + 1);
    if (count === 4) {
      right.maxUses = undefined;
      limited.set(key, 4);
    }
  }
}

/** The same second PIN twice under one credential would be one row twice. */
function withoutTwins(pins: readonly ReferenceSecondPin[]): ReferenceSecondPin[] {
  return pins.filter((pin, index) => !pins.slice(0, index).some((other) => other.kind === pin.kind && other.secret === pin.secret && other.digits === pin.digits));
}

function pick<T>(draw: Draw, choices: readonly T[]): T {
  return choices[draw(choices.length)];
}
