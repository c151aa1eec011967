import type { JSX } from "preact";
import { Route, Router } from "preact-iso/router";
import { useWords } from "../language/speaking";
import { usePropertyIfAny } from "../manage/managed-property";
import { NotFound } from "../shell/not-found";
import { useAccount } from "../shell/session";
import { Empty } from "../ui/asked-view";
import { Page, Section } from "../ui/page";
import { GroupPage } from "./group-page";
import { GroupsPage } from "./groups-page";
import { NewGroupPage } from "./new-group-page";

/** Below `/groups`: doors, people and permissions together (N12). They are made by whoever manages a property. */
export function GroupRoutes(): JSX.Element {
  const property = usePropertyIfAny();
  if (property === undefined) return <WhereGroupsAre />;
  return (
    <Router>
      <Route path="/" component={GroupsPage} />
      <Route path="/new" component={NewGroupPage} />
      <Route path="/:group" component={GroupPage} />
      <Route default component={NotFound} />
    </Router>
  );
}

/** On one's own pages: why there is nothing to do, and for managers the way to where there is. */
function WhereGroupsAre(): JSX.Element {
  const { groups: words, sharing } = useWords();
  const { properties } = useAccount();
  return (
    <Page title={sharing.groups} about={words.about}>
      {properties.length === 0 ? (
        <Empty title={words.notHere}>
          <p>{words.notHereHow}</p>
        </Empty>
      ) : (
        <Section title={words.managedHere}>
          <ul class="links">
            {properties.map(({ id, name }) => (
              <li key={id}>
                <a href={`/manage/${id}/groups`}>{name}</a>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </Page>
  );
}
