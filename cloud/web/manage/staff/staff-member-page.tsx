import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso/router";
import { ApiProblem } from "../../api/api-problem";
import { answered, api, versionTag, type Schema } from "../../api/client";
import { useAsked } from "../../api/use-asked";
import { useWords } from "../../language/speaking";
import { useAnnounce } from "../../ui/announcer";
import { AskedView } from "../../ui/asked-view";
import { Button, ButtonLink } from "../../ui/button";
import { ChangedMeanwhile } from "../../ui/changed-meanwhile";
import { ConfirmDialog } from "../../ui/dialog";
import { TextField } from "../../ui/field";
import { Form } from "../../ui/form";
import { GivenCodes } from "../../ui/given-codes";
import { Page, Section } from "../../ui/page";
import { Time } from "../../ui/time";
import { WeekText } from "../../ui/week-view";
import { useProperty } from "../../shell/managed-property";
import { emptyGrant, TermFields, type GrantDraft } from "../people/grant-fields";
import { PersonState } from "../people/people-page";
import { SuspendDialog } from "../people/suspend-dialog";
import { doorNames, useDoors } from "../use-doors";
import { WhenItIsTrue } from "../when-it-is-true";
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

function draftOf(staff: Staff): GrantDraft {
  const grant = ownGrant(staff);
  return { ...emptyGrant(), doors: grant?.doors ?? [], windows: grant?.windows ?? [], notBefore: grant?.notBefore, notAfter: grant?.notAfter };
}

function EditStaff({ staff, doors, onChanged }: { staff: Staff; doors: readonly Schema<"Door">[]; onChanged: () => Promise<void> }): JSX.Element {
  const { staff: words, people, households, common } = useWords();
  const { id: property, timeZone } = useProperty();
  const announce = useAnnounce();
  const [version, setVersion] = useState(staff.version);
  const [name, setName] = useState(staff.name);
  const [draft, setDraft] = useState(() => draftOf(staff));
  const [theirs, setTheirs] = useState<Staff>();
  const [drawn, setDrawn] = useState<readonly { id: string; pin: string }[]>([]);
  const path = { property, person: staff.id };
  const take = (of: Staff): void => {
    setVersion(of.version);
    setName(of.name);
    setDraft(draftOf(of));
    setTheirs(undefined);
  };
  const save = async (): Promise<void> => {
    const body = { name, doors: [...draft.doors], windows: [...draft.windows], notBefore: draft.notBefore ?? null, notAfter: draft.notAfter ?? null };
    try {
      const changed = await answered(api.PATCH("/api/properties/{property}/staff/{person}", { params: { path, header: { "if-match": versionTag(version) } }, body }));
      take(changed);
      setDrawn(changed.codes.flatMap(({ id, pin }) => (pin === undefined ? [] : [{ id, pin }])));
      announce(households.saved);
      await onChanged();
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.code !== "changed-meanwhile") throw error;
      const now = await answered(api.GET("/api/properties/{property}/staff/{person}", { params: { path } }));
      setVersion(now.version);
      setTheirs(now);
    }
  };
  const stored = theirs === undefined ? undefined : ownGrant(theirs);
  return (
    <Section title={words.terms}>
      <GivenCodes name={name} codes={drawn} />
      {theirs !== undefined && (
        <ChangedMeanwhile
          theirs={[
            { term: people.name, value: theirs.name },
            { term: households.doors, value: doorNames(stored?.doors ?? [], doors) },
            { term: households.times, value: <WeekText windows={stored?.windows ?? []} /> },
            { term: people.until, value: stored?.notAfter === undefined ? households.noEnd : <Time instant={stored.notAfter} zone={timeZone} /> },
          ]}
          onTake={() => take(theirs)}
        />
      )}
      <p class="quiet">{words.termsAbout}</p>
      <Form submit={common.save} onSubmit={save}>
        {(errorOf) => (
          <>
            <TextField label={people.name} value={name} onValue={setName} required error={errorOf("name")} autocomplete="off" />
            <TermFields draft={draft} doors={doors} errorOf={errorOf} onDraft={setDraft} />
          </>
        )}
      </Form>
    </Section>
  );
}

function EndStaff({ staff, onChanged }: { staff: Staff; onChanged: () => Promise<void> }): JSX.Element {
  const { staff: words, people } = useWords();
  const { id: property } = useProperty();
  const { route } = useLocation();
  const announce = useAnnounce();
  const [act, setAct] = useState<"suspend" | "end">();
  const { id, name, suspended } = staff;
  const doors = doorsOfStaff(staff);
  const end = async (): Promise<void> => {
    const { revocation } = await answered(api.DELETE("/api/properties/{property}/staff/{person}", { params: { path: { property, person: id } } }));
    route(`/manage/${property}/truth/revocations/${revocation}`);
  };
  const suspensionDone = async (): Promise<void> => {
    setAct(undefined);
    announce(suspended ? people.resumed(name) : people.nowSuspended(name));
    await onChanged();
  };
  return (
    <Section title={people.acts}>
      <div class="choices-with-words">
        <div>
          <Button onPress={() => setAct("suspend")}>{suspended ? people.resume : people.suspend}</Button>
          <p class="quiet">{suspended ? people.resumeAbout : people.suspendAbout}</p>
        </div>
        <div>
          <Button tone="danger" onPress={() => setAct("end")}>
            {words.end}
          </Button>
          <p class="quiet">{people.endAllHint}</p>
        </div>
      </div>
      {act === "suspend" && <SuspendDialog person={id} name={name} suspended={suspended} doors={doors} onDone={suspensionDone} onClose={() => setAct(undefined)} />}
      {act === "end" && (
        <ConfirmDialog title={people.endAllOf(name)} act={words.end} onConfirm={end} onClose={() => setAct(undefined)}>
          <p>{people.endAllAbout(name)}</p>
          <WhenItIsTrue doors={doors} />
        </ConfirmDialog>
      )}
    </Section>
  );
}
