import { equalBytes, toHex } from "../../protocol/bytes";
import { StartupError } from "../startup-error";
import type { Unit } from "../store/store";
import { firstKeyset } from "./keyset-signing";
import type { Keystore, KeyPair } from "./keystore";

/**
 * Ties a new database to its keystore with the first keyset, and holds a known one against it. Keys whose rotation was
 * committed when the process ended take their place.
 * @throws StartupError where they belong to different sites, or the keys are not the newest keyset's.
 */
export async function adoptSite(unit: Unit, keystore: Keystore, now: number): Promise<void> {
  const id = toHex(keystore.site);
  const site = await unit.selectFrom("site").select("id").executeTakeFirst();
  if (site === undefined) {
    const { keyset, message } = firstKeyset(keystore, now);
    await unit.insertInto("site").values({ one: 1, id }).execute();
    await unit.insertInto("keysets").values({ number: keyset.number, epoch: keyset.epoch, list_key: keyset.listKey, lease_key: keyset.leaseKey, message }).execute();
    return;
  }
  if (site.id !== id) throw new StartupError("The database and the keystore belong to different sites: one of them is from somewhere else.");
  const newest = await unit.selectFrom("keysets").selectAll().orderBy("number", "desc").limit(1).executeTakeFirstOrThrow();
  const areNewest = ({ listKey, leaseKey }: KeyPair) => equalBytes(newest.list_key, listKey.publicKey) && equalBytes(newest.lease_key, leaseKey.publicKey);
  if (keystore.next !== undefined && areNewest(keystore.next)) Object.assign(keystore, keystore.next);
  delete keystore.next;
  if (!areNewest(keystore)) {
    throw new StartupError("The keystore's keys are not those of the newest keyset in the database: one of them is from an old backup.");
  }
}
