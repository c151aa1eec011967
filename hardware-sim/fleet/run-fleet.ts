import { writeFileSync } from "node:fs";
import { Fleet, type FleetStand } from "./fleet";
import { readFleetArguments } from "./fleet-arguments";

const TOLD_MS = 10_000;
const EVENTS_MS = 100;

/** `npm run building -- --light`: says how the fleet stands until it is told to stop. @throws UsageError */
export async function runFleet(args: string[]): Promise<void> {
  const { token, property, claims, events, ...options } = readFleetArguments(args);
  const fleet = new Fleet(options);
  let closing = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (closing) process.exit(1);
      closing = true;
      void fleet.stop().then(() => process.exit(0));
    });
  }
  if (claims !== undefined) {
    writeFileSync(claims, fleet.doors.map(({ claimText }) => `${claimText}\n`).join(""), { mode: 0o600 });
    console.log(`The doors' claim texts are in ${claims}.`);
  }
  if (token !== undefined) console.log(`Registered at property ${await fleet.register(token, property)}.`);
  await fleet.claim();
  console.log(`${options.doors} doors are claimed.   Ctrl-C ends; doors that end are gone for good.`);
  await fleet.run();
  if (events > 0) makeEvents(fleet, events);
  setInterval(() => console.log(inWords(fleet.stand, options.doors)), TOLD_MS);
}

/** Doors are opened from inside, one after the other. */
function makeEvents({ doors }: Fleet, perSecond: number): void {
  const begun = performance.now();
  let made = 0;
  setInterval(() => {
    for (const due = ((performance.now() - begun) * perSecond) / 1_000; made < due; made++) doors[made % doors.length].happen({ type: "request-to-exit", outputs: 1 });
  }, EVENTS_MS);
}

function inWords({ connected, served, waiting, refused, lost }: FleetStand, doors: number): string {
  const reasons = [...lost].map(([reason, count]) => `${count} × ${reason}`).join(", ");
  return `${connected} of ${doors} connected, ${served} with list and lease, ${waiting} events waiting, ${refused} messages refused${reasons && `; connections ended: ${reasons}`}`;
}
