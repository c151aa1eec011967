import type { JSX } from "preact";
import type { Journey } from "../journeys";
import { useLanguage, useWords } from "./language/speaking";
import { journeySteps } from "./journey-steps";
import { showTime } from "./times";

/** Older ones that are shown in a line each. */
const EARLIER_SHOWN = 6;

/** What happened, from the press to the relay and on to the cloud: the newest in full, those before it in a line. */
export function JourneyList({ journeys, doors }: { journeys: Journey[]; doors: string[] }): JSX.Element {
  const { journeys: words } = useWords();
  const [newest, ...earlier] = journeys;
  return (
    <section class="journeys card" aria-labelledby="journeys-title">
      <h2 id="journeys-title" tabIndex={-1}>
        {words.title}
      </h2>
      {newest === undefined ? <p class="quiet">{words.empty}</p> : <WholeJourney journey={newest} door={doors.at(newest.door) ?? ""} />}
      {earlier.length > 0 && (
        <>
          <h3>{words.more}</h3>
          <ol class="earlier">
            {earlier.slice(0, EARLIER_SHOWN).map((journey) => (
              <EarlierJourney key={journey.id} journey={journey} door={doors.at(journey.door) ?? ""} />
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

function WholeJourney({ journey, door }: { journey: Journey; door: string }): JSX.Element {
  const { journeys: words } = useWords();
  const language = useLanguage();
  return (
    <article class="journey" aria-live="polite">
      <p class="journey-where">
        <strong>{door}</strong> <time dateTime={new Date(journey.at).toISOString()}>{showTime(journey.at, language)}</time>
      </p>
      <ol class="steps">
        {journeySteps(journey, words, language).map(({ step, state, said, more }) => (
          <li key={step} data-state={state} data-step={step}>
            <span class="step-name">{words.steps[step]}</span>
            <span class="step-said">{said}</span>
            {more !== undefined && <span class="step-more quiet">{more}</span>}
          </li>
        ))}
      </ol>
    </article>
  );
}

function EarlierJourney({ journey, door }: { journey: Journey; door: string }): JSX.Element {
  const { journeys: words } = useWords();
  const language = useLanguage();
  const steps = journeySteps(journey, words, language);
  return (
    <li>
      <time dateTime={new Date(journey.at).toISOString()}>{showTime(journey.at, language)}</time> <strong>{door}</strong>
      <span class="earlier-said">
        {steps[0].said}. {steps[1].said}.
      </span>
      <span class="dots" aria-hidden="true">
        {steps.map(({ step, state }) => (
          <span key={step} data-state={state} />
        ))}
      </span>
    </li>
  );
}
