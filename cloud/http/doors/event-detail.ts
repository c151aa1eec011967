import type { LockState } from "../../../protocol/delta";
import type { EventRecord } from "../../../protocol/event-record";
import { LOCK_STATES } from "../../issuing/orders-of-door";

const SERVICE = ["refused", "re-claim", "factory-reset"] as const;

/** What the numbers of an event mean, by its type; nothing where the type says it all. */
export function eventDetail({ type, count, outputs }: EventRecord): Record<string, unknown> {
  const moved = outputs > 0 && { outputs: [0, 1, 2, 3].filter((output) => (outputs >> output) & 1) };
  switch (type) {
    case "decision":
    case "remote-unlock":
      return { ...moved };
    case "lock-state":
      return { lockState: Object.keys(LOCK_STATES).find((name) => LOCK_STATES[name as keyof typeof LOCK_STATES] === (count as LockState)) ?? null };
    case "door-hours":
      return { unlocked: count === 1 };
    case "firmware":
      return { firmwareVersion: count };
    case "service":
      return { service: SERVICE[count] ?? null };
    default:
      return {};
  }
}
