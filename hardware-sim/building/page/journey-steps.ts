import type { Journey } from "../journeys";
import type { Words } from "./language/en";
import type { LanguageName } from "./language/speaking";
import { showSeconds } from "./times";

export interface JourneyStep {
  step: keyof Words["journeys"]["steps"];
  state: "good" | "bad" | "plain" | "waiting" | "none";
  said: string;
  more?: string;
}

/** One attempt in four steps, as far as it has come. */
export function journeySteps(journey: Journey, words: Words["journeys"], language: LanguageName): JourneyStep[] {
  return [startStep(journey, words), decisionStep(journey, words), strikeStep(journey, words, language), cloudStep(journey, words, language)];
}

function startStep({ start, who, keys }: Journey, words: Words["journeys"]): JourneyStep {
  const more = [who, keys === undefined ? undefined : words.keys(keys)].filter((each) => each !== undefined).join(", ");
  return { step: "start", state: "plain", said: words.starts[start], ...(more !== "" && { more }) };
}

function decisionStep({ start, decision, abandoned }: Journey, words: Words["journeys"]): JourneyStep {
  if (decision === undefined) return { step: "decision", state: abandoned ? "none" : "waiting", said: abandoned ? words.abandoned : words.deciding };
  const { reason, version, plugged } = decision;
  if (start === "forced" || start === "held-open") return { step: "decision", state: "bad", said: words.told };
  const how = [version === undefined ? undefined : words.byList(version), plugged ? undefined : words.alone].filter((each) => each !== undefined).join(", ");
  const granted = reason === "granted";
  return { step: "decision", state: granted ? "good" : "bad", said: granted ? words.opens : words.refuses(words.reasons[reason]), ...(how !== "" && { more: how }) };
}

function strikeStep({ start, decision, abandoned, strike }: Journey, words: Words["journeys"], language: LanguageName): JourneyStep {
  if (strike !== undefined) {
    const { openedAt, lockedAt } = strike;
    return { step: "strike", state: "good", said: lockedAt === undefined ? words.relayOn : words.relay(showSeconds(lockedAt - openedAt, language)) };
  }
  const opens = decision?.reason === "granted" && start !== "forced" && start !== "held-open";
  if ((decision !== undefined && !opens) || abandoned) return { step: "strike", state: "none", said: words.relayStays };
  return { step: "strike", state: "waiting", said: words.relayStays };
}

function cloudStep({ decision, abandoned, cloud }: Journey, words: Words["journeys"], language: LanguageName): JourneyStep {
  if (decision === undefined) return { step: "cloud", state: abandoned ? "none" : "waiting", said: words.deciding };
  const { sequence } = decision;
  if (sequence === undefined) return { step: "cloud", state: "plain", said: words.counted };
  if (cloud === undefined) return { step: "cloud", state: "waiting", said: words.waits(sequence) };
  const more = cloud.by === "phone" ? words.byPhone : words.overNetwork(showSeconds(cloud.at - decision.at, language));
  return { step: "cloud", state: "good", said: words.inCloud(sequence), more };
}
