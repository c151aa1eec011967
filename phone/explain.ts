import type { Dictionary, Words } from "./dictionary";
import { ENGLISH } from "./explain-english";
import { FRENCH } from "./explain-french";
import type { CarryOutcome, RefillOutcome, UnlockOutcome, UnlockProgress } from "./outcome";

export type Language = "en" | "fr";

const DICTIONARIES: Record<Language, Dictionary> = { en: ENGLISH, fr: FRENCH };

/** How a tap ended. */
export function explainUnlock(outcome: UnlockOutcome, language: Language): Words {
  const words = DICTIONARIES[language];
  if (outcome.opened) return (outcome.broughtNews ? words.grantedAfterNews : words.granted)(outcome.seconds);
  const failure = words.failures[outcome.why];
  return outcome.broughtNews ? { ...failure, said: `${words.afterNews} ${failure.said}` } : failure;
}

/** What a visit as a courier came to. */
export function explainCarry(outcome: CarryOutcome, language: Language): Words {
  const words = DICTIONARIES[language];
  return outcome.carried ? words.carried(outcome) : words.failures[outcome.why];
}

/** What going online came to. */
export function explainRefill(outcome: RefillOutcome, language: Language): Words {
  const words = DICTIONARIES[language];
  return outcome.refilled ? words.refilled(outcome.doors) : words.failures[outcome.why];
}

/** What the phone is doing. */
export function explainProgress(progress: UnlockProgress, language: Language): string {
  return DICTIONARIES[language].progress[progress];
}

/** Where the platform has no cryptography for pages that came over plain HTTP. */
export function explainNoVault(language: Language): Words {
  return language === "fr"
    ? { said: "Cette page ne peut pas garder de clés.", advice: "Ouvrez-la par une adresse en https." }
    : { said: "This page cannot keep keys.", advice: "Open it by an https address." };
}
