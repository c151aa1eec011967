import type { JSX } from "preact";
import type { ApiProblem } from "../api/api-problem";
import type { Words } from "../language/en";
import { useLanguage, useWords } from "../language/speaking";
import { Button } from "./button";

/** A refusal in the reader's language. English has the API's own words where the dictionary has none. */
export function explainProblem(problem: ApiProblem, words: Words, language: string): string {
  const known = (words.problems as Partial<Record<string, string>>)[problem.code];
  return known ?? (language === "en" && problem.message !== "" ? problem.message : words.problems.fallback);
}

/** Says at once what was refused; `onAgain` where trying again may help. */
export function ProblemNotice({ problem, onAgain }: { problem: ApiProblem; onAgain?: (() => void | Promise<void>) | undefined }): JSX.Element {
  const words = useWords();
  const language = useLanguage();
  return (
    <div class="notice danger" role="alert" data-problem={problem.code}>
      <p>{explainProblem(problem, words, language)}</p>
      {onAgain !== undefined && <Button onPress={onAgain}>{words.common.again}</Button>}
    </div>
  );
}
