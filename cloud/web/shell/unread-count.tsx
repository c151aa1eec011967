import type { JSX } from "preact";
import { useWords } from "../language/speaking";

/** The API counts as far as ten. */
const SHOWN_MAX = 9;

/** How much of what a link leads to is new; nothing where nothing is. */
export function UnreadCount({ count = 0 }: { count?: number | undefined }): JSX.Element | null {
  const { shell } = useWords();
  if (count === 0) return null;
  return (
    <>
      <span class="count" aria-hidden="true">
        {count > SHOWN_MAX ? `${SHOWN_MAX}+` : count}
      </span>
      <span class="unseen">({shell.unread(count)})</span>
    </>
  );
}
