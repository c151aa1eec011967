import { DAY_MINUTES } from "../../../protocol/schedule";
import { overlapping, STEP_MINUTES, WEEK_MINUTES, type Block } from "./week-grid";

/** A place in the drawn week. */
export interface Point {
  /** Column, 0 = Monday. */
  day: number;
  /** Minutes since midnight, not yet on a step. */
  minute: number;
}

/** What the pointer is doing to the week. */
export type Drag =
  | { kind: "make"; from: Point }
  /** `grab`: so many minutes of the week below its start. */
  | { kind: "move"; block: Block; grab: number }
  | { kind: "start"; block: Block }
  | { kind: "end"; block: Block };

/** What a click on an empty place makes, where there is room. */
const CLICK_MINUTES = 60;

/** @returns the blocks that the drag would leave in place of the one that it took, or of none. */
export function draggedTo(drag: Drag, to: Point): Block[] {
  if (drag.kind === "make") return made(drag.from, to);
  const { block } = drag;
  if (drag.kind === "move") return [startingWithin(block, nearest(to.day * DAY_MINUTES + to.minute - drag.grab))];
  const at = to.day * DAY_MINUTES + nearest(to.minute);
  return [drag.kind === "start" ? startingAt(block, at) : endingAt(block, at)];
}

/** A rectangle over several days, at least one step high. */
function made(from: Point, to: Point): Block[] {
  const [start, end] = [nearestBelow(Math.min(from.minute, to.minute)), nearestAbove(Math.max(from.minute, to.minute))];
  const first = Math.min(from.day, to.day);
  return Array.from({ length: Math.abs(from.day - to.day) + 1 }, (_, index) => ({ day: first + index, start, end: Math.max(end, start + STEP_MINUTES), onHolidays: false }));
}

/** What a click makes: an hour from the full or half hour, cut where another one begins or the day ends. */
export function clicked({ day, minute }: Point, others: readonly Block[]): Block | undefined {
  const start = Math.min(Math.floor(minute / 30) * 30, DAY_MINUTES - STEP_MINUTES);
  for (let end = Math.min(start + CLICK_MINUTES, DAY_MINUTES); end > start; end -= STEP_MINUTES) {
    const block = { day, start, end, onHolidays: false };
    if (!others.some((other) => overlapping(other, block))) return block;
  }
  return undefined;
}

/** @param at minute of the week, of its start; before Monday is Sunday. */
function startingWithin(block: Block, at: number): Block {
  const within = wrapped(at);
  const start = within % DAY_MINUTES;
  return { ...block, day: Math.floor(within / DAY_MINUTES), start, end: Math.min(start + (block.end - block.start), latestEnd(start)) };
}

/** Its end stays, and its day: a window belongs to the day on which it starts. */
function startingAt(block: Block, at: number): Block {
  const wanted = at - block.day * DAY_MINUTES;
  const [earliest, latest] = [earliestStart(block.end), Math.max(Math.min(block.end, DAY_MINUTES) - STEP_MINUTES, 0)];
  // Typed to the minute, it may have no room for a step.
  return earliest > latest ? block : { ...block, start: Math.min(Math.max(wanted, earliest), latest) };
}

/** Its start stays. In the column of the next day it runs over midnight. */
function endingAt(block: Block, at: number): Block {
  const ahead = wrapped(at - block.day * DAY_MINUTES);
  // What lies more than two days ahead is behind.
  const wanted = ahead > 2 * DAY_MINUTES ? 0 : ahead;
  return { ...block, end: Math.max(Math.min(wanted, latestEnd(block.start)), block.start + STEP_MINUTES) };
}

/** By keys: the whole, by minutes or days. */
export function shifted(block: Block, minutes: number): Block {
  return startingWithin(block, block.day * DAY_MINUTES + block.start + minutes);
}

/** By keys: its end, by minutes. */
export function stretched(block: Block, minutes: number): Block {
  return { ...block, end: Math.max(Math.min(block.end + minutes, latestEnd(block.start)), block.start + STEP_MINUTES) };
}

/** Start and end of a window are different times of day, but for one day from midnight to midnight. */
function latestEnd(start: number): number {
  return start === 0 ? DAY_MINUTES : start + DAY_MINUTES - STEP_MINUTES;
}

function earliestStart(end: number): number {
  return end <= DAY_MINUTES ? 0 : end - DAY_MINUTES + STEP_MINUTES;
}

function wrapped(minute: number): number {
  return ((minute % WEEK_MINUTES) + WEEK_MINUTES) % WEEK_MINUTES;
}

function nearest(minute: number): number {
  return Math.round(minute / STEP_MINUTES) * STEP_MINUTES;
}

function nearestBelow(minute: number): number {
  return Math.min(Math.floor(minute / STEP_MINUTES) * STEP_MINUTES, DAY_MINUTES - STEP_MINUTES);
}

function nearestAbove(minute: number): number {
  return Math.ceil(minute / STEP_MINUTES) * STEP_MINUTES;
}
