import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiProblem } from "./api-problem";

/** What was asked of the API: on its way, there, or refused. While it is asked again the last answer stays. */
export interface Asked<Data> {
  data: Data | undefined;
  problem: ApiProblem | undefined;
  loading: boolean;
  /** Asks again, e.g. after a change. @returns when the answer is shown. */
  again(): Promise<void>;
}

/**
 * Asks when the component appears and whenever `keys` change; a late answer to an earlier question is dropped.
 * @param ask throws `ApiProblem`.
 */
export function useAsked<Data>(ask: (signal: AbortSignal) => Promise<Data>, keys: readonly unknown[]): Asked<Data> {
  const [state, setState] = useState<Omit<Asked<Data>, "again">>({ data: undefined, problem: undefined, loading: true });
  const current = useRef<AbortController | undefined>(undefined);
  const asking = useRef(ask);
  asking.current = ask;

  const again = useCallback(async () => {
    current.current?.abort();
    const mine = (current.current = new AbortController());
    setState((before) => ({ ...before, loading: true }));
    try {
      const data = await asking.current(mine.signal);
      if (!mine.signal.aborted) setState({ data, problem: undefined, loading: false });
    } catch (error) {
      if (mine.signal.aborted) return;
      if (!(error instanceof ApiProblem)) throw error;
      setState((before) => ({ ...before, problem: error, loading: false }));
    }
  }, []);

  const asked = JSON.stringify(keys);
  useEffect(() => {
    setState({ data: undefined, problem: undefined, loading: true });
    void again();
    return () => current.current?.abort();
  }, [asked]);
  return { ...state, again };
}
