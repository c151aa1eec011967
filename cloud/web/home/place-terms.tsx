import type { ComponentChildren, JSX } from "preact";
import { useLanguage, useWords } from "../language/speaking";
import { Fact, Facts } from "../ui/facts";
import { Time } from "../ui/time";
import { windowsText } from "../ui/week-text";
import { namesText } from "./place-text";
import type { Member } from "./places";

interface PlaceTermsProps {
  place: Pick<Member, "role" | "windows" | "start" | "end" | "doors"> & { allDoors?: boolean };
  /** Of the household, with their names. */
  doors: readonly { id: string; name: string }[];
  zone: string;
  /** Further lines. */
  children?: ComponentChildren;
}

/** What somebody's place allows: as what, where, when, and for how long. */
export function PlaceTerms({ place, doors, zone, children }: PlaceTermsProps): JSX.Element {
  const all = useWords();
  const { household: words } = all;
  const language = useLanguage();
  const names = namesText(doors.filter(({ id }) => place.doors.includes(id)).map(({ name }) => name), language);
  const begun = Date.parse(place.start) <= Date.now();
  return (
    <Facts>
      <Fact term={words.role}>{words.roles[place.role]}</Fact>
      <Fact term={words.doors}>
        {names}
        {place.allDoors === true && <span class="hint">{words.allDoors}</span>}
      </Fact>
      <Fact term={words.times}>{windowsText(place.windows, all, language)}</Fact>
      {!begun && (
        <Fact term={words.begins}>
          <Time instant={place.start} zone={zone} />
        </Fact>
      )}
      <Fact term={words.ends}>{place.end !== null ? <Time instant={place.end} zone={zone} /> : place.role === "administrator" ? words.endsNever : words.endsWithHousehold}</Fact>
      {children}
    </Facts>
  );
}
