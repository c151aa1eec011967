import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useWords } from "../language/speaking";
import { Button } from "../ui/button";
import { DoorCode } from "./door-code";
import type { HomeDoor } from "./home-doors";

interface DoorMoreProps {
  door: HomeDoor;
  /** Who one is there, by one's places. */
  people: readonly string[];
  /** This phone opens it. */
  byPhone: boolean;
  /** It opens over the internet as well. */
  byInternet: boolean;
  onPress: () => void;
  onCarry: () => void;
}

/** What else works at a door: one's code, the internet, bringing it news. */
export function DoorMore({ door, people, byPhone, byInternet, onPress, onCarry }: DoorMoreProps): JSX.Element | null {
  const { doors } = useWords();
  const [open, setOpen] = useState(false);
  if (!byPhone && people.length === 0) return null;
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary aria-label={byPhone ? doors.moreOf(door.name) : doors.codeShowOf(door.name)}>{byPhone ? doors.more : doors.codeShow}</summary>
      {open && (
        <>
          {door.own?.online === false && <p class="quiet">{doors.noNetworkHow}</p>}
          {people.length > 0 && (
            <div>
              <h4>{doors.code}</h4>
              <DoorCode door={door.id} name={door.name} people={people} />
            </div>
          )}
          {byInternet && (
            <Button label={doors.overInternetOf(door.name)} onPress={onPress}>
              {doors.overInternet}
            </Button>
          )}
          {byPhone && (
            <div>
              <Button label={`${doors.bringNews}: ${door.name}`} onPress={onCarry}>
                {doors.bringNews}
              </Button>
              <p class="hint">{doors.bringNewsHow}</p>
            </div>
          )}
        </>
      )}
    </details>
  );
}
