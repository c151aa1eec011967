import { equalBytes } from "../../protocol/bytes";
import { parseSigned, signingContext } from "../../protocol/cose-sign1";
import { decodeLease, type Lease } from "../../protocol/lease";
import { LEASE_BYTES_MAX } from "../../protocol/limits";
import { ProtocolError } from "../../protocol/protocol-error";
import type { AccessListStore } from "../access-list/access-list-store";
import type { KeyValue } from "../device";
import type { KeysetStore } from "./keyset-store";
import type { Work } from "../work-queue";

/** The payload of the lease that is held is kept under this key. */
const KEY = "lease";

export interface LeaseStoreParts {
  keyValue: KeyValue;
  doorId: Uint8Array;
  keysets: KeysetStore;
  store: AccessListStore;
  /** A newer lease is held and durable; its issued-at raises the time floor. */
  onAccepted(lease: Lease): void;
}

/** The cloud's word that the list is current (X3), of which a door holds the latest. It survives power cuts. */
export class LeaseStore {
  readonly #parts: LeaseStoreParts;
  #held: { lease: Lease; payload: Uint8Array } | undefined;

  /** Ends the lease where the store has lost its list. */
  constructor(parts: LeaseStoreParts) {
    this.#parts = parts;
    const kept = parts.keyValue.read(KEY);
    if (kept === undefined) return;
    const payload = new Uint8Array(kept);
    this.#held = { lease: decodeLease(payload), payload };
    if (parts.store.alarms.listLost) this.end();
  }

  /** The lease for the active list; undefined where none is held, or one for another epoch. */
  get current(): Lease | undefined {
    const lease = this.#held?.lease;
    const active = this.#parts.store.active;
    return lease !== undefined && active !== undefined && lease.epoch === active.epoch && lease.version <= active.version ? lease : undefined;
  }

  /** Whether a lease that was issued then could be news; what else it says is for `receiveLease` to judge. */
  wants(issuedAt: number): boolean {
    const { active } = this.#parts.store;
    const held = this.#held?.lease;
    return active !== undefined && (held === undefined || held.epoch < active.epoch || issuedAt > held.issuedAt || (issuedAt === held.issuedAt && held.version < active.version));
  }

  /**
   * Takes a lease; the one that is held changes nothing.
   * @throws {ProtocolError} `too-large`, `malformed`, `lease-too-long`, `lease-for-newer-list` (also without a list),
   * `old-epoch`, `future-epoch`, `old-lease`, `wrong-key`, `bad-signature`.
   */
  *receiveLease(message: Uint8Array): Work {
    const { doorId, keysets, keyValue, onAccepted } = this.#parts;
    const signed = parseSigned(message, signingContext("lease", doorId), LEASE_BYTES_MAX);
    const { payload } = signed;
    const lease = decodeLease(payload);
    if (this.#held !== undefined && equalBytes(payload, this.#held.payload)) return;
    this.#check(lease);
    yield* keysets.requireSignature("lease", signed);
    keyValue.write(KEY, payload);
    // A copy: the payload is a view into the message.
    const kept = payload.slice();
    this.#held = { lease, payload: kept };
    onAccepted(lease);
  }

  /** Ends the lease that is held, if any: rights that need one hold again with the next. */
  end(): void {
    this.#held = undefined;
    if (this.#parts.keyValue.read(KEY) !== undefined) this.#parts.keyValue.delete(KEY);
  }

  #check(lease: Lease): void {
    const active = this.#parts.store.active;
    if (active === undefined) throw new ProtocolError("lease-for-newer-list", "no list");
    if (lease.epoch < active.epoch) throw new ProtocolError("old-epoch");
    if (lease.epoch > active.epoch) throw new ProtocolError("future-epoch");
    if (lease.version > active.version) throw new ProtocolError("lease-for-newer-list");
    const held = this.#held?.lease;
    if (held === undefined || held.epoch !== lease.epoch) return;
    // Two changes in one second give two leases of one instant: the one for the later list is the newer.
    const newer = lease.issuedAt > held.issuedAt || (lease.issuedAt === held.issuedAt && lease.version > held.version);
    if (!newer) throw new ProtocolError("old-lease");
  }
}
