import type { JSX } from "preact";
import { Route, Router } from "preact-iso/router";
import { NotFound } from "../shell/not-found";
import { AddMemberPage } from "./add-member-page";
import { EditMemberPage } from "./edit-member-page";
import { GiveSharePage } from "./give-share-page";
import { HouseholdPage } from "./household-page";
import { HouseholdsPage } from "./households-page";
import { MemberPage } from "./member-page";
import { RemovalPage } from "./removal-page";

/** Below `/household`: the households to which one belongs. */
export function HouseholdRoutes(): JSX.Element {
  return (
    <Router>
      <Route path="/" component={HouseholdsPage} />
      <Route path="/:household" component={HouseholdPage} />
      <Route path="/:household/add" component={AddMemberPage} />
      <Route path="/:household/give" component={GiveSharePage} />
      <Route path="/:household/members/:person" component={MemberPage} />
      <Route path="/:household/members/:person/edit" component={EditMemberPage} />
      <Route path="/:household/removals/:removal" component={RemovalPage} />
      <Route default component={NotFound} />
    </Router>
  );
}
