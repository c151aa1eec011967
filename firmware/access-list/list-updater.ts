import { equalBytes } from "../../protocol/bytes";
import { parseSigned, signingContext } from "../../protocol/cose-sign1";
import { checkDelta, decodeDelta, LockState, type Delta } from "../../protocol/delta";
import type { Keyset } from "../../protocol/keyset";
import { DELTA_BYTES_MAX } from "../../protocol/limits";
import { hash8, type Manifest } from "../../protocol/manifest";
import { checkPageHashes } from "../../protocol/manifest-message";
import type { Need } from "../../protocol/need";
import { ProtocolError } from "../../protocol/protocol-error";
import type { AccessListStore, ActiveList } from "./access-list-store";
import type { ListDelta } from "./delta-sectors";
import type { Device } from "../device";
import type { KeysetStore } from "../trust/keyset-store";
import { parseListHead, type ListHead } from "./list-head";
import { compareVersions } from "./list-version";
import { firstPage, NO_PAGES } from "./page-set";
import { PendingList } from "./pending-list";
import type { Sliced, Work } from "../work-queue";

export interface ListUpdaterParts {
  device: Pick<Device, "hashes">;
  store: AccessListStore;
  keysets: KeysetStore;
  doorId: Uint8Array;
  /** A list is active and durable: it may be acknowledged. Called in the slice that committed it. */
  onActivated(active: ActiveList): void;
}

/**
 * Takes the list's messages as bytes, from whoever brings them: sizes first, then form, then whatever the header
 * can be refused for, then the signature, and only then the first write to flash. A refusal throws its
 * ProtocolError and leaves no trace. Messages are handed over for good: what becomes active is read in place.
 *
 * The works of one updater run one after the other (WorkQueue).
 */
export class ListUpdater {
  readonly #parts: ListUpdaterParts;
  #pending: PendingList | undefined;

  constructor(parts: ListUpdaterParts) {
    this.#parts = parts;
  }

  /**
   * What to ask the cloud for: a page of the snapshot that is under way, the delta that brings it up to date, or a
   * page of the active one that is damaged. undefined: nothing, as far as this door knows.
   */
  nextNeed(): Need | undefined {
    const { active, damagedPages } = this.#parts.store;
    const need = this.#usable()?.need;
    if (need !== undefined || active === undefined || damagedPages === NO_PAGES) return need;
    const { epoch, version } = active.list.manifest;
    return { page: { epoch, version, number: firstPage(damagedPages) } };
  }

  /** Whether a manifest of this version could be news. */
  wantsManifest(version: number): boolean {
    const epoch = this.#parts.keysets.current?.epoch;
    const newest = this.#usable()?.head.manifest ?? this.#parts.store.active?.list.manifest;
    return epoch !== undefined && (newest === undefined || compareVersions({ epoch, version }, newest) > 0);
  }

  /** Whether this page of a list is the one that is needed next. */
  wantsPage(version: number, number: number): boolean {
    const page = this.nextNeed()?.page;
    return page !== undefined && page.version === version && page.number === number;
  }

  /** Whether a delta of this version on a base could be news, and can be taken now. */
  wantsDelta(base: number, version: number): boolean {
    const { active, floor } = this.#parts.store;
    const epoch = this.#parts.keysets.current?.epoch;
    if (epoch === undefined) return false;
    if (active !== undefined && active.list.manifest.epoch === epoch && active.list.manifest.version === base) {
      return version > active.version || (version === active.version && active.list.delta === undefined);
    }
    const pending = this.#usable();
    if (pending === undefined || !pending.ready || pending.head.manifest.version !== base) return false;
    return floor === undefined || compareVersions({ epoch, version }, floor) >= 0;
  }

  /** The door's first work after boot: goes on with a snapshot that a power cut interrupted. */
  *resume(): Work {
    const { store, keysets, doorId } = this.#parts;
    const { hashes } = this.#parts.device;
    const keyset = keysets.current;
    const slot = store.spareSlot();
    const head = slot.readHead(signingContext("manifest", doorId));
    if (keyset === undefined || head === undefined || !this.#isNext(head.manifest, keyset)) return;
    yield;
    try {
      checkPageHashes(hashes, head.manifest, head.pageHashes);
      // Again, because the keyset may have changed since, and what a cut or a claim left behind is nobody's word.
      yield* keysets.requireSignature("list", head.signed);
    } catch (error) {
      if (error instanceof ProtocolError) return;
      throw error;
    }
    yield* slot.healHead();
    yield* this.#begin(new PendingList(slot, head, keyset.listKey));
  }

  /**
   * Begins to fetch a snapshot. The active one, and the one under way, change nothing; a newer one takes the place
   * of the one under way.
   * @throws {ProtocolError} `too-large`, `malformed`, `wrong-door`, `old-epoch`, `future-epoch`, `old-version`,
   * `bad-hash`, `wrong-key`, `bad-signature`.
   */
  *receiveManifest(message: Uint8Array): Work {
    const { store, keysets, doorId } = this.#parts;
    const { hashes } = this.#parts.device;
    const head = parseListHead(hashes, message, signingContext("manifest", doorId));
    const keyset = requireEpoch(keysets.current, head.manifest.epoch);
    if (!equalBytes(head.manifest.door, doorId)) throw new ProtocolError("wrong-door");
    const pending = this.#usable();
    if (pending !== undefined && equalBytes(pending.head.hash, head.hash)) {
      if (pending.unsound) throw new ProtocolError("malformed", "list");
      return;
    }
    if (store.active !== undefined && equalBytes(store.active.manifestHash, head.hash)) return;
    const newest = pending?.head.manifest ?? store.active?.list.manifest;
    if (newest !== undefined && compareVersions(head.manifest, newest) <= 0) throw new ProtocolError("old-version");
    checkPageHashes(hashes, head.manifest, head.pageHashes);
    yield* keysets.requireSignature("list", head.signed);
    const slot = pending?.slot ?? store.spareSlot();
    this.#pending = undefined;
    yield* slot.writeHead(message);
    yield;
    yield* this.#begin(new PendingList(slot, head, keyset.listKey));
  }

  /**
   * Takes a page of the snapshot that is under way or, where there is none, in place of a damaged one.
   * @throws {ProtocolError} `not-asked-for`, `too-large`, `bad-hash`, `malformed` (the whole list; it is dropped).
   */
  *receivePage(number: number, bytes: Uint8Array): Work {
    const pending = this.#usable();
    if (pending?.need?.page === undefined) return yield* this.#parts.store.replacePage(number, bytes);
    yield* pending.takePage(number, bytes);
    yield* this.#activatePending(undefined);
  }

  /**
   * Takes a delta on the active snapshot or on the one under way. The active delta changes nothing; one for a
   * snapshot that still lacks pages is dropped, since `nextNeed` will ask for it.
   * @param base of the topic it came by: a hint.
   * @throws {ProtocolError} `too-large`, `malformed`, `old-epoch`, `future-epoch`, `old-version`, `wrong-base`,
   * `bad-hash`, `wrong-key`, `bad-signature`.
   */
  *receiveDelta(base: number, message: Uint8Array): Work {
    const { store, keysets, doorId } = this.#parts;
    const { hashes } = this.#parts.device;
    const signed = parseSigned(message, signingContext("delta", doorId), DELTA_BYTES_MAX);
    const delta = decodeDelta(signed.payload);
    requireEpoch(keysets.current, delta.epoch);
    const next = { delta, hash: hash8(hashes, signed.payload), message };
    const { active, floor } = store;
    if (floor !== undefined && compareVersions(delta, floor) < 0) throw new ProtocolError("old-version");
    if (delta.base !== base) throw new ProtocolError("wrong-base", "topic");
    const pending = this.#usable();
    if (active !== undefined && isBase(active.list.manifest, delta)) {
      if (equalBytes(next.hash, active.deltaHash)) return;
      // A delta may be of its base's own version; the second of one version is a replay.
      if (delta.version === active.version && active.list.delta !== undefined) throw new ProtocolError("old-version");
      yield* this.#verify(next, signed, active.list.manifest, active.manifestHash);
      yield* store.commitDelta(next);
      yield* this.#activated(next);
      // It may have lifted what the snapshot under way was waiting for.
      yield* this.#activatePending(undefined);
    } else if (pending !== undefined && isBase(pending.head.manifest, delta)) {
      if (!pending.ready) return;
      yield* this.#verify(next, signed, pending.head.manifest, pending.head.hash);
      yield* this.#activatePending(next);
    } else {
      const known = active !== undefined && compareVersions(delta, active) <= 0;
      throw new ProtocolError(known ? "old-version" : "wrong-base");
    }
  }

  *#verify({ delta }: ListDelta, signed: Parameters<KeysetStore["requireSignature"]>[1], manifest: Manifest, manifestHash: Uint8Array): Sliced<void> {
    if (!equalBytes(delta.manifestHash, manifestHash)) throw new ProtocolError("bad-hash", "manifest");
    checkDelta(delta, manifest);
    yield* this.#parts.keysets.requireSignature("list", signed);
  }

  *#begin(pending: PendingList): Sliced<void> {
    this.#pending = pending;
    yield* pending.findPages();
    yield* this.#activatePending(undefined);
  }

  /** The change of bases, in one commit: with a delta, or without one where the snapshot says it all. */
  *#activatePending(delta: ListDelta | undefined): Sliced<void> {
    const pending = this.#pending;
    if (pending === undefined || !pending.ready || (delta === undefined && this.#needsDelta(pending.head))) return;
    yield* this.#parts.store.commitSnapshot(pending.slot, pending.head, delta);
    this.#pending = undefined;
    yield* this.#activated(delta);
  }

  *#activated(delta: ListDelta | undefined): Sliced<void> {
    const { store, onActivated } = this.#parts;
    onActivated(store.active!);
    if (delta === undefined) return;
    yield;
    yield* store.keepTwice(delta);
  }

  /** Whether the door would lose something without a delta: a version, or a lock-down, which only deltas carry. */
  #needsDelta({ manifest }: ListHead): boolean {
    const { floor, lockState } = this.#parts.store;
    if (floor === undefined) return false;
    return compareVersions(manifest, floor) < 0 || lockState !== LockState.normal;
  }

  /** The snapshot under way, unless a new keyset has withdrawn the key that signed it. */
  #usable(): PendingList | undefined {
    const pending = this.#pending;
    const keyset = this.#parts.keysets.current;
    if (pending === undefined || keyset === undefined) return undefined;
    if (pending.head.manifest.epoch !== keyset.epoch || !equalBytes(pending.listKey, keyset.listKey)) this.#pending = undefined;
    return this.#pending;
  }

  #isNext(manifest: Manifest, keyset: Keyset): boolean {
    const { active } = this.#parts.store;
    return manifest.epoch === keyset.epoch && equalBytes(manifest.door, this.#parts.doorId) && (active === undefined || compareVersions(manifest, active.list.manifest) > 0);
  }
}

function isBase(manifest: Manifest, delta: Delta): boolean {
  return manifest.epoch === delta.epoch && manifest.version === delta.base;
}

/** @throws {ProtocolError} `wrong-key` on a door that trusts nobody yet, `old-epoch`, `future-epoch`. */
function requireEpoch(keyset: Keyset | undefined, epoch: number): Keyset {
  if (keyset === undefined) throw new ProtocolError("wrong-key", "not claimed");
  if (epoch < keyset.epoch) throw new ProtocolError("old-epoch");
  if (epoch > keyset.epoch) throw new ProtocolError("future-epoch");
  return keyset;
}
