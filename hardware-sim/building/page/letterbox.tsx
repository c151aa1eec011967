import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Letter } from "../story-view";
import { fetchLetters } from "./acts";
import { useLanguage, useWords } from "./language/speaking";
import { showTime } from "./times";

const LOOK_MS = 3_000;

/** What the cloud beside this building would send, so that a newcomer gets the codes that they sign in with. */
export function Letterbox({ cloudUrl }: { cloudUrl: string }): JSX.Element {
  const { letters: words, head } = useWords();
  const language = useLanguage();
  const [letters, setLetters] = useState<Letter[]>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let wanted = true;
    const look = (): void =>
      void fetchLetters().then(
        (found) => {
          if (!wanted) return;
          setLetters(found);
          setFailed(false);
        },
        () => wanted && setFailed(true),
      );
    look();
    const interval = setInterval(look, LOOK_MS);
    return () => {
      wanted = false;
      clearInterval(interval);
    };
  }, []);
  return (
    <section class="letters card" aria-labelledby="letters-title">
      <h2 id="letters-title">{words.title}</h2>
      <p class="quiet">
        {words.lead}{" "}
        <a href={cloudUrl} target="_blank" rel="noreferrer">
          {head.pages}
        </a>
      </p>
      <p role="status">{failed ? words.failed : letters?.length === 0 ? words.empty : ""}</p>
      <ul class="letter-list">
        {letters?.map((letter) => (
          <li key={letter.id}>
            <details>
              <summary>
                <strong>{letter.subject ?? words[letter.channel]}</strong>
                <span class="quiet">
                  {words.to} {letter.to}, {words[letter.channel]}, <time dateTime={letter.at}>{showTime(Date.parse(letter.at), language)}</time>
                </span>
              </summary>
              <p class="letter-text">{withLinks(letter.text)}</p>
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The text, with what can be followed made a link and codes made plain to see. */
function withLinks(text: string): (string | JSX.Element)[] {
  return text.split(/(https?:[^\s]+|\b[0-9]{6,10}\b)/).map((part, at) => {
    if (at % 2 === 0) return part;
    if (/^[0-9]/.test(part)) return <strong class="code">{part}</strong>;
    return (
      <a href={part} target="_blank" rel="noreferrer">
        {part}
      </a>
    );
  });
}
