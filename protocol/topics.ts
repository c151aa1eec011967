/** MQTT topics (DESIGN §7). A door's login reaches its own `down/#` (to read) and `up/#` (to write), nothing else. */

import { fromHex } from "./bytes";
import { ID_BYTES } from "./limits";

const ROOT = "latchkey/1/doors/";

export type DownTopic = "manifest" | `page/${number}` | `delta/${number}` | "lease" | "time" | "keyset" | "command" | "ack" | "firmware";
export type UpTopic = "state" | "receipt" | "events" | "need" | "reply";

/** @param door 16 lower-case hexadecimal digits. @param base in `delta/<base>`: version of the base. */
export function downTopic(door: string, what: DownTopic): string {
  return `${ROOT}${door}/down/${what}`;
}

export function upTopic(door: string, what: UpTopic): string {
  return `${ROOT}${door}/up/${what}`;
}

/** What a door subscribes to. */
export function downFilter(door: string): string {
  return `${ROOT}${door}/down/#`;
}

/** What the cloud subscribes to, of all doors. */
export function upFilter(what: UpTopic): string {
  return `${ROOT}+/up/${what}`;
}

/** @returns undefined for anything that is not one of these topics' form. */
export function parseTopic(topic: string): { door: string; direction: "up" | "down"; what: string } | undefined {
  if (!topic.startsWith(ROOT) || topic.length > TOPIC_CHARACTERS_MAX) return undefined;
  const [door, direction, object, number, ...more] = topic.slice(ROOT.length).split("/");
  if (door.length !== 2 * ID_BYTES || fromHex(door) === undefined) return undefined;
  if (direction !== "up" && direction !== "down") return undefined;
  if (object === undefined || !isWord(object) || more.length > 0) return undefined;
  if (number === undefined) return { door, direction, what: object };
  return isDecimal(number) ? { door, direction, what: `${object}/${number}` } : undefined;
}

const TOPIC_CHARACTERS_MAX = 128;
const DECIMAL_MAX = 9_999_999_999;

// Not by regular expressions: those of a preloaded module leak and damage memory under the Moddable SDK (8.2.3).
function isWord(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text[i] < "a" || text[i] > "z") return false;
  return text.length > 0;
}

/** Digits without leading zeros. */
function isDecimal(text: string): boolean {
  const value = Number(text);
  return Number.isInteger(value) && value >= 0 && value <= DECIMAL_MAX && String(value) === text;
}
