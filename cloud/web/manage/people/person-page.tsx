import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso/router";
import { answered, api, type Schema } from "../../api/client";
import { useAsked } from "../../api/use-asked";
import { PersonTruth } from "../../truth/live-truth";
import { useWords } from "../../language/speaking";
import { useAnnounce } from "../../ui/announcer";
import { AskedView } from "../../ui/asked-view";
import { Button, ButtonLink } from "../../ui/button";
import { ConfirmDialog } from "../../ui/dialog";
import { Page, Section } from "../../ui/page";
import { Time } from "../../ui/time";
import { useProperty } from "../../shell/managed-property";
import { doorNames, useDoors } from "../use-doors";
import { EndingActs } from "./ending-acts";
import { PersonState } from "./people-page";
import { Holding } from "./holding";

type Person = Schema<"Person">;
type Access = Schema<"Access">;

/** One person: what they open and why, what has ended and where that is true, and what can be done (X1, X11). */
export function PersonPage(): JSX.Element {
  const { params } = useRoute();
  const { person } = params;
  const { id: property, timeZone } = useProperty();
  const { people: words, manage } = useWords();
  const asked = useAsked(
    async (signal) => {
      const at = { params: { path: { person } }, signal };
      return { known: await answered(api.GET("/api/people/{person}", at)), access: await answered(api.GET("/api/people/{person}/access", at)) };
    },
    [person],
  );
  const back = { href: `/manage/${property}/people`, label: manage.people };
  return (
    <AskedView
      asked={asked}
      around={(shown) => (
        <Page title={manage.people} back={back}>
          {shown}
        </Page>
      )}
    >
      {({ known, access }) => (
        <Page
          title={known.erased ? words.forgotten : known.name}
          about={
            <>
              {known.household === null ? words.classes[known.class] : words.ofHousehold} · {words.since} <Time instant={known.createdAt} zone={timeZone} /> <PersonState person={known} />
            </>
          }
          back={back}
        >
          {known.household !== null && (
            <p>
              <ButtonLink href={`/manage/${property}/households/${known.household}`}>{words.toHousehold}</ButtonLink> <span class="quiet">{words.byHousehold}</span>
            </p>
          )}
          <Held person={known} access={access} />
          {access.revoked.length > 0 && (
            <Section title={words.endedAccess}>
              <PersonTruth person={person} zone={timeZone} />
            </Section>
          )}
          {known.household === null && known.revokedAt === null && <Acts person={known} access={access} onChanged={asked.again} />}
          {known.revokedAt !== null && !known.erased && <Forget person={known} />}
        </Page>
      )}
    </AskedView>
  );
}

function credentialsOf({ pins, cards, phones, fobs }: Access): Schema<"HeldCredential">[] {
  return [...pins, ...cards, ...phones, ...fobs];
}

function doorsOf(access: Access): string[] {
  return [...new Set(credentialsOf(access).flatMap(({ grants }) => grants.filter(({ revokedAt }) => revokedAt === null).flatMap(({ doors }) => doors)))];
}

function Held({ person, access }: { person: Person; access: Access }): JSX.Element {
  const { people: words } = useWords();
  const { id: property } = useProperty();
  const doors = useDoors();
  const all = credentialsOf(access);
  const held = all.filter(({ revokedAt, of }) => revokedAt === null && of === undefined);
  const mayGive = person.household === null && person.revokedAt === null;
  return (
    <Section title={words.has} acts={mayGive && <ButtonLink href={`/manage/${property}/people/${person.id}/give`}>{words.give}</ButtonLink>}>
      {held.length === 0 ? (
        <p class="quiet">{words.hasNothing}</p>
      ) : (
        <ul class="holders">
          {held.map((credential) => (
            <Holding key={credential.id} credential={credential} companions={all.filter(({ of, revokedAt }) => of === credential.id && revokedAt === null)} person={person} nameDoors={(ids) => doorNames(ids, doors.data)} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Acts({ person, access, onChanged }: { person: Person; access: Access; onChanged: () => Promise<void> }): JSX.Element {
  const { people: words } = useWords();
  const end = async (): Promise<string> => (await answered(api.POST("/api/revocations", { body: { person: person.id } }))).id;
  return <EndingActs person={person} doors={doorsOf(access)} endText={words.endAll} end={end} onChanged={onChanged} />;
}

function Forget({ person: { id, name } }: { person: Person }): JSX.Element {
  const { people: words } = useWords();
  const { id: property } = useProperty();
  const { route } = useLocation();
  const announce = useAnnounce();
  const [asking, setAsking] = useState(false);
  const forget = async (): Promise<void> => {
    await answered(api.DELETE("/api/people/{person}", { params: { path: { person: id } } }));
    announce(words.nowForgotten);
    route(`/manage/${property}/people`);
  };
  return (
    <Section title={words.forgetTitle}>
      <p>{words.forgetHint}</p>
      <Button tone="danger" onPress={() => setAsking(true)}>
        {words.forget}
      </Button>
      {asking && (
        <ConfirmDialog title={words.forgetOf(name)} act={words.forget} onConfirm={forget} onClose={() => setAsking(false)}>
          <p>{words.forgetAbout}</p>
        </ConfirmDialog>
      )}
    </Section>
  );
}
