import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useWords } from "../../language/speaking";
import { ButtonLink } from "../../ui/button";
import { SecretCode } from "../../ui/secret-code";

/** What a PIN or a card was drawn with: told in the answer alone. */
export interface Drawn {
  pin?: string | undefined;
  secondPin?: { pin: string } | undefined;
  duressPin?: { pin: string } | undefined;
}

/** After something was given: its codes to pass on, and where to go from there. */
export function GivenResult({ title, name, drawn, href, to }: { title: string; name: string; drawn: Drawn; href: string; to: string }): JSX.Element {
  const { people: words, codes } = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const parts = [
    { label: words.pin, code: drawn.pin },
    { label: words.secondPin, code: drawn.secondPin?.pin },
    { label: words.duressPin, code: drawn.duressPin?.pin },
  ].flatMap(({ label, code }) => (code === undefined ? [] : [{ label, code }]));
  return (
    <section class="card">
      <h2 tabIndex={-1} ref={heading}>
        {title}
      </h2>
      {parts.length === 0 ? (
        <p>{words.cardOpens}</p>
      ) : (
        <div class="notice given-codes">
          <p>{codes.passOn(name)}</p>
          {parts.map(({ label, code }) => (
            <div key={label}>
              {parts.length > 1 && <p class="quiet">{label}</p>}
              <SecretCode label={`${label} (${name})`} mask={"•".repeat(code.length)} read={() => Promise.resolve(code)} />
            </div>
          ))}
        </div>
      )}
      <ButtonLink tone="primary" href={href}>
        {to}
      </ButtonLink>
    </section>
  );
}
