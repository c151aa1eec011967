import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { LogLine } from "../building-log";
import { useLanguage, useWords } from "./language/speaking";
import { showTime } from "./times";

/** Every line, newest first, for all doors or for one. */
export function LogList({ lines, doors }: { lines: LogLine[]; doors: string[] }): JSX.Element {
  const { log: words } = useWords();
  const language = useLanguage();
  const [door, setDoor] = useState("");
  const [cleared, setCleared] = useState(0);
  const shown = lines.filter((line) => line.sequence > cleared && (door === "" || line.door === Number(door)));
  return (
    <section class="log card" aria-labelledby="log-title">
      <details>
        <summary>
          <h2 id="log-title">{words.title}</h2>
          <span class="quiet">{words.lead}</span>
        </summary>
        <div class="log-head">
          <label>
            {words.door}{" "}
            <select value={door} onChange={(event) => setDoor(event.currentTarget.value)}>
              <option value="">{words.all}</option>
              {doors.map((name, index) => (
                <option key={name} value={String(index)}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <button type="button" onClick={() => setCleared(lines.at(0)?.sequence ?? 0)}>
            {words.clear}
          </button>
        </div>
        <ol class="lines" tabIndex={0} aria-labelledby="log-title">
          {shown.length === 0 && <li class="empty">{words.empty}</li>}
          {shown.map(({ sequence, at, door: where, source, text }) => (
            <li key={sequence} data-source={source}>
              <time dateTime={new Date(at).toISOString()}>
                {showTime(at, language)}.{String(at % 1_000).padStart(3, "0")}
              </time>
              <span class="where">{doors.at(where) !== undefined && where >= 0 ? doors[where] : ""}</span>
              <span class="source">{words.sources[source]}</span>
              <span class="text" lang="en">
                {text}
              </span>
            </li>
          ))}
        </ol>
      </details>
    </section>
  );
}
