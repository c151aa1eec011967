import { KEYSETS_MAX } from "../../protocol/enrolment";
import { decodeKeysetMessage, type Keyset } from "../../protocol/keyset";
import { audit } from "../audit/audit";
import { noteDoors } from "../issuing/outbox";
import { Refusal } from "../refusal";
import type { Database, Unit } from "../store/store";
import { inTransaction } from "../store/transaction";
import { signKeyset } from "./keyset-signing";
import type { Keystore } from "./keystore";
import type { KeyPair } from "./signing-keys";
import { dropStoredKeys } from "./stored-keys";

/**
 * Gives a site new list and lease keys. They are kept with the same commit that makes them count, in every process:
 * whoever signs after it signs with them.
 */
export class KeyRotation {
  readonly #keystore: Keystore;

  constructor(keystore: Keystore) {
    this.#keystore = keystore;
  }

  /**
   * Doors walk the chain of keysets one by one, however many they missed, and keep their lists.
   * @param newEpoch nothing that the old list key ever signed is worth anything any more.
   * @throws {Refusal} `too-many-keysets`.
   */
  async rotate(database: Database, newEpoch: boolean, actor: string, now: number): Promise<Keyset> {
    const keys = await this.#keystore.signing.make();
    return inTransaction(database, async (unit) => {
      const keyset = await insertKeyset(unit, this.#keystore, keys, newEpoch, actor, now);
      await keys.keep(unit, now);
      await dropStoredKeys(unit, [keyset.listKey, keyset.leaseKey]);
      return keyset;
    });
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
  const message = await signKeyset(keyset, keystore.roots.slice(0, keystore.threshold));
  await unit.insertInto("keysets").values({ number: keyset.number, epoch: keyset.epoch, list_key: keyset.listKey, lease_key: keyset.leaseKey, message }).execute();
  // No door begins on a base that a key of the past has signed.
  await unit.updateTable("list_bases").set({ state: "withdrawn" }).where("state", "=", "next").execute();
  const doors = await unit.selectFrom("doors").select("id").where("claimed_at", "is not", null).execute();
  await noteDoors(unit, doors.map((door) => door.id), now);
  await audit(unit, { at: now, actor, action: "keyset.rotate", subject: `keyset/${keyset.number}`, detail: { epoch: keyset.epoch } });
  return keyset;
}
