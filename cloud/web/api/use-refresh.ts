import { useEffect, useRef } from "preact/hooks";

/** Asks again every few seconds while somebody looks and something is still on its way. @param milliseconds between two answers. */
export function useRefresh(again: () => Promise<void>, waiting: boolean, milliseconds = 4_000): void {
  const asking = useRef(again);
  asking.current = again;
  useEffect(() => {
    if (!waiting) return;
    let timer = 0;
    const next = (): void => {
      timer = setTimeout(() => void (document.hidden ? Promise.resolve() : asking.current()).finally(next), milliseconds);
    };
    next();
    return () => clearTimeout(timer);
  }, [waiting, milliseconds]);
}
