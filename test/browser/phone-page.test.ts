import test, { type ExecutionContext } from "ava";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import type { VirtualCentral } from "../../hardware-sim/radio/virtual-central";
import { doorRadioName } from "../../protocol/gatt-names";
import { fromHex } from "../../protocol/bytes";
import { launchChromium, noBrowser } from "../support/chromium";
import { EmulatedBluetooth } from "../support/emulated-bluetooth";
import { Building, lastToken } from "../support/household";
import { PhonePage } from "../support/phone-page";
import { lastCode, signIn, type Client } from "../support/sign-in";
import { World, type Json, type WorldDoor } from "../support/world";

if (noBrowser !== undefined) console.log(`# tests in a browser are skipped: ${noBrowser}`);
const inBrowser = noBrowser === undefined ? test.serial : test.skip;
/** Of the page's script, gzipped: words in two languages, the library, Web Bluetooth and IndexedDB. */
const SCRIPT_BYTES_MAX = 20_000;

/** Somebody's phone: a browser with Bluetooth, the page, and where they stand. */
class BrowserPhone {
  readonly world: World;
  readonly central: VirtualCentral;
  readonly site: PhonePage;
  readonly bluetooth: EmulatedBluetooth;
  readonly page: Page;
  /** What the page's script has not caught. */
  readonly errors: string[] = [];

  private constructor({ world, central, site, bluetooth, page }: Pick<BrowserPhone, "world" | "central" | "site" | "bluetooth" | "page">) {
    [this.world, this.central, this.site, this.bluetooth, this.page] = [world, central, site, bluetooth, page];
  }

  static async begin(t: ExecutionContext, world: World, doors: readonly WorldDoor[]): Promise<BrowserPhone> {
    const site = await PhonePage.start(() => world.cloud.url);
    const browser: Browser = await launchChromium(["WebBluetooth"]);
    t.teardown(async () => {
      await browser.close();
      await site.close();
    });
    // As phones do by themselves.
    const central = world.air.central({ place: world.placeAt(doors[0]), mtu: 247 });
    const bluetooth = await EmulatedBluetooth.start(browser, { central, turn: () => world.turn() });
    await bluetooth.hold(browser, `${site.url}nothing`);
    for (const { id } of doors) await bluetooth.addDoor(doorRadioName(fromHex(id)!));
    const page = await browser.newPage({ locale: "en-GB", viewport: { width: 390, height: 800 } });
    page.setDefaultTimeout(30_000);
    await bluetooth.answerPrompts(page);
    const phone = new BrowserPhone({ world, central, site, bluetooth, page });
    page.on("pageerror", (error) => phone.errors.push(error.message));
    await page.goto(site.url);
    return phone;
  }

  /** As a person does who has been sent a code. */
  async signsIn(email: string): Promise<void> {
    await this.page.getByLabel("E-mail address or phone number").fill(email);
    await this.page.getByRole("button", { name: "Go on" }).click();
    await this.page.getByLabel("The code that was sent to you").fill(await this.#code(email));
    await this.page.getByRole("button", { name: "Go on" }).click();
    await this.page.getByRole("heading", { name: "Doors" }).waitFor();
  }

  async #code(email: string): Promise<string> {
    await this.page.getByLabel("The code that was sent to you").waitFor();
    return lastCode(this.world, email);
  }

  /** Taps at a door, and reads what is said once it is said. */
  async taps(door: WorldDoor, button = "Open"): Promise<string> {
    this.central.moveTo(this.world.placeAt(door));
    await this.bluetooth.hearAgain();
    const item = this.page.locator(`[data-door="${door.id}"]`);
    await item.getByRole("button", { name: new RegExp(`^${button}`) }).click();
    const answer = item.locator(".answer[data-tone]");
    await answer.waitFor();
    // Virtual time stands still meanwhile but for what the phone and the door say to each other.
    await this.page.locator("#luggage:not([aria-busy])").waitFor();
    return (await answer.textContent()) ?? "";
  }

  async renews(): Promise<void> {
    await this.world.cloud.settled();
    await this.page.getByRole("button", { name: "Renew keys" }).click();
    await this.page.locator("#notice:not(:empty)").waitFor();
  }

  async goesOffline(): Promise<void> {
    this.site.reachable = false;
    await this.page.context().setOffline(true);
  }

  async goesOnline(): Promise<void> {
    this.site.reachable = true;
    await this.page.context().setOffline(false);
    // The emulation tells only a page that was there when the network went.
    await this.page.evaluate("dispatchEvent(new Event('online'))");
  }

  /** What axe-core finds, by rule. */
  async flaws(): Promise<string[]> {
    await this.page.evaluate(AXE);
    const { violations } = (await this.page.evaluate("axe.run()")) as Json;
    return violations.map(({ id, nodes }: Json) => `${id}: ${nodes.map(({ html }: Json) => html).join(" ")}`);
  }
}

const AXE = noBrowser === undefined ? readFileSync(require.resolve("axe-core/axe.min.js"), "utf8") : "";

/** Somebody with a key in the app. @returns the key's id. */
async function withKey(world: World, by: Client, who: string, doors: readonly WorldDoor[], more: object = {}): Promise<string> {
  const email = `${who}@example.com`;
  const given = await by.post("/keys", { property: world.property, kind: "app", name: `Key of ${who}`, user: { name: who, email }, doors: doors.map(({ id }) => id), ...more });
  const client = await signIn(world, email, { name: who });
  await client.post("/keys/accept", { token: await lastToken(world, email, "key-link") }, 200);
  return given.id;
}

inBrowser("S1, X2: a page opens doors by Web Bluetooth, offline too, says why one stays shut, and carries a revocation there and its acknowledgement back", async (t) => {
  t.timeout(240_000);
  const world = await World.begin(t, { doors: 2 });
  const [front, garage] = world.doors;
  const { manager } = await Building.of(world);
  const tenant = await world.addPerson({ doors: [garage] });
  const key = await withKey(world, manager, "bob", [front, garage]);
  await world.upToDate();
  await world.pass(120_000);

  const bob = await BrowserPhone.begin(t, world, world.doors);
  t.deepEqual(await bob.flaws(), [], "signing in");
  await bob.signsIn("bob@example.com");
  t.true(gzipSync(bob.site.scriptBytes).length < SCRIPT_BYTES_MAX, `${gzipSync(bob.site.scriptBytes).length} bytes`);

  t.regex(await bob.taps(front), /^Open\./);
  t.true(front.board.strike);
  t.is(front.lastDecision, "granted");
  t.is(bob.bluetooth.prompts, 1);
  await world.pass(60_000);
  t.deepEqual(await bob.flaws(), [], "after a tap");

  // The garage has no network, and somebody who may go there is revoked.
  garage.pullPlug();
  const revocation = await world.revoke(tenant);
  await bob.renews();
  t.true(garage.types(tenant.pin), "nobody has been there");

  // In the garage the phone has none either; the page is opened anew there.
  await bob.goesOffline();
  await bob.page.reload();
  await bob.page.getByRole("heading", { name: "Doors" }).waitFor();
  t.regex(await bob.taps(garage), /^Open\./);
  t.true(garage.board.strike);
  await world.pass(10_000);
  t.false(garage.types(tenant.pin), "the door has what the phone brought");
  t.is(garage.lastDecision, "denied: unknown-credential");
  t.regex(await bob.taps(garage, "Bring news"), /you are carrying news from this door/);
  t.false((await world.get(`/api/revocations/${revocation.id}`)).complete, "nobody has brought that back");

  await bob.goesOnline();
  await world.until("the acknowledgement comes back with the phone", async () => (await world.get(`/api/revocations/${revocation.id}`)).complete);
  t.is((await world.get(`/api/doors/${garage.id}`)).heardBy, "phone");

  await world.reconnect(garage);
  await world.order(front, "lock-state", { state: "lock-down" });
  t.is(await bob.taps(front), "The manager has locked this door for everybody. Ask the manager.");
  await world.order(front, "lock-state", { state: "normal" });
  await manager.delete(`/keys/${key}`, 200);
  await world.upToDate();
  t.regex(await bob.taps(front), /^This door does not know your key\./);
  t.false(front.board.strike);
  bob.central.moveTo({ x: 10_000, y: 0 });
  t.deepEqual([...bob.errors, ...bob.bluetooth.problems], []);
});
