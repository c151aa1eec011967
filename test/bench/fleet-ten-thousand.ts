import { CUT } from "../../hardware-sim/fleet/fleet-door";
import { MosquittoServer, whyNoMosquitto } from "../support/mosquitto-server";
import { BareBroker } from "../support/load/bare-broker";
import { fleetOf, holdersAt, say, until, type RunningFleet } from "../support/load/fleet-of";
import { LoadedCloud, usageOf, type Usage } from "../support/load/loaded-cloud";
import type { Row } from "./row";

const DOORS = Number(process.env.BENCH_DOORS ?? 10_000);
const DOORS_AT_ONCE = 1_000; // of one grant
const IDLE_SECONDS = 60;
/** What an epoch change brings down to a door, and up again: keyset, manifest, page, lease; need, and a receipt for each. */
const DOWN_BYTES = [470, 260, 40, 150];
const UP_BYTES = [30, 96, 96];

/** Ten thousand light doors at one cloud process with its own broker and SQLite; fleet and cloud share the machine. */
export async function rows(): Promise<Row[]> {
  const mosquitto = await mosquittoAlone();
  const cloud = await LoadedCloud.start();
  try {
    const empty = cloud.usage;
    const running = await fleetOf(cloud, DOORS);
    const { fleet, property } = running;
    const blocks = Array.from({ length: Math.ceil(DOORS / DOORS_AT_ONCE) }, (_, n) => fleet.doors.slice(n * DOORS_AT_ONCE, (n + 1) * DOORS_AT_ONCE));
    await holdersAt(cloud, property, blocks);
    await until("all doors are served again", () => fleet.stand.served === DOORS);
    const idle = await whileIdle(cloud);
    const after = cloud.usage;
    const epoch = await epochChange(cloud, running);
    const ended = endedBesides(running);
    const reconnection = await comeBack(running);
    const refused = endedBesides(running) - ended;
    await fleet.stop();
    const doors = DOORS.toLocaleString("en");
    return [
      { name: `${doors} doors at one cloud process: connected, with list and lease`, value: running.fleet.doors.length, unit: "doors", budget: { atLeast: DOORS } },
      { name: "… memory of the cloud for each", value: ((after.megabytes - empty.megabytes) * 1_024) / DOORS, unit: "KB", references: mosquitto?.memory ?? [] },
      { name: "… CPU of the cloud for each while nothing happens, by the hour", value: (idle.cpuMs / DOORS / IDLE_SECONDS) * 3_600, unit: "ms", references: mosquitto?.idle ?? [] },
      { name: "… until all have a new list after an epoch change", value: epoch.seconds, unit: "s", references: mosquitto?.carrying ?? [] },
      { name: "… and CPU of the cloud for each", value: epoch.cpuMs / DOORS, unit: "ms" },
      { name: "… all connections are cut: until all are back and heard", value: reconnection, unit: "s" },
{ name: "… connections that ended before that", value: ended, unit: "", budget: { atMost: 0 } },
      { name: "… attempts that failed meanwhile and were repeated", value: refused, unit: "" },
    ];
  } finally {
    await cloud.stop();
  }
}

/** Connections that ended, and attempts that failed, which were not cut. */
function endedBesides({ fleet }: RunningFleet): number {
  const reasons = [...fleet.stand.lost].filter(([reason]) => reason !== CUT);
  for (const [reason, count] of reasons) say(`connections: ${count} × ${reason}`);
  return reasons.reduce((sum, [, count]) => sum + count, 0);
}

async function whileIdle(process: { usage: Usage }): Promise<Usage> {
  const before = process.usage;
  await new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1_000));
  const after = process.usage;
  return { cpuMs: after.cpuMs - before.cpuMs, megabytes: after.megabytes };
}

async function epochChange(cloud: LoadedCloud, { fleet }: RunningFleet): Promise<{ seconds: number; cpuMs: number }> {
  const before = cloud.usage;
  const begun = performance.now();
  const { epoch } = await cloud.send("POST", "/keysets", { newEpoch: true });
  await until("all doors have a list of the new epoch", () => fleet.doors.every((door) => door.active?.base.manifest.epoch === epoch));
  const seconds = (performance.now() - begun) / 1_000;
  await until("all doors have a lease for it", () => fleet.stand.served === DOORS);
  return { seconds, cpuMs: cloud.usage.cpuMs - before.cpuMs };
}

/** As after a router's restart: the sockets close, and all doors come back a second or so later. */
async function comeBack({ fleet }: RunningFleet): Promise<number> {
  const times = fleet.doors.map((door) => door.signedTime);
  const begun = performance.now();
  await Promise.all(fleet.doors.map((door) => door.cut()));
  await until("the cloud has answered each", () => fleet.doors.every((door, index) => door.connected && door.signedTime > times[index]));
  return (performance.now() - begun) / 1_000;
}

interface Alone {
  memory: Row["references"];
  idle: Row["references"];
  carrying: Row["references"];
}

/** Mosquitto with as many clients and the same messages, and nobody who makes or reads them. */
async function mosquittoAlone(): Promise<Alone | undefined> {
  const missing = whyNoMosquitto();
  if (missing !== undefined) {
    console.log(`without Mosquitto beside it: ${missing}`);
    return undefined;
  }
  const server = await MosquittoServer.start({ settings: () => ["max_connections -1"] });
  try {
    const broker = new BareBroker(server.port, () => usageOf(server.pid));
    const empty = broker.usage;
    await broker.connect(DOORS);
    const idle = await whileIdle(broker);
    const carrying = await broker.toAll(DOWN_BYTES, UP_BYTES);
    await broker.end();
    return {
      memory: [{ name: "Mosquitto", value: ((idle.megabytes - empty.megabytes) * 1_024) / DOORS }],
      idle: [{ name: "Mosquitto", value: (idle.cpuMs / DOORS / IDLE_SECONDS) * 3_600 }],
      carrying: [{ name: "Mosquitto carrying the same messages, nobody making them", value: carrying / 1_000 }],
    };
  } finally {
    await server.pause();
  }
}
