import { randomBytes } from "node:crypto";
import { equalBytes, toHex } from "../../protocol/bytes";
import { KEYSETS_MAX } from "../../protocol/enrolment";
import { decodeKeysetMessage, type Keyset } from "../../protocol/keyset";
import { audit } from "../audit/audit";
import { noteDoors } from "../issuing/outbox";
import { Refusal } from "../refusal";
import type { Database, Unit } from "../store/store";
import { inTransaction } from "../store/transaction";
import { signKeyset } from "./keyset-signing";
import { readKeystoreFile, toKeyPair, writeKeystoreFile, type KeyPair, type Keystore, type KeystoreFile } from "./keystore";

/**
 * Gives a site new list and lease keys. They are in the keystore's file, beside the old ones, before the database
 * says that they count, so that no power cut leaves a site whose keys nobody has.
 */
export class KeyRotation {
  readonly #path: string;
  readonly #keystore: Keystore;

  /** @param path of the file that `keystore` was read from. */
  constructor(path: string, keystore: Keystore) {
    this.#path = path;
    this.#keystore = keystore;
  }

  /**
   * Doors walk the chain of keysets one by one, however many they missed, and keep their lists.
   * @param newEpoch nothing that the old list key ever signed is worth anything any more.
   * @throws {Refusal} `too-many-keysets`.
   */
  async rotate(database: Database, newEpoch: boolean, actor: string, now: number): Promise<Keyset> {
    const keystore = this.#keystore;
    const { listKey, leaseKey } = keystore;
    try {
      const keyset = await inTransaction(database, async (unit) => {
        Object.assign(keystore, { listKey, leaseKey }); // what an attempt that collided has changed
        const next = this.#stage();
        const keyset = await insertKeyset(unit, keystore, next, newEpoch, actor, now);
        // Nobody else is at work before this is committed, and whoever is then signs with the new keys.
        Object.assign(keystore, next);
        return keyset;
      });
      this.settle();
      return keyset;
    } catch (error) {
      Object.assign(keystore, { listKey, leaseKey });
      throw error;
    }
  }

  /** Drops from the file what is of no use any more. */
  settle(): void {
    const { next, ...file } = readKeystoreFile(this.#path);
    if (next !== undefined) writeKeystoreFile(this.#path, { ...file, ...this.#inForce({ ...file, next }) });
  }

  #stage(): KeyPair {
    const file = readKeystoreFile(this.#path);
    const next = { listKey: toHex(randomBytes(32)), leaseKey: toHex(randomBytes(32)) };
    writeKeystoreFile(this.#path, { ...file, ...this.#inForce(file), next });
    return toKeyPair(next);
  }

  /** Those of a file's keys that this process signs with. */
  #inForce({ listKey, leaseKey, next }: KeystoreFile): Pick<KeystoreFile, "listKey" | "leaseKey"> {
    return next !== undefined && equalBytes(toKeyPair(next).listKey.publicKey, this.#keystore.listKey.publicKey) ? next : { listKey, leaseKey };
  }
}

async function insertKeyset(unit: Unit, keystore: Keystore, keys: KeyPair, newEpoch: boolean, actor: string, now: number): Promise<Keyset> {
  const newest = await unit.selectFrom("keysets").select("message").orderBy("number", "desc").limit(1).executeTakeFirstOrThrow();
  const { keyset: previous } = decodeKeysetMessage(newest.message);
  if (previous.number >= KEYSETS_MAX) throw new Refusal("too-many-keysets");
  const keyset: Keyset = {
    ...previous,
    number: previous.number + 1,
    epoch: previous.epoch + (newEpoch ? 1 : 0),
    issuedAt: now,
    listKey: keys.listKey.publicKey,
    leaseKey: keys.leaseKey.publicKey,
  };
  const message = signKeyset(keyset, keystore.roots.slice(0, keystore.threshold));
  await unit.insertInto("keysets").values({ number: keyset.number, epoch: keyset.epoch, list_key: keyset.listKey, lease_key: keyset.leaseKey, message }).execute();
  // No door begins on a base that a key of the past has signed.
  await unit.updateTable("list_bases").set({ state: "withdrawn" }).where("state", "=", "next").execute();
  const doors = await unit.selectFrom("doors").select("id").where("claimed_at", "is not", null).execute();
  await noteDoors(unit, doors.map((door) => door.id), now);
  await audit(unit, { at: now, actor, action: "keyset.rotate", subject: `keyset/${keyset.number}`, detail: { epoch: keyset.epoch } });
  return keyset;
}
