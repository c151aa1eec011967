import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso/router";
import { answered, api, versionTag, type Schema } from "../../api/client";
import { useAsked } from "../../api/use-asked";
import { useWords } from "../../language/speaking";
import { useAnnounce } from "../../ui/announcer";
import { AskedView } from "../../ui/asked-view";
import { Button } from "../../ui/button";
import { ConfirmDialog } from "../../ui/dialog";
import { DoorChoices } from "../../ui/door-choices";
import { TextField } from "../../ui/field";
import { Page, Section } from "../../ui/page";
import { useEdited } from "../../ui/use-edited";
import { useProperty } from "../../shell/managed-property";
import { doorNames, useDoors } from "../use-doors";
import { ForetoldForm } from "./foretold-form";
import { useUnits } from "./use-units";

type Template = Schema<"Template">;

/** A kind of flat: the doors that come with it, and who gains and loses by a change before it is saved (P1). */
export function TemplatePage(): JSX.Element {
  const { params } = useRoute();
  const { template } = params;
  const { id: property } = useProperty();
  const asked = useAsked((signal) => answered(api.GET("/api/properties/{property}/templates/{template}", { params: { path: { property, template } }, signal })), [property, template]);
  const units = useUnits();
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
        <Page title={known.name} about={words.kindAbout} back={back}>
          <AskedView asked={units}>{(all) => <AskedView asked={doors}>{(choices) => <EditTemplate template={known} units={all} doors={choices} onChanged={asked.again} />}</AskedView>}</AskedView>
        </Page>
      )}
    </AskedView>
  );
}

function EditTemplate({ template, units, doors, onChanged }: { template: Template; units: readonly Schema<"Unit">[]; doors: readonly Schema<"Door">[]; onChanged: () => Promise<void> }): JSX.Element {
  const { units: words, common } = useWords();
  const { id: property } = useProperty();
  const { route } = useLocation();
  const announce = useAnnounce();
  const path = { property, template: template.id };
  const edited = useEdited(
    template,
    ({ name, doors: chosen }) => ({ name, doors: chosen }),
    () => answered(api.GET("/api/properties/{property}/templates/{template}", { params: { path } })),
  );
  const [removing, setRemoving] = useState(false);
  const { base, draft, change } = edited;
  const flats = units.filter((unit) => unit.template === template.id);
  const remove = async (): Promise<void> => {
    await answered(api.DELETE("/api/properties/{property}/templates/{template}", { params: { path, header: { "if-match": versionTag(base.version) } } }));
    announce(words.removed(template.name));
    route(`/manage/${property}/units`);
  };
  return (
    <>
      <ForetoldForm
        title={words.kindDoors}
        submit={words.saveKind}
        edited={edited}
        doors={doors}
        units={new Map(units.map((unit) => [unit.id, unit.name]))}
        foretell={() => answered(api.POST("/api/properties/{property}/templates/{template}/preview", { params: { path }, body: { doors: draft.doors } }))}
        save={({ version }) => answered(api.PATCH("/api/properties/{property}/templates/{template}", { params: { path, header: { "if-match": versionTag(version) } }, body: draft }))}
        onSaved={onChanged}
        theirs={({ name, doors: theirs }) => [
          { term: words.name, value: name },
          { term: words.doors, value: theirs.length === 0 ? common.none : doorNames(theirs, doors) },
        ]}
      >
        {(errorOf) => (
          <>
            <TextField label={words.name} value={draft.name} onValue={(name) => change({ name })} required error={errorOf("name")} />
            <DoorChoices legend={words.kindDoors} doors={doors} chosen={draft.doors} onChosen={(chosen) => change({ doors: chosen })} error={errorOf("doors")} />
          </>
        )}
      </ForetoldForm>
      <Section title={words.ofThisKind(flats.length)}>
        {flats.length === 0 ? (
          <>
            <p class="quiet">{words.noneOfKind}</p>
            <Button tone="danger" onPress={() => setRemoving(true)}>
              {words.removeKind}
            </Button>
          </>
        ) : (
          <ul class="tags">
            {flats.map((unit) => (
              <li key={unit.id}>
                <a href={`/manage/${property}/units/${unit.id}`}>{unit.name}</a>
              </li>
            ))}
          </ul>
        )}
      </Section>
      {removing && (
        <ConfirmDialog title={words.removeOf(template.name)} act={words.removeKind} onConfirm={remove} onClose={() => setRemoving(false)}>
          <p>{words.removeKindSure}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
