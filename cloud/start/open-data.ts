import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { loadAdminToken, type AdminToken } from "../admin-token";
import type { Clock } from "../clock";
import { KeyRotation } from "../keys/key-rotation";
import { createKeystore, loadKeystore, type Keystore } from "../keys/keystore";
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
  const keystorePath = join(dataFolder, "keystore.json");
  const store = await openStore(settings.databaseUrl ?? join(dataFolder, "latchkey.sqlite"));
  try {
    // Of two first starts only one makes keys.
    return await store.alone(async () => {
      const keystore = existsSync(keystorePath) ? loadKeystore(keystorePath) : await firstKeystore(store, keystorePath);
      const adminToken = loadAdminToken(settings);
      await inTransaction(store.database, (unit) => adoptSite(unit, keystore, clock.now()));
      return { keystore, keyRotation: new KeyRotation(keystore), adminToken, store };
    });
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** New keys are of no use to doors that know others: a database that has had keys does not get new ones. */
async function firstKeystore(store: Store, path: string): Promise<Keystore> {
  const site = await store.database.selectFrom("site").select("id").executeTakeFirst();
  if (site !== undefined) throw new StartupError(`The keystore ${path} is missing, and the database belongs to one: restore it from a backup.`);
  return createKeystore(path);
}
