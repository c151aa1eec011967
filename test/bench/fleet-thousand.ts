import { BareBroker } from "../support/load/bare-broker";
import { fleetOf, holdersAt, until, type RunningFleet } from "../support/load/fleet-of";
import { LoadedCloud } from "../support/load/loaded-cloud";
import { percentile } from "../support/load/percentiles";
import { revocationTimes } from "../support/load/revocation-times";
import type { Row } from "./row";

const DOORS = 1_000;
const REVOCATIONS = 300;
const REVOCATION_MARGIN_MS = 50; // DESIGN §9
const DELTA_BYTES = 140;
const REMOVAL_DOORS = 200;
const REMOVALS = 5;
const MORNING_SECONDS = 60;
const EVENTS_A_SECOND = 500;
const TICK_MS = 20;

/** A thousand light doors at one cloud process with its own broker and SQLite. */
export async function rows(): Promise<Row[]> {
  const bare = await bareRoundTrips();
  const cloud = await LoadedCloud.start();
  try {
    const running = await fleetOf(cloud, DOORS);
    const measured = [...(await revocations(cloud, running, bare)), ...(await removals(cloud, running)), ...(await morning(cloud, running))];
    await running.fleet.stop();
    return measured;
  } finally {
    await cloud.stop();
  }
}

async function bareRoundTrips(): Promise<number[]> {
  const broker = await BareBroker.aedes();
  await broker.connect(DOORS);
  await broker.roundTrips(REVOCATIONS, DELTA_BYTES); // the compiler's
  const times = await broker.roundTrips(REVOCATIONS, DELTA_BYTES);
  await broker.end();
  return times;
}

async function revocations(cloud: LoadedCloud, running: RunningFleet, bare: readonly number[]): Promise<Row[]> {
  const measured = await revocationTimes([cloud], running, REVOCATIONS);
  return [50, 99].map((percent) => ({
    name: `Revocation, HTTP request until the door refuses, ${DOORS.toLocaleString("en")} doors connected, p${percent}`,
    value: percentile(measured, percent),
    unit: "ms",
    ...(percent === 99 && { budget: { atMost: percentile(bare, 99) + REVOCATION_MARGIN_MS } }),
    references: [{ name: `bare MQTT round trip with as many clients, aedes, p${percent}`, value: percentile(bare, percent) }],
  }));
}

/** One tenant on 200 doors is removed: until the cloud has all acknowledgements. */
async function removals(cloud: LoadedCloud, { fleet, property }: RunningFleet): Promise<Row[]> {
  const doors = fleet.doors.slice(0, REMOVAL_DOORS);
  const holders = await holdersAt(cloud, property, Array.from({ length: REMOVALS }, () => doors));
  const refuse: number[] = [];
  const acknowledge: number[] = [];
  for (const { person, pin } of holders) {
    const begun = performance.now();
    const { id } = await cloud.send("POST", "/revocations", { person });
    await until("all doors refuse", () => doors.every((door) => !door.knows(pin)));
    refuse.push(performance.now() - begun);
    await until("all have acknowledged", async () => (await cloud.send("GET", `/revocations/${id}`)).doors.every(({ state }: { state: string }) => state === "acknowledged"));
    acknowledge.push(performance.now() - begun);
  }
  return [
    { name: `One tenant on ${REMOVAL_DOORS} doors removed: all refuse, worst of ${REMOVALS}`, value: Math.max(...refuse), unit: "ms" },
    { name: `… the cloud has ${REMOVAL_DOORS} acknowledgements`, value: Math.max(...acknowledge), unit: "ms" },
  ];
}

/** 500 unlock events a second for a minute, each once in the cloud's log afterwards. */
async function morning(cloud: LoadedCloud, { fleet, property }: RunningFleet): Promise<Row[]> {
  const doors = fleet.doors.slice(0, EVENTS_A_SECOND);
  const [{ pin }] = await holdersAt(cloud, property, [doors]);
  const before = cloud.usage;
  const since = new Date().toISOString();
  const begun = performance.now();
  const made = MORNING_SECONDS * EVENTS_A_SECOND;
  let behind = 0;
  for (let n = 0; n < made; ) {
    for (const due = Math.min(made, ((performance.now() - begun) * EVENTS_A_SECOND) / 1_000); n < due; n++) doors[n % doors.length].type(pin);
    behind = Math.max(behind, fleet.stand.waiting);
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  const ended = performance.now();
  await until("all events are stored", () => fleet.stand.waiting === 0);
  const stored = performance.now() - ended;
  const cpu = cloud.usage.cpuMs - before.cpuMs;
  const lines = ((await cloud.send("GET", `/events/export?property=${property}&type=decision&since=${since}`)) as string).trim().split("\r\n").slice(1);
  const keys = new Set(lines.map((line) => line.split(",").slice(-3, -1).join("/")));
  return [
    { name: `${EVENTS_A_SECOND} unlock events a second for ${MORNING_SECONDS} s: lost`, value: made - keys.size, unit: "events", budget: { atMost: 0 } },
    { name: "… stored twice", value: lines.length - keys.size, unit: "events", budget: { atMost: 0 } },
    { name: "… waiting at doors, at most", value: behind, unit: "events" },
    { name: "… after the last one until all are stored", value: stored, unit: "ms" },
    { name: "… the cloud's CPU for one", value: cpu / made, unit: "ms" },
  ];
}
