import { DICTIONARIES, type Language } from "./dictionaries";
import type { Words } from "./dictionary";
import type { FobOutcome } from "./fob-editor";

/** How a visit to a fob ended. */
export function explainFob(outcome: FobOutcome, language: Language): Words {
  const words = DICTIONARIES[language].fob;
  if (outcome.did === "nothing") return words.failures[outcome.why];
  const { said, advice } = words[outcome.did];
  const advices = [advice, outcome.told ? undefined : words.untold].filter((text) => text !== undefined);
  return advices.length === 0 ? { said } : { said, advice: advices.join(" ") };
}
