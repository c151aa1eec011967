import { toHex } from "../../protocol/bytes";
import { StartupError } from "../startup-error";
import type { Unit } from "../store/store";
import { firstKeyset } from "./keyset-signing";
import type { Keystore } from "./keystore";
import { MissingKeys } from "./signing-keys";

/**
 * Ties a new database to its keystore with the first keyset, and holds a known one against it.
 * @throws StartupError where they belong to different sites, or nobody here has the newest keyset's keys.
 */
export async function adoptSite(unit: Unit, keystore: Keystore, now: number): Promise<void> {
  const id = toHex(keystore.site);
  const site = await unit.selectFrom("site").select("id").executeTakeFirst();
  if (site === undefined) {
    if (keystore.roots.length === 0) throw new StartupError("The keystore has no root key, and a new site's first keyset must be signed: let the cloud make a keystore, then give it roots of your own.");
    const keys = await keystore.signing.makeFirst();
    const { keyset, message } = await firstKeyset(keystore, keys, now);
    await keys.keep(unit, now);
    await unit.insertInto("site").values({ one: 1, id }).execute();
    await unit.insertInto("keysets").values({ number: keyset.number, epoch: keyset.epoch, list_key: keyset.listKey, lease_key: keyset.leaseKey, message }).execute();
    return;
  }
  if (site.id !== id) throw new StartupError("The database and the keystore belong to different sites: one of them is from somewhere else.");
  try {
    await keystore.signing.current(unit);
  } catch (error) {
    if (!(error instanceof MissingKeys)) throw error;
    throw new StartupError(`The database's newest keyset cannot be signed with: ${error.message}. One of them is from an old backup, or the token's settings are missing.`);
  }
}
