import { COMMAND_BYTES } from "../../protocol/command";
import { DOOR_STATE_BYTES_MAX } from "../../protocol/door-state";
import { EVENT_UPLOAD_BYTES_MAX } from "../../protocol/event-record";
import { NEED_BYTES_MAX } from "../../protocol/need";
import { RECEIPT_BYTES } from "../../protocol/receipt";
import { downFilter, parseTopic, type UpTopic } from "../../protocol/topics";

/** What a door may publish, and how many bytes of it. */
const UP_BYTES_MAX: Record<UpTopic, number> = {
  state: DOOR_STATE_BYTES_MAX,
  receipt: RECEIPT_BYTES,
  events: EVENT_UPLOAD_BYTES_MAX,
  need: NEED_BYTES_MAX,
  reply: COMMAND_BYTES,
};

/** Whether a door's login may publish so many bytes there: its own `up/` topics, nothing else. */
export function mayPublish(door: string, topic: string, bytes: number): boolean {
  const parsed = parseTopic(topic);
  if (parsed === undefined || parsed.door !== door || parsed.direction !== "up") return false;
  return Object.hasOwn(UP_BYTES_MAX, parsed.what) && bytes > 0 && bytes <= UP_BYTES_MAX[parsed.what as UpTopic];
}

/** Whether a door's login may subscribe: its own `down/`, whole or in part. */
export function maySubscribe(door: string, filter: string): boolean {
  return filter.startsWith(downFilter(door).slice(0, -1));
}
