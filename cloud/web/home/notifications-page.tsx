import type { JSX } from "preact";
import { Route, Router } from "preact-iso/router";
import { NotFound } from "../shell/not-found";
import { NotificationRulePage } from "./notification-rule-page";
import { NotificationRulesPage } from "./notification-rules-page";
import { NewsPage } from "./news-page";

/** Below `/notifications`: what one is told, and of what (N13). */
export function NotificationsPage(): JSX.Element {
  return (
    <Router>
      <Route path="/" component={NewsPage} />
      <Route path="/rules" component={NotificationRulesPage} />
      <Route path="/rules/new" component={NotificationRulePage} />
      <Route path="/rules/:rule" component={NotificationRulePage} />
      <Route default component={NotFound} />
    </Router>
  );
}
