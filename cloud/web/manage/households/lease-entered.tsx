import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Schema } from "../../api/client";
import { showInstant } from "../../language/times";
import { useLanguage, useWords } from "../../language/speaking";
import { Button, ButtonLink } from "../../ui/button";
import { GivenCodes } from "../../ui/given-codes";
import { useProperty } from "../../shell/managed-property";
import { doorNames, useDoors } from "../use-doors";
import type { Holder } from "./leaseholder-fields";

/** What the API has made of a lease, and what was entered for it. */
export interface EnteredLease {
  household: string;
  leases: readonly Schema<"MemberWithCodes">[];
  unit: string;
  holders: readonly Holder[];
}

/** After it: what each of those who move in has now, and what is still to be done. */
export function LeaseEntered({ lease: { household, leases, unit, holders }, onAnother }: { lease: EnteredLease; onAnother: () => void }): JSX.Element {
  const { households: words } = useWords();
  const language = useLanguage();
  const { id: property, timeZone } = useProperty();
  const doors = useDoors();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section class="card">
      <h2 tabIndex={-1} ref={heading}>
        {words.entered(unit)}
      </h2>
      <ul class="plain">
        {leases.map(({ person, name, state, start, codes, doors: opens }, index) => (
          <li key={person}>
            <h3>{name}</h3>
            <p>{enteredText(holders[index], state, words)}</p>
            {Date.parse(start) > Date.now() && <p>{words.opensFrom(showInstant(start, timeZone, language))}</p>}
            {codes.length > 0 && <GivenCodes name={name} codes={codes} nameDoors={(ids) => doorNames(ids, doors.data)} />}
            {opens.length > 0 && <p class="quiet">{words.opensDoors(doorNames(opens, doors.data))}</p>}
          </li>
        ))}
      </ul>
      <div class="acts">
        <ButtonLink tone="primary" href={`/manage/${property}/households/${household}`}>
          {words.toHousehold}
        </ButtonLink>
        <Button onPress={onAnother}>{words.enterAnother}</Button>
      </div>
    </section>
  );
}

function enteredText(holder: Holder | undefined, state: string, words: ReturnType<typeof useWords>["households"]): string {
  if (holder?.way === "pin") return words.enteredPin;
  if (holder?.way === "card") return words.enteredCard;
  return state === "active" ? words.enteredLinked : words.enteredSent;
}
