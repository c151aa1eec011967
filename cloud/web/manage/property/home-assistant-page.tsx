import type { JSX } from "preact";
import { answeredWithTag, api, type Schema } from "../../api/client";
import { useWords } from "../../language/speaking";
import { useProperty } from "../../shell/managed-property";
import { AskedView } from "../../ui/asked-view";
import { EditedPart, type Tagged } from "../../ui/edited-part";
import { Checkbox, Select } from "../../ui/field";
import { Page } from "../../ui/page";
import { useTagged } from "./use-tagged";

type Choice = Schema<"HomeAssistant">;

const LANGUAGES = [
  { value: "en", label: "English" },
  { value: "fr", label: "Français" },
] as const;

/** What the home's own Home Assistant is given of the property's doors (X13): nothing, until a manager says so. */
export function HomeAssistantPage(): JSX.Element {
  const { settings: words, manage, common } = useWords();
  const { id: property } = useProperty();
  const path = { property };
  const reload = (): Promise<Tagged<Choice>> => answeredWithTag(api.GET("/api/properties/{property}/home-assistant", { params: { path } }));
  const asked = useTagged(reload, ["home-assistant", property]);
  const save = async (change: Partial<Omit<Choice, "broker">>, { data: { broker: _, ...before }, etag }: Tagged<Choice>): Promise<Tagged<Choice>> =>
    answeredWithTag(api.PUT("/api/properties/{property}/home-assistant", { params: { path, header: { "if-match": etag } }, body: { ...before, ...change } }));
  const yes = (on: boolean): string => (on ? common.yes : common.no);
  const said = { none: words.homeNone, connected: words.homeConnected, away: words.homeAway, elsewhere: words.homeElsewhere };
  return (
    <Page title={words.home} about={words.homeExplained} back={{ href: `/manage/${property}/settings`, label: manage.settings }}>
      <AskedView asked={asked}>
        {(whole) => (
          <EditedPart
            {...{ whole, save, reload, onWhole: asked.take }}
            title={words.homeEnabled}
            about={said[whole.data.broker]}
            read={({ enabled, unlock, names, language }: Choice) => ({ enabled, unlock, names, language })}
            theirs={(choice) => [
              { term: words.homeEnabled, value: yes(choice.enabled) },
              { term: words.homeUnlock, value: yes(choice.unlock) },
              { term: words.homeNames, value: yes(choice.names) },
              { term: words.homeLanguage, value: choice.language },
            ]}
          >
            {(choice, set) => (
              <>
                <Checkbox label={words.homeEnabled} checked={choice.enabled} onChecked={(enabled) => set({ enabled })} />
                {choice.enabled && (
                  <div class="dependent">
                    <Checkbox label={words.homeNames} hint={words.homeNamesHint} checked={choice.names} onChecked={(names) => set({ names })} />
                    <Checkbox label={words.homeUnlock} hint={words.homeUnlockHint} checked={choice.unlock} onChecked={(unlock) => set({ unlock })} />
                    <Select label={words.homeLanguage} choices={LANGUAGES} value={choice.language} onValue={(language) => set({ language })} />
                  </div>
                )}
              </>
            )}
          </EditedPart>
        )}
      </AskedView>
    </Page>
  );
}
