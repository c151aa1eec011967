import type { JSX } from "preact";
import { answered, api } from "../api/client";
import { everyItem } from "../api/every-item";
import { useAsked } from "../api/use-asked";
import { useWords } from "../language/speaking";
import { Checkbox, Select, TextField } from "../ui/field";
import { InstantField } from "../ui/instant-field";
import { Radios } from "../ui/radios";
import { WeekEditor } from "../ui/week-editor";
import type { Giving } from "./giving";
import type { TimesDraft, When } from "./key-draft";

interface TimesFieldsProps {
  giving: Giving;
  /** Of the key, by id. */
  doors: readonly string[];
  times: TimesDraft;
  onTimes: (times: TimesDraft) => void;
  errorOf: (path: string) => string | undefined;
}

/** When a key opens (N4, N6–N9), and how often. */
export function TimesFields({ giving, doors, times, onTimes, errorOf }: TimesFieldsProps): JSX.Element {
  const { sharing } = useWords();
  const { when: words } = sharing;
  const profiles = useProfiles(giving);
  const set = (change: Partial<TimesDraft>): void => onTimes({ ...times, ...change });
  const mayAdmin = doors.length > 0 && doors.every((id) => giving.doors.find((door) => door.id === id)?.admin === true);
  const choices: { value: When; label: string; hint?: string | undefined }[] = [
    { value: "always", label: giving.endNeeded ? words.asOwn : words.always, hint: giving.endNeeded ? words.asOwnHint : undefined },
    { value: "week", label: words.week },
    ...(profiles.length > 0 || times.when === "profile" ? [{ value: "profile" as const, label: words.profile, hint: words.profileHint }] : []),
    ...(mayAdmin || times.when === "admin" ? [{ value: "admin" as const, label: words.admin, hint: giving.manages ? words.adminHintManager : words.adminHint }] : []),
  ];
  return (
    <>
      <Radios legend={words.legend} value={times.when} choices={choices} onValue={(when) => set({ when, ...(when === "profile" && times.profile === "" && { profile: profiles[0]?.id ?? "" }) })}>
        {(when) =>
          when === "week" ? (
            <WeekEditor required legend={words.weekTimes} value={times.windows} onValue={(windows) => set({ windows })} zone={giving.zone} error={errorOf("windows")} />
          ) : when === "profile" ? (
            <Select label={words.whichProfile} value={times.profile} choices={profiles.map(({ id, name }) => ({ value: id, label: name }))} onValue={(profile) => set({ profile })} />
          ) : null
        }
      </Radios>
      {times.when !== "admin" && (
        <div class="field">
          <Checkbox label={words.counted} checked={times.counted} onChecked={(counted) => set({ counted })} />
          {times.counted && <TextField label={words.uses} type="number" inputMode="numeric" min="1" max="255" required value={times.uses} onValue={(uses) => set({ uses })} error={errorOf("uses")} />}
          {times.counted && doors.length > 1 && <p class="notice warning">{words.countedAtSeveral(doors.length, Number(times.uses))}</p>}
        </div>
      )}
      <div class="pair">
        <InstantField label={words.from} hint={words.fromHint} optional value={times.from} onValue={(from) => set({ from })} zone={giving.zone} error={errorOf("notBefore")} />
        <InstantField label={words.until} hint={giving.endNeeded ? words.untilNeeded : words.untilHint} optional={!giving.endNeeded} required={giving.endNeeded} value={times.until} onValue={(until) => set({ until })} zone={giving.zone} error={errorOf("notAfter")} />
      </div>
    </>
  );
}

function useProfiles({ property, profiles }: Giving): { id: string; name: string }[] {
  const { data } = useAsked(
    async (signal) => (profiles ? (await everyItem((after) => answered(api.GET("/api/profiles", { params: { query: { property, ...(after !== undefined && { after }) } }, signal })))).filter(({ builtIn }) => !builtIn) : []),
    ["profiles", property, profiles],
  );
  return data ?? [];
}
