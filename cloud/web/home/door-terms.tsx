import type { JSX } from "preact";
import type { Schema } from "../api/client";
import { useLanguage, useWords } from "../language/speaking";
import { showInstant } from "../language/times";
import { WeekText } from "../ui/week-view";

/** By which rights one opens a door: when, from and until when, how often. Whoever may always come and go is told nothing. */
export function DoorTerms({ door }: { door: Schema<"OwnDoor"> }): JSX.Element | null {
  const rights = door.rights.filter((right) => !isUnlimited(right));
  if (rights.length === 0 || rights.length < door.rights.length) return null;
  return (
    <ul class="terms quiet">
      {rights.map((right) => (
        <li key={JSON.stringify(right)}>
          <RightText right={right} zone={door.property.timeZone} />
        </li>
      ))}
    </ul>
  );
}

function RightText({ right, zone }: { right: Schema<"OwnRight">; zone: string }): JSX.Element {
  const { doors } = useWords();
  const language = useLanguage();
  const others = [
    right.suspended && doors.suspended,
    right.notBefore !== null && doors.from(showInstant(right.notBefore, zone, language)),
    right.notAfter !== null && doors.until(showInstant(right.notAfter, zone, language)),
    right.uses !== null && doors.uses(right.uses),
    right.secondPin && doors.secondPin,
  ].filter((part) => part !== false);
  return (
    <>
      {right.windows.length > 0 && (
        <div>
          <WeekText windows={right.windows} />
        </div>
      )}
      {others.length > 0 && <div>{others.join(" · ")}</div>}
    </>
  );
}

function isUnlimited({ windows, notBefore, notAfter, uses, suspended, secondPin }: Schema<"OwnRight">): boolean {
  return windows.length === 0 && notBefore === null && notAfter === null && uses === null && !suspended && !secondPin;
}
