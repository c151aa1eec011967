import { BareBroker } from "../support/load/bare-broker";
import { fleetOf } from "../support/load/fleet-of";
import { LoadedCloud, usageOf } from "../support/load/loaded-cloud";
import { percentile } from "../support/load/percentiles";
import { revocationTimes } from "../support/load/revocation-times";
import { MosquittoServer, whyNoMosquitto } from "../support/mosquitto-server";
import { PostgresServer, whyNoPostgres } from "../support/postgres-server";
import type { Row } from "./row";

const DOORS = 1_000;
const REVOCATIONS = 300;
const REVOCATION_MARGIN_MS = 50; // DESIGN §9
const DELTA_BYTES = 140;

/** A thousand light doors at Mosquitto, and two cloud processes on one PostgreSQL behind it; requests go to both in turn. */
export async function rows(): Promise<Row[]> {
  const missing = whyNoMosquitto() ?? whyNoPostgres();
  if (missing !== undefined) {
    console.log(`without two processes on Mosquitto and PostgreSQL: ${missing}`);
    return [];
  }
  const mosquitto = await MosquittoServer.start({ settings: () => ["max_connections -1"] });
  const postgres = await PostgresServer.start({ syncs: true });
  const options = { databaseUrl: await postgres.createDatabase(), brokerUrl: mosquitto.url() };
  const bare = await bareRoundTrips(mosquitto);
  const first = await LoadedCloud.start(options);
  const second = await LoadedCloud.start({ ...options, beside: first });
  try {
    const running = await fleetOf(first, DOORS);
    const times = await revocationTimes([first, second], running, REVOCATIONS);
    await running.fleet.stop();
    return [50, 99].map((percent) => ({
      name: `Revocation, two cloud processes, Mosquitto, PostgreSQL, ${DOORS.toLocaleString("en")} doors, p${percent}`,
      value: percentile(times, percent),
      unit: "ms",
      ...(percent === 99 && { budget: { atMost: percentile(bare, 99) + REVOCATION_MARGIN_MS } }),
      references: [{ name: `bare MQTT round trip with as many clients, Mosquitto, p${percent}`, value: percentile(bare, percent) }],
    }));
  } finally {
    await second.stop();
    await first.stop();
    await mosquitto.stop();
  }
}

async function bareRoundTrips(mosquitto: MosquittoServer): Promise<number[]> {
  const broker = new BareBroker(mosquitto.port, () => usageOf(mosquitto.pid));
  await broker.connect(DOORS);
  await broker.roundTrips(REVOCATIONS, DELTA_BYTES);
  const times = await broker.roundTrips(REVOCATIONS, DELTA_BYTES);
  await broker.end();
  return times;
}
