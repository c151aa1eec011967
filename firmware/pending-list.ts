import type { Need } from "../protocol/need";
import type { Hashes } from "../protocol/hashes";
import { PAGE_BYTES } from "../protocol/limits";
import { pageCount } from "../protocol/manifest";
import { ProtocolError } from "../protocol/protocol-error";
import { isSoundContent } from "./list-content";
import type { ListHead } from "./list-head";
import { isPage, pageBytes, type ListSlot } from "./list-slot";
import { allPages, firstPage, hasPage, NO_PAGES, withoutPage, type PageSet } from "./page-set";
import type { Sliced } from "./work-queue";

/**
 * A snapshot on its way into the spare slot: its head has been verified, its pages are asked for one by one, in any
 * order that they come. After a power cut the pages that are there are known by their hashes.
 */
export class PendingList {
  readonly slot: ListSlot;
  readonly head: ListHead;
  /** The list key that the head was verified by. */
  readonly listKey: Uint8Array;
  readonly #hashes: Hashes;
  #missing: PageSet;
  #state: "fetching" | "ready" | "unsound" = "fetching";

  constructor(parts: { hashes: Hashes; slot: ListSlot; head: ListHead; listKey: Uint8Array }) {
    this.#hashes = parts.hashes;
    this.slot = parts.slot;
    this.head = parts.head;
    this.listKey = parts.listKey;
    this.#missing = allPages(pageCount(parts.head.manifest));
  }

  /** All pages are there, sound, and secured by parity: it may become active. */
  get ready(): boolean {
    return this.#state === "ready";
  }

  /** Signed, and yet not a list: it is never asked for again. */
  get unsound(): boolean {
    return this.#state === "unsound";
  }

  /** What it lacks: a page, or, once they are all there, the delta that brings it up to date. */
  get need(): Need | undefined {
    const { epoch, version } = this.head.manifest;
    if (this.#missing !== NO_PAGES) return { page: { epoch, version, number: firstPage(this.#missing) } };
    return this.ready && version > 0 ? { deltaBase: version } : undefined;
  }

  /** Finds out which pages the slot has already, from before a power cut or from the list before. */
  *findPages(): Sliced<void> {
    this.#missing = yield* this.slot.findBadPages(this.head);
    yield;
    yield* this.#complete();
  }

  /**
   * Takes a page.
   * @throws {ProtocolError} `too-large`, `not-asked-for`, `bad-hash`; `malformed` where, with the last page, the list
   * turns out not to be one.
   */
  *takePage(page: number, bytes: Uint8Array): Sliced<void> {
    if (bytes.length > PAGE_BYTES) throw new ProtocolError("too-large", "page");
    if (!hasPage(this.#missing, page)) throw new ProtocolError("not-asked-for", "page");
    const { manifest, pageHashes } = this.head;
    if (bytes.length !== pageBytes(manifest, page) || !isPage(this.#hashes, pageHashes, page, bytes)) throw new ProtocolError("bad-hash", "page");
    yield* this.slot.writePage(page, bytes);
    if (!this.slot.holdsPage(this.head, page)) throw new Error(`slot ${this.slot.index} does not keep page ${page}`);
    this.#missing = withoutPage(this.#missing, page);
    yield;
    yield* this.#complete();
    if (this.unsound) throw new ProtocolError("malformed", "list");
  }

  *#complete(): Sliced<void> {
    if (this.#missing !== NO_PAGES) return;
    const { manifest } = this.head;
    if (!(yield* isSoundContent(manifest, this.slot.body()))) {
      this.#state = "unsound";
      return;
    }
    yield* this.slot.writeParity(manifest);
    yield;
    this.#state = "ready";
  }
}
