import { equalBytes, toHex } from "../../protocol/bytes";
import type { Unit } from "../store/store";
import { newStoredKey, readStoredKey } from "./stored-keys";
import type { Sealing } from "./sealing";
import type { SigningKey } from "./signing-key";

/** What signs lists and deltas, and what signs leases and the time. */
export interface KeyPair {
  listKey: SigningKey;
  leaseKey: SigningKey;
}

/** The keys of the site's newest keyset. */
export interface SiteKeys extends KeyPair {
  number: number;
  epoch: number;
}

/** New keys. A token has them already; what is in memory must be kept in the transaction that makes them count. */
export interface NewKeys extends KeyPair {
  keep(unit: Unit, now: number): Promise<void>;
}

/** Where keys are made and kept that never leave it: a token (PKCS #11), or a service. */
export interface KeyToken {
  /** @returns undefined where it has no key with this public half. @throws Error where it cannot be asked. */
  find(publicKey: Uint8Array): Promise<SigningKey | undefined>;
  make(): Promise<SigningKey>;
}

/**
 * The list key and the lease key. Which ones count is what the newest keyset in the database says, so that all
 * processes change to new ones with the same commit; they are in the keystore, in the database under its master key,
 * or in a token.
 */
export class SigningKeys {
  readonly #sealing: Sealing;
  readonly #first: readonly SigningKey[];
  readonly #token: KeyToken | undefined;
  #last: KeyPair | undefined;

  /** @param first keys that stand in the keystore itself: those that the site began with. */
  constructor(sealing: Sealing, first: readonly SigningKey[], token?: KeyToken) {
    this.#sealing = sealing;
    this.#first = first;
    this.#token = token;
  }

  /**
   * The keys of the newest keyset, as the transaction sees it.
   * @throws Error where they are in no place that this process knows.
   */
  async current(unit: Unit): Promise<SiteKeys> {
    const { number, epoch, list_key, lease_key } = await unit.selectFrom("keysets").select(["number", "epoch", "list_key", "lease_key"]).orderBy("number", "desc").limit(1).executeTakeFirstOrThrow();
    const last = this.#last;
    if (last !== undefined && equalBytes(last.listKey.publicKey, list_key) && equalBytes(last.leaseKey.publicKey, lease_key)) return { number, epoch, ...last };
    const [listKey, leaseKey] = [await this.#find(unit, list_key), await this.#find(unit, lease_key)];
    if (listKey === undefined || leaseKey === undefined) throw new MissingKeys(number);
    this.#last = { listKey, leaseKey };
    return { number, epoch, listKey, leaseKey };
  }

  /** New keys, that nothing is signed with before a keyset names them. */
  async make(): Promise<NewKeys> {
    const token = this.#token;
    if (token !== undefined) return { listKey: await token.make(), leaseKey: await token.make(), keep: () => Promise.resolve() };
    const [listKey, leaseKey] = [newStoredKey(this.#sealing), newStoredKey(this.#sealing)];
    return {
      ...{ listKey: listKey.key, leaseKey: leaseKey.key },
      async keep(unit, now) {
        await listKey.keep(unit, now);
        await leaseKey.keep(unit, now);
      },
    };
  }

  /** Those that the site begins with: the token's own, where there is one. */
  async makeFirst(): Promise<NewKeys> {
    const [listKey, leaseKey] = this.#first;
    if (this.#token !== undefined || leaseKey === undefined) return this.make();
    return { listKey, leaseKey, keep: () => Promise.resolve() };
  }

  async #find(unit: Unit, publicKey: Uint8Array): Promise<SigningKey | undefined> {
    const first = this.#first.find((key) => equalBytes(key.publicKey, publicKey));
    return first ?? (await readStoredKey(unit, this.#sealing, toHex(publicKey))) ?? (await this.#token?.find(publicKey));
  }
}

/** The newest keyset names keys that nobody here has. */
export class MissingKeys extends Error {
  constructor(number: number) {
    super(`the keys of keyset ${number} are neither in the keystore nor in the database nor in a token`);
  }
}
