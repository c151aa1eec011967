import type { JSX } from "preact";
import { answered, api, type Schema } from "../api/client";
import { useAsked } from "../api/use-asked";
import { useLanguage, useWords } from "../language/speaking";
import { AskedView, Empty } from "../ui/asked-view";
import { ButtonLink } from "../ui/button";
import { Page } from "../ui/page";
import { windowsText } from "../ui/week-text";
import { useListenedProperties, type ListenedProperty } from "./notification-places";

/** Of what one is told: one's own rules (N13). */
export function NotificationRulesPage(): JSX.Element {
  const { home, notifications: words } = useWords();
  const properties = useListenedProperties();
  const rules = useAsked((signal) => answered(api.GET("/api/account/notification-rules", { signal })), []);
  const add = (
    <ButtonLink tone="primary" href="/notifications/rules/new">
      {words.add}
    </ButtonLink>
  );
  return (
    <Page title={words.rules} about={words.rulesAbout} back={{ href: "/notifications", label: home.notifications }} acts={(rules.data?.items.length ?? 0) > 0 && add}>
      <AskedView asked={rules}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={words.rulesNone}>
              <p>{words.rulesNoneAbout}</p>
              {add}
            </Empty>
          ) : (
            <div class="card">
              <ul class="members" aria-label={words.rules}>
                {items.map((rule) => (
                  <li key={rule.id}>
                    <RuleLine rule={rule} property={properties.data?.find(({ id }) => id === rule.property)} />
                  </li>
                ))}
              </ul>
            </div>
          )
        }
      </AskedView>
    </Page>
  );
}

/** @returns undefined while the names are on their way. */
function whereOf({ door, group }: Schema<"NotificationRule">, property: ListenedProperty | undefined): string | undefined {
  if (door !== null) return property?.doors.find(({ id }) => id === door)?.name;
  if (group !== null) return property?.groups.find(({ id }) => id === group)?.name;
  return property?.name;
}

function RuleLine({ rule, property }: { rule: Schema<"NotificationRule">; property: ListenedProperty | undefined }): JSX.Element {
  const words = useWords();
  const language = useLanguage();
  const { notifications: said } = words;
  const where = whereOf(rule, property);
  return (
    <>
      <div class="who">
        <a href={`/notifications/rules/${rule.id}`}>{rule.events.map((event) => said.kinds[event]).join(" · ")}</a>
      </div>
      <p class="quiet">{[where, ...rule.channels.map((channel) => said.channels[channel])].filter((part) => part !== undefined).join(" · ")}</p>
      {rule.quiet.length > 0 && (
        <p class="quiet">
          {said.quiet}: {windowsText(rule.quiet.map((window) => ({ ...window, onHolidays: false })), words, language)}
        </p>
      )}
    </>
  );
}
