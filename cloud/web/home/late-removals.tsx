import type { JSX } from "preact";
import { useLanguage, useWords } from "../language/speaking";
import { Badge } from "../ui/badge";
import { Section } from "../ui/page";
import { Time } from "../ui/time";
import { namesText } from "./place-text";
import type { Household } from "./places";

/** What was ended lately, and whether every door knows it: so that a removal that is not true yet is found again (O11). */
export function LateRemovals({ household: { id, removals, timeZone } }: { household: Household }): JSX.Element | null {
  const { household: words } = useWords();
  const language = useLanguage();
  if (removals.length === 0) return null;
  return (
    <Section title={words.removals}>
      <ul class="members" aria-label={words.removals}>
        {removals.map((removal) => (
          <li key={removal.id}>
            <div class="who">
              <a href={`/household/${id}/removals/${removal.id}`}>{namesText(removal.people.map(({ name }) => name), language)}</a> <Badge tone={removal.complete ? "good" : "danger"}>{removal.complete ? words.complete : words.incomplete}</Badge>
            </div>
            <p class="quiet">
              {words.removalTitles[removal.kind]} · <Time instant={removal.at} zone={timeZone} />
            </p>
          </li>
        ))}
      </ul>
    </Section>
  );
}
