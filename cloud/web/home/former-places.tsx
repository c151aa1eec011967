import type { JSX } from "preact";
import { showDay } from "../language/times";
import { useLanguage, useWords } from "../language/speaking";
import { Section } from "../ui/page";
import type { Place } from "./places";

/** Where somebody was (M9): they know it, and that it has ended. */
export function FormerPlaces({ places }: { places: readonly Place[] }): JSX.Element | null {
  const { household: words } = useWords();
  const language = useLanguage();
  if (places.length === 0) return null;
  return (
    <Section title={words.former}>
      <ul class="plain">
        {places.map(({ person, unit, property, endedAt }) => (
          <li key={person}>
            {words.at(unit.name, property.name)}
            {endedAt !== null && <span class="quiet"> · {words.ended(showDay(endedAt, property.timeZone, language))}</span>}
          </li>
        ))}
      </ul>
    </Section>
  );
}
