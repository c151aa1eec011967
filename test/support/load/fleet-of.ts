import { Fleet } from "../../../hardware-sim/fleet/fleet";
import type { FleetDoor } from "../../../hardware-sim/fleet/fleet-door";
import { sideBySide } from "../../../hardware-sim/fleet/side-by-side";
import type { LoadedCloud } from "./loaded-cloud";

export interface RunningFleet {
  fleet: Fleet;
  property: string;
}

/** A fleet at a cloud, claimed, connected, with lists and leases. */
export async function fleetOf(cloud: LoadedCloud, doors: number): Promise<RunningFleet> {
  const fleet = new Fleet({ cloud: new URL(cloud.url), doors });
  const property = await fleet.register(cloud.token);
  say(`${doors} doors are registered`);
  await fleet.claim();
  say("all doors are claimed");
  await fleet.run();
  await until("all doors are served", () => fleet.stand.served === doors);
  return { fleet, property };
}

/** Somebody with a PIN at these doors. */
export interface Holder {
  person: string;
  pin: string;
}

/** A person each, with a PIN at the doors given. Resolves when the doors know them. */
export async function holdersAt(cloud: LoadedCloud, property: string, doors: readonly (readonly FleetDoor[])[]): Promise<Holder[]> {
  const holders: Holder[] = [];
  await sideBySide(doors, 8, async (at, index) => {
    const { id, pins } = await cloud.send("POST", "/people", { property, name: `Holder ${index}`, class: "resident", pins: [{ grants: [{ doors: at.map(({ hex }) => hex) }] }] });
    holders[index] = { person: id, pin: pins[0].pin };
  });
  await until("doors know them", () => doors.every((at, index) => at.every((door) => door.knows(holders[index].pin))));
  return holders;
}

/** Long benches say where they are, beside their table. */
export function say(what: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${what}\n`);
}

const LOOK_MS = 200;
const PATIENCE_MS = 600_000;

/** @throws Error that says what did not come. */
export async function until(what: string, ready: () => boolean | Promise<boolean>): Promise<void> {
  const begun = performance.now();
  while (!(await ready())) {
    if (performance.now() - begun > PATIENCE_MS) throw new Error(`in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  say(what);
}
