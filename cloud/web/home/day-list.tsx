import type { ComponentChildren, JSX } from "preact";
import { useLanguage, useWords } from "../language/speaking";
import { byDay, dayTitle, type Moment } from "./happened-days";

interface DayListProps<Item extends { id: string | number }> {
  /** The newest first. */
  items: readonly Item[];
  momentOf: (item: Item) => Moment;
  children: (item: Item) => ComponentChildren;
}

/** What has happened, day by day. */
export function DayList<Item extends { id: string | number }>({ items, momentOf, children }: DayListProps<Item>): JSX.Element {
  const words = useWords();
  const language = useLanguage();
  return (
    <>
      {byDay(items, momentOf).map(({ day, first, items: those }) => (
        <section key={day} class="card happened-day">
          <h2>{dayTitle(first, words, language)}</h2>
          <ul class="happened">
            {those.map((item) => (
              <li key={item.id}>{children(item)}</li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}
