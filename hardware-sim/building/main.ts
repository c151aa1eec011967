/** `npm run building`: doors against a cloud that runs elsewhere. */
import { readArguments, USAGE, UsageError } from "./arguments";
import { Building } from "./building";
import { chooseEngine } from "./engine/choose-engine";

async function main(): Promise<void> {
  const { engine: choice, ...options } = readArguments(process.argv.slice(2));
  const engine = await chooseEngine(choice, (line) => console.log(line));
  const building = await Building.start({ ...options, engine });
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
  if (error instanceof UsageError) console.error(`${error.message}\n\n${USAGE}`);
  else console.error(`The building cannot start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
