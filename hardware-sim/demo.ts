/**
 * `npm start`: the cloud and a building of three doors in one process, the only place that knows both. The doors
 * are claimed over HTTP and speak MQTT like any other door; nothing goes past the wire.
 */
import { join, relative } from "node:path";
import { type Cloud, startCloud } from "../cloud/cloud";
import { readSettings, type Settings } from "../cloud/settings";
import { StartupError } from "../cloud/startup-error";
import { doorNames } from "./building/arguments";
import { Building } from "./building/building";
import { chooseEngine } from "./building/engine/choose-engine";
import type { EngineChoice } from "./building/engine/firmware-engine";
import { ApiClient } from "./demo/api-client";
import { seedFob } from "./demo/fobs";
import { freePort } from "./demo/free-port";
import { letters } from "./demo/letters";
import { MANAGER, seedManager } from "./demo/managers";
import { RESIDENTS } from "./demo/residents";
import { type FoundDoor, readPins, seedHouse, type SeededPerson, waitForLists } from "./demo/seed";
import type { Session } from "./demo/session";
import { Story } from "./demo/story";
import { seedTenants, type Tenant } from "./demo/tenants";
import { welcome } from "./demo/welcome";

const DOORS = 3;
const PAGE_PORT = 8_090;
/** Of an old phone, which takes every value in parts, and of a new one. */
const MTUS = [23, 517];
/** Doors boot, are claimed and take their list: seconds, under XS on a slow machine tens of seconds. */
const READY_MS = 90_000;

export interface DemoOptions {
  settings: Settings;
  pagePort: number;
  engine: EngineChoice;
  /** Takes one line at a time. */
  say: (line: string) => void;
}

export interface Demo {
  cloud: Cloud;
  building: Building;
  api: ApiClient;
  people: SeededPerson[];
  /** Those with phones; the building's phones are in the same order. */
  tenants: Tenant[];
  stop(): Promise<void>;
}

/** @throws {Error} in one line that a newcomer can act on. */
export async function startDemo({ settings, pagePort, engine: choice, say }: DemoOptions): Promise<Demo> {
  const settled: Settings = {
    ...settings,
    httpPort: await nextFree("the cloud's HTTP", settings.httpHost, settings.httpPort, say),
    mqttPort: await nextFree("MQTT", settings.mqttHost, settings.mqttPort, say),
  };
  const engine = await chooseEngine(choice, say);
  const cloud = await startCloud(settled);
  let building: Building | undefined;
  let story: Story | undefined;
  const stop = async (): Promise<void> => {
    story?.close();
    await building?.close();
    await cloud.stop();
  };
  try {
    // Doors are on this computer, wherever else the cloud listens.
    const url = `http://${isEverywhere(settled.httpHost) ? "127.0.0.1" : settled.httpHost}:${cloud.httpPort}`;
    building = await Building.start({
      cloud: new URL(url),
      brokerPort: cloud.mqttPort,
      doors: doorNames(DOORS),
      engine,
      dataFolder: join(settled.dataFolder, "building"),
      port: await nextFree("the building's page", "127.0.0.1", pagePort, say),
    });
    const doors = await findDoors(building);
    const api = new ApiClient(url, cloud.adminToken.token);
    const zone = settings.timeZone === "UTC" ? new Intl.DateTimeFormat().resolvedOptions().timeZone : settings.timeZone;
    const property = await seedHouse(api, doors, zone, Date.now());
    const manager = await managerOf(join(settled.dataFolder, "building"), { api, property, say });
    const tenants = await phonesOf(building, join(settled.dataFolder, "building"), { api, property, doors, say });
    say("Doors are claimed and take their lists…");
    let waiting = await waitForLists(api, doors, READY_MS);
    if (tenants.length > 0) {
      // A door has keys for phones once it is claimed, and rows for them once they have asked.
      for (const phone of building.phones) await phone.refill();
      waiting = await waitForLists(api, doors, READY_MS);
    }
    const people = await readPins(api, property);
    const parts = { building, api, property, doors, ...(manager && { manager: { session: manager, email: MANAGER.email } }) };
    story = new Story({ ...parts, ...(tenants.length > 1 && { courier: 1 }) }, people.find(({ name }) => name === RESIDENTS[0].name));
    building.host({ cloudUrl: url, story, letters: () => letters(api) });
    // It takes some seconds, and nobody waits for it.
    if (manager && tenants.length > 1) void seedFob(building, api, manager, { property, doors }).catch((error: unknown) => say(`No fob this time: ${(error as Error).message}`));
    say(
      welcome({
        buildingUrl: building.url,
        cloudUrl: url,
        mqttAddress: `${settled.mqttHost}:${cloud.mqttPort}`,
        dataFolder: shown(settled.dataFolder),
        tokenFile: cloud.adminToken.file && shown(cloud.adminToken.file),
        people,
        tenants,
        managed: manager !== undefined,
        waiting,
      }),
    );
    return { cloud, building, api, people, tenants, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Who manages the house; undefined where their codes leave this computer. */
async function managerOf(folder: string, { api, property, say }: { api: ApiClient; property: string; say: (line: string) => void }): Promise<Session | undefined> {
  try {
    return await seedManager(api, property, join(folder, `session-${MANAGER.email}`));
  } catch (error) {
    say(`No manager this time: ${(error as Error).message}`);
    return undefined;
  }
}

/** Tenants with phones. The demo does without where their codes leave this computer. */
async function phonesOf(building: Building, folder: string, parts: { api: ApiClient; property: string; doors: FoundDoor[]; say: (line: string) => void }): Promise<Tenant[]> {
  let tenants: Tenant[];
  try {
    tenants = await seedTenants(parts.api, parts.property, parts.doors, folder);
  } catch (error) {
    parts.say(`No phones this time: ${(error as Error).message}`);
    return [];
  }
  tenants.forEach(({ name, session }, index) => building.addPhone(name, session.fetch, MTUS[index]));
  return tenants;
}

async function nextFree(what: string, host: string, wanted: number, say: (line: string) => void): Promise<number> {
  const port = await freePort(host, wanted);
  if (port !== wanted) say(`Port ${wanted} is in use: ${what} takes ${port}.`);
  return port;
}

/** Walks by the doors and reads their QRs, which they have once they have booted. */
async function findDoors(building: Building): Promise<FoundDoor[]> {
  const end = Date.now() + READY_MS;
  for (;;) {
    const found = building.doors.flatMap(({ name, claim, view }) => (claim && view.id ? [{ name, id: view.id, claim }] : []));
    if (found.length === building.doors.length) return found;
    if (Date.now() > end) throw new Error("The doors do not boot: see the log in the building's page, or try LATCHKEY_ENGINE=node.");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function isEverywhere(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

/** Relative where that is shorter to read. */
function shown(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith("..") ? path : `./${fromHere}`;
}

/** LATCHKEY_ENGINE and LATCHKEY_PAGE_PORT are the demo's own; the cloud refuses what it does not know. */
function readOptions({ LATCHKEY_ENGINE: engine = "auto", LATCHKEY_PAGE_PORT: page = String(PAGE_PORT), ...rest }: NodeJS.ProcessEnv): DemoOptions {
  if (engine !== "auto" && engine !== "xs" && engine !== "node") throw new StartupError("LATCHKEY_ENGINE must be auto, xs or node.");
  if (!/^[0-9]{1,5}$/.test(page) || Number(page) > 65_535) throw new StartupError("LATCHKEY_PAGE_PORT must be a port number.");
  // In a demo the page tells what happens; the cloud's log speaks up when something is wrong.
  const settings = readSettings({ LATCHKEY_LOG: "warn", ...rest });
  return { settings, pagePort: Number(page), engine, say: (line) => console.log(line) };
}

async function main(): Promise<void> {
  const starting = startDemo(readOptions(process.env));
  let stopping = false;
  const stop = (): void => {
    // A second Ctrl-C does not wait.
    if (stopping) process.exit(130);
    stopping = true;
    void starting.then((demo) => demo.stop()).finally(() => process.exit(0));
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  await starting;
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(error instanceof StartupError ? error.message : `The demo cannot start: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  });
}
