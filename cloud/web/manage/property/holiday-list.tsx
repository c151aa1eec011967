import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { HOLIDAYS_MAX } from "../../../../protocol/limits";
import { useLanguage, useWords } from "../../language/speaking";
import { showDate } from "../../language/times";
import { Badge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";

interface HolidayListProps {
  /** Local dates, `2026-12-25`. */
  days: readonly string[];
  /** As they are stored. */
  saved: readonly string[];
  /** Where today is the property's. */
  zone: string;
  onDays: (days: string[]) => void;
}

/** Days in a row of years, soonest first; those that are over can be cleared away together. */
export function HolidayList({ days, saved, zone, onDays }: HolidayListProps): JSX.Element {
  const { settings: words, common } = useWords();
  const language = useLanguage();
  const [day, setDay] = useState("");
  // As dates are written in Sweden.
  const today = new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(Date.now());
  const past = days.filter((each) => each < today);
  const years = [...new Set(days.map((each) => each.slice(0, 4)))].sort();
  const error = days.includes(day) ? words.holidayThere : days.length >= HOLIDAYS_MAX ? words.holidaysFull(HOLIDAYS_MAX) : undefined;
  const add = (): void => {
    if (day === "" || error !== undefined) return;
    onDays([...days, day].sort());
    setDay("");
  };
  return (
    <>
      {days.length === 0 && <p class="quiet">{words.noHolidays}</p>}
      {years.map((year) => (
        <section key={year} aria-label={year}>
          <h3>{year}</h3>
          <ul class="holidays">
            {days
              .filter((each) => each.startsWith(year))
              .map((each) => (
                <li key={each}>
                  <span>
                    {showDate(each, language)} {each < today && <Badge tone="quiet">{words.past}</Badge>}
                  </span>
                  <Button label={words.removeDay(showDate(each, language))} onPress={() => onDays(days.filter((other) => other !== each))}>
                    {common.remove}
                  </Button>
                </li>
              ))}
          </ul>
        </section>
      ))}
      <div class="add-day">
        <TextField label={words.day} type="date" min="1970-01-02" max="2148-12-31" value={day} onValue={setDay} error={error} />
        <Button disabled={day === "" || error !== undefined} onPress={add}>
          {words.addHoliday}
        </Button>
        {past.length > 1 && <Button onPress={() => onDays(days.filter((each) => each >= today))}>{words.removePast}</Button>}
      </div>
      <p class="hint" role="status">
        {days.join() === saved.join() ? "" : words.unsaved}
      </p>
    </>
  );
}
