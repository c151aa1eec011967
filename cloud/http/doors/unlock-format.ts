import { z } from "@hono/zod-openapi";
import { OUTPUTS_MAX } from "../../../protocol/profile";
import { Refusal } from "../../refusal";
import type { RemoteUnlockRow } from "../../store/rows/door-rows";
import { isUnderWay, overAt } from "../../remote-unlock/unlock-state";
import { formatInstant } from "../people/grant-format";
import { Id, Instant } from "../schemas";

const Opened = z.enum(["yes", "no", "maybe"]).openapi({ description: "Whether the door has opened to this request. `maybe`: the command left, and no answer came." });

export const Unlock = z
  .looseObject({
    id: Id,
    door: Id,
    outputs: z.array(z.int()),
    state: z.enum(["asking", "sent", "opened", "denied", "offline", "timed-out", "busy"]).openapi({ description: "`asking` and `sent`: under way. One that is `timed-out` becomes what the door's late answer or its log says of it." }),
    opened: Opened,
    reason: z.string().nullable().openapi({ description: "Why it was denied." }),
    createdAt: Instant,
    finishedAt: Instant.nullable(),
    event: z.object({ sequence: z.int() }).nullable().openapi({ description: "What the door's own log has of it." }),
  })
  .openapi("Unlock");

export function formatUnlock(row: RemoteUnlockRow): z.infer<typeof Unlock> {
  return {
    id: row.id,
    door: row.door_id,
    outputs: outputsOf(row.outputs),
    state: row.state,
    opened: openedBy(row),
    reason: row.reason,
    createdAt: formatInstant(row.created_at),
    finishedAt: row.finished_at === null ? null : formatInstant(row.finished_at),
    event: row.sequence === null ? null : { sequence: row.sequence },
  };
}

function openedBy({ state, may_have_opened }: RemoteUnlockRow): z.infer<typeof Opened> {
  if (state === "opened") return "yes";
  return may_have_opened === 1 ? "maybe" : "no";
}

function outputsOf(mask: number): number[] {
  return Array.from({ length: OUTPUTS_MAX }, (_, output) => output).filter((output) => ((mask >> output) & 1) !== 0);
}

/**
 * Why a request did not open the door, as far as is known: the same for the same request whenever it is repeated.
 * @returns undefined where it did.
 */
export function whyNotOpened(row: RemoteUnlockRow, now: number): Refusal | undefined {
  const members = { unlock: row.id, opened: openedBy(row) };
  if (isUnderWay(row)) return new Refusal("unlock-under-way", "This request is still under way: ask again with the same key, or read how it stands.", { ...members, retryAfter: Math.max(1, overAt(row) - now) });
  switch (row.state) {
    case "denied":
      return new Refusal("unlock-denied", SAID[row.reason ?? ""] ?? "The door does not open to this now.", { ...members, reason: row.reason });
    case "offline":
      return new Refusal("door-offline", "The door is not connected. It has not opened, and nothing waits for it.", members);
    case "busy":
      return new Refusal("door-busy", "The door has too many requests under way. This one has not reached it.", members);
    case "timed-out":
      return new Refusal("unlock-timed-out", row.may_have_opened === 1 ? "The door has not answered: it may have opened. It will not do so any more on account of this request." : "The door did not answer in time. It has not opened.", members);
    default:
      return undefined;
  }
}

const SAID: { [reason: string]: string } = {
  "locked-down": "The door is locked down.",
  "refused-by-door": "The door refused: it is locked down, or has no such output.",
  "unknown-credential": "You have no right at this door.",
  "outside-schedule": "Your right to open this door does not hold at this time.",
  holiday: "Your right to open this door does not hold on holidays.",
  "not-yet-valid": "Your right to open this door has not begun.",
  expired: "Your right to open this door has ended.",
  suspended: "Your right to open this door is suspended.",
  "limited-uses": "A right of so many uses is used at the door itself.",
  "second-credential-needed": "This door wants a second PIN, which is typed at the door itself.",
  "not-from-afar": "Your group may open this door, but not from afar.",
  "output-not-allowed": "Your right at this door does not extend to that output.",
};
