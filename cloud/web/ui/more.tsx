import type { JSX } from "preact";
import type { AskedList } from "../api/use-list";
import { useWords } from "../language/speaking";
import { Button } from "./button";

/** Below a list, where there is more of it. */
export function More<Item>({ list }: { list: AskedList<Item> }): JSX.Element | null {
  const { common } = useWords();
  if (list.more === undefined || list.data === undefined) return null;
  return (
    <div class="more">
      <Button onPress={list.more}>{common.more}</Button>
    </div>
  );
}
