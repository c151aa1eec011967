import { openAccessList, withDelta, type AccessList } from "../../protocol/access-list";
import { concat, equalBytes } from "../../protocol/bytes";
import { LockState } from "../../protocol/delta";
import type { Hashes } from "../../protocol/hashes";
import { ProtocolError } from "../../protocol/protocol-error";
import { COMMIT_BYTES, CommitLog, committedVersion, encodeCommit } from "./commit-log";
import { findCommittedList, NO_DELTA } from "./committed-list";
import { DeltaSectors, type ListDelta } from "./delta-sectors";
import type { Flash, KeyValue } from "../device";
import { SLOTS } from "../flash-layout";
import type { ListHead } from "./list-head";
import { ListSlot, type SlotBody } from "./list-slot";
import { compareVersions, type ListVersion } from "./list-version";
import { hasPage, NO_PAGES, withoutPage, type PageSet } from "./page-set";
import { runToEnd, type Sliced } from "../work-queue";

/** The list that the door decides by. */
export interface ActiveList extends ListVersion {
  list: AccessList;
  /** `hash8` of the manifest's and of the delta's payload; zeros without a delta. */
  manifestHash: Uint8Array;
  deltaHash: Uint8Array;
}

export interface ListAlarms {
  /** The flash holds less than what was once acknowledged: there is no active list. */
  listLost: boolean;
  /** Pages are damaged beyond repair: their rows open nothing. */
  listDamaged: boolean;
}

/** Kept under `list`: the commit in force in the bytes of the commit log (16) ‖ lock state (1). */
const KEY = "list";
const KEPT_BYTES = COMMIT_BYTES + 1;

/**
 * The door's list in flash (flash-layout.ts): two slots for snapshots, the delta in force twice, and a log of
 * commits. What was committed is named once more in the key-value store, before any receipt may say so.
 *
 * Boot looks for the newest committed list that is whole. If that is older than what the key-value store names,
 * there is none: the door denies and raises an alarm, because an older list would let revoked people in again.
 */
export class AccessListStore {
  readonly #keyValue: KeyValue;
  readonly #hashes: Hashes;
  readonly #slots: ListSlot[] = [];
  readonly #deltas: DeltaSectors;
  readonly #log: CommitLog;
  #active: ActiveList | undefined;
  /** Where the active snapshot lies. */
  #slot: ListSlot;
  #body: SlotBody;
  #listLost = false;

  /**
   * Finds the list and repairs what one fault or one cut may have left: a head, a delta, a page, each of which is
   * whole elsewhere. A boot that finds nothing to repair writes nothing.
   */
  constructor({ flash, keyValue, hashes }: { flash: Flash; keyValue: KeyValue; hashes: Hashes }) {
    this.#keyValue = keyValue;
    this.#hashes = hashes;
    for (let slot = 0; slot < SLOTS; slot++) this.#slots[slot] = new ListSlot(flash, hashes, slot);
    this.#slot = this.#slots[0];
    this.#body = this.#slot.body();
    this.#deltas = new DeltaSectors(flash, hashes);
    this.#log = new CommitLog(flash);
    runToEnd(this.#boot());
  }

  /** undefined: the door denies everybody (`stale-list`). */
  get active(): ActiveList | undefined {
    return this.#active;
  }

  get alarms(): ListAlarms {
    return { listLost: this.#listLost, listDamaged: this.damagedPages !== NO_PAGES };
  }

  /** The version below which nothing may become active; undefined before the first list. */
  get floor(): ListVersion | undefined {
    if (this.#active !== undefined) return this.#active;
    const kept = this.#kept();
    return kept && committedVersion(kept);
  }

  /** What the list in force says of the whole door, also where it is lost. */
  get lockState(): LockState {
    if (this.#active !== undefined) return this.#active.list.delta?.lockState ?? LockState.normal;
    return (this.#kept()?.[COMMIT_BYTES] ?? LockState.normal) as LockState;
  }

  /** Pages of the active snapshot that are beyond repair here; the cloud can send them again. */
  get damagedPages(): PageSet {
    return this.#active === undefined ? NO_PAGES : this.#body.bad;
  }

  /** The slot for the next snapshot: never the active list's. Without one, that of the newest snapshot there is. */
  spareSlot(): ListSlot {
    if (this.#active !== undefined) return this.#slots[1 - this.#slot.index];
    const heads = this.#slots.map((slot) => slot.readHead());
    const second = heads[1] !== undefined && (heads[0] === undefined || compareVersions(heads[1].manifest, heads[0].manifest) > 0);
    return this.#slots[second ? 1 : 0];
  }

  /**
   * Makes a delta on the active snapshot the door's list. On return it is committed and may be acknowledged, and
   * no slice has passed since; `keepTwice` follows.
   * @param next verified, and held against the active manifest.
   */
  *commitDelta(next: ListDelta): Sliced<void> {
    const { list, manifestHash, deltaHash } = this.#active!;
    const { epoch, version } = next.delta;
    yield* this.#deltas.writeFirst(next, deltaHash);
    yield;
    yield* this.#commit({ epoch, version }, manifestHash, next);
    this.#active = { list: withDelta(list, next.delta), epoch, version, manifestHash, deltaHash: next.hash };
  }

  /**
   * Makes a snapshot the door's list, together with a delta on it, if any: one commit. On return it may be
   * acknowledged, and no slice has passed since; `keepTwice` follows.
   * @param slot the spare slot, which holds this head and all of its pages, sound.
   */
  *commitSnapshot(slot: ListSlot, head: ListHead, next: ListDelta | undefined): Sliced<void> {
    const { epoch, version } = next?.delta ?? head.manifest;
    if (next !== undefined) {
      yield* this.#deltas.writeFirst(next, this.#active?.deltaHash ?? NO_DELTA);
      yield;
    }
    yield* this.#commit({ epoch, version }, head.hash, next);
    this.#slot = slot;
    this.#body = slot.body();
    this.#active = { list: openAccessList(head.manifest, next?.delta, this.#body), epoch, version, manifestHash: head.hash, deltaHash: next?.hash ?? NO_DELTA };
    this.#listLost = false;
  }

  /** Writes the second copy of the delta that was committed. */
  *keepTwice(committed: ListDelta): Sliced<void> {
    yield* this.#deltas.writeBoth(committed);
  }

  /**
   * Puts a page in the place of a damaged one.
   * @throws {ProtocolError} `not-asked-for`, `too-large`, `bad-hash`.
   */
  *replacePage(page: number, bytes: Uint8Array): Sliced<void> {
    if (!hasPage(this.damagedPages, page)) throw new ProtocolError("not-asked-for", "page");
    const head = this.#slot.readHead();
    if (head === undefined) throw new ProtocolError("not-asked-for", "no head");
    this.#slot.checkPage(head, page, bytes);
    yield* this.#slot.writePage(head, page, bytes);
    yield* this.#setDamaged(head, withoutPage(this.#body.bad, page));
  }

  /**
   * Looks at every byte of the active snapshot and repairs what can be repaired; what cannot raises `listDamaged`.
   * One page or one write a slice.
   */
  *scrub(): Sliced<void> {
    if (this.#active === undefined) return;
    yield* this.#slot.healHead();
    const head = this.#slot.readHead();
    if (head === undefined) return;
    yield;
    yield* this.#setDamaged(head, yield* this.#slot.findDamage(head));
  }

  /**
   * Forgets every list and what was committed, for a door that somebody claims anew. A cut in between leaves a
   * door that denies.
   */
  *forget(): Sliced<void> {
    this.#active = undefined;
    this.#listLost = this.#kept() !== undefined;
    for (const slot of this.#slots) yield* slot.clear();
    yield* this.#log.clear();
    this.#keyValue.delete(KEY);
    this.#listLost = false;
  }

  *#boot(): Sliced<void> {
    const kept = this.#kept();
    const found = findCommittedList(this.#hashes, this.#slots, this.#deltas.read(), this.#log, kept?.subarray(0, COMMIT_BYTES));
    this.#listLost = found === undefined && kept !== undefined;
    if (found === undefined) return;
    const { slot, head, delta, record, sector, epoch, version } = found;
    if (sector !== undefined) this.#log.spare(sector);
    // A cut between the two writes of a commit: it counts, and from now on it may be acknowledged.
    if (kept === undefined || !equalBytes(kept.subarray(0, COMMIT_BYTES), record)) this.#keep(record, delta);
    this.#slot = slot;
    this.#body = slot.body();
    yield* slot.healHead();
    if (delta !== undefined) yield* this.#deltas.writeBoth(delta);
    this.#body.bad = yield* slot.findDamage(head);
    this.#active = { list: openAccessList(head.manifest, delta?.delta, this.#body), epoch, version, manifestHash: head.hash, deltaHash: delta?.hash ?? NO_DELTA };
  }

  /** The look-up steps around damaged pages, so it has to know of each change. */
  *#setDamaged(head: ListHead, bad: PageSet): Sliced<void> {
    const { list } = this.#active!;
    if (bad !== this.#body.bad) {
      this.#body.bad = bad;
      this.#active!.list = openAccessList(list.manifest, list.delta, this.#body);
    }
    yield;
    if (bad === NO_PAGES) yield* this.#slot.writeParity(head.manifest);
  }

  /** Log first, then key-value store: what stands in either is committed. */
  *#commit(version: ListVersion, manifestHash: Uint8Array, delta: ListDelta | undefined): Sliced<void> {
    const record = encodeCommit(this.#hashes, version, manifestHash, delta?.hash ?? NO_DELTA);
    yield* this.#log.append(record);
    this.#keep(record, delta);
  }

  #keep(record: Uint8Array, delta: ListDelta | undefined): void {
    this.#keyValue.write(KEY, concat(record, Uint8Array.of(delta?.delta.lockState ?? LockState.normal)));
  }

  #kept(): Uint8Array | undefined {
    const kept = this.#keyValue.read(KEY);
    return kept !== undefined && kept.byteLength === KEPT_BYTES ? new Uint8Array(kept) : undefined;
  }
}
