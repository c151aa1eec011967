import type { DoorView } from "../door-view";
import type { Words } from "./language/en";

export type Tone = "plain" | "good" | "warn" | "bad";

/** What one would say of the door in a sentence. */
export function describeDoor(view: DoorView, { says }: Words["door"]): { text: string; tone: Tone } {
  if (!view.power) return { text: view.leafOpen ? says.noPowerOpen : says.noPower, tone: "bad" };
  if (view.leafOpen) return view.strike ? { text: says.open, tone: "good" } : { text: says.openLocked, tone: "warn" };
  if (view.strike) return { text: says.unlocked, tone: "good" };
  if (view.claim !== undefined) return { text: says.unclaimed, tone: "warn" };
  if (!view.linked) return { text: says.alone, tone: "warn" };
  if (!view.network) return { text: says.unaware, tone: "warn" };
  return { text: says.locked, tone: "plain" };
}
