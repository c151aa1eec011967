import type { JSX } from "preact";
import { Route, Router } from "preact-iso/router";
import lazy from "preact-iso/lazy";
import { NotFound } from "../../shell/not-found";
import { DoorPage } from "./door-page";
import { DoorsPage } from "./doors-page";
import { WhoPage } from "./who-page";

const RegisterPage = lazy(() => import("./register-page").then((it) => it.RegisterPage));
const HoursPage = lazy(() => import("./hours-page").then((it) => it.HoursPage));
const SettingsPage = lazy(() => import("./settings-page").then((it) => it.SettingsPage));
const StolenPage = lazy(() => import("./stolen-page").then((it) => it.StolenPage));

/** Below `/manage/<id>/doors`. */
export function DoorRoutes(): JSX.Element {
  return (
    <Router>
      <Route path="/" component={DoorsPage} />
      <Route path="/new" component={RegisterPage} />
      <Route path="/:door" component={DoorPage} />
      <Route path="/:door/who" component={WhoPage} />
      <Route path="/:door/hours" component={HoursPage} />
      <Route path="/:door/settings" component={SettingsPage} />
      <Route path="/:door/stolen" component={StolenPage} />
      <Route default component={NotFound} />
    </Router>
  );
}
