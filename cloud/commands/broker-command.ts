import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { toHex } from "../../protocol/bytes";
import { allLogins, type DoorLogin } from "../broker/door-logins/keep-login";
import { CLOUD_USER, findSecurityPlugin, mosquittoConfiguration, securityFile } from "../broker/door-logins/mosquitto-files";
import { keystoreFromText, keystoreOf, readKeystoreFile, type Keystore } from "../keys/keystore";
import { writePrivateFile } from "../keys/private-file";
import { readSettings, type Settings } from "../settings";
import { StartupError } from "../startup-error";
import { isPostgresUrl } from "../store/open-store";
import { openToRead } from "../store/open-to-read";
import { inSnapshot } from "../store/transaction";

const USAGE = `latchkey broker mosquitto <folder> [--host <name>] [--port <number>] [--address <address>] [--cert <file> --key <file>]

Writes into a new folder what a Mosquitto (2.0 or later) needs to be there for this cloud's doors, with the logins of
those that are claimed already; the cloud of these settings may be running.

  mosquitto.conf            the broker's whole configuration
  dynamic-security.json     its logins and rights; Mosquitto writes it too, so it must own it
  latchkey.env              settings for the cloud, with its password

  --host      name by which the cloud reaches it (localhost)
  --port      where it listens (8883 with a certificate, else 1883)
  --address   … and on which address (all with a certificate, else 127.0.0.1)
  --cert, --key   PEM files of its certificate with the chain, and of the key

Doors that have not logged in since logins are kept (version 0.2) are not known by password: they are named, and must
log in at the embedded broker once, or be claimed anew.`;

/** Exit codes: 0 written; 1 written, but doors are missing; 2 not written. */
export async function brokerCommand(parameters: readonly string[]): Promise<number> {
  const { folder, host, port, address, tls } = readParameters(parameters);
  const settings = readSettings(process.env);
  if (existsSync(folder)) throw new StartupError(`${folder} is there already: nothing is overwritten.`);
  const { site, logins, missing } = await readLogins(settings);
  const plugin = findSecurityPlugin();
  const password = randomBytes(24).toString("base64url");
  const paths = { configuration: join(folder, "mosquitto.conf"), security: join(folder, "dynamic-security.json"), environment: join(folder, "latchkey.env"), data: join(folder, "data") };
  mkdirSync(paths.data, { recursive: true, mode: 0o700 });
  writeFileSync(paths.configuration, mosquittoConfiguration({ securityFile: paths.security, dataFolder: paths.data, plugin: plugin ?? "/path/of/mosquitto_dynamic_security.so", port, address, tls }));
  writePrivateFile(paths.security, securityFile(password, logins, site));
  writePrivateFile(paths.environment, `MQTT_URL=mqtt${tls === undefined ? "" : "s"}://${CLOUD_USER}:${password}@${host}:${port}\nLATCHKEY_MQTT_LOGINS=mosquitto\n`);
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  say(`Written: ${paths.configuration}, ${paths.security} with the logins of ${logins.length} doors, ${paths.environment}.`);
  if (plugin === undefined) say("Mosquitto's plugin mosquitto_dynamic_security.so was not found here: put its path into the configuration.");
  say(`Give the folder to the user that Mosquitto runs as (chown -R mosquitto ${folder}), start it with mosquitto -c ${paths.configuration},`);
  say("and the cloud with the settings of latchkey.env. Then delete that file, or keep it as you keep the keystore.");
  if (tls === undefined) say("Without a certificate passwords and lists go over the network in the clear: for one machine only.");
  if (missing.length > 0) say(`NOT KNOWN by password, because they have not logged in since logins are kept: ${missing.join(", ")}.`);
  return missing.length > 0 ? 1 : 0;
}

function readParameters(parameters: readonly string[]) {
  const options = { host: { type: "string" }, port: { type: "string" }, address: { type: "string" }, cert: { type: "string" }, key: { type: "string" } } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...parameters], options, allowPositionals: true });
    const [broker, folder] = positionals;
    const { cert, key, host = "localhost" } = values;
    const tls = cert === undefined || key === undefined ? undefined : { certificateFile: resolve(cert), keyFile: resolve(key) };
    const port = Number(values.port ?? (tls === undefined ? 1_883 : 8_883));
    const sound = broker === "mosquitto" && positionals.length === 2 && (cert === undefined) === (key === undefined) && Number.isInteger(port) && port > 0 && port < 65_536 && /^[A-Za-z0-9._:-]+$/.test(host);
    // A path with a space would be two words to Mosquitto.
    if (sound && !/\s/.test(resolve(folder))) return { folder: resolve(folder), host, port, address: values.address ?? (tls === undefined ? "127.0.0.1" : undefined), tls };
  } catch {
    // How it is used says it.
  }
  throw new StartupError(USAGE);
}

async function readLogins(settings: Settings): Promise<{ site: string; logins: DoorLogin[]; missing: string[] }> {
  const { databaseUrl, dataFolder } = settings;
  const location = databaseUrl ?? join(dataFolder, "latchkey.sqlite");
  if (!isPostgresUrl(location) && !existsSync(location)) throw new StartupError(`There is no database ${location}: start the cloud once.`);
  const keystore = readKeystore(settings);
  const store = await openToRead(location);
  try {
    return await inSnapshot(store.database, async (unit) => {
      const logins = await allLogins(unit, keystore.sealing);
      const known = new Set(logins.map(({ door }) => door));
      const doors = await unit.selectFrom("doors").select("id").where("password_hash", "is not", null).orderBy("id").execute();
      return { site: toHex(keystore.site), logins, missing: doors.map(({ id }) => id).filter((id) => !known.has(id)) };
    });
  } finally {
    await store.close();
  }
}

function readKeystore({ keys, dataFolder }: Settings): Keystore {
  return keystoreOf(keys?.keystore === undefined ? readKeystoreFile(join(dataFolder, "keystore.json")) : keystoreFromText(keys.keystore));
}
