import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import test, { type ExecutionContext } from "ava";
import { build } from "esbuild";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { VirtualAir } from "../../hardware-sim/radio/virtual-air";
import { VirtualBoard } from "../../hardware-sim/virtual-board";
import type { VirtualCentral } from "../../hardware-sim/radio/virtual-central";
import { VirtualClock } from "../../hardware-sim/virtual-clock";
import { VirtualRandom } from "../../hardware-sim/virtual-random";
import { DOOR_CHARACTERISTICS, DOOR_SERVICE } from "../../protocol/gatt-names";
import { launchChromium, noBrowser } from "../support/chromium";
import type { Json } from "../support/cloud-rig";
import { EmulatedBluetooth } from "../support/emulated-bluetooth";

if (noBrowser !== undefined) console.log(`# tests in a browser are skipped: ${noBrowser}`);
const inBrowser = noBrowser === undefined ? test.serial : test.skip;

const NAME = "Latchkey 01020304";
/** The phone's radio and store as globals of a page with one button. */
const SCRIPT = `
  import { IndexedDbPhoneStore } from "./phone/browser/indexed-db-phone-store";
  import { WebBluetoothRadio } from "./phone/browser/web-bluetooth-radio";
  Object.assign(globalThis, { IndexedDbPhoneStore, radio: new WebBluetoothRadio(), __name: (named) => named });
`;

/** A page, and a board that keeps whatever is written to it, with nothing of our firmware. */
class Bench {
  readonly clock = new VirtualClock();
  readonly air = new VirtualAir({ clock: this.clock, random: new VirtualRandom("bench") });
  readonly board = new VirtualBoard({ clock: this.clock, radio: { air: this.air, place: { x: 0, y: 0 }, blockCipher: { encrypt: (_key, block) => block, decrypt: (_key, block) => block } } });
  readonly central: VirtualCentral = this.air.central({ place: { x: 1, y: 0 }, mtu: 23 });
  value = new Uint8Array(0);
  browser!: Browser;
  bluetooth!: EmulatedBluetooth;
  page!: Page;
  #context!: BrowserContext;
  url!: string;

  static async begin(t: ExecutionContext, features: string[] = []): Promise<Bench> {
    const bench = new Bench();
    const { outputFiles } = await build({ stdin: { contents: SCRIPT, resolveDir: `${__dirname}/../..`, loader: "ts" }, bundle: true, write: false, format: "iife", logLevel: "silent" });
    const web: Server = createServer((request, response) => {
      response.setHeader("content-type", request.url === "/parts.js" ? "text/javascript" : "text/html");
      response.end(request.url === "/parts.js" ? outputFiles[0].contents : `<!doctype html><title>Parts</title><script src="/parts.js"></script><button>Tap</button>`);
    });
    await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
    bench.url = `http://localhost:${(web.address() as AddressInfo).port}/`;
    bench.browser = await launchChromium(["WebBluetooth", ...features]);
    t.teardown(async () => {
      await bench.browser.close();
      web.close();
    });
    bench.#boot();
    bench.bluetooth = await EmulatedBluetooth.start(bench.browser, { central: bench.central, turn: () => bench.turn() });
    await bench.bluetooth.addDoor(NAME);
    bench.#context = await bench.browser.newContext();
    bench.page = await bench.newTab();
    return bench;
  }

  async newTab(): Promise<Page> {
    const page = await this.#context.newPage();
    await this.bluetooth.answerPrompts(page);
    page.setDefaultTimeout(20_000);
    await page.goto(this.url);
    return page;
  }

  async turn(): Promise<void> {
    this.clock.advance(5);
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Taps the button, which does this. */
  async tap<T>(act: () => Promise<T>): Promise<T> {
    await this.page.evaluate(`document.querySelector("button").onclick = () => { globalThis.outcome = (${act.toString()})(); }`);
    await this.page.click("button");
    return this.page.evaluate(() => (globalThis as Json).outcome);
  }

  #boot(): void {
    this.board.start(({ bluetooth }) => {
      const { io } = bluetooth!;
      const characteristics = Object.values(DOOR_CHARACTERISTICS).map((uuid) => ({ uuid, properties: io.properties.read | io.properties.write, onRead: () => this.value, onWrite: (value: ArrayBuffer) => void (this.value = new Uint8Array(value)) }));
      const server = new io({ services: [{ uuid: DOOR_SERVICE, characteristics }], onReady: () => server.startAdvertising({ flags: 6, services: [DOOR_SERVICE] }, { name: NAME }) });
    });
    this.clock.advance(100);
  }
}

inBrowser("Web Bluetooth: whole values at an MTU of 23; the list is shown once; what goes wrong has a code", async (t) => {
  t.timeout(120_000);
  const bench = await Bench.begin(t);
  bench.value = Uint8Array.from({ length: 512 }, (_, index) => index);
  const values = await bench.tap(async () => {
    const connection = await (globalThis as Json).radio.connect({ radioName: "Latchkey 01020304" });
    const long = await connection.read("challenge");
    await connection.write("response", new Uint8Array(300).fill(7));
    const written = await connection.read("result");
    connection.close();
    const afterwards = await connection.read("result").catch((error: Json) => error.code);
    return { long: [...long], written: [...written], afterwards };
  });
  t.deepEqual(values, { long: Array.from({ length: 512 }, (_, index) => index & 255), written: Array.from({ length: 300 }, () => 7), afterwards: "lost" });
  t.is(bench.bluetooth.prompts, 1);

  const connect = async (): Promise<string> =>
    (globalThis as Json).radio.connect({ radioName: "Latchkey 01020304" }).then(
      (connection: Json) => ((globalThis as Json).connection = connection) && "connected",
      (error: Json) => error.code,
    );
  t.is(await bench.page.evaluate(connect), "connected", "no tap and no list for a door that is known");
  t.is(bench.bluetooth.prompts, 1);

  const cut = bench.page.evaluate(() => (globalThis as Json).connection.read("challenge").catch((error: Json) => ((globalThis as Json).connection.close(), error.code)));
  bench.board.powerOff();
  t.is(await cut, "lost", "the door's power goes while it is asked");
  t.is(await bench.page.evaluate(connect), "not-found");
  t.is(bench.bluetooth.prompts, 1);
  t.is(await bench.tap(connect), "not-chosen", "it is no longer known, and the list stays empty");
  t.is(bench.bluetooth.prompts, 2);
  bench.board.powerOn();
  await bench.bluetooth.hearAgain();
  t.is(await bench.tap(connect), "connected");
  t.is(bench.bluetooth.prompts, 3);
  bench.bluetooth.person = "closes";
  t.is(await bench.tap(connect), "connected");
  await bench.page.evaluate(() => (globalThis as Json).radio.forget({ radioName: "Latchkey 01020304" }));
  t.is(await bench.tap(connect), "not-chosen", "what was not the door is not taken again by itself");
  await bench.bluetooth.setAdapter("absent");
  t.is(await bench.tap(connect), "unavailable");
  t.deepEqual(bench.bluetooth.problems, []);
});

inBrowser("IndexedDB: keys are kept as what they are, two tabs take turns, and what a browser refuses has a code", async (t) => {
  t.timeout(120_000);
  const bench = await Bench.begin(t);
  await bench.page.evaluate(async () => {
    const store = new (globalThis as Json).IndexedDbPhoneStore();
    const { crypto } = globalThis as Json;
    const key = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    await store.change("device", "device", () => ({ publicKey: new Uint8Array(65), privateKey: key }));
  });
  const other = await bench.newTab();
  const kept = await other.evaluate(async () => {
    const { privateKey, publicKey } = await new (globalThis as Json).IndexedDbPhoneStore().read("device", "device");
    const { crypto } = globalThis as Json;
    const exported = await crypto.subtle.exportKey("raw", privateKey).catch((error: Json) => error.name);
    const proof = await crypto.subtle.sign("HMAC", privateKey, new Uint8Array(1));
    return { extractable: privateKey.extractable, exported, proof: proof.byteLength, publicKey: publicKey.length };
  });
  t.deepEqual(kept, { extractable: false, exported: "InvalidAccessError", proof: 32, publicKey: 65 });

  const count = async (): Promise<number[]> => {
    const store = new (globalThis as Json).IndexedDbPhoneStore();
    const mine: number[] = [];
    for (let round = 0; round < 40; round++) mine.push((await store.change("bundles", "n", (now: Json) => ({ n: (now?.n ?? 0) + 1 }))).n);
    return mine;
  };
  const counted = (await Promise.all([bench.page.evaluate(count), other.evaluate(count)])).flat();
  t.deepEqual(counted.sort((a, b) => a - b), Array.from({ length: 80 }, (_, index) => index + 1), "nobody's change is another's");

  const rest = await bench.page.evaluate(async () => {
    const store = new (globalThis as Json).IndexedDbPhoneStore();
    const told = (error: Json): string => error.code ?? error.message;
    await store.change("bundles", "a", () => ({ property: "a" }));
    const bug = await store.change("bundles", "a", () => { throw new Error("a bug"); }).catch(told);
    const unkept = await store.change("bundles", "a", () => ({ property: () => undefined })).catch(told);
    const inOrder = (await store.readAll("bundles")).map((record: Json) => record.property ?? record.n);
    const gone = (await store.change("bundles", "a", () => undefined)) ?? "gone";
    // A person clears what sites keep: the database is closed under us, and another one is opened.
    await new Promise((resolve) => Object.assign((globalThis as Json).indexedDB.deleteDatabase("latchkey-phone"), { onsuccess: resolve }));
    const cleared = await store.readAll("device");
    await store.change("doors", "d", () => ({ door: "d" }));
    await store.wipe();
    return { bug, unkept, inOrder, gone, cleared, wiped: await store.readAll("doors") };
  });
  t.deepEqual(rest, { bug: "a bug", unkept: "blocked", inOrder: ["a", 80], gone: "gone", cleared: [], wiped: [] });

  const quota = await bench.page.evaluate(async () => {
    const { IndexedDbPhoneStore, DOMException } = globalThis as Json;
    const fails = (name: string): Json => ({ open: () => { throw new DOMException("no", name); } });
    const told = (name: string): Promise<string> => new IndexedDbPhoneStore("x", fails(name)).read("doors", "d").catch((error: Json) => error.code);
    return [await told("QuotaExceededError"), await told("SecurityError"), await told("UnknownError")];
  });
  t.deepEqual(quota, ["full", "blocked", "blocked"]);
});
