import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useRoute } from "preact-iso/router";
import { answered, api } from "../../api/client";
import { useAsked } from "../../api/use-asked";
import { useRefresh } from "../../api/use-refresh";
import { useWords } from "../../language/speaking";
import { useProperty } from "../../shell/managed-property";
import { useDoors } from "../use-doors";
import { AskedView } from "../../ui/asked-view";
import { ButtonLink } from "../../ui/button";
import { KnownAtDoors } from "../../ui/known-at-doors";
import { Page, Section } from "../../ui/page";
import { EditGroup } from "./edit-group";
import { OutcomeView, type GroupOutcome } from "./group-outcome";
import { GroupPeople } from "./group-people";

const NOTHING: GroupOutcome = { ended: [], codes: [] };

/** One group: its doors, people and permissions (N12), and what its doors know. */
export function GroupPage(): JSX.Element {
  const { params } = useRoute();
  const { groups: words, sharing } = useWords();
  const { id: property, timeZone } = useProperty();
  const group = params["group"];
  const asked = useAsked((signal) => answered(api.GET("/api/groups/{group}", { params: { path: { group } }, signal })), ["group", group]);
  const doors = useDoors();
  const [outcome, setOutcome] = useState(NOTHING);
  const [removed, setRemoved] = useState<string>();
  useRefresh(asked.again, removed === undefined && (asked.data?.doors.some(({ upToDate }) => !upToDate) ?? false));
  const back = { href: `/manage/${property}/groups`, label: sharing.groups };
  if (removed !== undefined) {
    return (
      <Page title={words.removed(removed)} about={words.removedAbout} back={back}>
        <OutcomeView outcome={outcome} doors={doors.data} zone={timeZone} />
        <ButtonLink href={back.href}>{words.backToAll}</ButtonLink>
      </Page>
    );
  }
  return (
    <AskedView asked={asked}>
      {(known) => (
        <Page title={known.name} back={back}>
          <OutcomeView outcome={outcome} doors={doors.data} zone={timeZone} />
          <GroupPeople group={known} doors={doors.data} onOutcome={setOutcome} onChanged={asked.again} />
          <AskedView asked={doors}>
            {(all) => (
              <EditGroup
                group={known}
                doors={all}
                onOutcome={setOutcome}
                onChanged={asked.again}
                onRemoved={() => {
                  setRemoved(known.name);
                  scrollTo(0, 0);
                }}
              />
            )}
          </AskedView>
          {known.doors.length > 0 && (
            <Section title={words.known}>
              <p class="quiet">{words.knownAbout}</p>
              <KnownAtDoors doors={known.doors} known={words.upToDate} unknown={words.notYet} />
            </Section>
          )}
        </Page>
      )}
    </AskedView>
  );
}
