import type { JSX } from "preact";
import { Route, Router } from "preact-iso/router";
import { NotFound } from "../../shell/not-found";
import { GeneralPage } from "./general-page";
import { HomeAssistantPage } from "./home-assistant-page";
import { ManagersPage } from "./managers-page";
import { ProgramsPage } from "./programs-page";
import { WebhookPage } from "./webhook-page";

/** Below `/manage/<id>/settings`. */
export function SettingsPage(): JSX.Element {
  return (
    <Router>
      <Route path="/" component={GeneralPage} />
      <Route path="/managers" component={ManagersPage} />
      <Route path="/home-assistant" component={HomeAssistantPage} />
      <Route path="/programs" component={ProgramsPage} />
      <Route path="/programs/:webhook" component={WebhookPage} />
      <Route default component={NotFound} />
    </Router>
  );
}
