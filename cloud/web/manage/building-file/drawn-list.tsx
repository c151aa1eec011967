import type { JSX } from "preact";
import type { Schema } from "../../api/client";
import { showInstant } from "../../language/times";
import { useLanguage, useWords } from "../../language/speaking";
import { CopyButton } from "../../ui/copy-button";
import { GivenCodes } from "../../ui/given-codes";
import { useProperty } from "../../shell/managed-property";
import { doorNames, useDoors } from "../use-doors";

/** PINs and links that an import has drawn, to be passed on: they are told in its answer alone. */
export function DrawnList({ report: { codes, lines } }: { report: Schema<"ImportReport"> }): JSX.Element {
  const { buildingFile: words } = useWords();
  const language = useLanguage();
  const { timeZone } = useProperty();
  const doors = useDoors();
  if (codes.length === 0) return <p>{words.noCodes}</p>;
  return (
    <>
      <p>{words.codesAbout}</p>
      <ul class="holders">
        {codes.map(({ line, person, codes: given, link }) => {
          const name = lines.find((each) => each.line === line)?.name ?? words.lineOf(line);
          return (
            <li key={`${line} ${person}`} class="holder">
              <h3>
                {name} <span class="quiet">{words.lineOf(line)}</span>
              </h3>
              <GivenCodes name={name} codes={given} nameDoors={(ids) => doorNames(ids, doors.data)} />
              {link !== null && (
                <p>
                  {words.linkUntil(showInstant(link.expiresAt, timeZone, language))} <CopyButton text={link.url} label={words.linkOf(name)} />
                </p>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}
