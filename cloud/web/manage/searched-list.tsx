import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { useWords } from "../language/speaking";
import { Button } from "../ui/button";
import { TextField } from "../ui/field";
import { matches } from "./use-doors";

const SHOWN_AT_FIRST = 50;

interface SearchedListProps<Item> {
  /** All of them: those of a building are in the page anyway. */
  items: readonly Item[];
  /** What is searched in. */
  textOf: (item: Item) => string;
  /** What is searched in, in words. */
  hint: string;
  children: (shown: readonly Item[]) => ComponentChildren;
}

/** A list of up to some thousands that is searched while one types; a long one is shown part by part. */
export function SearchedList<Item>({ items, textOf, hint, children }: SearchedListProps<Item>): JSX.Element {
  const { common, households: words } = useWords();
  const [search, setSearch] = useState("");
  const [count, setCount] = useState(SHOWN_AT_FIRST);
  const found = search.trim() === "" ? items : items.filter((item) => matches(textOf(item), search.trim()));
  return (
    <>
      {items.length > 5 && (
        <div class="searching" role="search">
          <TextField
            label={words.searchFor(hint.toLowerCase())}
            type="search"
            value={search}
            onValue={(text) => {
              setSearch(text);
              setCount(SHOWN_AT_FIRST);
            }}
          />
          <p class="quiet" role="status">
            {words.found(found.length, items.length)}
          </p>
        </div>
      )}
      {found.length === 0 ? <p class="quiet">{words.foundNone}</p> : children(found.slice(0, count))}
      {found.length > count && (
        <div class="more">
          <Button onPress={() => setCount(count + SHOWN_AT_FIRST)}>{common.more}</Button>
        </div>
      )}
    </>
  );
}
