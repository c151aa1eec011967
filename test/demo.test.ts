/** `npm start` from outside: real firmware at the keypads, the real cloud behind HTTP, nothing past the wire. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { readSettings } from "../cloud/settings";
import type { EngineChoice } from "../hardware-sim/building/engine/firmware-engine";
import { type Demo, startDemo } from "../hardware-sim/demo";
import { freePort } from "../hardware-sim/demo/free-port";
import { whyNoXs } from "../hardware-sim/xs/find-worker";

const FRONT = 0;
const GARAGE = 1;
const CELLAR = 2;

/** What a person at the doors and one with the administrator's token see. */
class Visitor {
  readonly #demo: Demo;

  constructor(demo: Demo) {
    this.#demo = demo;
  }

  pin(name: string): string {
    return this.person(name).pin;
  }

  person(name: string): { id: string; pin: string } {
    const found = this.#demo.people.find((person) => person.name === name);
    if (!found) throw new Error(`${name} has no PIN`);
    return found;
  }

  /** Types a PIN. @returns whether the strike opened; waits until it has fallen again or the reader has refused. */
  async types(door: number, pin: string): Promise<boolean> {
    const { doors } = this.#demo.building;
    for (const key of pin) doors[door].act({ action: "key", key });
    // Three beeps refuse, one long beep asks to wait; green lets in.
    await until(() => doors[door].view.strike || doors[door].view.buzzer);
    const opened = doors[door].view.strike;
    if (opened) {
      // It locks again once the leaf has been opened and closed; contacts are debounced.
      doors[door].act({ action: "leaf", open: true });
      await pause(150);
      doors[door].act({ action: "leaf", open: false });
    }
    await until(() => !doors[door].view.strike && !doors[door].view.ledGreen && !doors[door].view.buzzer);
    // Between two of three beeps the buzzer is still.
    await pause(opened ? 0 : 500);
    return opened;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(20);
}

function options(dataFolder: string, engine: EngineChoice, lines: string[]) {
  const settings = readSettings({ LATCHKEY_DATA: dataFolder, LATCHKEY_HTTP_PORT: "0", LATCHKEY_MQTT_PORT: "0", LATCHKEY_LOG: "silent" });
  return { settings, pagePort: 0, engine, say: (line: string) => void lines.push(line) };
}

function folder(t: ExecutionContext): string {
  const path = mkdtempSync(join(tmpdir(), "latchkey-demo-"));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const noXs = whyNoXs();
for (const engine of ["node", "xs"] as const) {
  const run = engine === "xs" && noXs !== undefined ? test.serial.skip : test.serial;
  run(`the demo under ${engine}: PINs and phones work online, offline and after a restart; a revocation is acknowledged by network, and by a phone (X1, X2)`, async (t) => {
    t.timeout(180_000);
    const dataFolder = folder(t);
    const lines: string[] = [];
    let demo = await startDemo(options(dataFolder, engine, lines));
    t.teardown(() => demo.stop());
    let visitor = new Visitor(demo);
    for (const { pin } of demo.people) t.true(lines.join("\n").includes(pin));
    t.is(demo.people.length, 4);
    const { building, api } = demo;
    const [front, garage] = building.doors;

    t.true(await visitor.types(FRONT, visitor.pin("Alice Martin")));
    t.true(await visitor.types(GARAGE, visitor.pin("Chloé Dubois")));
    t.false(await visitor.types(GARAGE, visitor.pin("Parcel service")), "the parcel's PIN is for the front door");
    garage.act({ action: "network", plugged: false });
    t.true(await visitor.types(GARAGE, visitor.pin("Alice Martin")), "the door decides alone");
    t.true(await visitor.types(FRONT, visitor.pin("Parcel service")));
    front.act({ action: "power", on: false });
    front.act({ action: "power", on: true });
    await until(() => front.view.linked);
    t.false(await visitor.types(FRONT, visitor.pin("Parcel service")), "N8: a one-time code stays used after a power cut");

    const { id } = visitor.person("Chloé Dubois");
    const revocation = await api.post<{ id: string }>("/revocations", { person: id });
    type Truth = { doors: { door: string; state: string; mayOpenUntil: string | null }[]; complete: boolean };
    const truth = (): Promise<Truth> => api.get<Truth>(`/revocations/${revocation.id}`);
    const stateAt = async (door: number) => (await truth()).doors.find((one) => one.door === building.doors[door].view.id);
    await until(async () => (await stateAt(FRONT))?.state === "acknowledged");
    t.is((await stateAt(GARAGE))?.state, "pending", "X1: the unplugged door has not acknowledged");
    t.true(Date.parse((await stateAt(GARAGE))?.mayOpenUntil ?? "") > Date.now());
    t.false(await visitor.types(FRONT, visitor.pin("Chloé Dubois")));
    t.true(await visitor.types(GARAGE, visitor.pin("Chloé Dubois")), "it cannot know yet");
    garage.act({ action: "network", plugged: true });
    await until(async () => (await truth()).complete);
    t.false(await visitor.types(GARAGE, visitor.pin("Chloé Dubois")));
    const pins = demo.people.map(({ pin }) => pin);
    await phonesCarryTheTruth(t, demo);
    await demo.stop();

    // Other ports this time: doors find the broker again.
    demo = await startDemo(options(dataFolder, engine, lines));
    visitor = new Visitor(demo);
    t.deepEqual(demo.people.map(({ pin }) => pin), pins.filter((_, i) => i !== 3), "the revoked guest is not offered");
    await until(() => demo.building.doors.every((door) => door.view.linked));
    t.true(await visitor.types(GARAGE, visitor.pin("Alice Martin")));
    t.false(await visitor.types(FRONT, visitor.pin("Parcel service")));
    t.deepEqual(demo.tenants.map(({ person }) => person !== undefined), [false, true], "whoever has moved out stays out");
    const [moved, emil] = demo.building.phones;
    t.deepEqual(moved.view.opens, []);
    emil.act({ action: "go", door: GARAGE });
    t.true((await emil.tap()).opened, "a new phone of the same person");
    await demo.stop();
  });
}

/** A door without network, a tenant who moves out, and the other tenant's phone. */
async function phonesCarryTheTruth(t: ExecutionContext, { building, api, tenants }: Demo): Promise<void> {
  const [dina, emil] = building.phones;
  const cellar = building.doors[CELLAR];
  const act = async (phone: number, action: object): Promise<number> =>
    (await fetch(`${building.url}phones/${phone}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(action) })).status;
  t.deepEqual(dina.view.opens, building.doors.map(({ name }) => ({ name, handles: 64 })));
  t.is(await act(0, { action: "tap" }), 400, "there is no door before her");
  t.is(await act(0, { action: "go", door: CELLAR }), 204);
  t.is(await act(1, { action: "go", door: CELLAR }), 204);
  t.deepEqual([await act(0, { action: "go", door: 9 }), await act(2, { action: "tap" }), await act(0, { action: "online" })], [400, 404, 400]);
  cellar.act({ action: "network", plugged: false });
  cellar.act({ action: "power", on: false });
  cellar.act({ action: "power", on: true });
  await dina.setOnline(false);
  // It listens again when its firmware has started.
  await until(async () => (await dina.tap()).opened);
  t.is(dina.view.answer?.said, "Open.");
  t.true(cellar.view.strike, "phone offline, door offline");

  const removal = await api.post<{ id: string }>(`/leases/${tenants[0].person}/end`, {});
  type Truth = { complete: boolean; people: { doors: { door: string; state: string; acknowledgedBy: string | null }[] }[] };
  const atCellar = async () => (await api.get<Truth>(`/removals/${removal.id}`)).people[0].doors.find(({ door }) => door === cellar.id);
  t.true((await dina.tap()).opened, "it cannot know yet");
  t.is((await atCellar())?.state, "pending");
  t.is(await act(1, { action: "tap" }), 204);
  await until(async () => (await atCellar())?.state === "acknowledged");
  t.is((await atCellar())?.acknowledgedBy, "phone", "the receipt came by the other tenant's phone");
  t.false(cellar.view.linked);
  t.is(emil.view.answer?.said, "Open.");
  t.deepEqual(await dina.tap(), { opened: false, why: "unknown-credential", broughtNews: false });
  cellar.act({ action: "network", plugged: true });
}

test("a port that is in use gives way to the next free one", async (t) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  t.true((await freePort("127.0.0.1", port)) > port);
  t.is(await freePort("127.0.0.1", 0), 0);
  server.close();
  await t.throwsAsync(freePort("192.0.2.1", 8080), undefined, "an address that is not ours");
});
