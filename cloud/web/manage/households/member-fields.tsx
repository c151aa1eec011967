import type { JSX } from "preact";
import type { Schema } from "../../api/client";
import { useWords } from "../../language/speaking";
import { InstantField } from "../../ui/instant-field";
import { Radios } from "../../ui/radios";
import { WeekEditor } from "../../ui/week-editor";
import { useProperty } from "../../shell/managed-property";
import { DoorChoices } from "../../ui/door-choices";

/** What a resident or guest may: doors and times. */
export interface MemberTerms {
  /** undefined: all that the household has. */
  doors: readonly string[] | undefined;
  windows: readonly Schema<"Window">[];
  start: string | undefined;
  end: string | undefined;
}

interface MemberFieldsProps {
  role: "resident" | "guest";
  doors: readonly { id: string; name: string }[];
  terms: MemberTerms;
  errorOf: (path: string) => string | undefined;
  onTerms: (terms: MemberTerms) => void;
}

/** Doors and times of somebody in a household (O2, O3): a resident's may be all and for ever, a guest's are chosen and end. */
export function MemberFields({ role, doors, terms, errorOf, onTerms }: MemberFieldsProps): JSX.Element {
  const { households: words } = useWords();
  const { timeZone } = useProperty();
  const chosen = terms.doors ?? [];
  const choices = <DoorChoices legend={words.doors} doors={doors} chosen={chosen} onChosen={(some) => onTerms({ ...terms, doors: some })} error={errorOf("doors")} />;
  return (
    <>
      {role === "guest" ? (
        choices
      ) : (
        <Radios
          legend={words.whichDoors}
          value={terms.doors === undefined ? "all" : "some"}
          onValue={(which) => onTerms({ ...terms, doors: which === "all" ? undefined : doors.map(({ id }) => id) })}
          choices={[
            { value: "all", label: words.allOfHousehold, hint: words.allOfHouseholdHint },
            { value: "some", label: words.someDoors },
          ]}
        >
          {(value) => value === "some" && choices}
        </Radios>
      )}
      <WeekEditor legend={words.times} value={terms.windows} onValue={(windows) => onTerms({ ...terms, windows })} zone={timeZone} error={errorOf("windows")} />
      <InstantField label={words.start} hint={words.startHint} optional value={terms.start} onValue={(start) => onTerms({ ...terms, start })} zone={timeZone} error={errorOf("start")} />
      <InstantField label={words.end} hint={role === "guest" ? words.guestEndHint : words.residentEndHint} optional={role === "resident"} required={role === "guest"} value={terms.end} onValue={(end) => onTerms({ ...terms, end })} zone={timeZone} error={errorOf("end")} />
    </>
  );
}
