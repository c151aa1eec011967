import type { JSX } from "preact";
import lazy from "preact-iso/lazy";
import { Route, Router, useRoute } from "preact-iso/router";
import { below } from "../shell/below";
import { NotFound } from "../shell/not-found";
import { useAccount } from "../shell/session";
import { ManagedProperty } from "../shell/managed-property";
import { PropertiesPage } from "./properties-page";

const OverviewPage = lazy(() => import("./overview-page").then((it) => it.OverviewPage));
const DoorRoutes = lazy(() => import("./doors/door-routes").then((it) => it.DoorRoutes));
const HouseholdRoutes = lazy(() => import("./households/household-routes").then((it) => it.HouseholdRoutes));
const UnitRoutes = lazy(() => import("./units/unit-routes").then((it) => it.UnitRoutes));
const PersonRoutes = lazy(() => import("./people/person-routes").then((it) => it.PersonRoutes));
const StaffRoutes = lazy(() => import("./staff/staff-routes").then((it) => it.StaffRoutes));
const KeyRoutes = lazy(() => import("../sharing/key-routes").then((it) => it.KeyRoutes));
const ProfileRoutes = lazy(() => import("../sharing/profile-routes").then((it) => it.ProfileRoutes));
const GroupRoutes = lazy(() => import("./groups/group-routes").then((it) => it.GroupRoutes));
const EventsPage = lazy(() => import("./events/events-page").then((it) => it.EventsPage));
const AuditPage = lazy(() => import("./events/audit-page").then((it) => it.AuditPage));
const RulesPage = lazy(() => import("./property/rules-page").then((it) => it.RulesPage));
const SettingsPage = lazy(() => import("./property/settings-page").then((it) => it.SettingsPage));
const ImportPage = lazy(() => import("./building-file/import-page").then((it) => it.ImportPage));
const TruthRoutes = lazy(() => import("./truth/truth-routes").then((it) => it.TruthRoutes));

/** Below `/manage`: all properties, and each by itself. */
export function ManageRoutes(): JSX.Element {
  return (
    <Router>
      <Route path="/" component={PropertiesPage} />
      {below("/:property", PropertyRoutes)}
      <Route default component={NotFound} />
    </Router>
  );
}

function PropertyRoutes(): JSX.Element {
  const { params } = useRoute();
  const property = useAccount().properties.find(({ id }) => id === params.property);
  if (property === undefined) return <NotFound />;
  return (
    <ManagedProperty.Provider value={property}>
      <Router>
        <Route path="/" component={OverviewPage} />
        {below("/doors", DoorRoutes)}
        {below("/households", HouseholdRoutes)}
        {below("/units", UnitRoutes)}
        {below("/people", PersonRoutes)}
        {below("/staff", StaffRoutes)}
        {below("/keys", KeyRoutes)}
        {below("/profiles", ProfileRoutes)}
        {below("/groups", GroupRoutes)}
        <Route path="/events" component={EventsPage} />
        <Route path="/audit" component={AuditPage} />
        <Route path="/rules" component={RulesPage} />
        {below("/settings", SettingsPage)}
        <Route path="/import" component={ImportPage} />
        {below("/truth", TruthRoutes)}
        <Route default component={NotFound} />
      </Router>
    </ManagedProperty.Provider>
  );
}
