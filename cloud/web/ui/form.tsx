import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiProblem } from "../api/api-problem";
import { useLanguage, useWords } from "../language/speaking";
import { Button, type Tone } from "./button";
import { ProblemNotice } from "./problem-notice";

interface FormProps {
  /** The button's text. */
  submit: string;
  tone?: Tone;
  /** Rejects with `ApiProblem` where the API refuses: that is shown, and what was entered stays. */
  onSubmit: () => Promise<void>;
  onCancel?: (() => void) | undefined;
  /** The text of the button that does so, where "Cancel" says too little. */
  cancel?: string;
  /** @param errorOf what the API said of a field, by its path in the request. */
  children: (errorOf: (path: string) => string | undefined) => ComponentChildren;
  disabled?: boolean;
}

/** Sends once, stays busy meanwhile, shows a refusal beside what it is about, and never loses what was entered. */
export function Form({ submit, tone = "primary", onSubmit, onCancel, cancel, children, disabled = false }: FormProps): JSX.Element {
  const { common, problems } = useWords();
  const language = useLanguage();
  const [problem, setProblem] = useState<ApiProblem>();
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  // To what has to be put right, if the API has said what.
  useEffect(() => form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus(), [problem]);
  // The API says in English what a field must be.
  const errorOf = (path: string): string | undefined => {
    const said = problem?.fieldErrors.get(path);
    return said === undefined || language === "en" ? said : problems.field;
  };
  const send = async (): Promise<void> => {
    setProblem(undefined);
    setBusy(true);
    try {
      await onSubmit();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      ref={form}
      aria-busy={busy || undefined}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void send();
      }}
    >
      {children(errorOf)}
      {problem !== undefined && <ProblemNotice problem={problem} />}
      <div class="acts">
        <Button type="submit" tone={tone} disabled={busy || disabled}>
          {submit}
        </Button>
        {onCancel !== undefined && <Button onPress={onCancel}>{cancel ?? common.cancel}</Button>}
      </div>
    </form>
  );
}
