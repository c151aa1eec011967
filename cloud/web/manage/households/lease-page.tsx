import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { answered, api, type Schema } from "../../api/client";
import { LANGUAGE_NAMES, useLanguage, useWords, type LanguageName } from "../../language/speaking";
import { AskedView, Empty } from "../../ui/asked-view";
import { Button, ButtonLink } from "../../ui/button";
import { Select } from "../../ui/field";
import { Form } from "../../ui/form";
import { InstantField } from "../../ui/instant-field";
import { Page, Section } from "../../ui/page";
import { Radios } from "../../ui/radios";
import { useProperty } from "../../shell/managed-property";
import { doorNames, useDoors } from "../use-doors";
import { useHouseholds, useUnits } from "../units/use-units";
import { LeaseEntered, type EnteredLease } from "./lease-entered";
import { emptyHolder, holderRequest, LeaseholderFields, type Holder } from "./leaseholder-fields";

const HOLDERS_MAX = 20;
const OWN = "";

/** A lease is entered (M1): who moves in, where, from when; those without e-mail and phone get a code or a card (P2). */
export function LeasePage(): JSX.Element {
  const { households: words, manage } = useWords();
  const { id: property } = useProperty();
  const [entered, setEntered] = useState<EnteredLease>();
  const units = useUnits();
  return (
    <Page title={words.enterLease} about={words.leaseAbout} back={{ href: `/manage/${property}/households`, label: manage.households }}>
      {entered !== undefined ? (
        <LeaseEntered lease={entered} onAnother={() => setEntered(undefined)} />
      ) : (
        <AskedView asked={units}>
          {(all) =>
            all.length === 0 ? (
              <Empty title={words.noUnits}>
                <ButtonLink tone="primary" href={`/manage/${property}/units`}>
                  {words.toUnits}
                </ButtonLink>
              </Empty>
            ) : (
              <LeaseForm units={all} onEntered={setEntered} />
            )
          }
        </AskedView>
      )}
    </Page>
  );
}

function LeaseForm({ units, onEntered }: { units: readonly Schema<"Unit">[]; onEntered: (lease: EnteredLease) => void }): JSX.Element {
  const { households: words } = useWords();
  const { timeZone } = useProperty();
  const { query } = useLocation();
  const reading = useLanguage();
  const doors = useDoors();
  const households = useHouseholds();
  const [unit, setUnit] = useState(units.some(({ id }) => id === query.unit) ? query.unit : "");
  const [household, setHousehold] = useState(query.household ?? OWN);
  const [holders, setHolders] = useState<Holder[]>([emptyHolder()]);
  const [start, setStart] = useState<string>();
  const [begins, setBegins] = useState<"now" | "then">("now");
  const [ends, setEnds] = useState<"never" | "then">("never");
  const [end, setEnd] = useState<string>();
  const [language, setLanguage] = useState<LanguageName>(reading);
  const flat = units.find(({ id }) => id === unit);
  const living = households.data?.filter((each) => each.unit.id === unit) ?? [];
  const submit = async (): Promise<void> => {
    const joined = living.some(({ id }) => id === household) ? household : undefined;
    const body = {
      unit,
      leaseholders: holders.map(holderRequest),
      language,
      ...(joined !== undefined && { household: joined }),
      ...(begins === "then" && start !== undefined && { start }),
      ...(ends === "then" && end !== undefined && { end }),
    };
    const lease = await answered(api.POST("/api/leases", { body }));
    onEntered({ ...lease, unit: flat!.name, holders });
  };
  const set = (index: number, holder: Holder): void => setHolders(holders.map((each, at) => (at === index ? holder : each)));
  return (
    <Form submit={words.enterAct} onSubmit={submit}>
      {(errorOf) => (
        <>
          <Section title={words.where}>
            <Select
              label={words.unit}
              value={unit}
              onValue={(id) => {
                setUnit(id);
                setHousehold(OWN);
              }}
              error={errorOf("unit")}
              required
              choices={[{ value: "", label: words.chooseUnit }, ...units.map(({ id, name, households: there }) => ({ value: id, label: there.length === 0 ? name : words.unitTaken(name) }))]}
            />
            {flat !== undefined && <p class="quiet">{flat.allDoors.length === 0 ? words.unitOpensNothing : words.unitOpens(doorNames(flat.allDoors, doors.data))}</p>}
            {living.length > 0 && (
              <Radios
                legend={words.whoLivesThere}
                value={household}
                onValue={setHousehold}
                choices={[
                  { value: OWN, label: words.ownHousehold, hint: words.ownHouseholdHint },
                  ...living.map(({ id, people }) => ({ value: id, label: words.joins(people.filter(({ role }) => role === "administrator").map(({ name }) => name).join(", ") || words.thoseWhoLiveThere), hint: words.joinsHint })),
                ]}
              />
            )}
          </Section>
          <Section title={words.leaseholders}>
            {holders.map((holder, index) => (
              <LeaseholderFields
                key={holder.key}
                holder={holder}
                number={holders.length === 1 ? undefined : index + 1}
                errorOf={(field) => errorOf(`leaseholders.${index}.${field}`)}
                onHolder={(changed) => set(index, changed)}
                onRemove={holders.length === 1 ? undefined : () => setHolders(holders.filter((each) => each !== holder))}
              />
            ))}
            {holders.length < HOLDERS_MAX && <Button onPress={() => setHolders([...holders, emptyHolder()])}>{words.anotherHolder}</Button>}
          </Section>
          <Section title={words.term}>
            <Radios
              legend={words.begins}
              value={begins}
              onValue={setBegins}
              choices={[
                { value: "now", label: words.atOnce },
                { value: "then", label: words.atInstant },
              ]}
            >
              {(value) => value === "then" && <InstantField label={words.start} value={start} onValue={setStart} zone={timeZone} required error={errorOf("start")} />}
            </Radios>
            <Radios
              legend={words.ends}
              value={ends}
              onValue={setEnds}
              choices={[
                { value: "never", label: words.withoutEnd },
                { value: "then", label: words.atInstant, hint: words.endHint },
              ]}
            >
              {(value) => value === "then" && <InstantField label={words.end} value={end} onValue={setEnd} zone={timeZone} required error={errorOf("end")} />}
            </Radios>
            {holders.some(({ way }) => way === "app") && <Select label={words.messageLanguage} value={language} onValue={setLanguage} choices={LANGUAGE_NAMES.map(({ code, name }) => ({ value: code, label: name }))} />}
          </Section>
        </>
      )}
    </Form>
  );
}
