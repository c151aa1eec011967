import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import test from "ava";
import { UsageError } from "../hardware-sim/building/arguments";
import { Fleet } from "../hardware-sim/fleet/fleet";
import { readFleetArguments } from "../hardware-sim/fleet/fleet-arguments";
import { CloudRig } from "./support/cloud-rig";

const DOORS = 60;

/** The fleet's doors live by the real clock. @throws where it does not come. */
async function until(what: string, ready: () => boolean | Promise<boolean>): Promise<void> {
  for (const from = performance.now(); performance.now() - from < 60_000; await sleep(20)) if (await ready()) return;
  throw new Error(`in vain: ${what}`);
}

test("X1, X7: a fleet of light doors registers, keeps its lists, tells each event once, and comes back after cuts and a restart", async (t) => {
  const rig = await CloudRig.start();
  const fleet = new Fleet({ cloud: new URL(rig.cloud.url), doors: DOORS });
  t.teardown(async () => {
    await fleet.stop();
    await rig.stop();
  });
  const property = await fleet.register(rig.cloud.adminToken.token);
  await fleet.claim();
  await fleet.run();
  await until("all have list and lease", () => fleet.stand.served === DOORS);

  const doors = fleet.doors.map(({ hex }) => hex);
  const { id: person, pins: [{ pin }] } = await rig.post("/people", { property, name: "Ana", class: "resident", pins: [{ grants: [{ doors }] }] });
  await until("all know her", () => fleet.doors.every((door) => door.knows(pin)));
  for (const door of fleet.doors) t.true(door.type(pin));
  // Half of the acknowledgements are lost with their connections.
  await Promise.all(fleet.doors.filter((_, index) => index % 2 === 0).map((door) => door.cut()));
  await until("every event is acknowledged", () => fleet.stand.waiting === 0);
  const { items } = await rig.get(`/events?property=${property}&type=decision&limit=200`);
  t.deepEqual(items.map((event: { door: string; person: { id: string } }) => `${event.door} ${event.person.id}`).sort(), doors.map((door) => `${door} ${person}`).sort());

  await rig.restart(); // on another HTTP port, which doors that are claimed do not need
  const { id: revocation } = await rig.post("/revocations", { person });
  await until("all refuse her", () => fleet.doors.every((door) => !door.knows(pin)));
  await until("all have said so", async () => (await rig.get(`/revocations/${revocation}`)).doors.every(({ state }: { state: string }) => state === "acknowledged"));

  rig.clock.advance(1); // a door takes no second lease of one second
  const { epoch } = await rig.post("/keysets", { newEpoch: true });
  const renewed = (): boolean => fleet.doors.every((door) => door.active?.base.manifest.epoch === epoch && door.lease?.epoch === epoch);
  await until("all have a list and a lease of the new epoch", renewed);
  t.is(fleet.stand.refused, 0);
  t.true(fleet.stand.lost.has("cut"));
});

test("a fleet says what it was not told", (t) => {
  const usage = (...args: string[]): string => t.throws(() => readFleetArguments(["--light", ...args]), { instanceOf: UsageError }).message;
  t.regex(usage("--register", "x"), /--cloud is missing/);
  t.regex(usage("--cloud", "http://127.0.0.1:1"), /--register, or --claims/);
  t.regex(usage("--cloud", "http://127.0.0.1:1", "--register", join(__dirname, "no such file")), /cannot read/);
  t.regex(usage("--cloud", "http://127.0.0.1:1", "--claims", "x", "--doors", "0"), /--doors is a number/);
  t.throws(() => new Fleet({ cloud: new URL("http://127.0.0.1:1"), doors: 10_000_000 }), { message: /ulimit -n/ });
});
