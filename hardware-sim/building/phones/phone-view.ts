import type { Words } from "../../../phone/dictionary";
import type { Language } from "../../../phone/explain";

/** What the page shows of somebody's phone. Plain data: it crosses to the browser as JSON. */
export interface PhoneView {
  index: number;
  /** Whose it is. */
  name: string;
  /** Index of the door before which its owner stands; absent: nowhere near one. */
  door?: number;
  online: boolean;
  /** What it is doing, in each language of the phone's library. */
  doing?: Record<Language, string>;
  /** How its last act ended, in the words of the phone's library: in English, and in each language. */
  answer?: Words & { good: boolean; in: Record<Language, Words> };
  /** Doors that it may open, by name, and how often without the internet. */
  opens: { name: string; handles: number }[];
  /** News in its bag for this many doors. */
  carries: number;
  /** Sealed messages of doors that are still to reach the cloud. */
  brings: { name: string; items: number }[];
}

/** What its owner does. */
export type PhoneAction =
  /** Goes to a door by its index, or away from all. */
  | { action: "go"; door: number | null }
  /** Taps to open the door before them. */
  | { action: "tap" }
  /** Helps the door before them as a courier, and opens nothing. */
  | { action: "carry" }
  | { action: "online"; online: boolean };
