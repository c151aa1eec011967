import type { JSX } from "preact";
import type { InsideLog, LoggedEvent } from "../door-view";
import { useLanguage, useWords } from "./language/speaking";
import { showTime } from "./times";

/** The end of the door's own log, newest first, and which of it the cloud has. */
export function DoorLog({ log }: { log: InsideLog }): JSX.Element {
  const all = useWords();
  const words = all.door.log;
  const language = useLanguage();
  const what = ({ type, reason, kind }: LoggedEvent): string => {
    if (type !== "decision" || reason === undefined) return all.events[type];
    const by = kind === undefined ? all.events.decision : all.kindNames[kind];
    return words.decision(by, all.journeys.reasons[reason]);
  };
  return (
    <div class="door-log">
      <h3 id="door-log-title">{words.title}</h3>
      {log.events.length === 0 ? (
        <p class="quiet">{words.empty}</p>
      ) : (
        <div class="scroller" role="region" tabIndex={0} aria-labelledby="door-log-title">
          <table>
            <thead>
              <tr>
                <th scope="col">{words.number}</th>
                <th scope="col">{words.time}</th>
                <th scope="col">{words.what}</th>
                <th scope="col">{words.cloud}</th>
              </tr>
            </thead>
            <tbody>
              {[...log.events].reverse().map((event) => (
                <tr key={event.sequence}>
                  <td>{event.sequence}</td>
                  <td>{event.at === undefined ? words.noTime : showTime(event.at, language)}</td>
                  <td>{what(event)}</td>
                  <td data-waits={event.sequence >= log.acknowledged}>{event.sequence < log.acknowledged ? words.has : words.waits}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}
