import type { JSX } from "preact";
import { Route, Router } from "preact-iso/router";
import { NotFound } from "../shell/not-found";
import { NewProfilePage } from "./new-profile-page";
import { ProfilePage } from "./profile-page";
import { ProfilesPage } from "./profiles-page";

/** Below `/profiles`, one's own and a property's: what keys may do, under a name (S2, S11). */
export function ProfileRoutes(): JSX.Element {
  return (
    <Router>
      <Route path="/" component={ProfilesPage} />
      <Route path="/new" component={NewProfilePage} />
      <Route path="/:profile" component={ProfilePage} />
      <Route default component={NotFound} />
    </Router>
  );
}
