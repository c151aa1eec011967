import type { JSX } from "preact";
import type { Schema } from "../api/client";
import { showInstant } from "../language/times";
import { useLanguage, useWords } from "../language/speaking";
import { windowsText } from "../ui/week-text";
import { WeekView } from "../ui/week-view";

type Times = Pick<Schema<"Key">, "windows" | "notBefore" | "notAfter"> & { uses?: number | null; ownProfile?: string | null };

/** When a key opens, in a line. */
export function KeyTimesText({ times, zone }: { times: Times; zone: string }): JSX.Element {
  return <span class="sentence">{useTimesText(times, zone)}</span>;
}

function useTimesText({ windows, notBefore, notAfter, uses = null, ownProfile = null }: Times, zone: string): string {
  const words = useWords();
  const language = useLanguage();
  const { times: say } = words.sharing;
  const when = ownProfile === "admin" ? say.admin : ownProfile !== null ? say.byProfile : uses !== null && windows.length === 0 ? undefined : windowsText(windows, words, language, say.always);
  const parts = [
    ...(uses === null ? [] : [say.uses(uses)]),
    ...(when === undefined ? [] : [when]),
    ...(isAhead(notBefore) ? [say.from(showInstant(notBefore, zone, language))] : []),
    ...(notAfter === null ? [] : [say.until(showInstant(notAfter, zone, language))]),
  ];
  return parts.join(" · ");
}

/** When a key opens, with its week drawn. @param profile name of its profile, where whoever reads may know. */
export function KeyTimes({ times, zone, profile }: { times: Times; zone: string; profile?: string | undefined }): JSX.Element {
  const { times: say } = useWords().sharing;
  const language = useLanguage();
  const { windows, notBefore, notAfter, uses = null, ownProfile = null } = times;
  return (
    <>
      {ownProfile === "admin" ? <p>{say.admin}</p> : ownProfile !== null ? <p>{profile === undefined ? say.byProfile : say.byProfileNamed(profile)}</p> : <WeekView windows={windows} none={say.always} />}
      {uses !== null && <p>{say.uses(uses)}</p>}
      {(isAhead(notBefore) || notAfter !== null) && (
        <p>
          <span class="sentence">{[...(isAhead(notBefore) ? [say.from(showInstant(notBefore, zone, language))] : []), ...(notAfter === null ? [] : [say.until(showInstant(notAfter, zone, language))])].join(", ")}</span>
        </p>
      )}
    </>
  );
}

/** A beginning that is over says nothing any more. */
function isAhead(instant: string | null): instant is string {
  return instant !== null && Date.parse(instant) > Date.now();
}
