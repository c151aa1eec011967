import type { JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { useLanguage, useWords } from "../language/speaking";
import { Button } from "./button";
import { DAYS, minutesOf, type WeekWindow } from "./week-grid";
import { dayName } from "./week-text";

interface WeekRowProps {
  /** From 1: rows are told apart by it. */
  number: number;
  window: WeekWindow;
  error: string | undefined;
  onWindow: (window: WeekWindow) => void;
  onRemove: () => void;
}

/** One window as fields. While something is wrong with it, the form around it is not sent. */
export function WeekRow({ number, window, error, onWindow, onRemove }: WeekRowProps): JSX.Element {
  const { week } = useWords();
  const language = useLanguage();
  const id = useId();
  const start = useRef<HTMLInputElement>(null);
  useEffect(() => start.current?.setCustomValidity(error ?? ""), [error]);
  const [from, until] = [minutesOf(window.start), minutesOf(window.end)];
  const night = from !== undefined && until !== undefined && until < from && until !== 0;
  const time = (label: string, name: "start" | "end", more?: string): JSX.Element => (
    <label class="week-time">
      <span>{label}</span>
      <input
        type="time"
        ref={name === "start" ? start : null}
        required
        value={window[name] === "24:00" ? "00:00" : window[name]}
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={error === undefined ? undefined : `${id}-error`}
        onInput={({ currentTarget: { value } }) => onWindow(withTimes(window, name, value))}
      />
      {more !== undefined && <span class="quiet">{more}</span>}
    </label>
  );
  return (
    <li>
      <fieldset class="week-row">
        <legend class="unseen">{week.row(number)}</legend>
        <div class="week-fields">
          <div class="week-chips" role="group" aria-label={week.days}>
            {DAYS.map((day, index) => (
              <label key={day} title={dayName(index, language)}>
                <input
                  type="checkbox"
                  aria-label={dayName(index, language)}
                  checked={window.days.includes(day)}
                  onChange={({ currentTarget: { checked } }) => onWindow({ ...window, days: DAYS.filter((each) => (each === day ? checked : window.days.includes(each))) })}
                />
                <span aria-hidden="true">{dayName(index, language, "short").replace(".", "")}</span>
              </label>
            ))}
          </div>
          {time(week.from, "start")}
          {time(week.until, "end", until === 0 || until === 1_440 ? week.midnight : night ? week.followingDay : undefined)}
          <label class="week-holidays">
            <input type="checkbox" checked={window.onHolidays} onChange={({ currentTarget: { checked } }) => onWindow({ ...window, onHolidays: checked })} />
            {week.onHolidays}
          </label>
        </div>
        <Button label={week.removeRow(number)} onPress={onRemove}>
          ×
        </Button>
      </fieldset>
      {error !== undefined && (
        <p class="error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </li>
  );
}

/** A field of time knows no 24:00: midnight at the end of the day is entered as 00:00. */
function withTimes(window: WeekWindow, name: "start" | "end", value: string): WeekWindow {
  const changed = { ...window, [name]: value };
  return { ...changed, end: changed.end === "00:00" || changed.end === "24:00" ? "24:00" : changed.end };
}
