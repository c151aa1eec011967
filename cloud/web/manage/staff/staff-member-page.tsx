import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useRoute } from "preact-iso/router";
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
import { EndingActs } from "../people/ending-acts";
import { emptyGrant, TermFields, type GrantDraft } from "../people/grant-fields";
import { PersonState } from "../people/people-page";
import { doorNames, useDoors } from "../use-doors";
import { doorsOfStaff, ownGrant } from "./staff-list-page";

type Staff = Schema<"Staff">;

/** Somebody who works there: their doors, hours and dates, suspended or ended. */
export function StaffMemberPage(): JSX.Element {
  const { params } = useRoute();
  const { person } = params;
  const { id: property, timeZone } = useProperty();
  const { people: words, staff, manage } = useWords();
  const asked = useAsked((signal) => answered(api.GET("/api/properties/{property}/staff/{person}", { params: { path: { property, person } }, signal })), [property, person]);
  const doors = useDoors();
  const back = { href: `/manage/${property}/staff`, label: manage.staff };
  return (
    <AskedView
      asked={asked}
      around={(shown) => (
        <Page title={manage.staff} back={back}>
          {shown}
        </Page>
      )}
    >
      {(known) => (
        <Page
          title={known.name}
          about={
            <>
              {words.since} <Time instant={known.createdAt} zone={timeZone} /> <PersonState person={known} />
            </>
          }
          back={back}
          acts={<ButtonLink href={`/manage/${property}/people/${person}`}>{words.allAbout}</ButtonLink>}
        >
          {known.revokedAt === null && (
            <AskedView asked={doors}>
              {(all) => (
                <>
                  {known.grants.length === 0 ? (
                    <Section title={staff.terms}>
                      <p>{staff.hasNothingAbout}</p>
                      <ButtonLink tone="primary" href={`/manage/${property}/people/${person}/give`}>
                        {words.give}
                      </ButtonLink>
                    </Section>
                  ) : (
                    <EditStaff staff={known} doors={all} onChanged={asked.again} />
                  )}
                  <EndStaff staff={known} onChanged={asked.again} />
                </>
              )}
            </AskedView>
          )}
        </Page>
      )}
    </AskedView>
  );
}

function draftOf(staff: Staff): GrantDraft & { name: string } {
  const grant = ownGrant(staff);
  return { ...emptyGrant(), name: staff.name, doors: grant?.doors ?? [], windows: grant?.windows ?? [], notBefore: grant?.notBefore, notAfter: grant?.notAfter };
}

function EditStaff({ staff, doors, onChanged }: { staff: Staff; doors: readonly Schema<"Door">[]; onChanged: () => Promise<void> }): JSX.Element {
  const { staff: words, people, households, common } = useWords();
  const { id: property, timeZone } = useProperty();
  const announce = useAnnounce();
  const path = { property, person: staff.id };
  const edited = useEdited(staff, draftOf, () => answered(api.GET("/api/properties/{property}/staff/{person}", { params: { path } })));
  const [drawn, setDrawn] = useState<readonly { id: string; pin: string }[]>([]);
  const { draft, change, theirs } = edited;
  const save = async (): Promise<void> => {
    const { name, doors: chosen, windows, notBefore, notAfter } = draft;
    const body = { name, doors: [...chosen], windows: [...windows], notBefore: notBefore ?? null, notAfter: notAfter ?? null };
    const changed = await edited.save(({ version }) => answered(api.PATCH("/api/properties/{property}/staff/{person}", { params: { path, header: { "if-match": versionTag(version) } }, body })));
    if (changed === undefined) return;
    edited.take(changed);
    setDrawn(changed.codes.flatMap(({ id, pin }) => (pin === undefined ? [] : [{ id, pin }])));
    announce(households.saved);
    await onChanged();
  };
  const stored = theirs === undefined ? undefined : ownGrant(theirs);
  return (
    <Section title={words.terms}>
      <GivenCodes name={draft.name} codes={drawn} />
      {theirs !== undefined && (
        <ChangedMeanwhile
          theirs={[
            { term: people.name, value: theirs.name },
            { term: households.doors, value: doorNames(stored?.doors ?? [], doors) },
            { term: households.times, value: <WeekText windows={stored?.windows ?? []} /> },
            { term: people.until, value: stored?.notAfter === undefined ? households.noEnd : <Time instant={stored.notAfter} zone={timeZone} /> },
          ]}
          onTake={() => edited.take(theirs)}
        />
      )}
      <p class="quiet">{words.termsAbout}</p>
      <Form submit={common.save} onSubmit={save}>
        {(errorOf) => (
          <>
            <TextField label={people.name} value={draft.name} onValue={(name) => change({ name })} required error={errorOf("name")} autocomplete="off" />
            <TermFields draft={draft} doors={doors} errorOf={errorOf} onDraft={change} />
          </>
        )}
      </Form>
    </Section>
  );
}

function EndStaff({ staff, onChanged }: { staff: Staff; onChanged: () => Promise<void> }): JSX.Element {
  const { staff: words } = useWords();
  const { id: property } = useProperty();
  const end = async (): Promise<string> => (await answered(api.DELETE("/api/properties/{property}/staff/{person}", { params: { path: { property, person: staff.id } } }))).revocation;
  return <EndingActs person={staff} doors={doorsOfStaff(staff)} endText={words.end} end={end} onChanged={onChanged} />;
}
