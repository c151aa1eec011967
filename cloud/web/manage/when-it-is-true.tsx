import type { JSX } from "preact";
import { useWords } from "../language/speaking";
import { doorNames, useDoors } from "./use-doors";

/**
 * Before an access ends: since when that will be true, door by door. Those that are connected know within seconds,
 * the others when they are reached.
 * @param doors ids; those at which there is no access are left out.
 */
export function WhenItIsTrue({ doors: wanted }: { doors: readonly string[] }): JSX.Element | null {
  const { households: words } = useWords();
  const { data } = useDoors();
  // A door that was stolen is no part of the building any more.
  const known = data?.filter(({ id, state }) => wanted.includes(id) && state !== "stolen") ?? [];
  if (known.length === 0) return null;
  const online = known.filter((door) => door.online).map(({ id }) => id);
  const offline = known.filter((door) => !door.online).map(({ id }) => id);
  return (
    <div class="notice when-true">
      <p>{words.trueWhen}</p>
      <ul>
        {online.length > 0 && <li>{words.trueSoon(doorNames(online, data))}</li>}
        {offline.length > 0 && <li>{words.trueLater(doorNames(offline, data))}</li>}
      </ul>
    </div>
  );
}
