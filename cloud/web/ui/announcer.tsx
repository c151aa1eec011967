import { createContext, type ComponentChildren, type JSX } from "preact";
import { useCallback, useContext, useRef, useState } from "preact/hooks";

const AnnouncerContext = createContext<(text: string) => void>(() => undefined);
const SHOWN_MS = 6_000;

/** Lets pages say what was just done: shown for a while at the foot of the page, and read out. */
export function Announcing({ children }: { children: ComponentChildren }): JSX.Element {
  const [told, setTold] = useState("");
  const timer = useRef(0);
  const tell = useCallback((text: string) => {
    clearTimeout(timer.current);
    setTold(text);
    timer.current = setTimeout(() => setTold(""), SHOWN_MS);
  }, []);
  return (
    <AnnouncerContext.Provider value={tell}>
      {children}
      {/* Always there: a region that appears with its text is not read out. */}
      <p class="announcement" role="status">
        {told}
      </p>
    </AnnouncerContext.Provider>
  );
}

export function useAnnounce(): (text: string) => void {
  return useContext(AnnouncerContext);
}
