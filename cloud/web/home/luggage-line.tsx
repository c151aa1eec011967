import type { JSX } from "preact";
import type { Luggage } from "../../../phone/listing";
import { useWords } from "../language/speaking";

/** What this phone carries for doors and from them (X2): sealed, and told quietly. */
export function LuggageLine({ luggage, working }: { luggage: Luggage | undefined; working: boolean }): JSX.Element {
  const { doors } = useWords();
  const down = luggage?.down.filter(({ items }) => items > 0).length ?? 0;
  const up = luggage?.up.filter(({ items }) => items > 0).length ?? 0;
  return (
    <p class="luggage quiet" aria-busy={working || undefined}>
      {down > 0 && doors.carries(down)} {up > 0 && doors.carriesBack(up)}
    </p>
  );
}
