import { holdersAt, type RunningFleet } from "./fleet-of";
import type { LoadedCloud } from "./loaded-cloud";

const FIRST = 20; // the compiler's

/** Milliseconds from the HTTP request until the door refuses the PIN, of people at one door each, one after the other. @param clouds asked in turn. */
export async function revocationTimes(clouds: readonly LoadedCloud[], { fleet, property }: RunningFleet, count: number): Promise<number[]> {
  const doors = fleet.doors.slice(0, count);
  const holders = await holdersAt(clouds[0], property, doors.map((door) => [door]));
  const times: number[] = [];
  for (const [index, { person, pin }] of holders.entries()) {
    const begun = performance.now();
    const refused = doors[index].until(() => !doors[index].knows(pin)).then(() => times.push(performance.now() - begun));
    await clouds[index % clouds.length].send("POST", "/revocations", { person });
    await refused;
  }
  return times.slice(FIRST);
}
