import type { JSX } from "preact";
import { answered, api, type Schema } from "../../api/client";
import { useAsked } from "../../api/use-asked";
import { useWords } from "../../language/speaking";
import { AskedView } from "../../ui/asked-view";
import { Section } from "../../ui/page";
import { Time } from "../../ui/time";
import { useProperty } from "../../shell/managed-property";

const SHOWN = 5;

/** What is wrong with a door now, with what to do; and what was. */
export function DoorAlarms({ door: { id, alarms } }: { door: Schema<"Door"> }): JSX.Element {
  const { managedDoors: words } = useWords();
  const { timeZone } = useProperty();
  const past = useAsked((signal) => answered(api.GET("/api/doors/{door}/alarms", { params: { path: { door: id } }, signal })), [id, alarms]);
  return (
    <>
      {alarms.map((alarm) => (
        <div key={alarm} class="notice danger">
          <p>
            <strong>{words.alarmNow[alarm].said}</strong>
          </p>
          <p>{words.alarmNow[alarm].how}</p>
        </div>
      ))}
      {past.data?.items.length !== 0 && (
        <Section title={words.alarmsPast}>
          <AskedView asked={past}>
            {({ items }) => (
              <ul class="past-alarms">
                {items.slice(0, SHOWN).map(({ kind, at, detail }) => (
                  <li key={`${at}${detail}`}>
                    <p>
                      <strong>{words.alarm[kind].said}</strong> · <Time instant={at} zone={timeZone} />
                    </p>
                    <p class="quiet">{words.alarm[kind].how}</p>
                  </li>
                ))}
              </ul>
            )}
          </AskedView>
        </Section>
      )}
    </>
  );
}
