import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiProblem } from "../api/api-problem";
import { useWords } from "../language/speaking";
import { useAnnounce } from "../ui/announcer";
import { Button } from "../ui/button";
import { TextField } from "../ui/field";
import { ProblemNotice } from "../ui/problem-notice";

const CODE_DIGITS = 8;
/** Messages take a moment; codes that are asked for anew at once only add up to "too often". */
const RESEND_SECONDS = 30;

/** As people copy it: with the blanks that some mail programs put between digits. */
export function codeOf(entered: string): string {
  return entered.replace(/\s/g, "");
}

interface CodeFieldProps {
  /** Where the code went. */
  to: string;
  value: string;
  onValue: (value: string) => void;
  /** Has another code sent. */
  onResend: () => Promise<void>;
}

/** Where the code that was sent is entered, and another one is asked for. */
export function CodeField({ to, value, onValue, onResend }: CodeFieldProps): JSX.Element {
  const { account } = useWords();
  const announce = useAnnounce();
  const [wait, setWait] = useState(RESEND_SECONDS);
  const [problem, setProblem] = useState<ApiProblem>();
  useEffect(() => {
    if (wait <= 0) return;
    const timer = setTimeout(() => setWait(wait - 1), 1_000);
    return () => clearTimeout(timer);
  }, [wait]);
  const resend = async (): Promise<void> => {
    setProblem(undefined);
    try {
      await onResend();
      announce(account.code.sentAgain);
      setWait(RESEND_SECONDS);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error);
    }
  };
  return (
    <>
      <p>{account.code.sent(to)}</p>
      <TextField label={account.code.label} name="code" hint={account.code.hint} value={value} onValue={onValue} required autocomplete="one-time-code" inputMode="numeric" pattern={`\\s*(\\d\\s*){${CODE_DIGITS}}`} maxLength={CODE_DIGITS * 2} focused />
      <p class="resend">
        {account.code.notCome}{" "}
        <Button disabled={wait > 0} onPress={resend}>
          {wait > 0 ? account.code.againIn(wait) : account.code.again}
        </Button>
      </p>
      {problem !== undefined && <ProblemNotice problem={problem} />}
    </>
  );
}
