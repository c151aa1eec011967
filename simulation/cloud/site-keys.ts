import { CheapKey, signKeyset } from "../cheap-signing";
import type { Keyset } from "../../protocol/keyset";
import type { VirtualRandom } from "../../hardware-sim/virtual-random";

/** The keys of a simulated site and the chain of its keysets (SPEC 4). */
export class SiteKeys {
  readonly site: Uint8Array;
  /** Keyset messages as they go to doors, from number 1 on. */
  readonly chain: { number: number; message: Uint8Array }[] = [];
  listKey!: CheapKey;
  leaseKey!: CheapKey;
  epoch = 1;
  readonly #random: VirtualRandom;
  #roots: CheapKey[];

  /** @param now Unix seconds. */
  constructor(random: VirtualRandom, now: number) {
    this.#random = random;
    this.site = random.bytes(8);
    this.#roots = [this.#newKey(), this.#newKey()];
    this.#renew();
    this.chain.push({ number: 1, message: this.#sign(now, this.#roots) });
  }

  get number(): number {
    return this.chain.length;
  }

  /**
   * The next keyset, with new keys.
   * @param newEpoch also a new epoch: every door gets a whole new list.
   * @param newRoots one of the roots changes as well.
   */
  rotate(now: number, newEpoch: boolean, newRoots: boolean): void {
    const before = this.#roots;
    if (newEpoch) this.epoch += 1;
    if (newRoots) this.#roots = [before[1], this.#newKey()];
    this.#renew();
    this.chain.push({ number: this.number + 1, message: this.#sign(now, newRoots ? [...before, this.#roots[1]] : before) });
  }

  #renew(): void {
    this.listKey = this.#newKey();
    this.leaseKey = this.#newKey();
  }

  #newKey(): CheapKey {
    return new CheapKey(this.#random.bytes(32));
  }

  #sign(now: number, signers: readonly CheapKey[]): Uint8Array {
    const keyset: Keyset = {
      site: this.site,
      number: this.number + 1,
      epoch: this.epoch,
      issuedAt: now,
      listKey: this.listKey.publicKey,
      leaseKey: this.leaseKey.publicKey,
      roots: this.#roots.map((root) => root.publicKey),
      threshold: 2,
    };
    return signKeyset(keyset, signers);
  }
}
