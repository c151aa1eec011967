import type { JSX } from "preact";
import { Route, Router } from "preact-iso/router";
import { NotFound } from "../../shell/not-found";
import { TemplatePage } from "./template-page";
import { UnitPage } from "./unit-page";
import { UnitsPage } from "./units-page";

/** Below `/manage/<id>/units`: flats, and the kinds of flats that give them their doors (P1). */
export function UnitRoutes(): JSX.Element {
  return (
    <Router>
      <Route path="/" component={UnitsPage} />
      <Route path="/kinds/:template" component={TemplatePage} />
      <Route path="/:unit" component={UnitPage} />
      <Route default component={NotFound} />
    </Router>
  );
}
