/** The building's plumbing: real sockets, files, both engines, the page's server. The rules of a door are tested elsewhere. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Aedes } from "aedes";
import test, { type ExecutionContext } from "ava";
import { readArguments } from "../hardware-sim/building/arguments";
import { Building } from "../hardware-sim/building/building";
import type { DoorAction, DoorView } from "../hardware-sim/building/door-view";
import type { FirmwareEngine } from "../hardware-sim/building/engine/firmware-engine";
import { NodeFirmware } from "../hardware-sim/building/engine/node-firmware";
import { XsFirmware } from "../hardware-sim/building/engine/xs-firmware";
import { RealTimeClock } from "../hardware-sim/building/real-time-clock";
import { VirtualBoard } from "../hardware-sim/virtual-board";
import { virtualImage } from "../hardware-sim/virtual-update";
import { MATRIX_PINS, type VirtualMatrixKeypad } from "../hardware-sim/virtual-matrix-keypad";
import { whyNoXs } from "../hardware-sim/xs/find-worker";
import { startTrialFirmware } from "./support/trial-firmware";
import { startTrialLife } from "./support/trial-life";

/** A cloud that says where its broker is and writes down what doors say. */
class TrialCloud {
  readonly heard: string[] = [];
  #waiting: (() => void)[] = [];
  #servers: (Server | TcpServer)[] = [];
  #aedes: Aedes | undefined;
  url = "";

  static async start(t: ExecutionContext): Promise<TrialCloud> {
    const cloud = new TrialCloud();
    const aedes = await Aedes.createBroker();
    cloud.#aedes = aedes;
    aedes.on("publish", ({ topic, payload }, client) => client && cloud.#hear(`${topic} ${payload.toString()}`));
    const broker = createTcpServer((socket) => aedes.handle(socket));
    const port = await listen(broker);
    const http = createServer((request, response) => {
      let body = "";
      request.on("data", (part: Buffer) => (body += part.toString()));
      request.on("end", () => {
        cloud.#hear(`${request.method} ${request.url} ${body}`);
        response.setHeader("x-trial", "yes");
        response.end(String(port));
      });
    });
    cloud.url = `http://127.0.0.1:${await listen(http)}`;
    cloud.#servers = [broker, http];
    t.teardown(() => cloud.close());
    return cloud;
  }

  publish(topic: string, payload: Buffer): void {
    this.#aedes?.publish({ cmd: "publish", topic, payload, qos: 1, retain: false, dup: false }, () => {});
  }

  /** Until a door has said this, once more than before. */
  async hears(what: string, times = 1): Promise<void> {
    while (this.heard.filter((line) => line === what).length < times) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#aedes?.close(() => resolve()));
    for (const server of this.#servers) server.close();
  }

  #hear(line: string): void {
    this.heard.push(line);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

async function listen(server: Server | TcpServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** The page, as a browser would use it. */
class Page {
  readonly lines: string[] = [];
  views: DoorView[] = [];
  #url: string;
  #waiting: (() => void)[] = [];
  #stream: ReturnType<typeof httpRequest>;

  constructor(t: ExecutionContext, url: string) {
    this.#url = url;
    let text = "";
    this.#stream = httpRequest(`${url}events`, (response) => {
      response.on("data", (part: Buffer) => {
        text += part.toString();
        const events = text.split("\n\n");
        text = events.pop() as string;
        for (const event of events) this.#event(event);
        for (const resolve of this.#waiting.splice(0)) resolve();
      });
      response.on("error", () => {});
    });
    this.#stream.on("error", () => {});
    this.#stream.end();
    t.teardown(() => this.#stream.destroy());
  }

  async sees(condition: (page: Page) => boolean): Promise<void> {
    while (!condition(this)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async act(door: number, ...actions: DoorAction[]): Promise<void> {
    for (const action of actions) {
      const response = await fetch(`${this.#url}doors/${door}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(action),
      });
      if (response.status !== 204) throw new Error(await response.text());
    }
  }

  type(keys: string): Promise<void> {
    return this.act(0, ...[...keys].map((key): DoorAction => ({ action: "key", key })));
  }

  #event(text: string): void {
    const name = /^event: (.*)$/m.exec(text)?.[1];
    const data = /^data: (.*)$/m.exec(text)?.[1];
    if (data === undefined) return;
    const value = JSON.parse(data) as unknown;
    if (name === "building") this.views = value as DoorView[];
    else if (name === "door") this.views[(value as DoorView).index] = value as DoorView;
    else if (name === "line") this.lines.push(`${(value as { source: string }).source}: ${(value as { text: string }).text}`);
  }
}

function folder(t: ExecutionContext): string {
  const path = mkdtempSync(join(tmpdir(), "latchkey-building-"));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const noXs = whyNoXs();
const engines: [string, () => Promise<FirmwareEngine>, string | undefined][] = [
  ["Node", async () => new NodeFirmware(startTrialFirmware), undefined],
  ["XS", () => XsFirmware.load(join(__dirname, "support/trial-program.ts")), noXs],
];

for (const [engineName, load, missing] of engines) {
  const run = missing === undefined ? test : test.skip;
  run(`a door under ${engineName}: keys, strike, network, power, memory and crashes`, async (t) => {
    const cloud = await TrialCloud.start(t);
    const dataFolder = folder(t);
    const engine = await load();
    const options = { cloud: new URL(cloud.url), doors: ["Front door"], engine, dataFolder, port: 0 };
    t.timeout(20_000);
    let building = await Building.start(options);
    t.teardown(() => building.close());
    const page = new Page(t, building.url);
    t.teardown(() => {
      // What happened, where it was not what should have.
      if (!t.passed) t.log(page.lines.join("\n"), cloud.heard.join("\n"));
    });
    await page.sees(({ lines }) => lines.includes("firmware: flash 1 of true, hash 204"));
    await cloud.hears("POST /where hello");
    await page.sees(({ lines }) => lines.includes("firmware: HTTP 200 yes"));
    await cloud.hears("up/state boot 1");
    await page.sees(({ lines, views }) => lines.includes("firmware: acknowledged 7") && views[0].linked);
    t.is(page.views[0].engine, engine.name);

    await page.type("11#");
    await page.sees(({ lines }) => lines.includes("firmware: denied"));
    await page.act(0, { action: "leaf", open: true });
    await page.sees(({ lines }) => lines.includes("leaf: somebody pulls: locked"));
    await page.type("12#");
    await page.sees(({ views }) => views[0].strike && views[0].ledGreen);
    await page.act(0, { action: "leaf", open: true });
    await page.sees(({ lines, views }) => views[0].leafOpen && lines.includes("firmware: leaf open"));
    await page.sees(({ views }) => !views[0].strike);
    await page.sees(({ lines }) => lines.some((line) => /firmware: strike was open 3\d\d ms/.test(line)));
    t.false(page.lines.some((line) => line.includes("12") && line.startsWith("person")), "no digits in the log");
    t.false(page.lines.includes("firmware: a cleared timer ran"));
    await page.act(0, { action: "card", card: "5A0144" });
    await page.sees(({ lines }) => lines.includes("firmware: 1 frame of 26 bits in 4 bytes, then undefined"));
    t.true(page.lines.includes("person: presents a card"), "and not which");
    await page.act(0, { action: "service", held: true });
    await page.sees(({ lines, views }) => views[0].serviceHeld && lines.includes("firmware: service button"));
    await page.act(0, { action: "service", held: false });
    await page.act(0, { action: "exit", held: true });
    await page.sees(({ views }) => views[0].strike);

    cloud.publish("down/list", Buffer.alloc(4_000, 1));
    cloud.publish("down/lease", Buffer.alloc(10, 1));
    await cloud.hears("up/echo down/list 4000");
    await cloud.hears("up/echo down/lease 10");
    await page.act(0, { action: "network", plugged: false });
    cloud.publish("down/late", Buffer.alloc(3, 1));
    await page.act(0, { action: "network", plugged: true });
    await cloud.hears("up/echo down/late 3");
    await page.act(0, { action: "network", plugged: false });
    // Keep-alive is 1 s: both ends notice a second and a half later.
    await page.sees(({ lines }) => lines.includes("firmware: offline"));
    await cloud.hears("up/state gone");
    await page.act(0, { action: "network", plugged: true });
    await cloud.hears("up/state boot 1", 2);

    await page.act(0, { action: "power", on: false });
    await page.sees(({ views }) => !views[0].power && !views[0].strike && !views[0].linked);
    await page.act(0, { action: "power", on: true });
    await cloud.hears("up/state boot 2");
    await page.type("99#");
    await page.sees(({ lines }) => lines.some((line) => line.startsWith("firmware: ended: Error: firmware bug")));
    await cloud.hears("up/state boot 3");
    await t.throwsAsync(Building.start(options), { message: /in use/ });
    await building.close();

    building = await Building.start(options);
    await cloud.hears("up/state boot 4");
    await building.close();
    t.deepEqual(
      [1, 2, 3, 4].map((boot) => readFileSync(join(dataFolder, "door-1/flash.bin"))[16 * boot]),
      [1, 2, 3, 4],
    );
  });
}

for (const [engineName, load, missing] of engines) {
  const run = missing === undefined ? test : test.skip;
  run(`a matrix keypad under ${engineName}: banks of pins cross to the firmware and back`, async (t) => {
    const engine = await load();
    const clock = new RealTimeClock((error) => t.fail(String(error)));
    t.teardown(() => clock.stop());
    const said: string[] = [];
    let told = (): void => undefined;
    const board = new VirtualBoard({
      clock,
      readers: [{ kind: "serial" }, { kind: "matrix" }],
      onTrace: (line) => {
        said.push(line);
        told();
      },
    });
    let stop = (): void => undefined;
    board.start((device) => (stop = engine.boot(device, (error) => t.fail(String(error)))));
    t.teardown(() => {
      board.powerOff();
      stop();
    });
    const says = async (line: string): Promise<void> => {
      while (!said.includes(line)) await new Promise<void>((resolve) => (told = resolve));
    };
    await says("no settings");
    (board.readers[1] as VirtualMatrixKeypad).press("5", 0, 60_000);
    await says(`column ${1 << MATRIX_PINS.columns[1]} falls, and is low`);
    t.pass();
  });
}

for (const [engineName, load, missing] of [
  ["Node", async () => new NodeFirmware(startTrialLife), undefined],
  ["XS", () => XsFirmware.load(join(__dirname, "support/trial-life-program.ts")), noXs],
] as typeof engines) {
  const run = missing === undefined ? test : test.skip;
  run(`a board under ${engineName}: console, heap, image slots, restarts and the watchdog cross to the firmware and back`, async (t) => {
    const engine = await load();
    const clock = new RealTimeClock((error) => t.fail(String(error)));
    t.teardown(() => clock.stop());
    const said: string[] = [];
    let told = (): void => undefined;
    const board = new VirtualBoard({
      clock,
      watchdogMs: 6_000,
      update: { image: virtualImage(8), target: new Uint8Array(8).fill(7), imageKey: new Uint8Array(32) },
      onTrace: (line) => {
        said.push(line);
        told();
      },
    });
    board.memoryUse = { chunkBytes: 12_345, slotBytes: 6 };
    let stop = (): void => undefined;
    board.onPowerLost = () => stop();
    board.start((device) => (stop = engine.boot(device, (error) => t.fail(String(error)))));
    t.teardown(() => board.powerOff());
    const says = async (line: string): Promise<void> => {
      while (!said.includes(line)) await new Promise<void>((resolve) => (told = resolve));
    };
    await says("image 8, none failed, target 7, key 32, power-on");
    const type = async (line: string, answer: string): Promise<void> => {
      board.console.type(`${line}\r`);
      await says(answer);
    };
    await type("memory", "memory 12345");
    await type("abort", "aborted");
    await type("image", "whole");
    t.true(board.console.output.includes("memory"), "it echoes");
    await type("restart", "image 9 on trial, none failed, target 7, key 32, restart");
    await type("starve", "image 8, 9 failed, target 7, key 32, watchdog");
    await type("image", "whole");
    said.length = 0;
    await type("restart", "image 9 on trial, none failed, target 7, key 32, restart");
    await type("confirm", "confirmed");
    t.false(board.update!.onTrial);
  });
}

test("the page's server: its own files under a strict policy, nothing for strangers, nothing for nonsense", async (t) => {
  const engine: FirmwareEngine = { name: "Node.js", boot: () => () => {} };
  const building = await Building.start({ cloud: new URL("http://127.0.0.1:9"), doors: ["A", "B"], engine, dataFolder: folder(t), port: 0 });
  t.teardown(() => building.close());
  const { url } = building;
  for (const [path, type] of [["", "text/html"], ["building.js", "text/javascript"], ["building.css", "text/css"], ["icon.svg", "image/svg+xml"]]) {
    const response = await fetch(url + path);
    t.is(response.status, 200);
    t.true(response.headers.get("content-type")?.startsWith(type));
    const policy = response.headers.get("content-security-policy");
    t.true(policy?.includes("default-src 'none'") && !policy.includes("unsafe"));
    t.notRegex(await response.text(), /https?:\/\/(?!www\.w3\.org)/, "no third party");
  }
  const post = (path: string, body: string, headers: Record<string, string> = { "content-type": "application/json" }) =>
    fetch(url + path, { method: "POST", headers, body }).then(({ status }) => status);
  t.is(await post("doors/1", '{"action":"key","key":"1"}'), 204);
  for (const body of ["", "null", "[]", '{"action":"key","key":"12"}', '{"action":"key","key":"x"}', '{"action":"key"}', '{"action":"fire"}', '{"action":"leaf","open":1}', '{"action":"card","card":"5A01"}', '{"action":"card","card":"0F4D07A690"}', '{"action":"card","card":1}']) {
    t.is(await post("doors/1", body), 400, body);
  }
  t.is(await post("doors/2", '{"action":"key","key":"1"}'), 404);
  t.is(await post("doors/1", '{"action":"key","key":"1"}', { "content-type": "text/plain" }), 415);
  t.is(await post("doors/1", '{"action":"key","key":"1"}', { "content-type": "application/json", origin: "http://evil.example" }), 403);
  t.is((await fetch(`${url}../package.json`)).status, 404);
  t.is(await foreignHost(url), 403);
});

/** A page of elsewhere whose name was made to lead to this PC. */
function foreignHost(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    httpRequest(url, { headers: { host: "evil.example" } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

test("the building refuses a data folder that is not its own, and arguments that make no sense", async (t) => {
  const engine: FirmwareEngine = { name: "Node.js", boot: () => () => {} };
  const dataFolder = folder(t);
  const options = { cloud: new URL("http://127.0.0.1:9"), doors: ["A"], engine, dataFolder, port: 0 };
  await (await Building.start(options)).close();
  writeFileSync(join(dataFolder, "door-1/flash.bin"), "nonsense");
  await t.throwsAsync(Building.start(options), { message: /flash\.bin: 8 bytes/ });
  rmSync(join(dataFolder, "door-1/flash.bin"));
  writeFileSync(join(dataFolder, "door-1/nvs.json"), "{");
  await t.throwsAsync(Building.start(options), { message: /nvs\.json/ });
  rmSync(join(dataFolder, "door-1"), { recursive: true });
  writeFileSync(join(dataFolder, "building.pid"), "999999999");
  await (await Building.start(options)).close();

  t.deepEqual(readArguments(["--cloud", "http://127.0.0.1:8080", "--doors", "4", "--engine", "node", "--port", "0"]), {
    cloud: new URL("http://127.0.0.1:8080"),
    doors: ["Front door", "Garage", "Cellar", "Door 4"],
    engine: "node",
    dataFolder: "./data/building",
    port: 0,
  });
  for (const args of [[], ["--cloud", "x"], ["--cloud", "ftp://x"], ["--cloud", "http://x", "--doors", "0"], ["--cloud", "http://x", "--engine", "c"], ["--what"], ["--cloud", "http://x", "--port", "65536"]]) {
    t.throws(() => readArguments(args));
  }
});
