import test, { type ExecutionContext } from "ava";
import type { Locator } from "playwright-core";
import type { VirtualCentral } from "../../hardware-sim/radio/virtual-central";
import { fromHex } from "../../protocol/bytes";
import { doorRadioName } from "../../protocol/gatt-names";
import { noBrowser } from "../support/chromium";
import { EmulatedBluetooth } from "../support/emulated-bluetooth";
import { Building, lastToken } from "../support/household";
import { PHONE, Pages, type Reader } from "../support/pages";
import { signIn, type Client } from "../support/sign-in";
import { World, type Json, type WorldDoor } from "../support/world";

if (noBrowser !== undefined) console.log(`# tests in a browser are skipped: ${noBrowser}`);
const inBrowser = noBrowser === undefined ? test.serial : test.skip;

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
  await card.locator("[data-tone=good], [data-tone=bad]").waitFor();
  await reader.settled();
  return (await card.getByRole("status").allTextContents()).join(" ").trim();
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
  t.deepEqual([...reader.errors, ...bob.bluetooth.problems], []);
  void [garage, tenant, key];
});
