import type { JSX } from "preact";
import lazy from "preact-iso/lazy";
import { Route, Router } from "preact-iso/router";
import { NotFound } from "../shell/not-found";
import { KeyPage } from "./key-page";
import { KeysPage } from "./keys-page";

// What enters times brings the calendar's rules.
const NewKeyPage = lazy(() => import("./new-key-page").then((it) => it.NewKeyPage));
const EditKeyPage = lazy(() => import("./edit-key-page").then((it) => it.EditKeyPage));
// What speaks with fobs brings the radio.
const NewFobPage = lazy(() => import("./new-fob-page").then((it) => it.NewFobPage));
const FobPage = lazy(() => import("./fob-page").then((it) => it.FobPage));

/** Keys, one's own and a property's. */
export function KeyRoutes(): JSX.Element {
  return (
    <Router>
      <Route path="/" component={KeysPage} />
      <Route path="/new" component={NewKeyPage} />
      <Route path="/fobs/new" component={NewFobPage} />
      <Route path="/:key/fob" component={FobPage} />
      <Route path="/:key" component={KeyPage} />
      <Route path="/:key/edit" component={EditKeyPage} />
      <Route default component={NotFound} />
    </Router>
  );
}
