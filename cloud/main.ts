import { startCloud } from "./cloud";
import { createLog } from "./log";
import { endOnSignals } from "./operations/end-on-signals";
import { readSettings } from "./settings";
import { StartupError } from "./startup-error";

/** `npm run cloud`: the cloud alone, until it is told to stop. */
async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const log = createLog(settings.logLevel);
  const cloud = await startCloud(settings, { log });
  endOnSignals(() => cloud.stop(), log);
  process.stdout.write(`Latchkey's cloud is up: HTTP on ${cloud.url}, MQTT on ${settings.mqttHost}:${cloud.mqttPort}.\n`);
  process.stdout.write(cloud.adminToken.file === undefined ? "The administrator's token is the one from LATCHKEY_ADMIN_TOKEN.\n" : `The administrator's token is in ${cloud.adminToken.file}.\n`);
  process.stdout.write(`With it, begin at ${settings.publicUrl ?? cloud.url}/set-up: a first property, and its manager.\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(error instanceof StartupError ? `${error.message}\n` : `${String((error as Error).stack)}\n`);
  process.exitCode = 1;
});
