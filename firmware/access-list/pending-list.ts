import type { Need } from "../../protocol/need";
import { pageCount } from "../../protocol/manifest";
import { ProtocolError } from "../../protocol/protocol-error";
import { isSoundContent } from "./list-content";
import type { ListHead } from "./list-head";
import type { ListSlot } from "./list-slot";
import { allPages, firstPage, hasPage, NO_PAGES, withoutPage, type PageSet } from "./page-set";
import type { Sliced } from "../work-queue";

/**
 * A snapshot on its way into the spare slot: its head has been verified, its pages are asked for one by one, in any
 * order that they come. After a power cut the pages that are there are known by their hashes.
 */
export class PendingList {
  readonly slot: ListSlot;
  readonly head: ListHead;
  /** The list key that the head was verified by. */
  readonly listKey: Uint8Array;
  #missing: PageSet;
  #state: "fetching" | "ready" | "unsound" = "fetching";

  constructor(slot: ListSlot, head: ListHead, listKey: Uint8Array) {
    this.slot = slot;
    this.head = head;
    this.listKey = listKey;
    this.#missing = allPages(pageCount(head.manifest));
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
   * @throws {ProtocolError} `not-asked-for`, `too-large`, `bad-hash`; `malformed` where, with the last page, the list
   * turns out not to be one.
   */
  *takePage(page: number, bytes: Uint8Array): Sliced<void> {
    if (!hasPage(this.#missing, page)) throw new ProtocolError("not-asked-for", "page");
    this.slot.checkPage(this.head, page, bytes);
    yield* this.slot.writePage(this.head, page, bytes);
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
