import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Schema } from "../../api/client";
import { useWords } from "../../language/speaking";
import { doorNames } from "../use-doors";
import { RevocationTruth } from "../../truth/live-truth";
import { GivenCodes } from "../../ui/given-codes";
import { Section } from "../../ui/page";

/** What a change of a group has led to, besides the change itself. */
export interface GroupOutcome {
  /** Whose rights ended, under which revocation. */
  ended: readonly { person: string; name: string; revocation: string }[];
  /** Codes that nobody but the reader can pass on. */
  codes: readonly { person: string; name: string; codes: readonly Schema<"GivenCode">[] }[];
}

/** Who has lost what, door by door and live, and who needs to be told a new code. */
export function OutcomeView({ outcome: { ended, codes }, doors, zone }: { outcome: GroupOutcome; doors: readonly Schema<"Door">[] | undefined; zone: string }): JSX.Element {
  const { groups: words } = useWords();
  const news = useRef<HTMLDivElement>(null);
  // What was pressed may be gone with whom it was about.
  useEffect(() => {
    if (ended.length + codes.length > 0) news.current?.focus();
  }, [ended, codes]);
  return (
    <div ref={news} tabIndex={-1}>
      {codes.length > 0 && (
        <Section title={words.newCodes}>
          <p>{words.newCodesAbout}</p>
          {codes.map((each) => (
            <GivenCodes key={each.person} name={each.name} codes={each.codes} nameDoors={(ids) => doorNames(ids, doors)} />
          ))}
        </Section>
      )}
      {ended.map(({ person, name, revocation }) => (
        <Section key={person} title={words.ended(name)}>
          <RevocationTruth revocation={revocation} zone={zone} />
        </Section>
      ))}
    </div>
  );
}
