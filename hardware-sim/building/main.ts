/** `npm run building`: doors against a cloud that runs elsewhere; with `--light`, thousands of light ones. */
import { FLEET_USAGE } from "../fleet/fleet-arguments";
import { runFleet } from "../fleet/run-fleet";
import { readArguments, USAGE, UsageError } from "./arguments";
import { Building } from "./building";
import { chooseEngine } from "./engine/choose-engine";
import { readCa } from "./read-ca";

const light = process.argv.includes("--light");

async function main(): Promise<void> {
  if (light) return runFleet(process.argv.slice(2));
  const { engine: choice, caFile, ...options } = readArguments(process.argv.slice(2));
  const engine = await chooseEngine(choice, (line) => console.log(line));
  const building = await Building.start({ ...options, engine, ...(caFile !== undefined && { ca: readCa(caFile) }) });
  console.log(`${building.doors.length === 1 ? "One door" : `${building.doors.length} doors`}: ${building.url}`);
  console.log(`Cloud: ${options.cloud.origin}   Data: ${options.dataFolder}   Ctrl-C ends.`);
  let closing = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (closing) process.exit(1);
      closing = true;
      void building.close().then(() => process.exit(0));
    });
  }
}

main().catch((error: unknown) => {
  if (error instanceof UsageError) console.error(`${error.message}\n\n${light ? FLEET_USAGE : USAGE}`);
  else console.error(`The ${light ? "fleet" : "building"} cannot start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
