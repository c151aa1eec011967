import type { JSX } from "preact";
import type { Schema } from "../api/client";
import { useLanguage, useWords } from "../language/speaking";
import { Choices } from "../ui/field";
import { InstantField } from "../ui/instant-field";
import { Radios } from "../ui/radios";
import { WeekEditor } from "../ui/week-editor";
import type { WeekWindow } from "../ui/week-grid";
import { namesText } from "./place-text";
import type { Household } from "./places";

/** What a resident's or a guest's place allows, as it is being entered. */
export interface PlaceDraft {
  role: "resident" | "guest";
  /** A resident's may be all that the household has, also those that it gets later. */
  allDoors: boolean;
  doors: readonly string[];
  windows: WeekWindow[];
  /** RFC 3339; undefined: at once. */
  start: string | undefined;
  /** undefined: none. */
  end: string | undefined;
}

interface DraftProps {
  draft: PlaceDraft;
  onDraft: (change: Partial<PlaceDraft>) => void;
  household: Household;
  errorOf: (path: string) => string | undefined;
}

/** Which doors (O2, O3): a guest's are chosen, a resident's may be all. */
export function DoorFields({ draft, onDraft, household, errorOf }: DraftProps): JSX.Element {
  const { household: words } = useWords();
  const language = useLanguage();
  const choices = household.doors.map(({ id, name }) => ({ value: id, label: name }));
  const doors = <Choices legend={words.doors} choices={choices} chosen={draft.doors} error={errorOf("doors")} onChosen={(chosen) => onDraft({ doors: chosen })} />;
  if (draft.role === "guest") return doors;
  return (
    <Radios
      legend={words.doors}
      value={draft.allDoors ? "all" : "some"}
      choices={[
        { value: "all", label: words.whereAll, hint: `${namesText(household.doors.map(({ name }) => name), language)}. ${words.whereAllHint}` },
        { value: "some", label: words.whereSome },
      ]}
      onValue={(value) => onDraft({ allDoors: value === "all" })}
    >
      {(value) => value === "some" && doors}
    </Radios>
  );
}

/** When, and until when (O2, O3). */
export function TimeFields({ draft, onDraft, household, errorOf }: DraftProps): JSX.Element {
  const { household: words } = useWords();
  const zone = household.timeZone;
  const { guestDaysMax } = household.limits;
  const endHint = draft.role === "resident" ? words.endHintResident : guestDaysMax === null ? words.endHintGuestFree : words.endHintGuest(guestDaysMax);
  return (
    <>
      <WeekEditor legend={words.times} value={draft.windows} onValue={(windows) => onDraft({ windows })} zone={zone} error={errorOf("windows")} />
      <div class="pair">
        <InstantField label={words.start} hint={words.startHint} optional value={draft.start} onValue={(start) => onDraft({ start })} zone={zone} error={errorOf("start")} />
        <InstantField label={words.end} hint={endHint} optional={draft.role === "resident"} required={draft.role === "guest"} value={draft.end} onValue={(end) => onDraft({ end })} zone={zone} error={errorOf("end")} />
      </div>
    </>
  );
}

/** Whether doors are missing: what has a box to tick cannot be required by the browser. */
export function lacksDoors({ role, allDoors, doors }: PlaceDraft): boolean {
  return doors.length === 0 && (role === "guest" || !allDoors);
}

/** As requests take it. */
export function termsOf({ role, allDoors, doors, windows, start, end }: PlaceDraft): Pick<Schema<"MemberRequest">, "doors" | "windows" | "start" | "end"> {
  return { windows, ...((role === "guest" || !allDoors) && { doors: [...doors] }), ...(start !== undefined && { start }), ...(end !== undefined && { end }) };
}
