import { useEffect, useState } from "preact/hooks";

/** What a live route tells: the newest document, and whether the stream is open. */
export interface Live<Data> {
  data: Data | undefined;
  connected: boolean;
}

/** A browser comes again by itself where a stream ends, and gives up where it is refused: then this is how long we wait. */
const REFUSED_MS = 10_000;

/**
 * Listens to a live route (server-sent events named `truth`).
 * @param path under `/api`; undefined: listens to nothing.
 */
export function useLive<Data>(path: string | undefined): Live<Data> {
  const [live, setLive] = useState<Live<Data>>({ data: undefined, connected: false });
  useEffect(() => {
    setLive({ data: undefined, connected: false });
    if (path === undefined) return;
    let source: EventSource;
    let again: number | undefined;
    const listen = (): void => {
      source = new EventSource(path);
      source.addEventListener("open", () => setLive((before) => ({ ...before, connected: true })));
      source.addEventListener("error", () => {
        setLive((before) => ({ ...before, connected: false }));
        if (source.readyState === EventSource.CLOSED) again = setTimeout(listen, REFUSED_MS);
      });
      source.addEventListener("truth", ({ data }: MessageEvent<string>) => setLive({ data: JSON.parse(data) as Data, connected: true }));
    };
    listen();
    return () => {
      clearTimeout(again);
      source.close();
    };
  }, [path]);
  return live;
}
