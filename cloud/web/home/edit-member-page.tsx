import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso/router";
import { answered, api, versionTag, type Schema } from "../api/client";
import { useLanguage, useWords } from "../language/speaking";
import { useAnnounce } from "../ui/announcer";
import { AskedView } from "../ui/asked-view";
import { ButtonLink } from "../ui/button";
import { ChangedMeanwhile } from "../ui/changed-meanwhile";
import { TextField } from "../ui/field";
import { Form } from "../ui/form";
import { GivenCodes } from "../ui/given-codes";
import { Page } from "../ui/page";
import { Time } from "../ui/time";
import { useEdited } from "../ui/use-edited";
import { windowsText } from "../ui/week-text";
import { DoorFields, lacksDoors, TimeFields, type PlaceDraft } from "./place-form";
import { doorsText } from "./place-text";
import { useMember, type Household, type Member } from "./places";

/** Another name, other doors, other times for a resident or a guest. */
export function EditMemberPage(): JSX.Element {
  const { params } = useRoute();
  const { home, household: words } = useWords();
  const asked = useMember(params.household, params.person);
  const { data } = asked;
  return (
    <Page title={data === undefined ? home.household : words.editTitle(data.member.name)} back={{ href: `/household/${params.household}/members/${params.person}`, label: data?.member.name ?? home.household }}>
      <AskedView asked={asked}>{({ household, member }) => <EditMember household={household} member={member} />}</AskedView>
    </Page>
  );
}

interface Draft extends PlaceDraft {
  name: string;
}

function draftOf({ name, role, allDoors, doors, windows, start, end }: Member): Draft {
  return { name, role: role === "guest" ? "guest" : "resident", allDoors, doors, windows, start, end: end ?? undefined };
}

function EditMember({ household, member }: { household: Household; member: Member }): JSX.Element {
  const words = useWords();
  const said = words.household;
  const language = useLanguage();
  const announce = useAnnounce();
  const { route } = useLocation();
  const { person } = member;
  const edited = useEdited(member, draftOf, () => answered(api.GET("/api/members/{person}", { params: { path: { person } } })));
  const { draft, change: onDraft, theirs } = edited;
  const [noDoors, setNoDoors] = useState(false);
  const [codes, setCodes] = useState<Schema<"GivenCode">[]>([]);
  const page = `/household/${household.id}/members/${person}`;
  const save = async (): Promise<void> => {
    setNoDoors(lacksDoors(draft));
    if (lacksDoors(draft)) return;
    const { name, allDoors, doors, windows, start, end } = draft;
    const changed = await edited.save((base) => {
      const wanted = { name, doors: draft.role === "resident" && allDoors ? null : [...doors], windows, start: start ?? base.start, end: end ?? null };
      return answered(api.PATCH("/api/members/{person}", { params: { path: { person }, header: { "if-match": versionTag(base.version) } }, body: changedOnly(wanted, base) }));
    });
    if (changed === undefined) return;
    announce(said.saved);
    if (changed.codes.length > 0) setCodes(changed.codes);
    else route(page);
  };
  if (codes.length > 0) {
    return (
      <div class="card">
        <GivenCodes codes={codes} name={draft.name} about={said.addedGivenAbout} nameDoors={(doors) => doorsText(doors, household.doors, language)} />
        <ButtonLink tone="primary" href={page}>
          {draft.name}
        </ButtonLink>
      </div>
    );
  }
  return (
    <div class="card">
      <Form submit={words.common.save} onSubmit={save} onCancel={() => route(page)}>
        {(errorOf) => {
          const fields = { draft, onDraft, household, errorOf: (path: string) => (path === "doors" && noDoors ? said.whereNeeded : errorOf(path)) };
          return (
            <>
              {theirs !== undefined && (
                <ChangedMeanwhile
                  theirs={[
                    { term: said.name, value: theirs.name },
                    { term: said.doors, value: theirs.allDoors ? said.allDoors : doorsText(theirs.doors, household.doors, language) },
                    { term: said.times, value: windowsText(theirs.windows, words, language) },
                    { term: said.ends, value: theirs.end === null ? said.endsWithHousehold : <Time instant={theirs.end} zone={household.timeZone} /> },
                  ]}
                  onTake={() => edited.take(theirs)}
                />
              )}
              <TextField label={said.name} name="name" required maxLength={100} value={draft.name} onValue={(name) => onDraft({ name })} error={errorOf("name")} />
              <DoorFields {...fields} />
              <TimeFields {...fields} />
            </>
          );
        }}
      </Form>
    </div>
  );
}

type Wanted = Required<Schema<"MemberChange">>;

/** Only what is another: a beginning that is long past is not sent again. */
function changedOnly({ name, doors, windows, start, end }: Wanted, before: Member): Schema<"MemberChange"> {
  const doorsBefore = before.allDoors ? null : before.doors;
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  return {
    ...(name !== before.name && { name }),
    ...(!same(doors === null ? null : [...doors].sort(), doorsBefore === null ? null : [...doorsBefore].sort()) && { doors }),
    ...(!same(windows, before.windows) && { windows }),
    ...(start !== before.start && { start }),
    ...(end !== before.end && { end }),
  };
}
