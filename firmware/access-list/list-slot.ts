import type { BodyReader } from "../../protocol/access-list";
import { equalBytes } from "../../protocol/bytes";
import type { Hashes } from "../../protocol/hashes";
import { PAGE_BYTES } from "../../protocol/limits";
import { bodyBytes, pageCount, type Manifest } from "../../protocol/manifest";
import { ProtocolError } from "../../protocol/protocol-error";
import type { Flash } from "../device";
import { slotHead, slotPage, slotParity } from "../flash-layout";
import { FLASH_UNIT_BYTES, SECTOR_BYTES } from "../limits";
import { parseListHead, type ListHead } from "./list-head";
import { compareVersions } from "./list-version";
import { firstPage, hasPage, isOnePage, NO_PAGES, withPage, type PageSet } from "./page-set";
import { isSameMessage, readSealed, writeSealed } from "./sealed-sector";
import type { Sliced } from "../work-queue";

/** A list's body, read in place: its pages lie one behind the other. */
export class SlotBody implements BodyReader {
  /** Pages that are not what their hash says. */
  bad: PageSet = NO_PAGES;
  readonly #flash: Flash;
  readonly #start: number;

  constructor(flash: Flash, slot: number) {
    this.#flash = flash;
    this.#start = slotPage(slot, 0) * SECTOR_BYTES;
  }

  read(offset: number, length: number): Uint8Array {
    return new Uint8Array(this.#flash.read(length, this.#start + offset));
  }

  isSound(page: number): boolean {
    return !hasPage(this.bad, page);
  }
}

/** Length of a page in bytes: all but the last have PAGE_BYTES. */
export function pageBytes(manifest: Manifest, page: number): number {
  return Math.min(PAGE_BYTES, bodyBytes(manifest) - page * PAGE_BYTES);
}

/**
 * One of the two places for a snapshot: its head twice (the manifest message as it came), its pages, and their
 * XOR, from which one lost page is made again.
 */
export class ListSlot {
  readonly index: number;
  readonly #flash: Flash;
  readonly #hashes: Hashes;

  constructor(flash: Flash, hashes: Hashes, index: number) {
    this.#flash = flash;
    this.#hashes = hashes;
    this.index = index;
  }

  body(): SlotBody {
    return new SlotBody(this.#flash, this.index);
  }

  /**
   * The head that the slot holds. A cut while one replaced another may have left both: then it is the newer.
   * @param context of the signature, for whoever verifies it again.
   */
  readHead(context: Uint8Array = NO_CONTEXT): ListHead | undefined {
    return this.#newestHead(context)?.head;
  }

  /** Writes both copies, one after the other; whatever the slot held is gone. */
  *writeHead(message: Uint8Array): Sliced<void> {
    yield* writeSealed(this.#flash, this.#hashes, slotHead(this.index, 0), message);
    yield;
    yield* writeSealed(this.#flash, this.#hashes, slotHead(this.index, 1), message);
  }

  /** Makes both copies the head that the slot holds, where they are not. */
  *healHead(): Sliced<void> {
    const newest = this.#newestHead(NO_CONTEXT);
    if (newest === undefined) return;
    for (const copy of COPIES) {
      const message = readSealed(this.#flash, this.#hashes, slotHead(this.index, copy));
      if (message !== undefined && isSameMessage(this.#hashes, message, newest.message)) continue;
      yield* writeSealed(this.#flash, this.#hashes, slotHead(this.index, copy), newest.message);
      yield;
    }
  }

  /** Erases the slot's heads: whatever it held is none any more. */
  *clear(): Sliced<void> {
    for (const copy of COPIES) {
      this.#flash.eraseBlock(slotHead(this.index, copy));
      yield;
    }
  }

  /** The pages that are not what the head's hashes say: one a slice. */
  *findBadPages(head: ListHead): Sliced<PageSet> {
    let bad = NO_PAGES;
    for (let page = 0; page < pageCount(head.manifest); page++) {
      if (page > 0) yield;
      if (!this.holdsPage(head, page)) bad = withPage(bad, page);
    }
    return bad;
  }

  /** The pages that are damaged beyond repair: a single one is made again from parity. */
  *findDamage(head: ListHead): Sliced<PageSet> {
    const bad = yield* this.findBadPages(head);
    return isOnePage(bad) && (yield* this.#rebuildPage(head, firstPage(bad))) ? NO_PAGES : bad;
  }

  /** Whether the slot has a page as the head's hash says. */
  holdsPage({ manifest, pageHashes }: ListHead, page: number): boolean {
    const bytes = this.#flash.read(pageBytes(manifest, page), slotPage(this.index, page) * SECTOR_BYTES);
    return isPage(this.#hashes, pageHashes, page, new Uint8Array(bytes));
  }

  /** @throws {ProtocolError} `too-large`, `bad-hash` where bytes are not the page that the head names. */
  checkPage({ manifest, pageHashes }: ListHead, page: number, bytes: Uint8Array): void {
    if (bytes.length > PAGE_BYTES) throw new ProtocolError("too-large", "page");
    if (bytes.length !== pageBytes(manifest, page) || !isPage(this.#hashes, pageHashes, page, bytes)) throw new ProtocolError("bad-hash", "page");
  }

  /**
   * @param bytes a page that `checkPage` has passed.
   * @throws Error where the flash does not keep it.
   */
  *writePage(head: ListHead, page: number, bytes: Uint8Array): Sliced<void> {
    yield* this.#writeSector(slotPage(this.index, page), bytes);
    yield;
    if (!this.holdsPage(head, page)) throw new Error(`slot ${this.index} does not keep page ${page}`);
  }

  /** Makes the parity page that of the pages, where it is not: one page a slice. */
  *writeParity(manifest: Manifest): Sliced<void> {
    if (pageCount(manifest) === 0) return;
    const parity = yield* this.#xor(manifest, undefined);
    const kept = new Uint8Array(this.#flash.read(parity.length, slotParity(this.index) * SECTOR_BYTES));
    if (!isSameMessage(this.#hashes, kept, parity)) yield* this.#writeSector(slotParity(this.index), parity);
  }

  /**
   * Makes a page again from parity and all the others. A cut in between loses nothing: the page was bad before, and
   * what it is made from stays.
   * @returns whether that gave the page of the hash.
   */
  *#rebuildPage(head: ListHead, page: number): Sliced<boolean> {
    const { manifest, pageHashes } = head;
    const whole = yield* this.#xor(manifest, page);
    const bytes = whole.subarray(0, pageBytes(manifest, page));
    if (!isPage(this.#hashes, pageHashes, page, bytes)) return false;
    yield* this.#writeSector(slotPage(this.index, page), bytes);
    return this.holdsPage(head, page);
  }

  /** XOR of all pages, or of parity and all pages but one; as long as the first page. */
  *#xor(manifest: Manifest, without: number | undefined): Sliced<Uint8Array> {
    const sum = new Uint32Array(pageBytes(manifest, 0) / 4);
    for (let page = 0; page < pageCount(manifest); page++) {
      if (page === without) continue;
      yield* addInto(sum, this.#flash.read(pageBytes(manifest, page), slotPage(this.index, page) * SECTOR_BYTES));
    }
    if (without !== undefined) yield* addInto(sum, this.#flash.read(sum.byteLength, slotParity(this.index) * SECTOR_BYTES));
    return new Uint8Array(sum.buffer);
  }

  *#writeSector(sector: number, bytes: Uint8Array): Sliced<void> {
    this.#flash.eraseBlock(sector);
    yield;
    const rest = bytes.length % FLASH_UNIT_BYTES;
    const start = sector * SECTOR_BYTES;
    if (bytes.length > rest) this.#flash.write(bytes.subarray(0, bytes.length - rest), start);
    if (rest > 0) {
      const last = new Uint8Array(FLASH_UNIT_BYTES);
      last.set(bytes.subarray(bytes.length - rest));
      this.#flash.write(last, start + bytes.length - rest);
    }
  }

  #newestHead(context: Uint8Array): { head: ListHead; message: Uint8Array } | undefined {
    let newest: { head: ListHead; message: Uint8Array } | undefined;
    for (const copy of COPIES) {
      const message = readSealed(this.#flash, this.#hashes, slotHead(this.index, copy));
      if (message === undefined || (newest !== undefined && isSameMessage(this.#hashes, message, newest.message))) continue;
      const head = this.#parse(message, context);
      if (head !== undefined && (newest === undefined || compareVersions(head.manifest, newest.head.manifest) > 0)) newest = { head, message };
    }
    return newest;
  }

  /** Only what was parsed is ever written, but a later firmware may be stricter. */
  #parse(message: Uint8Array, context: Uint8Array): ListHead | undefined {
    try {
      return parseListHead(this.#hashes, message, context);
    } catch (error) {
      if (error instanceof ProtocolError) return undefined;
      throw error;
    }
  }
}

/** Whether bytes are the page that a head names. */
function isPage(hashes: Hashes, pageHashes: Uint8Array, page: number, bytes: Uint8Array): boolean {
  return equalBytes(hashes.sha256(bytes), pageHashes.subarray(32 * page, 32 * page + 32));
}

const COPIES = [0, 1] as const;
const NO_CONTEXT = new Uint8Array(0);

/** Words added in one slice: some 15,000 units of XS `compute`. */
const WORDS_PER_SLICE = 512;

/** @param bytes a multiple of 4, as rows, profiles and rules are. */
function* addInto(sum: Uint32Array, bytes: ArrayBuffer): Sliced<void> {
  const words = new Uint32Array(bytes);
  for (let i = 0; i < words.length; ) {
    const end = Math.min(i + WORDS_PER_SLICE, words.length);
    for (; i < end; i++) sum[i] ^= words[i];
    yield;
  }
}
