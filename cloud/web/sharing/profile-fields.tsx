import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { answered, api, type Schema } from "../api/client";
import { everyItem } from "../api/every-item";
import { useAsked } from "../api/use-asked";
import { useWords } from "../language/speaking";
import { usePropertyIfAny } from "../shell/managed-property";
import { Choices, TextField } from "../ui/field";
import { InstantField } from "../ui/instant-field";
import { WeekEditor } from "../ui/week-editor";
import type { WeekWindow } from "../ui/week-grid";

/** What is entered of a profile. */
export interface ProfileDraft {
  name: string;
  windows: WeekWindow[];
  /** RFC 3339. */
  from: string | undefined;
  until: string | undefined;
  outputs: number[];
}

export const NEW_PROFILE: ProfileDraft = { name: "", windows: [], from: undefined, until: undefined, outputs: [0] };

export function draftOf({ name, windows, notBefore, notAfter, outputs }: Schema<"Profile">): ProfileDraft {
  return { name, windows, from: notBefore, until: notAfter, outputs: outputs ?? [0] };
}

/** As the API takes it. */
export function requestOf({ name, windows, from, until, outputs }: ProfileDraft): { name: string; windows: WeekWindow[]; notBefore: string | null; notAfter: string | null; outputs: number[] } {
  return { name, windows, notBefore: from ?? null, notAfter: until ?? null, outputs };
}

interface ProfileFieldsProps {
  draft: ProfileDraft;
  onDraft: (draft: ProfileDraft) => void;
  zone: string;
  errorOf: (path: string) => string | undefined;
}

export function ProfileFields({ draft, onDraft, zone, errorOf }: ProfileFieldsProps): JSX.Element {
  const { profiles: words } = useWords();
  const dates = useId();
  const names = useOutputs();
  const set = (change: Partial<ProfileDraft>): void => onDraft({ ...draft, ...change });
  const numbers = [...new Set([0, ...names.keys(), ...draft.outputs])].sort((a, b) => a - b);
  return (
    <>
      <TextField label={words.name} hint={words.nameHint} required maxLength={100} value={draft.name} onValue={(name) => set({ name })} error={errorOf("name")} />
      <WeekEditor legend={words.times} value={draft.windows} onValue={(windows) => set({ windows })} zone={zone} error={errorOf("windows")} />
      <div class="pair" role="group" aria-describedby={dates}>
        <InstantField label={words.from} hint={words.fromHint} optional value={draft.from} onValue={(from) => set({ from })} zone={zone} error={errorOf("notBefore")} />
        <InstantField label={words.until} hint={words.untilHint} optional value={draft.until} onValue={(until) => set({ until })} zone={zone} error={errorOf("notAfter")} />
      </div>
      <p class="hint" id={dates}>
        {words.datesHint}
      </p>
      {numbers.length > 1 && (
        <Choices
          legend={words.outputs}
          hint={words.outputsHint}
          error={errorOf("outputs")}
          choices={numbers.map((number) => ({ value: String(number), label: words.output(number, names.get(number) ?? ""), disabled: draft.outputs.length === 1 && draft.outputs[0] === number }))}
          chosen={draft.outputs.map(String)}
          onChosen={(chosen) => set({ outputs: chosen.map(Number).sort((a, b) => a - b) })}
        />
      )}
    </>
  );
}

/** Outputs beside the door itself that some door of the property has, and what they are called; nobody else is told. */
function useOutputs(): ReadonlyMap<number, string> {
  const property = usePropertyIfAny();
  const { data } = useAsked(
    async (signal) => (property === undefined ? [] : everyItem((after) => answered(api.GET("/api/doors", { params: { query: { property: property.id, ...(after !== undefined && { after }) } }, signal })))),
    ["outputs", property?.id],
  );
  const names = new Map<number, Set<string>>();
  for (const { orders } of data ?? []) {
    for (const [number, { name }] of orders.outputs.entries()) if (number > 0) names.set(number, (names.get(number) ?? new Set()).add(name));
  }
  return new Map([...names].map(([number, each]) => [number, [...each].join(", ")]));
}
