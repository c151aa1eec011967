import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { loadAdminToken, type AdminToken } from "../admin-token";
import type { Clock } from "../clock";
import { KeyRotation } from "../keys/key-rotation";
import type { TokenSettings } from "../keys/key-settings";
import { createKeystore, dropRoots, keystoreFromText, keystoreOf, readKeystoreFile, type Keystore, type KeystoreFile } from "../keys/keystore";
import type { KeyToken } from "../keys/signing-keys";
import type * as Adapter from "../keys/pkcs11/pkcs11-token";
import { adoptSite } from "../keys/site";
import type { Settings } from "../settings";
import { StartupError } from "../startup-error";
import { openStore } from "../store/open-store";
import type { Store } from "../store/store";
import { inTransaction } from "../store/transaction";

/** What a cloud keeps: its keys and its database. */
export interface OpenedData {
  keystore: Keystore;
  keyRotation: KeyRotation;
  adminToken: AdminToken;
  store: Store;
}

/**
 * Opens the data folder and the database, and holds them against each other; the first start makes both.
 * @throws StartupError in one line that its operator can act on.
 */
export async function openData(settings: Settings, clock: Clock): Promise<OpenedData> {
  const { dataFolder } = settings;
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StartupError(`Cannot make the data folder ${dataFolder}: ${(error as Error).message}`);
  }
  const store = await openStore(settings.databaseUrl ?? join(dataFolder, "latchkey.sqlite"));
  try {
    // Of two first starts only one makes keys.
    return await store.alone(async () => {
      const token = settings.keys?.token && (await openToken(settings.keys.token));
      const keystore = keystoreOf(await readKeystore(settings, store), token);
      const forgetRoots = (): void => {
        if (settings.keys?.keystore === undefined) dropRoots(join(dataFolder, "keystore.json"));
      };
      const adminToken = loadAdminToken(settings);
      await inTransaction(store.database, (unit) => adoptSite(unit, keystore, clock.now()));
      return { keystore, keyRotation: new KeyRotation(keystore, forgetRoots), adminToken, store };
    });
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function readKeystore({ dataFolder, keys }: Settings, store: Store): Promise<KeystoreFile> {
  if (keys?.keystore !== undefined) return keystoreFromText(keys.keystore);
  const path = join(dataFolder, "keystore.json");
  if (existsSync(path)) return readKeystoreFile(path);
  // New keys are of no use to doors that know others: a database that has had keys does not get new ones.
  const site = await store.database.selectFrom("site").select("id").executeTakeFirst();
  if (site !== undefined) throw new StartupError(`The keystore ${path} is missing, and the database belongs to one: restore it from a backup.`);
  createKeystore(path);
  return readKeystoreFile(path);
}

/** Loaded where it is asked for: most sites have no token, and its package needs to be built. */
function openToken(settings: TokenSettings): Promise<KeyToken> {
  let adapter: typeof Adapter;
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- with tsx, import() finds no sources without their extension
    adapter = require("../keys/pkcs11/pkcs11-token") as typeof Adapter;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    throw new StartupError("LATCHKEY_PKCS11_MODULE needs the npm package pkcs11js, which could not be built here: see docs/keys-and-roots.md.");
  }
  return adapter.Pkcs11Token.open(settings);
}
