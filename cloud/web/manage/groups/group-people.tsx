import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, api, type Schema } from "../../api/client";
import { everyItem } from "../../api/every-item";
import { useAsked } from "../../api/use-asked";
import { useWords } from "../../language/speaking";
import { useProperty } from "../../shell/managed-property";
import { byName, doorNames, matches } from "../use-doors";
import { WhenItIsTrue } from "../when-it-is-true";
import { ActButton } from "../../ui/act-button";
import { useAnnounce } from "../../ui/announcer";
import { AskedView } from "../../ui/asked-view";
import { Button } from "../../ui/button";
import { ConfirmDialog } from "../../ui/dialog";
import { TextField } from "../../ui/field";
import { Section } from "../../ui/page";
import type { GroupOutcome } from "./group-outcome";

const FOUND_MAX = 8;

interface GroupPeopleProps {
  group: Schema<"WholeGroup">;
  doors: readonly Schema<"Door">[] | undefined;
  onOutcome: (outcome: GroupOutcome) => void;
  onChanged: () => Promise<void>;
}

/** Names of a group's people, by id. */
export async function peopleOf(group: string, signal: AbortSignal | null = null): Promise<ReadonlyMap<string, string>> {
  const people = await everyItem((after) => answered(api.GET("/api/groups/{group}/people", { params: { path: { group }, query: after === undefined ? {} : { after } }, signal })));
  return new Map(people.map(({ id, name }) => [id, name]));
}

/** Who is in a group; puts people in and takes them out. */
export function GroupPeople({ group, doors, onOutcome, onChanged }: GroupPeopleProps): JSX.Element {
  const { groups: words } = useWords();
  const announce = useAnnounce();
  const [leaving, setLeaving] = useState<Schema<"GroupPerson">>();
  const asked = useAsked(
    async (signal) => {
      const people = await everyItem((after) => answered(api.GET("/api/groups/{group}/people", { params: { path: { group: group.id }, query: after === undefined ? {} : { after } }, signal })));
      return people.sort((a, b) => byName(a.name, b.name));
    },
    ["group-people", group.id, group.version],
  );
  const join = async ({ id, name }: { id: string; name: string }): Promise<void> => {
    const { codes } = await answered(api.PUT("/api/groups/{group}/people/{person}", { params: { path: { group: group.id, person: id } } }));
    onOutcome({ ended: [], codes: codes.map((each) => ({ ...each, name })) });
    announce(words.joined(name));
    await Promise.all([asked.again(), onChanged()]);
  };
  const leave = async ({ id, name }: Schema<"GroupPerson">): Promise<void> => {
    const { revocation, codes } = await answered(api.DELETE("/api/groups/{group}/people/{person}", { params: { path: { group: group.id, person: id } } }));
    onOutcome({ ended: revocation === null ? [] : [{ person: id, name, revocation: revocation.id }], codes: codes.map((each) => ({ ...each, name })) });
    announce(revocation === null ? words.endedNothing(name) : words.left(name));
    setLeaving(undefined);
    await Promise.all([asked.again(), onChanged()]);
  };
  const names = (ids: readonly string[]): string => (ids.length === 0 ? words.noDoors : doorNames(ids, doors));
  return (
    <Section title={words.inIt}>
      <AskedView asked={asked}>
        {(people) => (
          <>
            {people.length === 0 && <p class="quiet">{words.nobody}</p>}
            <ul class="group-people" aria-label={words.inIt}>
              {people.map((person) => (
                <li key={person.id}>
                  <div>
                    <strong>{person.name}</strong>
                    {person.unreached.length > 0 && <p class="hint">{words.unreached(names(person.unreached))}</p>}
                  </div>
                  <Button label={words.takeOutOf(person.name)} onPress={() => setLeaving(person)}>
                    {words.takeOut}
                  </Button>
                </li>
              ))}
            </ul>
            <FindPerson inIt={people} onFound={join} />
          </>
        )}
      </AskedView>
      {leaving !== undefined && (
        <ConfirmDialog title={words.takeOutTitle(leaving.name)} act={words.takeOut} onConfirm={() => leave(leaving)} onClose={() => setLeaving(undefined)}>
          <p>{words.takeOutSure(leaving.name, names(group.doors.map(({ door }) => door)))}</p>
          <WhenItIsTrue doors={group.doors.map(({ door }) => door)} />
        </ConfirmDialog>
      )}
    </Section>
  );
}

function FindPerson({ inIt, onFound }: { inIt: readonly { id: string }[]; onFound: (person: { id: string; name: string }) => Promise<void> }): JSX.Element {
  const { groups: words } = useWords();
  const { id: property } = useProperty();
  const [search, setSearch] = useState("");
  const { data } = useAsked(
    async (signal) => everyItem((after) => answered(api.GET("/api/people", { params: { query: { property, ended: "false", ...(after !== undefined && { after }) } }, signal }))),
    ["people", property],
  );
  const wanted = search.trim();
  const found = (data ?? []).filter(({ id, name }) => wanted !== "" && matches(name, wanted) && !inIt.some((each) => each.id === id)).sort((a, b) => byName(a.name, b.name));
  return (
    <div role="search">
      <TextField label={words.find} hint={words.findHint} type="search" autocomplete="off" value={search} onValue={setSearch} />
      {wanted !== "" && found.length === 0 && <p role="status">{words.noMatch}</p>}
      <ul class="group-people" aria-label={words.found}>
        {found.slice(0, FOUND_MAX).map((person) => (
          <li key={person.id}>
            <span>{person.name}</span>
            <ActButton label={words.putOf(person.name)} act={() => onFound(person).then(() => setSearch(""))}>
              {words.put}
            </ActButton>
          </li>
        ))}
      </ul>
    </div>
  );
}
