import { GIVEN_BYTES_MAX, type DoorFrame } from "../../protocol/courier-frame";
import { CourierKind, sealingCourierItem, type CourierKeys } from "../../protocol/courier-item";
import { encodeEventUpload } from "../../protocol/event-record";
import type { Hashes } from "../../protocol/hashes";
import { encodeNeed } from "../../protocol/need";
import type { ListUpdater } from "../access-list/list-updater";
import type { ReceiptDesk } from "../cloud/receipt-desk";
import type { EventLog } from "../event-log/event-log";
import { COURIER_EVENTS_MAX, COURIER_RECEIPTS_MAX, COURIER_WAIT_MS } from "../limits";
import type { TrustedClock } from "../trust/trusted-clock";
import type { Work, WorkQueue } from "../work-queue";

export interface CourierCollectionParts {
  hashes: Hashes;
  courierKeys: CourierKeys;
  /** `DoorKeys.receipt`, for events. */
  receiptKey: Uint8Array;
  queue: Pick<WorkQueue, "add">;
  receipts: Pick<ReceiptDesk, "make">;
  log: Pick<EventLog, "first" | "unsent" | "from">;
  clock: Pick<TrustedClock, "question">;
  updater: Pick<ListUpdater, "nextNeed">;
  /** Connected to its cloud: it asks for itself. */
  online(): boolean;
}

const DONE: DoorFrame = { type: "done" };
const WAIT: DoorFrame = { type: "wait", milliseconds: COURIER_WAIT_MS };

type Message = [kind: CourierKind, message: Uint8Array];

/**
 * What one courier takes along, an item after the other: a receipt, what the door asks for, and its unsent events. Each
 * is made when it is fetched from its beginning, and sealed in slices; of all of them the door holds one.
 */
export class CourierCollection {
  readonly #parts: CourierCollectionParts;
  #fetched = { index: -1, offset: 0 };
  /** Index of the item that is given, or made, now. */
  #index = -1;
  /** What is to be sealed, and whether that has begun. */
  #message: Message | undefined;
  #sealing = false;
  #item: Uint8Array | undefined;
  #receipts = 0;
  #asked = false;
  /** First event of the next item. */
  #event: number | undefined;

  constructor(parts: CourierCollectionParts) {
    this.#parts = parts;
  }

  /** Index 0 from offset 0 begins anew; otherwise one item comes after the other. */
  fetch(index: number, offset: number): void {
    this.#fetched = { index, offset };
    if (offset !== 0 || this.#message !== undefined || (index !== 0 && index !== this.#index + 1)) return;
    this.#message = index === 0 ? this.#receipt() : this.#next();
    this.#item = undefined;
    if (this.#message !== undefined) this.#index = index;
  }

  /** The answer to the last fetch. */
  answer(): DoorFrame {
    // Where the queue is full of other work, asked again each time.
    if (this.#message !== undefined && !this.#sealing) this.#sealing = this.#parts.queue.add(this.#seal(this.#message));
    if (this.#message !== undefined) return WAIT;
    const { index, offset } = this.#fetched;
    const item = this.#item;
    if (item === undefined || index !== this.#index || offset >= item.length) return DONE;
    return { type: "given", index, offset, total: item.length, bytes: item.subarray(offset, offset + GIVEN_BYTES_MAX) };
  }

  *#seal([kind, message]: Message): Work {
    const { hashes, courierKeys } = this.#parts;
    this.#item = yield* sealingCourierItem(hashes, courierKeys, { kind, number: 0, version: 0 }, message);
    this.#message = undefined;
    this.#sealing = false;
  }

  #receipt(): Message | undefined {
    if (this.#receipts >= COURIER_RECEIPTS_MAX) return undefined;
    this.#receipts += 1;
    this.#asked = false;
    this.#event = undefined;
    return [CourierKind.receipt, this.#parts.receipts.make()];
  }

  #next(): Message | undefined {
    const { online, updater, clock } = this.#parts;
    if (this.#asked || online()) return this.#events();
    this.#asked = true;
    return [CourierKind.need, encodeNeed({ ...updater.nextNeed(), timeNonce: clock.question() })];
  }

  #events(): Message | undefined {
    const { hashes, receiptKey, log } = this.#parts;
    const upload = this.#event === undefined ? log.unsent(COURIER_EVENTS_MAX) : log.from(this.#event, COURIER_EVENTS_MAX);
    if (upload === undefined) return undefined;
    this.#event = (this.#event ?? log.first) + upload.records.length;
    return [CourierKind.events, encodeEventUpload(hashes, receiptKey, upload)];
  }
}
