import { useEffect, useState } from "preact/hooks";

/** Chromium's offer to install the pages (https://wicg.github.io/manifest-incubations/): not in any list of types. */
interface InstallOffer extends Event {
  prompt(): Promise<{ outcome: "accepted" | "dismissed" }>;
}

let offered: InstallOffer | undefined;
const CHANGED = "latchkey-install";

/** From the start: browsers make the offer once, early, and to no page in particular. */
export function keepInstallOffer(): void {
  addEventListener("beforeinstallprompt", (event) => {
    // Where we offer it ourselves, and not over whatever somebody is reading.
    event.preventDefault();
    offered = event as InstallOffer;
    dispatchEvent(new Event(CHANGED));
  });
  addEventListener("appinstalled", () => {
    offered = undefined;
    dispatchEvent(new Event(CHANGED));
  });
}

/** How these pages come to a phone's home screen: by the browser's own offer, by hand on an iPhone, or they are there, or not at all. */
export type Installing = { way: "offer"; install: () => Promise<void> } | { way: "by-hand" } | { way: "installed" } | { way: "none" };

export function useInstalling(): Installing {
  const [offer, setOffer] = useState(offered);
  useEffect(() => {
    const look = (): void => setOffer(offered);
    addEventListener(CHANGED, look);
    return () => removeEventListener(CHANGED, look);
  }, []);
  if (matchMedia("(display-mode: standalone)").matches) return { way: "installed" };
  if (offer !== undefined) {
    return {
      way: "offer",
      install: async () => {
        const { outcome } = await offer.prompt();
        if (outcome === "accepted") setOffer(undefined);
      },
    };
  }
  return /\b(iPhone|iPad)\b/.test(navigator.userAgent) ? { way: "by-hand" } : { way: "none" };
}
