import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, api, versionTag, type Schema } from "../../api/client";
import { useWords } from "../../language/speaking";
import { doorNames } from "../use-doors";
import { WhenItIsTrue } from "../when-it-is-true";
import { useAnnounce } from "../../ui/announcer";
import { Button } from "../../ui/button";
import { ChangedMeanwhile } from "../../ui/changed-meanwhile";
import { ConfirmDialog } from "../../ui/dialog";
import { Form } from "../../ui/form";
import { Section } from "../../ui/page";
import { useEdited } from "../../ui/use-edited";
import { groupDraft, GroupFields, usePropertyProfiles } from "./group-fields";
import type { GroupOutcome } from "./group-outcome";
import { peopleOf } from "./group-people";

type Whole = Schema<"WholeGroup">;

interface EditGroupProps {
  group: Whole;
  doors: readonly Schema<"Door">[];
  onOutcome: (outcome: GroupOutcome) => void;
  onChanged: () => Promise<void>;
  onRemoved: () => void;
}

/** Its name, doors, times and permissions. Where doors are taken away it says from whom, before it is done. */
export function EditGroup({ group, doors, onOutcome, onChanged, onRemoved }: EditGroupProps): JSX.Element {
  const { groups: words, common, manage } = useWords();
  const announce = useAnnounce();
  const profiles = usePropertyProfiles();
  const path = { group: group.id };
  const edited = useEdited(group, groupDraft, () => answered(api.GET("/api/groups/{group}", { params: { path } })));
  const { base, draft, setDraft, theirs } = edited;
  const [asking, setAsking] = useState<"save" | "remove">();
  const params = { path, header: { "if-match": versionTag(base.version) } };
  const lost = base.doors.filter(({ door }) => !draft.doors.includes(door)).map(({ door }) => door);
  const names = (ids: readonly string[]): string => (ids.length === 0 ? words.noDoors : doorNames(ids, doors));
  const tell = (people: ReadonlyMap<string, string>, { ended, codes }: { ended: { person: string; revocation: string }[]; codes: { person: string; codes: Schema<"GivenCode">[] }[] }): void => {
    const nameOf = (person: string): string => people.get(person) ?? words.somebody;
    onOutcome({ ended: ended.map((each) => ({ ...each, name: nameOf(each.person) })), codes: codes.map((each) => ({ ...each, name: nameOf(each.person) })) });
  };
  const save = async (): Promise<void> => {
    const people = await peopleOf(group.id);
    const changed = await edited.save(() => answered(api.PATCH("/api/groups/{group}", { params, body: draft })));
    if (changed !== undefined) {
      edited.take(changed);
      tell(people, changed);
      announce(words.saved(changed.name));
      await onChanged();
    }
    setAsking(undefined);
  };
  const remove = async (): Promise<void> => {
    const people = await peopleOf(group.id);
    tell(people, await answered(api.DELETE("/api/groups/{group}", { params })));
    onRemoved();
  };
  return (
    <Section title={manage.settings}>
      {theirs !== undefined && (
        <ChangedMeanwhile
          theirs={[
            { term: words.name, value: theirs.name },
            { term: words.doors, value: names(theirs.doors.map(({ door }) => door)) },
            { term: words.profile, value: profiles.find(({ id }) => id === theirs.profile)?.name ?? words.always },
            { term: words.permissions, value: theirs.permissions.length === 0 ? common.none : theirs.permissions.map((permission) => words.permission[permission]).join("; ") },
          ]}
          onTake={() => edited.take(theirs)}
        />
      )}
      <Form submit={words.save} onSubmit={() => (lost.length > 0 && group.people > 0 ? Promise.resolve(setAsking("save")) : save())}>
        {(errorOf) => <GroupFields draft={draft} onDraft={setDraft} doors={doors} errorOf={errorOf} />}
      </Form>
      <div class="acts apart">
        <Button tone="danger" onPress={() => setAsking("remove")}>
          {words.removeIt}
        </Button>
      </div>
      {asking === "save" && (
        <ConfirmDialog title={words.takesAway} act={words.act} onConfirm={save} onClose={() => setAsking(undefined)}>
          <p>{words.takesAwayAbout(common.people(group.people), names(lost))}</p>
          <WhenItIsTrue doors={lost} />
        </ConfirmDialog>
      )}
      {asking === "remove" && (
        <ConfirmDialog title={words.removeTitle(group.name)} act={words.removeIt} onConfirm={remove} onClose={() => setAsking(undefined)}>
          <p>{words.removeSure(common.people(group.people), names(group.doors.map(({ door }) => door)))}</p>
          {group.people > 0 && <WhenItIsTrue doors={group.doors.map(({ door }) => door)} />}
        </ConfirmDialog>
      )}
    </Section>
  );
}
