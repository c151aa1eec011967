import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Schema } from "../../api/client";
import { showDay } from "../../language/times";
import { useLanguage, useWords } from "../../language/speaking";
import { AskedView, Empty } from "../../ui/asked-view";
import { Badge } from "../../ui/badge";
import { ButtonLink } from "../../ui/button";
import { Select } from "../../ui/field";
import { Page } from "../../ui/page";
import { Table } from "../../ui/table";
import { useProperty } from "../../shell/managed-property";
import { SearchedList } from "../searched-list";
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

/** Everybody who lives there, flat by flat: 400 of them are searched, not scrolled. */
export function HouseholdsPage(): JSX.Element {
  const { households: words, manage } = useWords();
  const { id } = useProperty();
  const at = `/manage/${id}/households`;
  const [shown, setShown] = useState<Shown>("current");
  const households = useHouseholds(shown === "ended");
  return (
    <Page
      title={manage.households}
      about={words.about}
      acts={
        <ButtonLink tone="primary" href={`${at}/new`}>
          {words.enterLease}
        </ButtonLink>
      }
    >
      <div class="listing">
        <div class="which">
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
        </div>
        <AskedView asked={households}>
          {(all) => {
            const those = all.filter(OF[shown]);
            if (those.length > 0) return <HouseholdTable households={those} at={at} />;
            if (shown !== "current") return <Empty title={words.noneShown[shown]} />;
            return (
              <Empty title={words.none}>
                <p>{words.noneAbout}</p>
                <ButtonLink tone="primary" href={`${at}/new`}>
                  {words.enterLease}
                </ButtonLink>
              </Empty>
            );
          }}
        </AskedView>
      </div>
    </Page>
  );
}

function HouseholdTable({ households, at }: { households: readonly Household[]; at: string }): JSX.Element {
  const { households: words, manage } = useWords();
  const language = useLanguage();
  const { timeZone } = useProperty();
  return (
    <SearchedList items={households} hint={words.searchHint} textOf={({ unit, people }) => [unit.name, ...people.map(({ name }) => name)].join(" ")}>
      {(rows) => (
        <Table
          caption={manage.households}
          rows={rows}
          keyOf={(household) => household.id}
          columns={[
            { title: words.unit, heading: true, cell: ({ id, unit }) => <a href={`${at}/${id}`}>{unit.name}</a> },
            { title: words.leaseholders, cell: ({ people }) => namesOf(people, "administrator") },
            { title: words.others, cell: ({ people }) => people.filter(({ role }) => role !== "administrator").length || "" },
            { title: words.leaseUntil, cell: (household) => <LeaseUntil household={household} show={(instant) => showDay(instant, timeZone, language)} /> },
            { title: words.state, cell: (household) => <HouseholdState household={household} /> },
          ]}
        />
      )}
    </SearchedList>
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
