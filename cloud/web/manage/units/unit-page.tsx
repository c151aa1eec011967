import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso/router";
import { answered, api, versionTag, type Schema } from "../../api/client";
import { useAsked } from "../../api/use-asked";
import { useWords } from "../../language/speaking";
import { useAnnounce } from "../../ui/announcer";
import { AskedView } from "../../ui/asked-view";
import { Button, ButtonLink } from "../../ui/button";
import { ConfirmDialog } from "../../ui/dialog";
import { DoorChoices } from "../../ui/door-choices";
import { Select, TextField } from "../../ui/field";
import { Page, Section } from "../../ui/page";
import { useEdited } from "../../ui/use-edited";
import { useProperty } from "../../shell/managed-property";
import { doorNames, useDoors } from "../use-doors";
import { ForetoldForm } from "./foretold-form";
import { useHouseholds, useTemplates } from "./use-units";

type Unit = Schema<"Unit">;

/** One flat: what it is called, which doors come with it, who lives there. */
export function UnitPage(): JSX.Element {
  const { params } = useRoute();
  const { unit } = params;
  const { id: property } = useProperty();
  const asked = useAsked((signal) => answered(api.GET("/api/properties/{property}/units/{unit}", { params: { path: { property, unit } }, signal })), [property, unit]);
  const templates = useTemplates();
  const doors = useDoors();
  const { units: words, manage } = useWords();
  const back = { href: `/manage/${property}/units`, label: manage.units };
  return (
    <AskedView
      asked={asked}
      around={(shown) => (
        <Page title={manage.units} back={back}>
          {shown}
        </Page>
      )}
    >
      {(known) => (
        <Page title={known.name} about={words.unitAbout} back={back}>
          <Households unit={known} />
          <AskedView asked={templates}>{(kinds) => <AskedView asked={doors}>{(all) => <EditUnit unit={known} templates={kinds} doors={all} onChanged={asked.again} />}</AskedView>}</AskedView>
        </Page>
      )}
    </AskedView>
  );
}

function Households({ unit }: { unit: Unit }): JSX.Element {
  const { units: words, households: householdWords } = useWords();
  const { id: property } = useProperty();
  const households = useHouseholds();
  const here = households.data?.filter((household) => household.unit.id === unit.id) ?? [];
  return (
    <Section title={words.livesThere} acts={<ButtonLink href={`/manage/${property}/households/new?unit=${unit.id}`}>{householdWords.enterLease}</ButtonLink>}>
      <AskedView asked={households}>
        {() =>
          here.length === 0 ? (
            <p class="quiet">{words.nobodyLivesThere}</p>
          ) : (
            <ul class="plain">
              {here.map((household) => (
                <li key={household.id}>
                  <a href={`/manage/${property}/households/${household.id}`}>{household.people.map(({ name }) => name).join(", ") || words.household}</a>
                </li>
              ))}
            </ul>
          )
        }
      </AskedView>
    </Section>
  );
}

interface Draft {
  name: string;
  number: string;
  template: string;
  doors: readonly string[];
}

function draftOf({ name, number, template, doors }: Unit): Draft {
  return { name, number: number ?? "", template: template ?? "", doors };
}

function EditUnit({ unit, templates, doors, onChanged }: { unit: Unit; templates: readonly Schema<"Template">[]; doors: readonly Schema<"Door">[]; onChanged: () => Promise<void> }): JSX.Element {
  const { units: words, common } = useWords();
  const { id: property } = useProperty();
  const { route } = useLocation();
  const announce = useAnnounce();
  const path = { property, unit: unit.id };
  const edited = useEdited(unit, draftOf, () => answered(api.GET("/api/properties/{property}/units/{unit}", { params: { path } })));
  const [removing, setRemoving] = useState(false);
  const { base, draft, change } = edited;
  const sent = { name: draft.name, number: draft.number === "" ? null : draft.number, template: draft.template === "" ? null : draft.template, doors: [...draft.doors] };
  const opens = [...new Set([...(templates.find(({ id }) => id === draft.template)?.doors ?? []), ...draft.doors])];
  const remove = async (): Promise<void> => {
    await answered(api.DELETE("/api/properties/{property}/units/{unit}", { params: { path, header: { "if-match": versionTag(base.version) } } }));
    announce(words.removed(unit.name));
    route(`/manage/${property}/units`);
  };
  const kindName = (id: string | null): string => templates.find((kind) => kind.id === id)?.name ?? words.noKind;
  return (
    <>
      <ForetoldForm
        title={words.whatItIs}
        submit={common.save}
        edited={edited}
        doors={doors}
        foretell={() => answered(api.POST("/api/properties/{property}/units/{unit}/preview", { params: { path }, body: { template: sent.template, doors: sent.doors } }))}
        save={({ version }) => answered(api.PATCH("/api/properties/{property}/units/{unit}", { params: { path, header: { "if-match": versionTag(version) } }, body: sent }))}
        onSaved={onChanged}
        theirs={(theirs) => [
          { term: words.name, value: theirs.name },
          { term: words.number, value: theirs.number ?? common.none },
          { term: words.kind, value: kindName(theirs.template) },
          { term: words.ownDoors, value: theirs.doors.length === 0 ? common.none : doorNames(theirs.doors, doors) },
        ]}
      >
        {(errorOf) => (
          <>
            <TextField label={words.name} value={draft.name} onValue={(name) => change({ name })} required error={errorOf("name")} />
            <TextField label={words.number} hint={words.numberHint} optional value={draft.number} onValue={(number) => change({ number })} inputMode="numeric" pattern="[0-9]{1,6}" error={errorOf("number")} />
            <Select label={words.kind} value={draft.template} onValue={(template) => change({ template })} choices={[{ value: "", label: words.noKind }, ...templates.map((kind) => ({ value: kind.id, label: kind.name }))]} error={errorOf("template")} />
            <DoorChoices legend={words.ownDoors} hint={words.ownDoorsHint} doors={doors} chosen={draft.doors} onChosen={(chosen) => change({ doors: chosen })} error={errorOf("doors")} />
            <p class="quiet">{opens.length === 0 ? words.opensNothing : words.opens(doorNames(opens, doors))}</p>
          </>
        )}
      </ForetoldForm>
      {unit.households.length === 0 && (
        <Section title={words.removeTitle}>
          <p>{words.removeAbout}</p>
          <Button tone="danger" onPress={() => setRemoving(true)}>
            {words.remove}
          </Button>
        </Section>
      )}
      {removing && (
        <ConfirmDialog title={words.removeOf(unit.name)} act={words.remove} onConfirm={remove} onClose={() => setRemoving(false)}>
          <p>{words.removeSure}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
