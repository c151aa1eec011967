import type { JSX } from "preact";
import { useWords } from "../language/speaking";
import { Button } from "./button";
import { Choices } from "./field";

interface DoorChoicesProps {
  legend: string;
  hint?: string | undefined;
  error?: string | undefined;
  doors: readonly { id: string; name: string; state?: string }[];
  chosen: readonly string[];
  onChosen: (chosen: string[]) => void;
}

/** Some of a property's doors; all and none at one press where there are many. */
export function DoorChoices({ legend, hint, error, doors, chosen, onChosen }: DoorChoicesProps): JSX.Element {
  const { units: words } = useWords();
  const standing = doors.filter(({ id, state }) => state !== "stolen" || chosen.includes(id));
  return (
    <div class="door-choices">
      <Choices legend={legend} hint={hint} error={error} chosen={chosen} onChosen={onChosen} choices={standing.map(({ id, name }) => ({ value: id, label: name }))} />
      {standing.length === 0 && <p class="quiet">{words.noDoors}</p>}
      {standing.length > 3 && (
        <div class="acts">
          <Button label={`${words.allDoors}: ${legend}`} onPress={() => onChosen(standing.map(({ id }) => id))}>
            {words.allDoors}
          </Button>
          <Button label={`${words.noneOfThem}: ${legend}`} disabled={chosen.length === 0} onPress={() => onChosen([])}>
            {words.noneOfThem}
          </Button>
        </div>
      )}
    </div>
  );
}
