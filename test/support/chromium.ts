import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** The browser that is there. CHROMIUM names another one; in CI there is none that could be relied upon. */
const executablePath = process.env.CHROMIUM ?? (process.env.CI ? undefined : PLACES.find((place) => existsSync(place)));

/** Why tests that need a browser are skipped; undefined: they are not. */
export const noBrowser = executablePath === undefined ? (process.env.CI ? "this is CI (name one in CHROMIUM)" : "there is no Chromium here (name one in CHROMIUM)") : undefined;

/** @param features of Chromium to turn on. */
export function launchChromium(features: readonly string[] = []): Promise<Browser> {
  if (executablePath === undefined) throw new Error(noBrowser);
  return chromium.launch({ executablePath, headless: true, args: [...ARGUMENTS, ...(features.length > 0 ? [`--enable-features=${features.join()}`] : [])] });
}
