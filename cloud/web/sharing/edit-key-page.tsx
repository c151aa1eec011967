import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso/router";
import { answered, api, versionTag, type Schema } from "../api/client";
import { useAsked } from "../api/use-asked";
import { useWords } from "../language/speaking";
import { useAnnounce } from "../ui/announcer";
import { AskedView } from "../ui/asked-view";
import { ButtonLink } from "../ui/button";
import { ChangedMeanwhile } from "../ui/changed-meanwhile";
import { Choices, TextField } from "../ui/field";
import { Form } from "../ui/form";
import { GivenCodes } from "../ui/given-codes";
import { Page, Section } from "../ui/page";
import { useEdited } from "../ui/use-edited";
import { useGiving, useKeysPath, type Giving } from "./giving";
import { changesOf, draftOf } from "./key-edit";
import { KeyTimesText } from "./key-times";
import { TimesFields } from "./times-fields";

type Key = Schema<"Key">;

/** Editing a key (S9): it stays the same one, under the same code. */
export function EditKeyPage(): JSX.Element {
  const { sharing } = useWords();
  const base = useKeysPath();
  const { key: id = "" } = useRoute().params;
  const asked = useAsked((signal) => answered(api.GET("/api/keys/{key}", { params: { path: { key: id } }, signal })), ["key", id]);
  const giving = useGiving();
  return (
    <Page title={sharing.editTitle} back={{ href: `${base}/${id}`, label: asked.data?.name ?? sharing.column.key }}>
      <AskedView asked={asked}>
        {(key) => (
          <AskedView asked={giving}>{(choices) => (key.can.includes("edit") ? <EditKey of={key} giving={givingOf(key, choices)} /> : <p class="notice">{sharing.mayNotEdit}</p>)}</AskedView>
        )}
      </AskedView>
    </Page>
  );
}

function EditKey({ of, giving }: { of: Key; giving: Giving }): JSX.Element {
  const { sharing, common } = useWords();
  const base = useKeysPath();
  const { route } = useLocation();
  const announce = useAnnounce();
  const edited = useEdited(of, draftOf, () => answered(api.GET("/api/keys/{key}", { params: { path: { key: of.id } } })));
  const { base: key, draft: edit, change: set, theirs } = edited;
  const [codes, setCodes] = useState<Schema<"GivenCode">[]>([]);
  const [noDoors, setNoDoors] = useState(false);
  const save = async (): Promise<void> => {
    setNoDoors(edit.doors.length === 0);
    if (edit.doors.length === 0) return;
    const changed = await edited.save((now) => answered(api.PATCH("/api/keys/{key}", { params: { path: { key: now.id }, header: { "if-match": versionTag(now.version) } }, body: changesOf(now, edit) })));
    if (changed === undefined) return;
    announce(sharing.saved(changed.name));
    if (changed.codes.length > 0) setCodes(changed.codes);
    else route(`${base}/${key.id}`);
  };
  if (codes.length > 0) {
    return (
      <Section title={sharing.code.title}>
        <p>{sharing.code.newOne}</p>
        <GivenCodes codes={codes} name={key.user.name} />
        <ButtonLink tone="primary" href={`${base}/${key.id}`}>
          {sharing.toKey}
        </ButtonLink>
      </Section>
    );
  }
  return (
    <>
      {theirs !== undefined && (
        <ChangedMeanwhile
          theirs={[
            { term: sharing.name, value: theirs.name },
            { term: sharing.column.doors, value: theirs.doors.map(({ name }) => name).join(", ") },
            { term: sharing.column.when, value: <KeyTimesText times={theirs} zone={theirs.timeZone} /> },
          ]}
          onTake={() => edited.take(theirs)}
        />
      )}
      <Form submit={common.save} onSubmit={save} onCancel={() => route(`${base}/${key.id}`)}>
        {(errorOf) => (
          <>
            <div class="card">
              <TextField label={sharing.name} value={edit.name} onValue={(name) => set({ name })} required maxLength={200} error={errorOf("name")} />
              <Choices legend={sharing.column.doors} choices={giving.doors.map(({ id, name }) => ({ value: id, label: name }))} chosen={edit.doors} onChosen={(doors) => set({ doors })} error={noDoors && edit.doors.length === 0 ? sharing.doorsNeeded : errorOf("doors")} />
            </div>
            <div class="card">
              <TimesFields giving={giving} doors={edit.doors} times={edit.times} onTimes={(times) => set({ times })} errorOf={errorOf} />
            </div>
          </>
        )}
      </Form>
    </>
  );
}

/** Where the key was given from, with the doors that it has. */
function givingOf(key: Key, choices: readonly Giving[]): Giving {
  const fits = choices.filter(({ property, household }) => property === key.property && (household ?? null) === key.household);
  const found = fits.find(({ doors }) => key.doors.every(({ door }) => doors.some(({ id }) => id === door))) ?? fits[0];
  const own = key.doors.map(({ door, name }) => ({ id: door, name, admin: false }));
  if (found !== undefined) return { ...found, doors: [...found.doors, ...own.filter(({ id }) => !found.doors.some((door) => door.id === id))] };
  return { id: key.property, label: key.propertyName, property: key.property, propertyName: key.propertyName, zone: key.timeZone, household: key.household ?? undefined, doors: own, manages: false, endNeeded: key.household !== null, profiles: false };
}
