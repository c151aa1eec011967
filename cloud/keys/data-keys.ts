import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { concat } from "../../protocol/bytes";
import type { Unit } from "../store/store";
import type { Sealing } from "./sealing";

/**
 * Whose key encrypts something: a household's its members' codes, a property's those of other people, a person's or
 * an account's what the audit says of them.
 */
export type KeyOwner = `household/${string}` | `property/${string}` | `person/${string}` | `account/${string}`;

/**
 * Envelope encryption: every owner has a key of 32 random bytes, kept in the database under the master key
 * (`data_keys`). Whoever copies rows learns nothing without the keystore; and once a key is destroyed, what it
 * encrypted is gone from every backup of those rows too.
 *
 * Layout of what is sealed: format 1 ‖ nonce 12 ‖ ciphertext ‖ tag 16 (AES-256-GCM). Its associated data is
 * owner ‖ NUL ‖ record, so that nothing can be moved to another owner, record or version.
 */
export class DataKeys {
  readonly #sealing: Sealing;

  constructor(sealing: Sealing) {
    this.#sealing = sealing;
  }

  /**
   * Encrypts under an owner's key, which is made when it is first needed.
   * @param record what the secret is, with its version: `pin/<credential>/<version>`.
   * @throws Error where the owner's key was destroyed: nothing new may be said of who was erased.
   */
  async seal(unit: Unit, owner: KeyOwner, record: string, secret: Uint8Array, now: number): Promise<Uint8Array> {
    const key = (await this.#find(unit, owner)) ?? (await this.#make(unit, owner, now));
    if (key === "destroyed") throw new Error(`the key of ${owner} was destroyed`);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    cipher.setAAD(associatedData(owner, record));
    return concat(Uint8Array.of(FORMAT), nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag());
  }

  /**
   * @returns undefined where the owner's key was destroyed.
   * @throws Error where the bytes were altered or belong to another owner, record or version.
   */
  async open(unit: Unit, owner: KeyOwner, record: string, sealed: Uint8Array): Promise<Uint8Array | undefined> {
    return this.opener(unit)(owner, record, sealed);
  }

  /** `open` for many records of few owners in one transaction: each key is read once. */
  opener(unit: Unit): (owner: KeyOwner, record: string, sealed: Uint8Array) => Promise<Uint8Array | undefined> {
    const known = new Map<KeyOwner, DataKey | undefined>();
    return async (owner, record, sealed) => {
      if (!known.has(owner)) known.set(owner, await this.#find(unit, owner));
      const key = known.get(owner);
      if (key === "destroyed") return undefined;
      if (key === undefined) throw new Error(`there is no key of ${owner}`);
      return decrypt(key, owner, record, sealed);
    };
  }

  /** Makes all that was ever encrypted for an owner unreadable, for good. Again, or without a key: nothing more happens. */
  async destroy(unit: Unit, owner: KeyOwner, now: number): Promise<void> {
    await unit
      .insertInto("data_keys")
      .values({ owner, wrapped: null, created_at: now, destroyed_at: now })
      .onConflict((conflict) => conflict.column("owner").doUpdateSet({ wrapped: null, destroyed_at: now }).where("data_keys.destroyed_at", "is", null))
      .execute();
  }

  async #find(unit: Unit, owner: KeyOwner): Promise<DataKey | undefined> {
    const row = await unit.selectFrom("data_keys").select("wrapped").where("owner", "=", owner).executeTakeFirst();
    if (row === undefined) return undefined;
    return row.wrapped === null ? "destroyed" : this.#sealing.open("data-key", owner, row.wrapped);
  }

  async #make(unit: Unit, owner: KeyOwner, now: number): Promise<DataKey> {
    const key = randomBytes(KEY_BYTES);
    await unit.insertInto("data_keys").values({ owner, wrapped: this.#sealing.seal("data-key", owner, key), created_at: now }).execute();
    return key;
  }
}

type DataKey = Uint8Array | "destroyed";

const FORMAT = 1;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

function associatedData(owner: KeyOwner, record: string): Uint8Array {
  return Buffer.from(`${owner}\0${record}`, "utf8");
}

function decrypt(key: Uint8Array, owner: KeyOwner, record: string, sealed: Uint8Array): Uint8Array {
  if (sealed.length < 1 + NONCE_BYTES + TAG_BYTES || sealed[0] !== FORMAT) throw new Error(`sealed ${record} of ${owner} is damaged`);
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(1, 1 + NONCE_BYTES));
  decipher.setAAD(associatedData(owner, record));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  return concat(decipher.update(sealed.subarray(1 + NONCE_BYTES, sealed.length - TAG_BYTES)), decipher.final());
}
