import test, { type ExecutionContext } from "ava";
import type { Locator } from "playwright-core";
import { Fob } from "../../fob/fob";
import type { VirtualCentral } from "../../hardware-sim/radio/virtual-central";
import { VirtualFob } from "../../hardware-sim/radio/virtual-fob";
import { nodeHashes } from "../../hardware-sim/xs/host-hashes";
import { fromHex } from "../../protocol/bytes";
import { fobText } from "../../protocol/fob-identity";
import { doorRadioName } from "../../protocol/gatt-names";
import { noBrowser } from "../support/chromium";
import { EmulatedBluetooth } from "../support/emulated-bluetooth";
import { Building, lastToken } from "../support/household";
import { DESKTOP, PHONE, Pages, type Reader } from "../support/pages";
import { signIn, type Client } from "../support/sign-in";
import { World, type WorldDoor } from "../support/world";

if (noBrowser !== undefined) console.log(`# tests in a browser are skipped: ${noBrowser}`);
const inBrowser = noBrowser === undefined ? test.serial : test.skip;

const NARROW = { width: 320, height: 700 };
/** A camera that sees one QR code: there is none on a machine that runs tests, nor does its Chromium read codes. */
const camera = (text: string): string => `
  globalThis.BarcodeDetector = class { async detect() { return [{ rawValue: "https://example.com" }, { rawValue: ${JSON.stringify(text)} }]; } };
  navigator.mediaDevices.getUserMedia = async () => {
    const canvas = document.createElement("canvas");
    const stream = canvas.captureStream(10);
    setInterval(() => canvas.getContext("2d").fillRect(0, 0, 9, 9), 50);
    return stream;
  };
`;

/** How many records of a phone lie in the browser. */
const KEPT = `new Promise((resolve) => {
  const opening = indexedDB.open("latchkey-phone");
  opening.onsuccess = () => {
    const { result: database } = opening;
    const rooms = [...database.objectStoreNames];
    if (rooms.length === 0) return resolve(0);
    const transaction = database.transaction(rooms);
    const counts = rooms.map((room) => transaction.objectStore(room).count());
    transaction.oncomplete = () => (database.close(), resolve(counts.reduce((sum, { result }) => sum + result, 0)));
  };
})`;

/** Somebody with a phone: a browser with Bluetooth, and where they stand. */
class Walker {
  readonly world: World;
  readonly central: VirtualCentral;
  readonly bluetooth: EmulatedBluetooth;
  readonly reader: Reader;

  private constructor({ world, central, bluetooth, reader }: Pick<Walker, "world" | "central" | "bluetooth" | "reader">) {
    [this.world, this.central, this.bluetooth, this.reader] = [world, central, bluetooth, reader];
  }

  static async begin(t: ExecutionContext, world: World, client: Client): Promise<Walker> {
    const pages = await Pages.open(t, world, ["WebBluetooth"]);
    // As phones do by themselves.
    const central = world.air.central({ place: world.placeAt(world.doors[0]), mtu: 247 });
    const bluetooth = await EmulatedBluetooth.start(pages.browser, { central, turn: () => world.turn() });
    await bluetooth.hold(pages.browser, `${world.cloud.url}/manifest.webmanifest`);
    for (const { id } of world.doors) await bluetooth.addDoor(doorRadioName(fromHex(id)!));
    const reader = await pages.reader(client, { viewport: PHONE, serviceWorker: true });
    await bluetooth.answerPrompts(reader.page);
    return new Walker({ world, central, bluetooth, reader });
  }

  /** Goes to a door and presses a button of its card. @returns what is said, once it is said and nothing goes on behind it. */
  async taps(door: WorldDoor, name: string, button: RegExp = /^Open:/): Promise<string> {
    this.central.moveTo(this.world.placeAt(door));
    await this.bluetooth.hearAgain();
    return pressed(this.reader, cardOf(this.reader, name), button);
  }
}

function cardOf({ page }: Reader, name: string): Locator {
  return page.getByRole("listitem").filter({ has: page.getByRole("heading", { name, exact: true }) });
}

async function pressed(reader: Reader, card: Locator, button: RegExp): Promise<string> {
  await card.getByRole("button", { name: button }).click();
  // Virtual time stands still meanwhile but for what the phone and the door say to each other.
  const answer = card.locator("[role=status]:is([data-tone=good], [data-tone=bad])");
  const said = await answer.textContent();
  await reader.settled();
  return said!.trim();
}

/** Somebody with a key in the app. */
async function withKey(world: World, by: Client, who: string, doors: readonly WorldDoor[], more: object = {}): Promise<{ client: Client; key: string }> {
  const email = `${who}@example.com`;
  const { id: key } = await by.post("/keys", { property: world.property, kind: "app", name: `Key of ${who}`, user: { name: who, email }, doors: doors.map(({ id }) => id), ...more });
  const client = await signIn(world, email, { name: who });
  await client.post("/keys/accept", { token: await lastToken(world, email, "key-link") }, 200);
  return { client, key };
}

inBrowser("S1, X2: doors open by a tap over Web Bluetooth, offline too, and say why one stays shut; a revocation goes there and its acknowledgement comes back", async (t) => {
  t.timeout(240_000);
  const world = await World.begin(t, { doors: 0, start: Date.UTC(2026, 0, 5, 9) });
  const front = await world.addDoor("Front");
  const garage = await world.addDoor("Garage");
  const { manager } = await Building.of(world);
  const tenant = await world.addPerson({ doors: [garage] });
  const { client, key } = await withKey(world, manager, "bob", [front, garage]);
  await world.upToDate();
  await world.pass(120_000);

  const bob = await Walker.begin(t, world, client);
  const { reader } = bob;
  await reader.goes("/");
  t.deepEqual(await reader.flaws(), []);
  t.regex(await bob.taps(front, "Front"), /^Open\. Pull or push within/);
  t.true(front.board.strike);
  t.is(front.lastDecision, "granted");
  t.is(bob.bluetooth.prompts, 1);
  await world.pass(60_000);
  t.deepEqual(await reader.flaws(), [], "after a tap");

  // The garage has no network, and somebody who may go there is revoked.
  garage.pullPlug();
  const revocation = await world.revoke(tenant);
  await world.cloud.settled();
  await reader.goes("/");
  t.true(garage.types(tenant.pin), "nobody has been there");

  // In the garage the phone has none either; the page is opened anew there.
  await reader.context.setOffline(true);
  await reader.page.reload();
  t.regex(await bob.taps(garage, "Garage"), /^Open\./);
  t.true(garage.board.strike);
  await cardOf(reader, "Garage").getByText("Your phone has brought this door the news.").waitFor();
  await world.pass(10_000);
  t.false(garage.types(tenant.pin), "the door has what the phone brought");
  t.is(garage.lastDecision, "denied: unknown-credential");
  const card = cardOf(reader, "Garage");
  await card.getByText("More", { exact: true }).click();
  t.regex(await bob.taps(garage, "Garage", /^Bring this door the news/), /you are carrying news from this door/);
  t.false((await world.get(`/api/revocations/${revocation.id}`)).complete, "nobody has brought that back");
  t.deepEqual(await reader.flaws(), [], "offline");

  await reader.context.setOffline(false);
  // The emulation tells only a page that was there when the network went.
  await reader.page.evaluate("dispatchEvent(new Event('online'))");
  await world.until("the acknowledgement comes back with the phone", async () => (await world.get(`/api/revocations/${revocation.id}`)).complete);
  t.is((await world.get(`/api/doors/${garage.id}`)).heardBy, "phone");

  await world.reconnect(garage);
  await world.order(front, "lock-state", { state: "lock-down" });
  t.is(await bob.taps(front, "Front"), "The manager has locked this door for everybody. Ask the manager.");
  await world.order(front, "lock-state", { state: "normal" });
  await manager.delete(`/keys/${key}`, 200);
  await world.upToDate();
  t.regex(await bob.taps(front, "Front"), /^This door does not know your key\./);
  t.false(front.board.strike);

  // Signing out takes the keys along.
  const kept = (): Promise<number> => reader.page.evaluate(KEPT);
  t.true((await kept()) > 0);
  await reader.page.setViewportSize(DESKTOP);
  t.deepEqual(await reader.flaws(), [], "on a desk");
  await reader.page.getByRole("button", { name: "Sign out" }).click();
  await reader.page.getByRole("heading", { name: "Sign in" }).waitFor();
  t.is(await kept(), 0);
  bob.central.moveTo({ x: 10_000, y: 0 });
  t.deepEqual([...reader.errors, ...bob.bluetooth.problems], []);
});

inBrowser("N14, O10: without Bluetooth a page says so once; a door opens over the internet, or says why not; the code is shown when asked for", async (t) => {
  t.timeout(120_000);
  const world = await World.begin(t, { doors: 0, start: Date.UTC(2026, 0, 5, 9) });
  const front = await world.addDoor("Front");
  const garage = await world.addDoor("Garage");
  const building = await Building.of(world);
  const shed: WorldDoor = await world.post("/api/doors", { property: world.property, name: "Shed", claim: `latchkey:1:${"0".repeat(15)}1:${"1".repeat(32)}` }, 201);
  const ana = await building.leaseholder(await building.flat("Flat 1", [front, garage, shed]), "ana");
  const { client: eve } = await withKey(world, building.manager, "eve", [garage], { windows: [{ days: ["saturday"], start: "08:00", end: "12:00" }], notAfter: "2026-06-01T22:00:00Z" });
  await world.upToDate();
  const pages = await Pages.open(t, world);
  const reader = await pages.reader(ana.client, { viewport: PHONE });
  await reader.goes("/");
  t.deepEqual(await reader.flaws(), []);
  await reader.page.getByRole("button", { name: "Understood" }).click();
  await reader.goes("/");
  t.is(await reader.page.getByText("This browser cannot open doors by Bluetooth").count(), 0);

  const byInternet = (of: Reader, name: string): Promise<string> => of.during(pressed(of, cardOf(of, name), /^Open over the internet/));
  t.regex(await byInternet(reader, "Front"), /^Open\./);
  t.is(front.board.strikeTimes.length, 1);

  // The answer is lost on its way: the same press is asked for again, and opens nothing twice.
  let lost = 0;
  const keys: string[] = [];
  await reader.page.route("**/unlock", async (route) => {
    keys.push((await route.request().headerValue("idempotency-key"))!);
    if (lost++ > 0) return route.continue();
    await route.fetch();
    await route.abort();
  });
  t.regex(await byInternet(reader, "Front"), /may have opened/);
  t.is(front.board.strikeTimes.length, 2);
  t.regex(await byInternet(reader, "Front"), /^It has opened\./);
  t.is(front.board.strikeTimes.length, 2, "once");
  t.is(new Set(keys).size, 1);
  await reader.page.unroute("**/unlock");

  await world.order(front, "lock-state", { state: "lock-down" });
  t.regex(await byInternet(reader, "Front"), /locked this door for everybody|locked for everybody/);
  await world.order(front, "lock-state", { state: "normal" });
  t.regex(await byInternet(reader, "Shed"), /^This door has no network now.*will not open later/);
  garage.pullPlug();
  t.regex(await byInternet(reader, "Garage"), /^The door did not answer in time\. It has not opened/);
  await world.reconnect(garage);
  await world.pass(60_000);
  t.is(garage.board.strikeTimes.length, 0, "it never opens late");

  // Who has a key on Saturdays is told so on Monday, in their language.
  await eve.expect(200, "PATCH", "/account", { language: "fr" });
  const guest = await pages.reader(eve, { viewport: PHONE, locale: "fr-FR" });
  await guest.goes("/");
  t.true(await cardOf(guest, "Garage").getByText(/^samedi 08:00–12:00$/i).isVisible());
  t.true(await cardOf(guest, "Garage").getByText(/^Jusqu’au 2 juin 2026/).isVisible());
  t.regex(await guest.during(pressed(guest, cardOf(guest, "Garage"), /^Ouvrir par Internet/)), /^Votre clé n’ouvre pas à cette heure/);

  const card = cardOf(reader, "Garage");
  await card.getByText("Show my code").click();
  await card.getByRole("button", { name: /^Show:/ }).click();
  const digits = (await card.locator(".digits:not(.quiet)").textContent())!;
  t.true(garage.types(digits));
  for (const viewport of [DESKTOP, NARROW]) {
    await reader.page.setViewportSize(viewport);
    t.deepEqual(await reader.flaws(), [], `with a code, ${viewport.width} wide`);
  }
  t.deepEqual([...reader.errors, ...guest.errors], []);
});

inBrowser("S6, S7, S8: a fob is registered by its text, its buttons are chosen and brought to it in two rounds, and the door opens by them", async (t) => {
  t.timeout(120_000);
  const world = await World.begin(t, { doors: 0, start: Date.UTC(2026, 0, 5, 9) });
  const front = await world.addDoor("Front");
  const garage = await world.addDoor("Garage");
  const { manager } = await Building.of(world);
  const fob = new VirtualFob({ clock: world.clock, air: world.air, place: world.placeAt(front), seed: "one", hashes: nodeHashes });
  fob.start((device) => new Fob(device));
  const edits = (): void => {
    fob.holdToEdit();
    world.clock.advance(3_000);
  };
  const walker = await Walker.begin(t, world, manager);
  await walker.bluetooth.addFob();
  const { reader } = walker;
  const { page } = reader;
  await page.addInitScript(camera(fobText(fob.identity)));

  await reader.goes(`/manage/${world.property}/keys/fobs/new`);
  t.deepEqual(await reader.flaws(), []);
  await page.getByLabel("Text of the fob’s QR code").fill("latchkey-fob:1:no");
  await page.getByLabel("Name", { exact: true }).fill("Ruth");
  await page.getByLabel("Front", { exact: true }).check();
  await page.getByLabel("Garage", { exact: true }).check();
  await page.getByRole("button", { name: "Register the fob" }).click();
  await page.getByText("This is not the text of a fob’s QR code.").waitFor();
  await page.getByRole("button", { name: "Scan it with the camera" }).click();
  while ((await page.getByLabel("Text of the fob’s QR code").inputValue()) !== fobText(fob.identity)) await page.locator("main").waitFor();
  t.is(await page.getByRole("dialog").count(), 0);
  await page.getByRole("button", { name: "Register the fob" }).click();
  await page.getByRole("heading", { name: "Fob of Ruth" }).waitFor();
  await reader.settled();

  const choose = async (button: number, what: string): Promise<void> => {
    await page.getByRole("button", { name: `Choose a door: Button ${button}` }).click();
    await page.getByLabel(what).check();
    await page.getByRole("button", { name: "Choose", exact: true }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await reader.settled();
  };
  await choose(1, "Front");
  await choose(3, "Garage");
  t.deepEqual(await reader.flaws(), []);
  t.is(await page.getByRole("button", { name: "Choose a door: Button 1" }).count(), 0, "one that opens something must be cleared first");

  /** Presses the page's button beside a fob. */
  const brings = async (button: RegExp, said: RegExp): Promise<void> => {
    await walker.bluetooth.hearAgain();
    await page.getByRole("button", { name: button }).click();
    await page.getByRole("status").filter({ hasText: said }).waitFor();
    await reader.settled();
  };
  edits();
  await brings(/bring it$/, /has its new buttons, but does not use them yet/);
  t.is(fob.press(1), undefined);
  world.clock.advance(12_000);
  t.false(front.board.strike, "what is staged opens nothing");
  edits();
  await brings(/finish$/, /the fob’s buttons are set/);
  t.true(await page.getByText("The fob has confirmed its buttons.").isVisible());
  t.deepEqual(await reader.flaws(), []);
  world.clock.advance(5_000);
  await world.upToDate();

  front.pullPlug();
  fob.press(1);
  world.clock.advance(1_500);
  t.true(front.board.strike, "no network, no phone");
  t.is(front.lastDecision, "granted");
  world.clock.advance(20_000);
  await world.reconnect(front);

  await page.getByRole("button", { name: "Clear button 1" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Clear button 1" }).click();
  await page.getByText("To be cleared", { exact: true }).waitFor();
  t.true(await page.getByRole("button", { name: /bring it$/ }).isVisible());
  for (const viewport of [DESKTOP, NARROW]) {
    await page.setViewportSize(viewport);
    t.deepEqual(await reader.flaws(), [], `${viewport.width} wide`);
  }
  t.deepEqual([...reader.errors, ...walker.bluetooth.problems], []);
  void garage;
});
