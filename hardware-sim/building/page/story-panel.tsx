import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { STORY_STEPS, type StoryStep, type StoryTruth, type StoryView } from "../story-view";
import { actInStory } from "./acts";
import { useLanguage, useWords } from "./language/speaking";
import { showInstant } from "./times";

interface StoryPanelProps {
  story: StoryView;
  /** Their names. */
  doors: string[];
  /** Whether the far door has its network plug in, which spoils the story from its second step on. */
  plugged: boolean;
  /** Goes to a door. */
  onDoor: (door: number) => void;
}

const HIDDEN = "latchkey-building-story-hidden";

/** The guide: what to do now, what has happened, and what is true at each door meanwhile. */
export function StoryPanel({ story, doors, plugged, onDoor }: StoryPanelProps): JSX.Element {
  const { story: words } = useWords();
  const [hidden, setHidden] = useState(() => localStorage.getItem(HIDDEN) === "yes");
  const hide = (value: boolean): void => {
    localStorage.setItem(HIDDEN, value ? "yes" : "no");
    setHidden(value);
  };
  const { tenant, preparing, failed, now } = story;
  return (
    <section class="story card" aria-labelledby="story-title">
      <header class="story-head">
        <h2 id="story-title">{words.title}</h2>
        <button type="button" class="plain" aria-expanded={!hidden} aria-describedby="story-title" onClick={() => hide(!hidden)}>
          {hidden ? words.open : words.close}
        </button>
      </header>
      {!hidden && (
        <>
          <p class="quiet">{words.lead}</p>
          {tenant !== undefined && (
            <p class="story-code">
              {words.code(tenant.name)} <strong class="code">{tenant.pin}</strong>
            </p>
          )}
          <div role="status">
            {preparing && <p class="busy">{words.preparing}</p>}
            {failed && <p class="sentence" data-tone="bad">{words.failed}</p>}
            {tenant !== undefined && now === undefined && <p class="sentence" data-tone="good">{words.over}</p>}
          </div>
          {tenant === undefined && !preparing && <p class="story-nobody">{words.nobody}</p>}
          {tenant !== undefined && (
            <ol class="story-steps">
              {STORY_STEPS.map((step) => (
                <StoryStepItem key={step} step={step} story={story} doors={doors} plugged={plugged} onDoor={onDoor} />
              ))}
            </ol>
          )}
          {!preparing && (
            <button type="button" class={tenant === undefined ? "main" : "plain"} onClick={() => actInStory("restart")}>
              {tenant === undefined ? words.start : words.restart}
            </button>
          )}
        </>
      )}
    </section>
  );
}

function StoryStepItem({ step, story, doors, plugged, onDoor }: StoryPanelProps & { step: StoryStep }): JSX.Element {
  const { story: words } = useWords();
  const { done, skipped, now, tenant, courier, truth } = story;
  const near = doors.at(story.doors.near) ?? "";
  const far = doors.at(story.doors.far) ?? "";
  const facts = { tenant: tenant?.name ?? "", courier: courier?.name ?? "", near, far };
  const { title, todo, did, doIt } = words.steps[step];
  const state = done.includes(step) ? "done" : skipped.includes(step) ? "skipped" : step === now ? "now" : "later";
  const here = step === "online" ? story.doors.near : story.doors.far;
  return (
    <li data-state={state} aria-current={state === "now" ? "step" : undefined}>
      <h3>
        {title} <span class="story-state">{words[state]}</span>
      </h3>
      {state === "done" && <p class="quiet">{did(facts)}</p>}
      {state === "now" && (
        <>
          <p>{step === "carry" && courier === undefined ? words.noCourier(far) : todo(facts)}</p>
          {step === "end" && <ManagerHint story={story} />}
          {(step === "carry" || step === "end") && plugged && courier !== undefined && <p class="sentence" data-tone="warn">{words.plugIn(far)}</p>}
          <div class="buttons">
            <button
              type="button"
              class="main"
              onClick={() => {
                if (step !== "end") onDoor(here);
                actInStory("do");
              }}
            >
              {doIt}
            </button>
            <button type="button" class="plain" onClick={() => actInStory("skip")}>
              {words.skip}
            </button>
          </div>
        </>
      )}
      {truth.length > 0 && isTold(step, story) && <TruthList truth={truth} name={facts.tenant} doors={doors} />}
    </li>
  );
}

/** With the step that one is at, or with the last one that is done. */
function isTold(step: StoryStep, { now, done }: StoryView): boolean {
  if (now === "end" || now === undefined) return step === (now ?? done.at(-1));
  return step === STORY_STEPS[STORY_STEPS.indexOf(now) - 1];
}

function ManagerHint({ story: { manager } }: { story: StoryView }): JSX.Element | null {
  const { story: words } = useWords();
  if (manager === undefined) return null;
  return (
    <p class="quiet">
      {words.manager} <strong>{manager.email}</strong>. {words.letterboxHint}{" "}
      <a href={manager.url} target="_blank" rel="noreferrer">
        {words.managerLink}
      </a>
    </p>
  );
}

function TruthList({ truth, name, doors }: { truth: StoryTruth[]; name: string; doors: string[] }): JSX.Element {
  const { story: words } = useWords();
  const language = useLanguage();
  const says = ({ acknowledgedAt, by, mayOpenUntil }: StoryTruth): string => {
    if (acknowledgedAt !== undefined) return `${words.acknowledged} (${by === "phone" ? words.byPhone : words.byNetwork})`;
    return mayOpenUntil === undefined ? words.noLimit : words.until(showInstant(Date.parse(mayOpenUntil), language));
  };
  return (
    <div class="truth" role="status">
      <h4>{words.truth(name)}</h4>
      <ul>
        {truth.map((each) => (
          <li key={each.door} data-true={each.acknowledgedAt !== undefined}>
            <strong>{doors.at(each.door) ?? ""}</strong> {says(each)}
          </li>
        ))}
      </ul>
    </div>
  );
}
