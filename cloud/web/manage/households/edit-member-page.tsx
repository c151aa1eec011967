import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso/router";
import { answered, api, versionTag, type Schema } from "../../api/client";
import { useAsked } from "../../api/use-asked";
import { useWords } from "../../language/speaking";
import { useAnnounce } from "../../ui/announcer";
import { AskedView } from "../../ui/asked-view";
import { ButtonLink } from "../../ui/button";
import { ChangedMeanwhile } from "../../ui/changed-meanwhile";
import { TextField } from "../../ui/field";
import { Form } from "../../ui/form";
import { GivenCodes } from "../../ui/given-codes";
import { Page, Section } from "../../ui/page";
import { Time } from "../../ui/time";
import { useEdited } from "../../ui/use-edited";
import { WeekText } from "../../ui/week-view";
import { useProperty } from "../../shell/managed-property";
import { doorNames } from "../use-doors";
import { MemberFields, type MemberTerms } from "./member-fields";

type Member = Schema<"Member">;

/** A resident's or a guest's doors, times and name (O2, O3). */
export function EditMemberPage(): JSX.Element {
  const { params } = useRoute();
  const { household, person } = params;
  const { id: property } = useProperty();
  const { households: words } = useWords();
  const asked = useAsked(async (signal) => ({ whole: await answered(api.GET("/api/households/{household}", { params: { path: { household } }, signal })), member: await answered(api.GET("/api/members/{person}", { params: { path: { person } }, signal })) }), [household, person]);
  return (
    <AskedView
      asked={asked}
      around={(shown) => (
        <Page title={words.edit} back={{ href: `/manage/${property}/households/${household}`, label: words.toHousehold }}>
          {shown}
        </Page>
      )}
    >
      {({ whole, member }) => (
        <Page title={words.editOf(member.name)} back={{ href: `/manage/${property}/households/${household}`, label: words.householdOf(whole.unit.name) }}>
          <EditMember member={member} doors={whole.doors} />
        </Page>
      )}
    </AskedView>
  );
}

function draftOf({ name, allDoors, doors, windows, start, end }: Member): MemberTerms & { name: string } {
  return { name, doors: allDoors ? undefined : doors, windows, start, end: end ?? undefined };
}

function EditMember({ member, doors }: { member: Member; doors: readonly { id: string; name: string }[] }): JSX.Element {
  const { households: words, common } = useWords();
  const { id: property, timeZone } = useProperty();
  const { route } = useLocation();
  const announce = useAnnounce();
  const [drawn, setDrawn] = useState<readonly Schema<"GivenCode">[]>();
  const { person, household, linked } = member;
  const role = member.role === "guest" ? "guest" : "resident";
  const at = `/manage/${property}/households/${household}`;
  const edited = useEdited(member, draftOf, () => answered(api.GET("/api/members/{person}", { params: { path: { person } } })));
  const { draft, change, theirs } = edited;
  const submit = async (): Promise<void> => {
    const { name, doors: chosen, windows, start, end } = draft;
    const body = { ...(!linked && name !== member.name && { name }), doors: chosen === undefined ? null : [...chosen], windows: [...windows], ...(start !== undefined && { start }), end: end ?? null };
    const changed = await edited.save(({ version }) => answered(api.PATCH("/api/members/{person}", { params: { path: { person }, header: { "if-match": versionTag(version) } }, body })));
    if (changed === undefined) return;
    announce(words.saved);
    if (changed.codes.length > 0) setDrawn(changed.codes);
    else route(at);
  };
  if (drawn !== undefined) {
    return (
      <Section title={words.saved}>
        <GivenCodes name={draft.name} codes={drawn} nameDoors={(ids) => doorNames(ids, doors)} />
        <ButtonLink tone="primary" href={at}>
          {words.toHousehold}
        </ButtonLink>
      </Section>
    );
  }
  return (
    <Section title={role === "guest" ? words.asGuest : words.asResident}>
      {theirs !== undefined && (
        <ChangedMeanwhile
          theirs={[
            { term: words.name, value: theirs.name },
            { term: words.doors, value: theirs.allDoors ? words.allOfHousehold : doorNames(theirs.doors, doors) },
            { term: words.times, value: <WeekText windows={theirs.windows} /> },
            { term: words.end, value: theirs.end === null ? words.noEnd : <Time instant={theirs.end} zone={timeZone} /> },
          ]}
          onTake={() => edited.take(theirs)}
        />
      )}
      <Form submit={common.save} onSubmit={submit} onCancel={() => route(at)}>
        {(errorOf) => (
          <>
            {linked ? <p class="quiet">{words.nameIsTheirs}</p> : <TextField label={words.name} value={draft.name} onValue={(name) => change({ name })} required error={errorOf("name")} autocomplete="off" />}
            <MemberFields role={role} doors={doors} terms={draft} errorOf={errorOf} onTerms={change} />
          </>
        )}
      </Form>
    </Section>
  );
}
