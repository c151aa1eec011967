import type { JSX } from "preact";
import { useWords } from "../../language/speaking";
import { Button } from "../../ui/button";
import { Select, TextField } from "../../ui/field";
import { useDoors } from "../use-doors";
import { KINDS, type EventKind, type EventQuery } from "./event-query";

const REASONS = ["unknown-credential", "outside-schedule", "holiday", "not-yet-valid", "expired", "used-up", "suspended", "second-credential-needed", "output-not-allowed", "stale-list", "time-unknown", "locked-out", "locked-down"] as const;

interface EventFiltersProps {
  query: EventQuery;
  /** Of the person that is asked for, as far as it is known. */
  personName: string | undefined;
  onChange: (change: EventQuery) => void;
}

export function EventFilters({ query, personName, onChange }: EventFiltersProps): JSX.Element {
  const { activity, events: words } = useWords();
  const { data: doors } = useDoors();
  return (
    <form class="filters" role="search" aria-label={words.filter} onSubmit={(event) => event.preventDefault()}>
      <Select label={words.door} value={query.door ?? ""} onValue={(door) => onChange({ door })} choices={[{ value: "", label: words.anyDoor }, ...(doors ?? []).map(({ id, name }) => ({ value: id, label: name }))]} />
      <Select
        label={words.kind}
        value={query.kind ?? ""}
        onValue={(kind) => onChange({ kind: kind === "" ? undefined : kind, ...(kind !== "denied" && { reason: undefined }) })}
        choices={[{ value: "", label: words.all }, ...(Object.keys(KINDS) as EventKind[]).map((value) => ({ value, label: words.kinds[value] }))]}
      />
      {query.kind === "denied" && <Select label={words.reason} value={query.reason ?? ""} onValue={(reason) => onChange({ reason })} choices={[{ value: "", label: words.anyReason }, ...REASONS.map((value) => ({ value, label: activity.reasons[value] }))]} />}
      <TextField label={words.since} type="date" value={query.since ?? ""} onValue={(since) => onChange({ since })} />
      <TextField label={words.until} type="date" value={query.until ?? ""} onValue={(until) => onChange({ until })} />
      {query.person !== undefined && (
        <p class="only">
          <strong>{personName === undefined ? words.who : words.onlyPerson(personName)}</strong> <Button onPress={() => onChange({ person: undefined })}>{words.clear}</Button>
        </p>
      )}
    </form>
  );
}
