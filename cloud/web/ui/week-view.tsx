import type { ComponentChildren, JSX } from "preact";
import { DAY_MINUTES } from "../../../protocol/schedule";
import { useLanguage, useWords } from "../language/speaking";
import { blocksOf, clockOf, DAYS, inWeekOrder, segmentsOf, type Segment, type WeekWindow } from "./week-grid";
import { dayName, windowsText, windowText } from "./week-text";

const LABELLED_HOURS = [0, 3, 6, 9, 12, 15, 18, 21, 24];

interface WeekViewProps {
  windows: readonly WeekWindow[];
  /** What no windows mean here; "At any time" unless said. */
  none?: string;
}

/** Windows to read (N9): each in words, and the week drawn for those who see it. */
export function WeekView({ windows, none }: WeekViewProps): JSX.Element {
  const words = useWords();
  const language = useLanguage();
  if (windows.length === 0) return <p class="week-words">{none ?? words.week.always}</p>;
  return (
    <div class="week">
      <ul class="week-words">
        {inWeekOrder(windows).map((window) => (
          <li key={JSON.stringify(window)}>{windowText(window, words, language)}</li>
        ))}
      </ul>
      <div aria-hidden="true">
        <WeekSheet>
          <div class="week-board">
            {segmentsOf(blocksOf(windows)).map((segment) => (
              <div key={`${segment.day}-${segment.from}`} class={segmentClass(segment)} style={segmentPlace(segment)}>
                <SegmentText segment={segment} />
              </div>
            ))}
          </div>
        </WeekSheet>
      </div>
    </div>
  );
}

/** Windows in one line, e.g. in a table: `Monday–Friday 08:00–18:00`. */
export function WeekText({ windows, none }: WeekViewProps): JSX.Element {
  return <>{windowsText(windows, useWords(), useLanguage(), none)}</>;
}

/** Days' names above and hours beside a board of seven columns, on which blocks are placed by `segmentPlace`. */
export function WeekSheet({ children }: { children: ComponentChildren }): JSX.Element {
  const language = useLanguage();
  return (
    <div class="week-sheet">
      <div class="week-days" aria-hidden="true">
        {DAYS.map((day, index) => (
          <span key={day}>{dayName(index, language, "short")}</span>
        ))}
      </div>
      <div class="week-hours" aria-hidden="true">
        {LABELLED_HOURS.map((hour) => (
          <span key={hour} style={{ top: `${(hour / 24) * 100}%` }}>
            {hour}
          </span>
        ))}
      </div>
      {children}
    </div>
  );
}

export function segmentPlace({ day, from, to }: Segment): Record<string, string> {
  return { left: `${(day / 7) * 100}%`, width: `${100 / 7}%`, top: `${(from / DAY_MINUTES) * 100}%`, height: `${((to - from) / DAY_MINUTES) * 100}%` };
}

export function segmentClass({ block, first, last }: Segment): string {
  return ["week-block", ...(first ? [] : ["goes-on"]), ...(last ? [] : ["to-be-continued"]), ...(block.onHolidays ? ["holidays"] : [])].join(" ");
}

/** When it begins and ends, as far as there is room; a night says so where it begins and where it ends. */
export function SegmentText({ segment: { block, first, last, to, from } }: { segment: Segment }): JSX.Element | null {
  if (to - from < 60) return null;
  const [start, end] = [clockOf(block.start), clockOf(block.end)];
  if (!first) return <span>–{end}</span>;
  if (!last || to - from < 120) return <span>{start}</span>;
  return (
    <span>
      {start}–<wbr />
      {end}
    </span>
  );
}
