import type { JSX } from "preact";
import type { Schema } from "../../api/client";
import { useWords } from "../../language/speaking";
import { byName, doorNames } from "../use-doors";

interface EffectListProps {
  effect: readonly Schema<"DoorEffect">[];
  doors: readonly { id: string; name: string }[];
  /** Names of flats by id, where a change reaches several. */
  units?: ReadonlyMap<string, string>;
}

/** Who gains and who loses which doors by a change (P1). */
export function EffectList({ effect, doors, units }: EffectListProps): JSX.Element {
  const { units: words, households } = useWords();
  if (effect.length === 0) return <p>{words.nobodyAffected}</p>;
  const losing = effect.filter(({ loses }) => loses.length > 0).length;
  const gaining = effect.filter(({ gains }) => gains.length > 0).length;
  return (
    <>
      <p>
        <strong>{[...(gaining > 0 ? [words.gaining(gaining)] : []), ...(losing > 0 ? [words.losing(losing)] : [])].join(" ")}</strong>
      </p>
      <ul class="effects">
        {[...effect]
          .sort((a, b) => byName(units?.get(a.unit) ?? "", units?.get(b.unit) ?? "") || byName(a.name, b.name))
          .map(({ person, name, role, unit, gains, loses }) => (
            <li key={person}>
              <p>
                <strong>{name}</strong> <span class="quiet">{[...(units === undefined ? [] : [units.get(unit) ?? ""]), households.roles[role as keyof typeof households.roles]].join(" · ")}</span>
              </p>
              {gains.length > 0 && <p class="gains">{words.gains(doorNames(gains, doors))}</p>}
              {loses.length > 0 && <p class="loses">{words.loses(doorNames(loses, doors))}</p>}
            </li>
          ))}
      </ul>
    </>
  );
}
