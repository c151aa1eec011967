import type { JSX } from "preact";
import lazy from "preact-iso/lazy";
import { Route, Router } from "preact-iso/router";
import { below } from "../shell/below";
import { NotFound } from "../shell/not-found";

// With the whole library for opening doors: other pages do without.
const DoorsPage = lazy(() => import("./doors-page").then((it) => it.DoorsPage));
const HouseholdRoutes = lazy(() => import("./household-routes").then((it) => it.HouseholdRoutes));
const ActivityPage = lazy(() => import("./activity-page").then((it) => it.ActivityPage));
const NotificationsPage = lazy(() => import("./notifications-page").then((it) => it.NotificationsPage));
const KeyRoutes = lazy(() => import("../sharing/key-routes").then((it) => it.KeyRoutes));
const PeoplePage = lazy(() => import("../sharing/people-page").then((it) => it.PeoplePage));
const ProfileRoutes = lazy(() => import("../sharing/profile-routes").then((it) => it.ProfileRoutes));

/** What a resident, a guest or the owner of a door does. */
export function HomeRoutes(): JSX.Element {
  return (
    <Router>
      <Route path="/" component={DoorsPage} />
      {below("/household", HouseholdRoutes)}
      {below("/keys", KeyRoutes)}
      <Route path="/people" component={PeoplePage} />
      {below("/profiles", ProfileRoutes)}
      <Route path="/activity" component={ActivityPage} />
      {below("/notifications", NotificationsPage)}
      <Route default component={NotFound} />
    </Router>
  );
}
