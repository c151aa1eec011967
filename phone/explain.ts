import { DICTIONARIES, type Language } from "./dictionaries";
import type { Dictionary, Words } from "./dictionary";
import type { CarryOutcome, RefillOutcome, UnlockOutcome, UnlockProgress } from "./outcome";

export type { Language } from "./dictionaries";

/** How a tap ended. */
export function explainUnlock(outcome: UnlockOutcome, language: Language): Words {
  const words: Dictionary = DICTIONARIES[language];
  if (outcome.opened) return (outcome.broughtNews ? words.grantedAfterNews : words.granted)(outcome.seconds);
  const failure = words.failures[outcome.why];
  return outcome.broughtNews ? { ...failure, said: `${words.afterNews} ${failure.said}` } : failure;
}

/** What a visit as a courier came to. */
export function explainCarry(outcome: CarryOutcome, language: Language): Words {
  const words: Dictionary = DICTIONARIES[language];
  return outcome.carried ? words.carried(outcome) : words.failures[outcome.why];
}

/** What going online came to. */
export function explainRefill(outcome: RefillOutcome, language: Language): Words {
  const words: Dictionary = DICTIONARIES[language];
  return outcome.refilled ? words.refilled(outcome.doors) : words.failures[outcome.why];
}

/** What the phone is doing. */
export function explainProgress(progress: UnlockProgress, language: Language): string {
  return DICTIONARIES[language].progress[progress];
}

/** Where the platform has no cryptography for pages that came over plain HTTP. */
export function explainNoVault(language: Language): Words {
  return DICTIONARIES[language].noVault;
}
