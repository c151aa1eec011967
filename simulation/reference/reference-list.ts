/**
 * A door's list as the people who made it mean it, in plain data: rights with their holder's own secret instead of
 * tags, windows by days and minutes, holidays by date. Nothing here is encoded, sorted, pooled or shared with the
 * firmware: it is what the door's decisions are held against (I7, DESIGN §10).
 */

export type ReferenceClass = "resident" | "guest" | "staff";
export type ReferenceKind = "pin" | "card" | "phone" | "fob" | "unit-pin";

/** A weekly window by the wall clock of the house. */
export interface ReferenceWindow {
  /** Days on which it begins: 0 Monday … 6 Sunday. */
  days: readonly number[];
  /** Minutes after midnight of such a day; inclusive … */
  start: number;
  /** … to exclusive; past 1,440 it runs on into the day after. */
  end: number;
  /** Whether it also begins on a holiday. */
  onHolidays: boolean;
}

export interface ReferenceRight {
  /** Names the right for its life: its uses are counted under it. */
  id: string;
  kind: ReferenceKind;
  /** What its holder presents: digits of a PIN, `unit*digits`, or a number in hexadecimal. */
  secret: string;
  holderClass: ReferenceClass;
  /** Unix seconds, inclusive. */
  from: number;
  /** Unix seconds, exclusive; undefined = for ever. */
  until: number | undefined;
  /** None = at any time of the week. */
  windows: readonly ReferenceWindow[];
  /** How often it opens this door; undefined = without limit. */
  maxUses: number | undefined;
  /** Numbers of the outputs that it opens. */
  outputs: readonly number[];
  needsSecondPin: boolean;
  duress: boolean;
  suspended: boolean;
}

/** A second PIN, which belongs to one first credential. */
export interface ReferenceSecondPin {
  kind: ReferenceKind;
  secret: string;
  digits: string;
  suspended: boolean;
}

/** Door hours (N16). */
export interface ReferenceHours {
  windows: readonly ReferenceWindow[];
  /** Classes of which one must have come in first in that window; none = the clock alone. */
  firstIn: readonly ReferenceClass[];
}

export interface ReferenceList {
  rights: readonly ReferenceRight[];
  secondPins: readonly ReferenceSecondPin[];
  lock: "normal" | "lock-down" | "hold-open";
  /** Classes that need a lease. */
  leasedClasses: readonly ReferenceClass[];
  /** Minutes that the house's clocks are ahead of UTC, from an instant (Unix seconds) on; ascending, the first from 0. */
  offsets: readonly { from: number; minutes: number }[];
  /** `YYYY-MM-DD`. */
  holidays: readonly string[];
  hours?: ReferenceHours;
}
