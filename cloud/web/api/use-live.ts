import { useEffect, useState } from "preact/hooks";

/** What a live route tells: the newest document, and whether the stream is open. */
export interface Live<Data> {
  data: Data | undefined;
  connected: boolean;
}

/**
 * Listens to a live route (server-sent events named `truth`). The browser comes again by itself when the stream ends.
 * @param path under `/api`; undefined: listens to nothing.
 */
export function useLive<Data>(path: string | undefined): Live<Data> {
  const [live, setLive] = useState<Live<Data>>({ data: undefined, connected: false });
  useEffect(() => {
    setLive({ data: undefined, connected: false });
    if (path === undefined) return;
    const source = new EventSource(path);
    source.addEventListener("open", () => setLive((before) => ({ ...before, connected: true })));
    source.addEventListener("error", () => setLive((before) => ({ ...before, connected: false })));
    source.addEventListener("truth", ({ data }: MessageEvent<string>) => setLive({ data: JSON.parse(data) as Data, connected: true }));
    return () => source.close();
  }, [path]);
  return live;
}
