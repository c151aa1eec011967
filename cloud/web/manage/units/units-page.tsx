import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useWords } from "../../language/speaking";
import { AskedView, Empty } from "../../ui/asked-view";
import { Button, ButtonLink } from "../../ui/button";
import { Page, Section } from "../../ui/page";
import { Table } from "../../ui/table";
import { useProperty } from "../../shell/managed-property";
import { SearchedList } from "../searched-list";
import { doorNames, useDoors } from "../use-doors";
import { AddTemplate, AddUnit } from "./add-unit";
import { useHouseholds, useTemplates, useUnits } from "./use-units";

/** All flats with who lives there, and the kinds of flats. */
export function UnitsPage(): JSX.Element {
  const { units: words, common, manage } = useWords();
  const { id } = useProperty();
  const at = `/manage/${id}`;
  const [adding, setAdding] = useState<"unit" | "kind">();
  const units = useUnits();
  const templates = useTemplates();
  const households = useHouseholds();
  const doors = useDoors();
  const people = new Map(households.data?.map((household) => [household.id, household.people.filter(({ role }) => role === "administrator").map(({ name }) => name)]));
  const kindOf = (template: string | null): string => templates.data?.find((each) => each.id === template)?.name ?? "";
  const namesOf = (ids: readonly string[]): string => ids.flatMap((household) => people.get(household) ?? []).join(", ");
  return (
    <Page
      title={manage.units}
      about={words.about}
      acts={
        <>
          <Button onPress={() => setAdding("kind")}>{words.addKind}</Button>
          <Button tone="primary" onPress={() => setAdding("unit")}>
            {words.add}
          </Button>
        </>
      }
    >
      <Section title={words.kinds}>
        <AskedView asked={templates}>
          {(kinds) =>
            kinds.length === 0 ? (
              <p class="quiet">{words.noKinds}</p>
            ) : (
              <Table
                caption={words.kinds}
                rows={kinds}
                keyOf={(kind) => kind.id}
                columns={[
                  { title: words.name, heading: true, cell: (kind) => <a href={`${at}/units/kinds/${kind.id}`}>{kind.name}</a> },
                  { title: words.doors, cell: (kind) => (kind.doors.length === 0 ? common.none : doorNames(kind.doors, doors.data)) },
                  { title: words.unitsOfKind, cell: (kind) => units.data?.filter(({ template }) => template === kind.id).length ?? "…" },
                ]}
              />
            )
          }
        </AskedView>
      </Section>
      <Section title={manage.units}>
        <AskedView asked={units}>
          {(all) =>
            all.length === 0 ? (
              <Empty title={words.none}>
                <p>{words.noneAbout}</p>
                <div class="acts centred">
                  <Button tone="primary" onPress={() => setAdding("unit")}>
                    {words.add}
                  </Button>
                  <ButtonLink href={`${at}/import`}>{words.importThem}</ButtonLink>
                </div>
              </Empty>
            ) : (
              <SearchedList items={all} hint={words.searchHint} textOf={(unit) => [unit.name, unit.number ?? "", kindOf(unit.template), namesOf(unit.households)].join(" ")}>
                {(shown) => (
                  <Table
                    caption={manage.units}
                    rows={shown}
                    keyOf={(unit) => unit.id}
                    columns={[
                      { title: words.name, heading: true, cell: (unit) => <a href={`${at}/units/${unit.id}`}>{unit.name}</a> },
                      { title: words.number, cell: (unit) => unit.number ?? "" },
                      { title: words.kind, cell: (unit) => kindOf(unit.template) },
                      { title: words.doors, cell: (unit) => common.doors(unit.allDoors.length) },
                      {
                        title: words.livesThere,
                        cell: (unit) =>
                          unit.households.length === 0 ? (
                            <a class="quiet" href={`${at}/households/new?unit=${unit.id}`} aria-label={words.enterLeaseOf(unit.name)}>
                              {words.empty}
                            </a>
                          ) : (
                            <span class="links">
                              {unit.households.map((household) => (
                                <a key={household} href={`${at}/households/${household}`}>
                                  {people.get(household)?.join(", ") || words.household}
                                </a>
                              ))}
                            </span>
                          ),
                      },
                    ]}
                  />
                )}
              </SearchedList>
            )
          }
        </AskedView>
      </Section>
      {adding === "unit" && <AddUnit doors={doors.data ?? []} templates={templates.data ?? []} onClose={() => setAdding(undefined)} onAdded={() => Promise.all([units.again(), templates.again()])} />}
      {adding === "kind" && <AddTemplate doors={doors.data ?? []} onClose={() => setAdding(undefined)} onAdded={templates.again} />}
    </Page>
  );
}
