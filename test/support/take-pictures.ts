import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import type { Browser, Page } from "playwright-core";
import { readSettings } from "../../cloud/settings";
import { startDemo } from "../../hardware-sim/demo";
import { Building } from "./household";
import { DESKTOP, Pages, PHONE, type Reader } from "./pages";
import type { Client } from "./sign-in";
import { World } from "./world";
import { WorldPhone } from "./world-phone";

/**
 * `npm run pictures [-- folder [name]]`: the pages' pictures of README, taken of a small building whose doors run the real firmware.
 * They are taken by hand when pages have changed: no test compares them.
 */
const FOLDER = join(__dirname, "../../docs/pictures");
const QUALITY = 80;
const MONDAY_NOON = Date.UTC(2026, 5, 1, 10);
const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"];

interface Picture {
  name: string;
  by: Client;
  path: string;
  viewport?: { width: number; height: number };
  colorScheme?: "light" | "dark";
  locale?: string;
  /** What is done before it is taken. */
  first?: (reader: Reader) => Promise<void>;
}

/** @param only part of the names of those that are wanted. */
async function main(folder = FOLDER, only = ""): Promise<void> {
  const ends: (() => Promise<void> | void)[] = [];
  const t = { passed: true, log: console.log, teardown: (end: () => Promise<void> | void) => ends.unshift(end) } as unknown as ExecutionContext;
  try {
    const world = await World.begin(t, { doors: 0, start: MONDAY_NOON });
    const pictures = await settle(world);
    const pages = await Pages.open(t, world);
    mkdirSync(folder, { recursive: true });
    for (const { name, by, path, viewport = DESKTOP, colorScheme = "light", locale = "en-GB", first } of pictures.filter((picture) => picture.name.includes(only))) {
      const reader = await pages.reader(by, { viewport, colorScheme, locale });
      try {
        await reader.goes(path);
        await first?.(reader);
      } catch {
        console.error(`${name}: not as expected:\n${await reader.describe()}`);
        process.exitCode = 1;
      }
      await take(reader.page, folder, name);
      for (const error of reader.errors) console.error(error);
      await reader.context.close();
    }
    if ("building".includes(only)) await takeBuilding(pages.browser, folder);
  } finally {
    for (const end of ends) await end();
  }
}

async function take(page: Page, folder: string, name: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: QUALITY });
  const picture = Buffer.from(data, "base64");
  writeFileSync(join(folder, `${name}.webp`), picture);
  console.log(`${name}: ${picture.length} bytes`);
}

/** The building in the middle of its story: the access has ended, and the cellar has not heard. */
async function takeBuilding(browser: Browser, folder: string): Promise<void> {
  const dataFolder = mkdtempSync(join(tmpdir(), "latchkey-pictures-"));
  const demo = await startDemo({ settings: readSettings({ LATCHKEY_DATA: dataFolder, LATCHKEY_HTTP_PORT: "0", LATCHKEY_MQTT_PORT: "0", LATCHKEY_LOG: "silent" }), pagePort: 0, engine: "node", say: () => undefined });
  try {
    const page = await (await browser.newContext({ viewport: { width: 1_440, height: 1_000 }, locale: "en-GB" })).newPage();
    await page.goto(demo.building.url);
    const story = page.getByRole("region", { name: "A story in two minutes" });
    const begun = story.getByRole("button", { name: "Type it for me" });
    await begun.click();
    for (const step of ["… without a network too", "The access ends", "Somebody else’s phone brings the news"]) {
      await story.locator('li[aria-current="step"]', { hasText: step }).waitFor();
      if (!step.startsWith("Somebody")) await story.locator("button.main").click();
    }
    await take(page, folder, "building");
  } finally {
    await demo.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

/** People move in, keys are given, one door loses its network, and somebody's access ends. */
async function settle(world: World): Promise<Picture[]> {
  await world.addDoor("Front door");
  await world.addDoor("Courtyard");
  await world.addDoor("Garage");
  await world.addDoor("Cellar");
  const [front, courtyard, garage, cellar] = world.doors;
  const building = await Building.of(world);
  const { manager } = building;
  await manager.patch("/account", { name: "Camille Martin" });
  const property = `/properties/${world.property}`;
  const staircase = await manager.post(`${property}/templates`, { name: "Flat in staircase A", doors: [front.id, courtyard.id, cellar.id] });
  const withGarage = await manager.post(`${property}/templates`, { name: "Flat with garage", doors: [front.id, courtyard.id, cellar.id, garage.id] });
  const flats: string[] = [];
  for (let floor = 0; floor < 4; floor++) {
    for (const side of ["left", "right"]) {
      const { id } = await manager.post(`${property}/units`, { name: `Floor ${floor}, ${side}`, number: String(10 * floor + (side === "left" ? 1 : 2)), template: (side === "left" ? withGarage : staircase).id });
      flats.push(id);
    }
  }
  await building.rules({ groups: true });
  const ada = await building.leaseholder(flats[2], "Ada");
  await building.leaseholder(flats[3], "Dina");
  await manager.post("/leases", { unit: flats[4], leaseholders: [{ name: "Hannah Bauer" }, { name: "Karl Bauer", email: "karl@example.com" }], end: "2026-09-30T22:00:00Z" });
  await manager.post("/leases", { unit: flats[5], leaseholders: [{ name: "Yusuf Demir", email: "yusuf@example.com" }], start: "2026-06-15T06:00:00Z" });
  await building.invited(ada, "Charles", { role: "resident" });
  await ada.client.post(`/households/${ada.household}/members`, { role: "guest", name: "Rosa Jensen", doors: [front.id, courtyard.id], windows: [{ days: WEEKDAYS, start: "15:30", end: "19:00" }], end: "2027-05-31T20:00:00Z" });
  await ada.client.post(`/households/${ada.household}/members`, { role: "resident", email: "grace@example.com" });
  await ada.client.post(`/households/${ada.household}/shares`, { name: "Parcel service", doors: [front.id], windows: [{ days: WEEKDAYS, start: "08:00", end: "18:00" }], end: "2026-06-20T18:00:00Z" });
  const mornings = await manager.post("/profiles", { property: world.property, name: "Office hours", windows: [{ days: WEEKDAYS, start: "08:00", end: "12:00" }, { days: WEEKDAYS, start: "13:30", end: "18:00" }, { days: ["saturday"], start: "22:00", end: "02:00" }] });
  await manager.post(`${property}/staff`, { name: "Clean & Co", doors: [front.id, courtyard.id], windows: [{ days: ["tuesday", "friday"], start: "06:00", end: "10:00" }], notAfter: "2027-03-31T22:00:00Z" });
  await manager.post("/keys", { property: world.property, kind: "app", name: "Lift inspection", user: { name: "Otis", email: "otis@example.com" }, doors: [front.id, cellar.id], profile: mornings.id, notAfter: "2026-07-01T16:00:00Z" });
  await manager.post("/keys", { property: world.property, kind: "pin", name: "Piano delivery", user: { name: "Pianos Hanlet" }, doors: [front.id], uses: 1, notAfter: "2026-06-06T16:00:00Z" });
  await world.put(`/api/doors/${courtyard.id}/hours`, { windows: [{ days: WEEKDAYS, start: "08:00", end: "18:00" }], firstIn: null });
  const emil = await world.addPerson({ name: "Emil Novak", class: "guest", doors: [front, garage, cellar] });
  const walter = await world.addPerson({ name: "Walter Braun", doors: [front, garage, cellar] });
  await world.upToDate();
  const phone = new WorldPhone(world, ada.client, cellar);
  await phone.goesOnline();
  await world.upToDate();
  await world.pass(3 * 60_000);
  front.types(walter.pin);
  garage.types("11223344");
  garage.types(emil.pin);
  cellar.types(emil.pin);
  await world.pass(60_000);
  await world.isolate(cellar);
  await world.pass(20 * 60_000);
  await world.revoke(emil);
  await world.upToDate();
  await phone.goesOnline();
  front.types(emil.pin);
  await world.pass(60_000);

  const at = `/manage/${world.property}`;
  return [
    { name: "overview", by: manager, path: at },
    { name: "overview-phone-dark", by: manager, path: at, viewport: PHONE, colorScheme: "dark" },
    { name: "ended-access", by: manager, path: `${at}/truth/people/${emil.id}` },
    { name: "ended-access-phone", by: manager, path: `${at}/truth/people/${emil.id}`, viewport: PHONE },
    { name: "doors", by: manager, path: `${at}/doors` },
    { name: "door", by: manager, path: `${at}/doors/${cellar.id}` },
    { name: "households", by: manager, path: `${at}/households` },
    { name: "profile", by: manager, path: `${at}/profiles/${mornings.id}` },
    { name: "profile-dark", by: manager, path: `${at}/profiles/${mornings.id}`, colorScheme: "dark" },
    { name: "events", by: manager, path: `${at}/events` },
    { name: "keys", by: manager, path: `${at}/keys` },
    { name: "my-doors-phone", by: ada.client, path: "/", viewport: PHONE },
    { name: "my-doors-phone-dark", by: ada.client, path: "/", viewport: PHONE, colorScheme: "dark" },
    { name: "household-phone", by: ada.client, path: "/household", viewport: PHONE },
    { name: "share-phone", by: ada.client, path: "/keys/new", viewport: PHONE },
    { name: "household", by: ada.client, path: "/household" },
    { name: "ended-access-dark", by: manager, path: `${at}/truth/people/${emil.id}`, colorScheme: "dark" },
    { name: "week-phone", by: manager, path: `${at}/profiles/${mornings.id}`, viewport: PHONE },
    { name: "doors-dark", by: manager, path: `${at}/doors`, colorScheme: "dark" },
    { name: "french", by: ada.client, path: "/keys", viewport: PHONE, first: inFrench },
  ];
}

/** As whoever has French in their account sees it. */
async function inFrench({ page }: Reader): Promise<void> {
  await page.evaluate(`fetch("/api/account", { method: "PATCH", headers: { "content-type": "application/json" }, body: JSON.stringify({ language: "fr" }) })`);
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Clés" }).waitFor();
}

void main(process.argv[2], process.argv[3]).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
