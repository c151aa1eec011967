import type { JSX } from "preact";
import { showAgo, showInstant } from "../language/times";
import { useLanguage } from "../language/speaking";

/** An instant in the property's zone and the reader's language. */
export function Time({ instant, zone }: { instant: string; zone: string }): JSX.Element {
  return <time dateTime={instant}>{showInstant(instant, zone, useLanguage())}</time>;
}

/** How long ago, with the instant itself on pointing. */
export function Ago({ instant, zone }: { instant: string; zone: string }): JSX.Element {
  const language = useLanguage();
  return (
    <time dateTime={instant} title={showInstant(instant, zone, language)}>
      {showAgo(instant, language)}
    </time>
  );
}
