import type { JSX } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import { ApiProblem } from "../api/api-problem";
import { useWords } from "../language/speaking";
import { Button } from "./button";
import { CopyButton } from "./copy-button";
import { ProblemNotice } from "./problem-notice";

const SHOWN_SECONDS = 60;

interface SecretCodeProps {
  /** What the code is, e.g. `Code of Ana`. */
  label: string;
  /** Called whenever somebody wants to see it: the digits are kept nowhere else. Rejects with `ApiProblem` where that is refused. */
  read: () => Promise<string>;
  /** What stands in its place, e.g. one dot for each digit. */
  mask?: string;
}

/**
 * A code that is shown only when asked for (O10): its digits leave the page after a minute, and at once when the page
 * is hidden or left.
 */
export function SecretCode({ label, read, mask = "••••••" }: SecretCodeProps): JSX.Element {
  const { codes } = useWords();
  const [digits, setDigits] = useState<string>();
  const [left, setLeft] = useState(SHOWN_SECONDS);
  const [problem, setProblem] = useState<ApiProblem>();
  const hide = useCallback(() => setDigits(undefined), []);

  useEffect(() => {
    const hideUnseen = (): void => {
      if (document.visibilityState === "hidden") hide();
    };
    document.addEventListener("visibilitychange", hideUnseen);
    addEventListener("pagehide", hide);
    return () => {
      document.removeEventListener("visibilitychange", hideUnseen);
      removeEventListener("pagehide", hide);
    };
  }, []);
  useEffect(() => {
    if (digits === undefined) return;
    // By the clock, not by counting: a machine may have slept in between.
    const until = Date.now() + SHOWN_SECONDS * 1_000;
    const timer = setInterval(() => setLeft(Math.ceil((until - Date.now()) / 1_000)), 1_000);
    return () => clearInterval(timer);
  }, [digits]);
  useEffect(() => {
    if (left <= 0) hide();
  }, [left]);

  const show = async (): Promise<void> => {
    setProblem(undefined);
    try {
      const shown = await read();
      // Whoever was in another app meanwhile, for a code that proves who they are, is back by now.
      if (document.visibilityState === "hidden") return;
      setLeft(SHOWN_SECONDS);
      setDigits(shown);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (error.code !== "authenticate-again") setProblem(error); // they did not want to, in the end
    }
  };
  return (
    <div class="secret">
      <div class="shown">
        <p role="status">
          {digits === undefined ? (
            <span class="digits quiet" aria-hidden="true">
              {mask}
            </span>
          ) : (
            <>
              <span class="digits" aria-hidden="true">
                {digits}
              </span>
              {/* Digit by digit, not as a number of millions. */}
              <span class="unseen">{[...digits].join(" ")}</span>
            </>
          )}
        </p>
        <div class="acts">
          <Button label={digits === undefined ? codes.showOf(label) : codes.hideOf(label)} onPress={digits === undefined ? show : hide}>
            {digits === undefined ? codes.show : codes.hide}
          </Button>
          {digits !== undefined && <CopyButton text={digits} label={codes.copyOf(label)} />}
        </div>
      </div>
      {digits !== undefined && (
        <div class="remaining quiet">
          <progress max={SHOWN_SECONDS} value={left} aria-hidden="true" />
          <span>{codes.hidesIn(left)}</span>
        </div>
      )}
      {problem !== undefined && <ProblemNotice problem={problem} />}
    </div>
  );
}
