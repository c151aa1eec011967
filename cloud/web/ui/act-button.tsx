import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiProblem } from "../api/api-problem";
import { Button, type Tone } from "./button";
import { ProblemNotice } from "./problem-notice";

interface ActButtonProps {
  children: ComponentChildren;
  tone?: Tone;
  label?: string;
  /** Rejects with `ApiProblem` where the API refuses: that is shown below the button. */
  act: () => Promise<void>;
}

/** A button for an act that asks for nothing beforehand, and may be refused. */
export function ActButton({ children, tone = "plain", label, act }: ActButtonProps): JSX.Element {
  const [problem, setProblem] = useState<ApiProblem>();
  const press = async (): Promise<void> => {
    setProblem(undefined);
    try {
      await act();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error);
    }
  };
  return (
    <>
      <Button tone={tone} {...(label !== undefined && { label })} onPress={press}>
        {children}
      </Button>
      {problem !== undefined && <ProblemNotice problem={problem} />}
    </>
  );
}
