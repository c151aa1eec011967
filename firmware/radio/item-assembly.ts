import { COURIER_OVERHEAD_BYTES, type CourierHeader } from "../../protocol/courier-item";

/** One item on its way into the door, put together from its parts in order. There is one of these at a time. */
export class ItemAssembly {
  readonly header: CourierHeader;
  readonly item: Uint8Array;
  #received = 0;

  constructor(header: CourierHeader) {
    this.header = header;
    this.item = new Uint8Array(COURIER_OVERHEAD_BYTES + header.length);
  }

  /** Of all items of such a length, for whoever keeps room. */
  static bytesOf(header: CourierHeader): number {
    return COURIER_OVERHEAD_BYTES + header.length;
  }

  /** Where the next part belongs. */
  get offset(): number {
    return this.#received;
  }

  get complete(): boolean {
    return this.#received === this.item.length;
  }

  /** @returns false for a part that is not the next one, or longer than what is left: nothing of it is kept. */
  add(offset: number, bytes: Uint8Array): boolean {
    if (offset !== this.#received || offset + bytes.length > this.item.length) return false;
    this.item.set(bytes, offset);
    this.#received += bytes.length;
    return true;
  }
}
