/** The building's page in a real Chromium, with the demo behind it: real firmware, the real cloud, real time. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import test, { type ExecutionContext } from "ava";
import type { Browser, Locator, Page } from "playwright-core";
import { readSettings } from "../../cloud/settings";
import type { BuildingDoor } from "../../hardware-sim/building/building-door";
import { type Demo, startDemo } from "../../hardware-sim/demo";
import { launchChromium, noBrowser } from "../support/chromium";
import { flawsOf, DESKTOP, PHONE } from "../support/pages";

if (noBrowser !== undefined) console.log(`# tests in a browser are skipped: ${noBrowser}`);
const inBrowser = noBrowser === undefined ? test.serial : test.skip;
/** Of the page's script, gzipped. */
const SCRIPT_BYTES_MAX = 100_000;

async function begin(t: ExecutionContext): Promise<{ demo: Demo; browser: Browser }> {
  const dataFolder = mkdtempSync(join(tmpdir(), "latchkey-building-page-"));
  const settings = readSettings({ LATCHKEY_DATA: dataFolder, LATCHKEY_HTTP_PORT: "0", LATCHKEY_MQTT_PORT: "0", LATCHKEY_LOG: "silent" });
  const [demo, browser] = await Promise.all([startDemo({ settings, pagePort: 0, engine: "node", say: (line) => t.log(line.split("\n")[0]) }), launchChromium()]);
  t.teardown(async () => {
    await browser.close();
    await demo.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  });
  return { demo, browser };
}

/** Somebody before the page. */
class Visitor {
  readonly page: Page;
  readonly errors: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on("pageerror", (error) => this.errors.push(error.message));
    page.on("console", (message) => message.type() === "error" && this.errors.push(message.text()));
  }

  static async opens(browser: Browser, url: string, { viewport = DESKTOP, locale = "en-GB" } = {}): Promise<Visitor> {
    const context = await browser.newContext({ viewport, locale, reducedMotion: "reduce" });
    const visitor = new Visitor(await context.newPage());
    visitor.page.setDefaultTimeout(30_000);
    await visitor.page.goto(url);
    await visitor.page.getByRole("heading", { level: 1 }).waitFor();
    await visitor.page.getByRole("group", { name: /^(Keypad|Clavier)/ }).waitFor();
    return visitor;
  }

  get story(): Locator {
    return this.page.getByRole("region", { name: "A story in two minutes" });
  }

  /** What happened last, from press to relay. */
  get journey(): Locator {
    return this.page.getByRole("region", { name: "From press to relay" }).getByRole("article");
  }

  /** Goes to a door, as one clicks on it in the house. */
  async goesTo(door: BuildingDoor): Promise<void> {
    await this.page.getByRole("button", { name: new RegExp(`^${door.name}`), pressed: false }).click();
    await this.page.getByRole("group", { name: `Keypad of the ${door.name}` }).waitFor();
  }

  /** Presses keys with the pointer. */
  async types(door: BuildingDoor, digits: string): Promise<void> {
    const keypad = this.page.getByRole("group", { name: `Keypad of the ${door.name}` });
    for (const digit of digits) await keypad.getByRole("button", { name: digit, exact: true }).click();
  }

  /** Goes through the door that is unlocked: it locks behind them. */
  async goesThrough(door: BuildingDoor): Promise<void> {
    await this.page.getByRole("button", { name: "Pull the leaf open" }).click();
    await this.page.getByRole("button", { name: "Close the leaf" }).click();
    await until(() => !door.view.strike);
  }

  async isAt(step: string): Promise<void> {
    await this.story.getByRole("listitem").filter({ hasText: "Now" }).filter({ hasText: step }).first().waitFor();
  }

  async reads(where: Locator, text: string | RegExp): Promise<void> {
    await where.getByText(text).first().waitFor();
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

inBrowser("X1, X2: the two-minute story by hand: a code works offline, an access ends, another phone carries that to the offline door, and its acknowledgement back", async (t) => {
  t.timeout(180_000);
  const { demo, browser } = await begin(t);
  const { building, api } = demo;
  const [front, garage, cellar] = building.doors;
  const [{ id: tenant, pin }] = demo.people;
  const visitor = await Visitor.opens(browser, building.url);
  const { page, story, journey } = visitor;
  t.deepEqual(await flawsOf(page), [], "as a newcomer finds it");
  await visitor.reads(story, pin);

  await visitor.isAt("A code opens");
  // With the keyboard, the focus on a key.
  await page.getByRole("group", { name: "Keypad of the Front door" }).getByRole("button", { name: "5", exact: true }).focus();
  await page.keyboard.type(pin, { delay: 20 });
  await until(() => front.view.strike);
  await visitor.isAt("without a network too");
  await visitor.reads(journey, "The door opens");
  await visitor.reads(journey, "The relay is energised");
  await visitor.reads(journey, /^The cloud has event \d+$/);
  await visitor.reads(journey, /^over the network/);

  await visitor.goesTo(cellar);
  await page.getByRole("switch", { name: "Network plug" }).click();
  await until(() => !cellar.view.network);
  await page.getByRole("switch", { name: "Network plug", checked: false }).waitFor();
  await visitor.types(cellar, pin);
  await until(() => cellar.view.strike);
  await visitor.goesThrough(cellar);
  await visitor.isAt("The access ends");
  await visitor.reads(journey, /with no network$/);
  await visitor.reads(journey, /^Event \d+ waits in the door’s log$/);

  await story.getByRole("button", { name: "End the access as the manager" }).click();
  await visitor.isAt("Somebody else’s phone brings the news");
  await visitor.reads(story, /^Cellar may still open, with no limit/);
  await visitor.types(cellar, pin);
  await until(() => cellar.view.strike);
  t.pass("it cannot know yet");
  await visitor.goesThrough(cellar);

  const emil = page.getByRole("article", { name: "Emil Novak" });
  await emil.getByRole("combobox", { name: "Stands" }).selectOption("at the Cellar");
  await emil.getByRole("button", { name: "Tap to open" }).click();
  await until(() => cellar.view.strike);
  await visitor.isAt("Now it is true everywhere");
  await visitor.reads(story, /^Cellar refuses, and has said so \(brought back by a phone\)$/);
  t.deepEqual(await flawsOf(page), [], "in the midst of it");
  type Truth = { complete: boolean; doors: { door: string; acknowledgedBy: string }[] };
  const truth = await api.get<Truth>(`/people/${tenant}/truth`);
  t.true(truth.complete);
  t.is(truth.doors.find(({ door }) => door === cellar.id)?.acknowledgedBy, "phone");

  if (cellar.view.strike) await visitor.goesThrough(cellar);
  await visitor.types(cellar, pin);
  await visitor.reads(journey, /^The door refuses: it does not know this/);
  t.false(cellar.view.strike);
  t.false(cellar.view.network, "its plug has been out all the time");
  await visitor.reads(story, /^That is Latchkey/);
  t.deepEqual(visitor.errors, []);

  // S6: the tenant's fob, at a door with a network; they are dragged there.
  await until(() => building.fobs.at(0)?.view.buttons[1] === "Garage" && garage.view.inside?.kinds.some(({ kind }) => kind === "fob") === true);
  const figure = await page.getByRole("img", { name: "Emil Novak, at the Cellar" }).boundingBox();
  const place = await page.getByRole("button", { name: /^Garage/ }).boundingBox();
  await page.mouse.move(figure!.x + figure!.width / 2, figure!.y + 20);
  await page.mouse.down();
  await page.mouse.move(place!.x + place!.width / 2, place!.y + 40, { steps: 5 });
  await page.mouse.up();
  await page.getByRole("img", { name: "Emil Novak, at the Garage" }).waitFor();
  await page.getByRole("button", { name: "Button 2: Garage" }).click();
  await until(() => garage.view.strike);
  await visitor.reads(journey, "A fob’s button is pressed");

  // Somebody who reads French, on a phone; the story from its beginning, with another tenant.
  const lecteur = await Visitor.opens(browser, building.url, { viewport: PHONE, locale: "fr-FR" });
  t.is(await lecteur.page.title(), "Latchkey\u202f: l’immeuble");
  await lecteur.page.getByRole("button", { name: "Recommencer" }).click();
  await lecteur.page.getByRole("heading", { name: /^Un code ouvre/ }).waitFor();
  t.deepEqual(await flawsOf(lecteur.page), []);
  t.true(cellar.view.network, "what the story had changed is as it was");
  const [anew] = (await api.list<{ id: string; name: string; revokedAt: string | null }>(`/people?property=${(await api.list<{ id: string }>("/properties"))[0].id}`)).filter(({ name, revokedAt }) => name === "Alice Martin" && revokedAt === null);
  t.not(anew.id, tenant);
  await lecteur.page.getByRole("button", { name: "Le taper pour moi" }).click();
  await until(() => front.view.strike);
  await lecteur.page.getByRole("button", { name: "Passer cette étape" }).click();
  await lecteur.page.getByRole("heading", { name: /^L’accès prend fin Maintenant/ }).waitFor();
  t.deepEqual(lecteur.errors, []);

  const script = new Uint8Array(await (await fetch(`${building.url}building.js`)).arrayBuffer());
  t.true(gzipSync(script).length < SCRIPT_BYTES_MAX, `${gzipSync(script).length} bytes`);
});

inBrowser("a door can be touched: its power, its clock, its leaf; letters arrive, and what the building does not have is not shown", async (t) => {
  t.timeout(120_000);
  const { demo, browser } = await begin(t);
  const { building } = demo;
  const [front] = building.doors;
  const visitor = await Visitor.opens(browser, building.url, { viewport: { width: 320, height: 700 } });
  const { page } = visitor;
  t.deepEqual(await flawsOf(page), [], "at 320 px");

  // X5: a clock that is turned back, and one whose battery is out.
  const said = (): number => (front.view.clock?.time ?? 0) * 1_000;
  await page.getByRole("button", { name: "A day back" }).click();
  await page.getByRole("switch", { name: "Network plug" }).click();
  const power = page.getByRole("switch", { name: "Power" });
  await power.click();
  await until(() => !front.view.power);
  await visitor.reads(page.getByRole("region", { name: "Front door", exact: true }), /^No power/);
  t.true((front.view.chip?.offset ?? 0) < -80_000_000);
  await page.getByRole("button", { name: "Take the battery out" }).click();
  await page.getByText("nothing: its battery was out").waitFor();
  await power.click();
  await page.getByRole("switch", { name: "Network plug" }).click();
  await until(() => front.view.power && front.view.linked && Math.abs(said() - Date.now()) < 60_000);

  // Getting out, and the leaf.
  await page.getByRole("button", { name: "Exit button" }).click();
  await until(() => front.view.strike);
  await page.getByRole("button", { name: "Pull the leaf open" }).click();
  await until(() => front.view.leafOpen);
  await page.getByRole("button", { name: "Close the leaf" }).click();
  await until(() => !front.view.leafOpen);
  await page.getByRole("button", { name: "Hold it there" }).click();
  await visitor.reads(visitor.journey, "A card is held to the reader");
  await visitor.reads(visitor.journey, /^The door refuses/);
  await page.getByRole("row", { name: /exit button/ }).waitFor();

  const letters = page.getByRole("region", { name: "Letterbox" });
  await letters.getByText(/^Manage /).click();
  await letters.getByRole("link", { name: /\/manager-invitation#/ }).waitFor();
  await visitor.story.getByRole("button", { name: "Hide" }).click();
  await page.getByRole("heading", { name: "Every line" }).click();
  await page.getByRole("combobox", { name: "Door" }).selectOption("Garage");
  t.deepEqual(await flawsOf(page), []);
  t.deepEqual(visitor.errors, []);
});
