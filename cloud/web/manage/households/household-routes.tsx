import type { JSX } from "preact";
import { Route, Router } from "preact-iso/router";
import { NotFound } from "../../shell/not-found";
import { AddMemberPage } from "./add-member-page";
import { EditMemberPage } from "./edit-member-page";
import { HouseholdPage } from "./household-page";
import { HouseholdsPage } from "./households-page";
import { LeasePage } from "./lease-page";

/** Below `/manage/<id>/households`: who lives where, and by which lease. */
export function HouseholdRoutes(): JSX.Element {
  return (
    <Router>
      <Route path="/" component={HouseholdsPage} />
      <Route path="/new" component={LeasePage} />
      <Route path="/:household" component={HouseholdPage} />
      <Route path="/:household/add" component={AddMemberPage} />
      <Route path="/:household/people/:person" component={EditMemberPage} />
      <Route default component={NotFound} />
    </Router>
  );
}
