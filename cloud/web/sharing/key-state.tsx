import type { JSX } from "preact";
import type { Schema } from "../api/client";
import { useWords } from "../language/speaking";
import { Badge } from "../ui/badge";

/** How a key stands, in a word: whether anybody has it, and whether the doors know. */
export function KeyState({ of }: { of: Schema<"Key"> }): JSX.Element {
  const { state: words } = useWords().sharing;
  const { kind, state, profile, doors } = of;
  if (state === "ended") return <Badge tone="quiet">{words.ended}</Badge>;
  if (state === "pending") return <Badge tone="warning">{kind === "app" ? words.waiting : kind === "smart" ? words.fobToDo : words.codeToSend}</Badge>;
  if (profile === "blocked") return <Badge tone="danger">{words.blocked}</Badge>;
  const behind = doors.filter(({ upToDate }) => upToDate === false).length;
  if (behind > 0) return <Badge tone="warning">{words.onItsWay(behind)}</Badge>;
  return <Badge tone="good">{words.inForce}</Badge>;
}

/** Whether something about a key may still change by itself: somebody answers, a door hears. */
export function isMoving({ state, doors, truth }: Schema<"Key">): boolean {
  return state === "pending" || doors.some(({ upToDate }) => upToDate === false) || truth.some((door) => door.state === "pending");
}
