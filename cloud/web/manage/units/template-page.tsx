import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso/router";
import { answered, api, versionTag, type Schema } from "../../api/client";
import { ApiProblem } from "../../api/api-problem";
import { useAsked } from "../../api/use-asked";
import { useWords } from "../../language/speaking";
import { useAnnounce } from "../../ui/announcer";
import { AskedView } from "../../ui/asked-view";
import { Button } from "../../ui/button";
import { ChangedMeanwhile } from "../../ui/changed-meanwhile";
import { ConfirmDialog } from "../../ui/dialog";
import { TextField } from "../../ui/field";
import { Form } from "../../ui/form";
import { Page, Section } from "../../ui/page";
import { useProperty } from "../../shell/managed-property";
import { doorNames, useDoors } from "../use-doors";
import { WhenItIsTrue } from "../when-it-is-true";
import { ChangedCodes, drawnCodes, type DrawnCodes } from "./changed-codes";
import { DoorChoices } from "../../ui/door-choices";
import { EffectList } from "./effect-list";
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
  const [version, setVersion] = useState(template.version);
  const [name, setName] = useState(template.name);
  const [chosen, setChosen] = useState<readonly string[]>(template.doors);
  const [theirs, setTheirs] = useState<Template>();
  const [effect, setEffect] = useState<Schema<"DoorEffect">[]>();
  const [drawn, setDrawn] = useState<DrawnCodes[]>([]);
  const [removing, setRemoving] = useState(false);
  const path = { property, template: template.id };
  const flats = units.filter((unit) => unit.template === template.id);
  const take = (of: Template): void => {
    setVersion(of.version);
    setName(of.name);
    setChosen(of.doors);
    setTheirs(undefined);
  };
  const save = async (): Promise<void> => {
    try {
      const changed = await answered(api.PATCH("/api/properties/{property}/templates/{template}", { params: { path, header: { "if-match": versionTag(version) } }, body: { name, doors: [...chosen] } }));
      take(changed);
      setDrawn(drawnCodes(changed));
      announce(words.saved);
      await onChanged();
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.code !== "changed-meanwhile") throw error;
      const now = await answered(api.GET("/api/properties/{property}/templates/{template}", { params: { path } }));
      setVersion(now.version);
      setTheirs(now);
    }
    setEffect(undefined);
  };
  const submit = async (): Promise<void> => {
    const { effect: foretold } = await answered(api.POST("/api/properties/{property}/templates/{template}/preview", { params: { path }, body: { doors: [...chosen] } }));
    if (foretold.length === 0) await save();
    else setEffect(foretold);
  };
  const remove = async (): Promise<void> => {
    await answered(api.DELETE("/api/properties/{property}/templates/{template}", { params: { path, header: { "if-match": versionTag(version) } } }));
    announce(words.removed(template.name));
    route(`/manage/${property}/units`);
  };
  return (
    <>
      <ChangedCodes drawn={drawn} doors={doors} />
      <Section title={words.kindDoors}>
        {theirs !== undefined && (
          <ChangedMeanwhile
            theirs={[
              { term: words.name, value: theirs.name },
              { term: words.doors, value: theirs.doors.length === 0 ? common.none : doorNames(theirs.doors, doors) },
            ]}
            onTake={() => take(theirs)}
          />
        )}
        <Form submit={words.saveKind} onSubmit={submit}>
          {(errorOf) => (
            <>
              <TextField label={words.name} value={name} onValue={setName} required error={errorOf("name")} />
              <DoorChoices legend={words.kindDoors} doors={doors} chosen={chosen} onChosen={setChosen} error={errorOf("doors")} />
            </>
          )}
        </Form>
      </Section>
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
      {effect !== undefined && (
        <ConfirmDialog title={words.effectTitle(name)} act={words.effectAct} onConfirm={save} onClose={() => setEffect(undefined)}>
          <EffectList effect={effect} doors={doors} units={new Map(units.map((unit) => [unit.id, unit.name]))} />
          <WhenItIsTrue doors={[...new Set(effect.flatMap(({ loses }) => loses))]} />
        </ConfirmDialog>
      )}
      {removing && (
        <ConfirmDialog title={words.removeOf(template.name)} act={words.removeKind} onConfirm={remove} onClose={() => setRemoving(false)}>
          <p>{words.removeKindSure}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
