import type { JSX } from "preact";
import type { Schema } from "../api/client";
import { showInstant } from "../language/times";
import { useLanguage, useWords } from "../language/speaking";

/** How often a key has opened, and how often at most it still may, as the server states it (X6). */
export function CountedUses({ counted, zone }: { counted: Schema<"CountedUses">; zone: string }): JSX.Element | null {
  const { counted: words } = useWords().sharing;
  const language = useLanguage();
  if (counted === null) return null;
  const { used, left, mayOpen, atMost } = counted;
  const risk = atMost === null || atMost > left;
  return (
    <div class="counted">
      <p>{words.used(used, left)}</p>
      {mayOpen.length > 0 && risk && (
        <div class="notice warning">
          <p>{atMost === null ? words.noLimit : words.atMost(atMost)}</p>
          <ul>
            {mayOpen.map(({ door, name, atMost: times, until, carriers }) => (
              <li key={door}>
                {words.atDoor(name, times)}
                {until !== null && ` ${words.until(showInstant(until, zone, language))}`}
                {carriers !== null && ` ${words.carried(carriers.phones)}`}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
