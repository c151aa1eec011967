import type { JSX } from "preact";
import type { Words as Said } from "../../../phone/dictionary";
import { DICTIONARIES } from "../../../phone/dictionaries";
import { explainProblem } from "../ui/problem-notice";
import type { Words } from "../language/en";
import type { LanguageName } from "../language/speaking";
import type { RemoteOutcome } from "../phone/remote-unlock";

/** What was said to the last act at a door. */
export interface Answer extends Said {
  tone: "busy" | "good" | "bad";
}

/** Always there, so that what is said in it is read out. */
export function DoorAnswer({ answer }: { answer: Answer | undefined }): JSX.Element {
  return (
    <p class="answer" role="status" data-tone={answer?.tone}>
      {answer !== undefined && (
        <>
          <strong>{answer.said}</strong> {answer.advice}
        </>
      )}
    </p>
  );
}

/** How an attempt over the internet ended, as typed failures are told apart (N14). */
export function explainRemote(outcome: RemoteOutcome, words: Words, language: LanguageName): Said {
  const { remote } = words.doors;
  if (outcome.opened) return outcome.before ? remote.openedBefore : remote.opened;
  if (outcome.why === "problem") return { said: explainProblem(outcome.problem, words) };
  if (outcome.why !== "denied") return remote[outcome.why];
  const own: Partial<Record<string, Said>> = remote.denied;
  const ofDoors: Partial<Record<string, Said>> = DICTIONARIES[language].failures;
  return own[outcome.reason] ?? ofDoors[outcome.reason] ?? remote.denied["refused-by-door"];
}
