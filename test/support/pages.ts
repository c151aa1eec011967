import { readFileSync } from "node:fs";
import type { ExecutionContext } from "ava";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launchChromium, noBrowser } from "./chromium";
import type { Client } from "./sign-in";
import type { Json, World } from "./world";

const AXE = noBrowser === undefined ? readFileSync(require.resolve("axe-core/axe.min.js"), "utf8") : "";
/** A page waits for answers, no person does; a machine that runs everything at once is slow. */
const PATIENCE_MS = 30_000;

export const DESKTOP = { width: 1_280, height: 900 };
export const PHONE = { width: 390, height: 844 };

export interface ReaderOptions {
  viewport?: { width: number; height: number };
  /** BCP 47. */
  locale?: string;
  colorScheme?: "light" | "dark";
  /** Of the reader's own clock: not that of the property. */
  timeZone?: string;
  /** Whether the pages are kept for when there is no network. Most tests do without: it costs a second and hides requests from `page.route`. */
  serviceWorker?: boolean;
}

/** One Chromium for a test file's world, with as many readers as it takes: each has a browser of their own, as it were. */
export class Pages {
  readonly world: World;
  readonly browser: Browser;
  readonly #readers: Reader[] = [];

  private constructor(world: World, browser: Browser) {
    [this.world, this.browser] = [world, browser];
  }

  static async open(t: ExecutionContext, world: World, features: readonly string[] = []): Promise<Pages> {
    const browser = await launchChromium(features);
    const pages = new Pages(world, browser);
    t.teardown(async () => {
      if (!t.passed) for (const reader of pages.#readers) t.log(await reader.describe());
      await browser.close();
    });
    return pages;
  }

  /** Somebody who reads the pages. @param client whose session they have; without it nobody is signed in. */
  async reader(client?: Client, { viewport = DESKTOP, locale = "en-GB", colorScheme = "light", timeZone = "Europe/Paris", serviceWorker = false }: ReaderOptions = {}): Promise<Reader> {
    const context = await this.browser.newContext({ baseURL: this.world.cloud.url, viewport, locale, colorScheme, timezoneId: timeZone, reducedMotion: "reduce", serviceWorkers: serviceWorker ? "allow" : "block" });
    await context.clock.setSystemTime(this.world.clock.unixMs);
    if (client?.cookie !== undefined) {
      const [name, value] = client.cookie.split("=");
      await context.addCookies([{ name, value, url: this.world.cloud.url, httpOnly: true, sameSite: "Lax" }]);
    }
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const reader = new Reader(this.world, context, page);
    this.#readers.push(reader);
    return reader;
  }
}

/** A browser with one page, before which time stands still unless somebody waits for it (`during`). */
export class Reader {
  readonly world: World;
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the page's scripts have not caught, and what its content security policy has stopped. */
  readonly errors: string[] = [];

  constructor(world: World, context: BrowserContext, page: Page) {
    [this.world, this.context, this.page] = [world, context, page];
    page.on("pageerror", (error) => this.errors.push(error.stack ?? error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && /Content Security Policy|Refused to/.test(message.text())) this.errors.push(message.text());
    });
  }

  /** @param path such as `/keys`. @returns once its heading is there. */
  async goes(path: string): Promise<void> {
    await this.page.goto(path);
    await this.page.locator("main h1").waitFor();
    await this.settled();
  }

  /** When nothing is on its way any more. */
  async settled(): Promise<void> {
    // Not waitForFunction: it asks again from inside the page, whose policy forbids that.
    await this.page.locator(".loading, [aria-busy=true]").first().waitFor({ state: "detached" });
  }

  /** Lets virtual time pass, and doors and cloud go on, until an act on the page is done. */
  async during<T>(act: Promise<T>): Promise<T> {
    let done = false;
    const watched = act.finally(() => (done = true));
    watched.catch(() => undefined);
    while (!done) {
      await this.world.cloud.settled();
      await this.world.turn();
    }
    return watched;
  }

  /** What is before their eyes: for whoever looks into a test that failed. */
  async describe(): Promise<string> {
    const seen = await this.page.locator("body").innerText({ timeout: 1_000 }).catch(() => "a page that does not answer");
    return [this.page.url(), seen, ...this.errors].join("\n");
  }

  /** See flawsOf. */
  flaws(): Promise<string[]> {
    return flawsOf(this.page);
  }
}

/** What axe-core finds (WCAG 2.2 AA and good practice), light and dark, by rule; and whether anything sticks out to the side. */
export async function flawsOf(page: Page): Promise<string[]> {
  const found: string[] = [];
  // Between two pages there is none for a moment.
  await page.locator("h1").first().waitFor();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(AXE);
    const { violations } = (await page.evaluate("axe.run()")) as Json;
    found.push(...violations.map(({ id, nodes }: Json) => `${colorScheme} ${id}: ${nodes.map(({ html }: Json) => html).join(" ")}`));
  }
  if ((await page.evaluate("document.documentElement.scrollWidth > innerWidth")) === true) found.push("the page is wider than the screen");
  return found;
}
