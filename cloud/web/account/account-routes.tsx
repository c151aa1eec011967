import type { JSX } from "preact";
import { Route, Router } from "preact-iso/router";
import { NotFound } from "../shell/not-found";
import { AccountPage } from "./account-page";

/** Below `/account`. */
export function AccountRoutes(): JSX.Element {
  return (
    <Router>
      <Route path="/" component={AccountPage} />
      <Route default component={NotFound} />
    </Router>
  );
}
