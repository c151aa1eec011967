import type { Schema } from "../../api/client";
import type { Words } from "../../language/en";

export type EventTone = "good" | "warning" | "danger" | "quiet";

/** What an event says, in words, and how much it should stand out. */
export function eventText(event: Schema<"Event">, { events: { said }, activity, managedDoors }: Words): { text: string; tone: EventTone } {
  const why = (activity.reasons as Partial<Record<string, string>>)[event.reason] ?? event.reason;
  switch (event.type) {
    case "decision":
      return event.reason === "granted" ? { text: said.decision, tone: "good" } : { text: said.denied(why), tone: "warning" };
    case "remote-unlock":
      return event.reason === "granted" ? { text: said.remote, tone: "good" } : { text: said["remote-denied"](why), tone: "warning" };
    case "denials-folded":
    case "events-folded":
      return { text: said[event.type](event.count), tone: "warning" };
    case "door-hours":
      return { text: said["door-hours"][event.unlocked === true ? "on" : "off"], tone: "quiet" };
    case "lock-state":
      return { text: said["lock-state"][(event.lockState ?? "normal") as keyof (typeof said)["lock-state"]], tone: event.lockState === "lock-down" ? "danger" : "quiet" };
    case "service":
      return { text: said.service[(event.service ?? "refused") as keyof typeof said.service], tone: "warning" };
    case "firmware":
      return { text: `${said.firmware}: ${managedDoors.firmware} ${event.firmwareVersion ?? ""}`, tone: "quiet" };
    case "forced-open":
    case "alarm":
    case "altered":
      return { text: said[event.type], tone: "danger" };
    case "held-open":
      return { text: said["held-open"], tone: "warning" };
    case "boot":
    case "keyset-accepted":
    case "leaf-closed":
    case "leaf-opened":
    case "list-activated":
    case "request-to-exit":
      return { text: said[event.type], tone: "quiet" };
    default:
      return { text: said.unknown, tone: "quiet" };
  }
}
