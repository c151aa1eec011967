import type { DoorAction } from "./door-view";
import type { FobAction } from "./fobs/fob-view";
import type { PhoneAction } from "./phones/phone-view";
import type { StoryAction } from "./story-view";

/** A clock is turned by at most ten years at once. */
const TURN_SECONDS_MAX = 315_360_000;

/** @returns undefined for anything but a well-formed action at a door. */
export function parseDoorAction(body: string): DoorAction | undefined {
  const { action, key, card, open, force, held, plugged, on, turn } = parseObject(body);
  if (action === "key" && typeof key === "string") return { action, key };
  if (action === "card" && typeof card === "string") return { action, card };
  if (action === "leaf" && typeof open === "boolean") return { action, open, force: force === true };
  if ((action === "exit" || action === "service") && typeof held === "boolean") return { action, held };
  if (action === "network" && typeof plugged === "boolean") return { action, plugged };
  if (action === "power" && typeof on === "boolean") return { action, on };
  if (action === "clock" && (turn === "lost" || (typeof turn === "number" && Number.isInteger(turn) && Math.abs(turn) <= TURN_SECONDS_MAX))) return { action, turn };
  return undefined;
}

/** @returns undefined for anything but a well-formed action with a phone. */
export function parsePhoneAction(body: string): PhoneAction | undefined {
  const { action, door, online } = parseObject(body);
  if (action === "go" && (door === null || (typeof door === "number" && Number.isInteger(door)))) return { action, door };
  if (action === "tap" || action === "carry") return { action };
  if (action === "online" && typeof online === "boolean") return { action, online };
  return undefined;
}

/** @returns undefined for anything but a well-formed action with a fob. */
export function parseFobAction(body: string): FobAction | undefined {
  const { action, button } = parseObject(body);
  if (action === "press" && typeof button === "number") return { action, button };
  return action === "edit" ? { action } : undefined;
}

/** @returns undefined for anything but a well-formed wish of the story's reader. */
export function parseStoryAction(body: string): StoryAction | undefined {
  const { action } = parseObject(body);
  return action === "restart" || action === "do" || action === "skip" ? action : undefined;
}

/** @returns nothing in it for what is no object. */
function parseObject(body: string): Record<string, unknown> {
  try {
    const value = JSON.parse(body) as unknown;
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
