import type { JSX } from "preact";
import type { Schema } from "../../api/client";
import { useWords } from "../../language/speaking";
import { Checkbox, TextField } from "../../ui/field";
import { InstantField } from "../../ui/instant-field";
import { Radios } from "../../ui/radios";
import { WeekEditor } from "../../ui/week-editor";
import { cardNumberOf } from "../households/leaseholder-fields";
import { useProperty } from "../../shell/managed-property";
import { DoorChoices } from "../../ui/door-choices";

/** What somebody is to open, when, and with what. */
export interface GrantDraft {
  kind: "pin" | "card";
  card: string;
  doors: readonly string[];
  windows: readonly Schema<"Window">[];
  notBefore: string | undefined;
  notAfter: string | undefined;
  /** As typed; empty: as often as they like. */
  uses: string;
  secondPin: boolean;
  duressPin: boolean;
}

export function emptyGrant(): GrantDraft {
  return { kind: "pin", card: "", doors: [], windows: [], notBefore: undefined, notAfter: undefined, uses: "", secondPin: false, duressPin: false };
}

/** Doors and times as the API takes them. */
export function grantRequest({ doors, windows, notBefore, notAfter, uses }: GrantDraft): Schema<"Grant"> {
  return { doors: [...doors], windows: [...windows], outputs: [0], ...(notBefore !== undefined && { notBefore }), ...(notAfter !== undefined && { notAfter }), ...(uses !== "" && { uses: Number(uses) }) };
}

export function pinRequest(draft: GrantDraft): Schema<"PinRequest"> {
  return { grants: [grantRequest(draft)], secondPin: draft.secondPin, duressPin: draft.duressPin };
}

export function cardRequest(draft: GrantDraft): Schema<"CardRequest"> {
  return { ...pinRequest(draft), number: cardNumberOf(draft.card) };
}

interface GrantFieldsProps {
  draft: GrantDraft;
  doors: readonly Schema<"Door">[];
  /** What the API said of a field: `doors`, `windows`, `notBefore`, `notAfter`, `uses`, `card`. */
  errorOf: (field: string) => string | undefined;
  onDraft: (draft: GrantDraft) => void;
  /** Limited uses, a second PIN, a duress PIN: not for staff. */
  more?: boolean;
}

export function GrantFields({ draft, doors, errorOf, onDraft, more = true }: GrantFieldsProps): JSX.Element {
  const { people: words, households } = useWords();
  return (
    <>
      <Radios
        legend={households.opensWith}
        value={draft.kind}
        onValue={(kind) => onDraft({ ...draft, kind })}
        choices={[
          { value: "pin", label: households.byPin, hint: households.byPinHint },
          { value: "card", label: words.byCard, hint: words.byCardHint },
        ]}
      >
        {(kind) => kind === "card" && <TextField label={households.cardNumber} hint={households.cardNumberHint} value={draft.card} onValue={(card) => onDraft({ ...draft, card })} required error={errorOf("card")} spellcheck={false} autocapitalize="off" autocomplete="off" />}
      </Radios>
      <TermFields draft={draft} doors={doors} errorOf={errorOf} onDraft={onDraft} />
      {more && (
        <details class="more-options">
          <summary>{words.moreOptions}</summary>
          <TextField label={words.uses} hint={words.usesHint} type="number" min={1} max={255} optional value={draft.uses} onValue={(uses) => onDraft({ ...draft, uses })} error={errorOf("uses")} />
          <Checkbox label={words.secondPin} hint={words.secondPinHint} checked={draft.secondPin} onChecked={(secondPin) => onDraft({ ...draft, secondPin })} />
          <Checkbox label={words.duressPin} hint={words.duressPinHint} checked={draft.duressPin} onChecked={(duressPin) => onDraft({ ...draft, duressPin })} />
        </details>
      )}
    </>
  );
}

/** Doors, weekly times, from and until: what staff and people of no household have alike. */
export function TermFields({ draft, doors, errorOf, onDraft }: Omit<GrantFieldsProps, "more">): JSX.Element {
  const { people: words, households } = useWords();
  const { timeZone } = useProperty();
  return (
    <>
      <DoorChoices legend={households.doors} doors={doors} chosen={draft.doors} onChosen={(chosen) => onDraft({ ...draft, doors: chosen })} error={errorOf("doors")} />
      <WeekEditor legend={households.times} value={draft.windows} onValue={(windows) => onDraft({ ...draft, windows })} zone={timeZone} error={errorOf("windows")} />
      <div class="columns">
        <InstantField label={words.from} hint={households.startHint} optional value={draft.notBefore} onValue={(notBefore) => onDraft({ ...draft, notBefore })} zone={timeZone} error={errorOf("notBefore")} />
        <InstantField label={words.until} hint={words.untilHint} optional value={draft.notAfter} onValue={(notAfter) => onDraft({ ...draft, notAfter })} zone={timeZone} error={errorOf("notAfter")} />
      </div>
    </>
  );
}
