import type { JSX } from "preact";
import { Route, Router } from "preact-iso/router";
import { NotFound } from "../../shell/not-found";
import { GroupPage } from "./group-page";
import { GroupsPage } from "./groups-page";
import { NewGroupPage } from "./new-group-page";

/** Below `/manage/<id>/groups`: doors, people and permissions together (N12). */
export function GroupRoutes(): JSX.Element {
  return (
    <Router>
      <Route path="/" component={GroupsPage} />
      <Route path="/new" component={NewGroupPage} />
      <Route path="/:group" component={GroupPage} />
      <Route default component={NotFound} />
    </Router>
  );
}
