import type { JSX } from "preact";
import type { ApiProblem } from "../api/api-problem";
import type { Words } from "../language/en";
import { useWords } from "../language/speaking";
import { Button } from "./button";

/** A refusal in the reader's language, with what to do. A newer API than these pages may have codes of which they know nothing. */
export function explainProblem({ code, members }: ApiProblem, { problems }: Words): string {
  const { retryAfter } = members as { retryAfter?: number };
  if (code === "too-many-requests" && retryAfter !== undefined) return problems.retryIn(retryAfter);
  return Object.hasOwn(problems, code) ? problems[code] : problems.fallback;
}

/** Says at once what was refused; `onAgain` where trying again may help. */
export function ProblemNotice({ problem, onAgain }: { problem: ApiProblem; onAgain?: (() => void | Promise<void>) | undefined }): JSX.Element {
  const words = useWords();
  return (
    <div class="notice danger" role="alert" data-problem={problem.code}>
      <p>{explainProblem(problem, words)}</p>
      {onAgain !== undefined && <Button onPress={onAgain}>{words.common.again}</Button>}
    </div>
  );
}
