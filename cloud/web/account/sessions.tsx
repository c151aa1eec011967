import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, api } from "../api/client";
import { useAsked } from "../api/use-asked";
import { useWords } from "../language/speaking";
import { useAnnounce } from "../ui/announcer";
import { AskedView } from "../ui/asked-view";
import { Badge } from "../ui/badge";
import { Button } from "../ui/button";
import { ConfirmDialog } from "../ui/dialog";
import { Section } from "../ui/page";
import { Ago } from "../ui/time";
import { browserOf } from "./browser-name";
import { readersZone } from "./readers-zone";

/** Where one is signed in (A1), and how to end that elsewhere. */
export function Sessions(): JSX.Element {
  const { account: words } = useWords();
  const announce = useAnnounce();
  const sessions = useAsked((signal) => answered(api.GET("/api/account/sessions", { signal })), []);
  const [ending, setEnding] = useState<{ id: string; name: string }>();
  const [endingAll, setEndingAll] = useState(false);
  const items = sessions.data?.items ?? [];
  const endOne = async (): Promise<void> => {
    await answered(api.DELETE("/api/account/sessions/{session}", { params: { path: { session: ending!.id } } }));
    await sessions.again();
    announce(words.page.sessionEnded);
    setEnding(undefined);
  };
  const endAll = async (): Promise<void> => {
    await answered(api.DELETE("/api/account/sessions"));
    await sessions.again();
    announce(words.page.sessionsEnded);
    setEndingAll(false);
  };
  return (
    <Section title={words.page.sessions} acts={items.length > 1 && <Button onPress={() => setEndingAll(true)}>{words.page.endOthers}</Button>}>
      <p class="quiet">{words.page.aboutSessions}</p>
      <AskedView asked={sessions}>
        {() => (
          <ul class="rows">
            {items.map(({ id, agent, current, seenAt }) => (
              <li key={id}>
                <div>
                  <strong>{browserOf(agent, words.page.someBrowser)}</strong>{" "}
                  {current ? (
                    <Badge tone="good">{words.page.thisOne}</Badge>
                  ) : (
                    <span class="quiet">
                      {words.page.seen} <Ago instant={seenAt} zone={readersZone()} />
                    </span>
                  )}
                </div>
                {!current && (
                  <Button label={`${words.page.endSession}, ${browserOf(agent, words.page.someBrowser)}`} onPress={() => setEnding({ id, name: browserOf(agent, words.page.someBrowser) })}>
                    {words.page.endSession}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </AskedView>
      {ending !== undefined && (
        <ConfirmDialog title={words.page.endSessionOf(ending.name)} act={words.page.endSession} onConfirm={endOne} onClose={() => setEnding(undefined)}>
          <p>{words.page.endSessionWill}</p>
        </ConfirmDialog>
      )}
      {endingAll && (
        <ConfirmDialog title={words.page.endOthers} act={words.page.endThem} onConfirm={endAll} onClose={() => setEndingAll(false)}>
          <p>{words.page.endOthersWill(items.length - 1)}</p>
        </ConfirmDialog>
      )}
    </Section>
  );
}
