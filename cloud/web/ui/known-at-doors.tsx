import type { JSX } from "preact";
import { Badge } from "./badge";

/** Doors, and of each whether it has acknowledged what was changed. */
export function KnownAtDoors({ doors, known, unknown }: { doors: readonly { door: string; name: string; upToDate: boolean }[]; known: string; unknown: string }): JSX.Element {
  return (
    <ul class="known-at-doors">
      {doors.map(({ door, name, upToDate }) => (
        <li key={door}>
          <span>{name}</span> <Badge tone={upToDate ? "good" : "warning"}>{upToDate ? `✓ ${known}` : `… ${unknown}`}</Badge>
        </li>
      ))}
    </ul>
  );
}
