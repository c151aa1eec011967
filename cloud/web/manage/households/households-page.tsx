import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Schema } from "../../api/client";
import { showDay } from "../../language/times";
import { useLanguage, useWords } from "../../language/speaking";
import { Badge } from "../../ui/badge";
import { Select } from "../../ui/field";
import { useProperty } from "../../shell/managed-property";
import { ListPage } from "../list-page";
import { useHouseholds } from "../units/use-units";

type Household = Schema<"ListedHousehold">;

const SOON_MS = 30 * 86_400_000;

const OF = { current: () => true, waiting: isWaiting, soon: endsSoon, ended: () => true } satisfies Record<string, (household: Household) => boolean>;
type Shown = keyof typeof OF;

function isWaiting({ people }: Household): boolean {
  return people.some(({ state }) => state === "pending");
}

function endsSoon({ people }: Household): boolean {
  const leases = people.filter(({ role }) => role === "administrator");
  return leases.length > 0 && leases.every(({ end }) => end !== null && Date.parse(end) < Date.now() + SOON_MS);
}

/** Everybody who lives there, flat by flat. */
export function HouseholdsPage(): JSX.Element {
  const { households: words, manage } = useWords();
  const language = useLanguage();
  const { id, timeZone } = useProperty();
  const at = `/manage/${id}/households`;
  const [shown, setShown] = useState<Shown>("current");
  const households = useHouseholds(shown === "ended");
  return (
    <ListPage
      title={manage.households}
      about={words.about}
      add={{ href: `${at}/new`, text: words.enterLease }}
      which={
        <Select
          label={words.shown}
          value={shown}
          onValue={setShown}
          choices={[
            { value: "current", label: words.shownCurrent },
            { value: "waiting", label: words.shownWaiting },
            { value: "soon", label: words.shownSoon },
            { value: "ended", label: words.shownEnded },
          ]}
        />
      }
      asked={{ ...households, data: households.data?.filter(OF[shown]) }}
      none={shown === "current" ? { title: words.none, about: words.noneAbout } : { title: words.noneShown[shown] }}
      hint={words.searchHint}
      textOf={({ unit, people }) => [unit.name, ...people.map(({ name }) => name)].join(" ")}
      columns={[
        { title: words.unit, heading: true, cell: (household) => <a href={`${at}/${household.id}`}>{household.unit.name}</a> },
        { title: words.leaseholders, cell: ({ people }) => namesOf(people, "administrator") },
        { title: words.others, cell: ({ people }) => people.filter(({ role }) => role !== "administrator").length || "" },
        { title: words.leaseUntil, cell: (household) => <LeaseUntil household={household} show={(instant) => showDay(instant, timeZone, language)} /> },
        { title: words.state, cell: (household) => <HouseholdState household={household} /> },
      ]}
    />
  );
}

function namesOf(people: Household["people"], role: string): string {
  return people
    .filter((each) => each.role === role)
    .map(({ name }) => name)
    .join(", ");
}

function LeaseUntil({ household: { people, endedAt }, show }: { household: Household; show: (instant: string) => string }): JSX.Element {
  const { households: words } = useWords();
  if (endedAt !== null) return <>{words.endedOn(show(endedAt))}</>;
  const ends = people.filter(({ role }) => role === "administrator").map(({ end }) => end);
  if (ends.length === 0) return <></>;
  if (ends.includes(null)) return <span class="quiet">{words.noEnd}</span>;
  // An end is exclusive: a lease until midnight is one until the day before.
  const last = Date.parse(ends.map((end) => end!).sort().at(-1)!) - 1_000;
  return <>{show(new Date(last).toISOString())}</>;
}

function HouseholdState({ household }: { household: Household }): JSX.Element {
  const { households: words } = useWords();
  const { people, endedAt } = household;
  if (endedAt !== null) return <Badge tone="quiet">{words.ended}</Badge>;
  const leases = people.filter(({ role }) => role === "administrator");
  const waiting = people.filter(({ state }) => state === "pending").length;
  const soon = endsSoon(household);
  const future = leases.length > 0 && leases.every(({ start }) => Date.parse(start) > Date.now());
  const suspended = people.filter((each) => each.suspended).length;
  return (
    <span class="badges">
      {leases.length === 0 && <Badge tone="warning">{words.withoutLeaseholder}</Badge>}
      {waiting > 0 && <Badge tone="warning">{words.waiting(waiting)}</Badge>}
      {future && <Badge tone="quiet">{words.notYet}</Badge>}
      {soon && <Badge tone="warning">{words.endsSoon}</Badge>}
      {suspended > 0 && <Badge tone="danger">{words.suspendedCount(suspended)}</Badge>}
      {leases.length > 0 && waiting === 0 && !future && !soon && suspended === 0 && <Badge tone="good">{words.inForce}</Badge>}
    </span>
  );
}
