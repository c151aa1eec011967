/** MQTT topics (DESIGN §7). A door's login reaches its own `down/#` (to read) and `up/#` (to write), nothing else. */

const ROOT = "latchkey/1/doors/";

export type DownTopic = "manifest" | `page/${number}` | `delta/${number}` | "lease" | "time" | "keyset" | "command" | "ack";
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

/** What the cloud subscribes to. */
export const UP_FILTER = `${ROOT}+/up/#`;

const TOPIC = /^latchkey\/1\/doors\/([0-9a-f]{16})\/(up|down)\/([a-z]+(?:\/(?:0|[1-9][0-9]{0,9}))?)$/;

/** @returns undefined for anything that is not one of these topics' form. */
export function parseTopic(topic: string): { door: string; direction: "up" | "down"; what: string } | undefined {
  const match = TOPIC.exec(topic);
  return match === null ? undefined : { door: match[1], direction: match[2] as "up" | "down", what: match[3] };
}
