import { useEffect, useState } from "preact/hooks";

/** How often an open page looks whether there is a newer version: it may stay open for weeks. */
const LOOK_MS = 3_600_000;

let registration: Promise<ServiceWorkerRegistration | undefined> | undefined;

/** Has the pages kept for when there is no network (service-worker.ts). Browsers without that go on without. */
export function keepPages(): void {
  if (!("serviceWorker" in navigator)) return;
  // After the page itself: what is kept for later must not slow down what is wanted now.
  const keep = (): void => {
    registration = navigator.serviceWorker.register("/service-worker.js", { updateViaCache: "none" }).catch(() => undefined);
  };
  if (document.readyState === "complete") keep();
  else addEventListener("load", keep, { once: true });
}

/** @returns how to change over to a newer version that is there; undefined: this is the newest, as far as is known. */
export function useNewVersion(): (() => void) | undefined {
  const [waiting, setWaiting] = useState<ServiceWorker>();
  useEffect(() => {
    let shown = true;
    const watch = async (): Promise<void> => {
      const known = await registration;
      if (known === undefined || !shown) return;
      const look = (): void => {
        // Without one in charge this is the first: nothing is replaced by it.
        if (known.waiting !== null && navigator.serviceWorker.controller !== null) setWaiting(known.waiting);
      };
      look();
      known.addEventListener("updatefound", () => known.installing?.addEventListener("statechange", look));
    };
    addEventListener("load", () => void watch());
    if (document.readyState === "complete") void watch();
    const timer = setInterval(() => void registration?.then((known) => known?.update().catch(() => undefined)), LOOK_MS);
    return () => {
      shown = false;
      clearInterval(timer);
    };
  }, []);
  if (waiting === undefined) return undefined;
  return () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    waiting.postMessage("take over");
  };
}
