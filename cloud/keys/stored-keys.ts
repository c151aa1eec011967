import { randomBytes } from "node:crypto";
import { toHex } from "../../protocol/bytes";
import type { Unit } from "../store/store";
import { NativeSigningKey } from "./native-signing-key";
import type { Sealing } from "./sealing";
import type { SigningKey } from "./signing-key";

/** A new key, and what writes it down: its seed, under the master key. */
export function newStoredKey(sealing: Sealing): { key: SigningKey; keep(unit: Unit, now: number): Promise<void> } {
  const seed = randomBytes(32);
  const key = new NativeSigningKey(seed);
  const public_key = toHex(key.publicKey);
  return {
    key,
    async keep(unit, now) {
      await unit.insertInto("signing_keys").values({ public_key, sealed: sealing.seal("signing-key", public_key, seed), created_at: now }).execute();
    },
  };
}

/** @param publicKey hexadecimal. @returns undefined where the database has no such key. */
export async function readStoredKey(unit: Unit, sealing: Sealing, publicKey: string): Promise<SigningKey | undefined> {
  const row = await unit.selectFrom("signing_keys").select("sealed").where("public_key", "=", publicKey).executeTakeFirst();
  return row && new NativeSigningKey(sealing.open("signing-key", publicKey, row.sealed));
}

/** Keys that no keyset will name again go: what they signed stays good at doors that have not heard of newer ones. @param kept public keys. */
export async function dropStoredKeys(unit: Unit, kept: readonly Uint8Array[]): Promise<void> {
  await unit.deleteFrom("signing_keys").where("public_key", "not in", kept.map(toHex)).execute();
}
