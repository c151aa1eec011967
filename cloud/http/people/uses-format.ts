import { z } from "@hono/zod-openapi";
import type { UsesTruth } from "../../truth/uses-truth";
import { formatInstant } from "./grant-format";
import { Id, Instant } from "../schemas";
import { CarryingPhones, formatCarriers } from "./truth-format";

const Times = z.int().nullable();

/** What is known of limited uses (X6). */
export const Counted = z
  .strictObject({
    used: z.int().openapi({ description: "As far as doors have told." }),
    left: z.int(),
    mayOpen: z
      .array(z.strictObject({ door: Id, name: z.string(), atMost: Times, until: Instant.nullable().openapi({ description: "If the door hears nothing from now on; null: until it is reached." }), carriers: CarryingPhones.nullable().openapi({ description: "Phones that carry there what other doors have counted. Until the door has said that it knows, it counts as one that does not." }) }))
      .openapi({ description: "Each door counts by itself until it hears of the others." }),
    atMost: Times.openapi({ description: "How often all of them together may still open, were none to hear of another; null: no limit." }),
  })
  .nullable()
  .openapi("CountedUses", { description: "What is known of limited uses; null: they are not limited." });

export function formatUses(truth: UsesTruth | undefined): z.output<typeof Counted> {
  if (truth === undefined) return null;
  const { used, left, mayOpen, atMost } = truth;
  return { used, left, mayOpen: mayOpen.map(({ door, doorName: name, atMost: times, until, carriers }) => ({ door, name, atMost: times ?? null, until: until === undefined ? null : formatInstant(until), carriers: formatCarriers(carriers) })), atMost: atMost ?? null };
}
