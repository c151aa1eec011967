import { z } from "@hono/zod-openapi";
import { RESET_REASONS, type DoorState } from "../../../protocol/door-state";
import { REFUSALS } from "../../../protocol/protocol-error";

export const Diagnostics = z.looseObject({
  startedBecause: z.string(),
  starts: z.int(),
  heap: z.object({ chunkBytes: z.int(), slotBytes: z.int() }).nullable(),
  firmware: z.object({ version: z.int(), onTrial: z.boolean(), failedVersion: z.int().nullable() }).nullable(),
  refusals: z.record(z.string(), z.int()),
  droppedMessages: z.int(),
  unreadableFrames: z.int(),
});

/** How a door does, in its own words and without proof (SPEC 15). What its board cannot tell is null. */
export function formatDiagnostics(state: DoorState): z.output<typeof Diagnostics> {
  const { resetReason, boots, chunkBytes, slotBytes, firmware, onTrial, rolledBack, refusedBy, dropped, unreadableFrames } = state;
  return {
    startedBecause: RESET_REASONS[resetReason] ?? "unknown",
    starts: boots,
    heap: chunkBytes + slotBytes === 0 ? null : { chunkBytes, slotBytes },
    firmware: firmware === 0 ? null : { version: firmware, onTrial, failedVersion: rolledBack === 0 ? null : rolledBack },
    refusals: Object.fromEntries(refusedBy.map(({ code, count }) => [nameOf(code), count])),
    droppedMessages: dropped,
    unreadableFrames,
  };
}

/** A door may know names that this cloud does not. */
function nameOf(code: number): string {
  return REFUSALS[code - 1] ?? `refusal-${code}`;
}
