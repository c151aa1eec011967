import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiProblem } from "./api-problem";
import type { Asked } from "./use-asked";

interface PageOf<Item> {
  items: Item[];
  next: string | null;
}

/** A list of the API: as many of its pages as were asked for. */
export interface AskedList<Item> extends Asked<Item[]> {
  /** Asks for the page behind the last one; undefined: there is none. */
  more: (() => Promise<void>) | undefined;
}

/**
 * As `useAsked`, for lists that come in pages; `again` asks for as many pages as are shown.
 * @param ask one page. @param keys what is asked for: others begin a new list.
 */
export function useList<Item>(ask: (after: string | undefined, signal: AbortSignal) => Promise<PageOf<Item>>, keys: readonly unknown[]): AskedList<Item> {
  const [state, setState] = useState<{ data: Item[] | undefined; next: string | null; problem: ApiProblem | undefined; loading: boolean }>({ data: undefined, next: null, problem: undefined, loading: true });
  const current = useRef<AbortController | undefined>(undefined);
  const pages = useRef(1);
  const asking = useRef(ask);
  asking.current = ask;

  const load = useCallback(async (count: number) => {
    current.current?.abort();
    const mine = (current.current = new AbortController());
    setState((before) => ({ ...before, loading: true }));
    try {
      const data: Item[] = [];
      let next: string | null = null;
      for (let page = 0; page < count && (page === 0 || next !== null); page++) {
        const answer: PageOf<Item> = await asking.current(next ?? undefined, mine.signal);
        if (mine.signal.aborted) return;
        data.push(...answer.items);
        next = answer.next;
      }
      pages.current = count;
      setState({ data, next, problem: undefined, loading: false });
    } catch (error) {
      if (mine.signal.aborted) return;
      if (!(error instanceof ApiProblem)) throw error;
      setState((before) => ({ ...before, problem: error, loading: false }));
    }
  }, []);

  const asked = JSON.stringify(keys);
  useEffect(() => {
    setState({ data: undefined, next: null, problem: undefined, loading: true });
    void load(1);
    return () => current.current?.abort();
  }, [asked]);
  const again = useCallback(() => load(pages.current), []);
  const { data, next, problem, loading } = state;
  return { data, problem, loading, again, more: next === null ? undefined : () => load(pages.current + 1) };
}
