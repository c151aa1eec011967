import type { JSX } from "preact";
import { Route, Router, useRoute } from "preact-iso/router";
import { answered, api } from "../../api/client";
import { useAsked } from "../../api/use-asked";
import { useWords } from "../../language/speaking";
import { NotFound } from "../../shell/not-found";
import type { Connections } from "../../truth/door-truths";
import { PersonTruth, RemovalTruth, RevocationTruth } from "../../truth/live-truth";
import { AskedView } from "../../ui/asked-view";
import { Page } from "../../ui/page";
import { Time } from "../../ui/time";
import { useDoorsNow } from "../doors/doors-now";
import { useProperty } from "../../shell/managed-property";
import { RevocationsPage } from "./revocations-page";

/** Below `/manage/<id>/truth`: what was ended at a property, and what has become of it (X1). */
export function TruthRoutes(): JSX.Element {
  return (
    <Router>
      <Route path="/" component={RevocationsPage} />
      <Route path="/people/:person" component={PersonTruthPage} />
      <Route path="/revocations/:revocation" component={RevocationTruthPage} />
      <Route path="/removals/:removal" component={RemovalTruthPage} />
      <Route default component={NotFound} />
    </Router>
  );
}

/** Which doors are connected, as it changes; undefined: not known yet. */
function useConnections(): Connections | undefined {
  const { doors } = useDoorsNow(useProperty().id);
  return doors && new Map([...doors].map(([door, { online }]) => [door, online]));
}

function useBack(): { href: string; label: string } {
  const { truth } = useWords();
  return { href: `/manage/${useProperty().id}/truth`, label: truth.title };
}

/** One person, every door. */
function PersonTruthPage(): JSX.Element {
  const { params } = useRoute();
  const { person } = params;
  const { truth: words } = useWords();
  const { timeZone } = useProperty();
  const back = useBack();
  const asked = useAsked((signal) => answered(api.GET("/api/people/{person}/truth", { params: { path: { person } }, signal })), [person]);
  const connections = useConnections();
  return (
    <AskedView asked={asked}>
      {({ name }) => (
        <Page title={words.of(name)} about={words.about} back={back}>
          <div class="truth-page">
            <PersonTruth person={person} zone={timeZone} connections={connections} />
          </div>
        </Page>
      )}
    </AskedView>
  );
}

function RevocationTruthPage(): JSX.Element {
  const { params } = useRoute();
  const { revocation } = params;
  const { truth: words } = useWords();
  const { timeZone } = useProperty();
  const back = useBack();
  const asked = useAsked(
    async (signal) => {
      const { person, at } = await answered(api.GET("/api/revocations/{revocation}", { params: { path: { revocation } }, signal }));
      const { name } = await answered(api.GET("/api/people/{person}/truth", { params: { path: { person } }, signal }));
      return { name, at };
    },
    [revocation],
  );
  const connections = useConnections();
  return (
    <AskedView asked={asked}>
      {({ name, at }) => (
        <Page
          title={words.of(name)}
          about={
            <>
              {words.endedAt} <Time instant={at} zone={timeZone} />
            </>
          }
          back={back}
        >
          <div class="truth-page">
            <RevocationTruth revocation={revocation} zone={timeZone} connections={connections} />
          </div>
        </Page>
      )}
    </AskedView>
  );
}

/** One act in a household: everybody whom it concerns. */
function RemovalTruthPage(): JSX.Element {
  const { params } = useRoute();
  const { removal } = params;
  const { truth: words } = useWords();
  const { timeZone } = useProperty();
  const back = useBack();
  const asked = useAsked((signal) => answered(api.GET("/api/removals/{removal}", { params: { path: { removal } }, signal })), [removal]);
  const connections = useConnections();
  return (
    <AskedView asked={asked}>
      {({ kind, at, document, people }) => (
        <Page
          title={people.length === 1 ? words.of(people[0].name) : words.kinds[kind]}
          about={
            <>
              {words.kinds[kind]} · <Time instant={at} zone={timeZone} />
              {document !== null && <> · {words.document(document)}</>}
            </>
          }
          back={back}
        >
          <div class="truth-page">
            <RemovalTruth removal={removal} zone={timeZone} connections={connections} />
          </div>
        </Page>
      )}
    </AskedView>
  );
}
