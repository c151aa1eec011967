import type { DoorView } from "../door-view";

/** What one would say of the door in a sentence. */
export function describeDoor(view: DoorView): { text: string; tone: "plain" | "good" | "warn" | "bad" } {
  if (!view.power) {
    return { text: view.leafOpen ? "No power, and the leaf is open." : "No power: locked, nobody is heard.", tone: "bad" };
  }
  if (view.leafOpen) {
    return view.strike ? { text: "Open.", tone: "good" } : { text: "The leaf is open, the strike is locked.", tone: "warn" };
  }
  if (view.strike) return { text: "Unlocked: pull the leaf.", tone: "good" };
  if (view.claim !== undefined) return { text: "Locked. Belongs to nobody yet: claim it at the cloud.", tone: "warn" };
  if (!view.linked) return { text: "Locked. Decides alone, the cloud is out of reach.", tone: "warn" };
  if (!view.network) return { text: "Locked. Has not noticed yet that the network is gone.", tone: "plain" };
  return { text: "Locked.", tone: "plain" };
}
