import type { JSX } from "preact";
import { Route, Router } from "preact-iso/router";
import { NotFound } from "../../shell/not-found";
import { AddPersonPage } from "./add-person-page";
import { GivePage } from "./give-page";
import { PeoplePage } from "./people-page";
import { PersonPage } from "./person-page";

/** Below `/manage/<id>/people`: everybody who opens something, and those of no household in particular. */
export function PersonRoutes(): JSX.Element {
  return (
    <Router>
      <Route path="/" component={PeoplePage} />
      <Route path="/new" component={AddPersonPage} />
      <Route path="/:person" component={PersonPage} />
      <Route path="/:person/give" component={GivePage} />
      <Route default component={NotFound} />
    </Router>
  );
}
