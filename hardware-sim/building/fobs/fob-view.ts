import type { FobSignal } from "../../../fob/fob-lights";

/** What the page shows of somebody's fob. Plain data: it crosses to the browser as JSON. */
export interface FobView {
  index: number;
  /** Index of the phone whose owner carries it: it is where they are. */
  phone: number;
  green: boolean;
  red: boolean;
  /** What the lights say, in the fob's own word. */
  signal: FobSignal;
  /** What each of the four buttons is for; null: nothing. */
  buttons: (string | null)[];
}

/** What its owner does. */
export type FobAction = { action: "press"; button: number } /** Holds buttons 2 and 4. */ | { action: "edit" };
