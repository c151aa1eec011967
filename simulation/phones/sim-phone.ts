import { fromHex } from "../../protocol/bytes";
import type { Holder, RadioKind } from "../../protocol/handle";
import type { SimCloud } from "../cloud/sim-cloud";

/** What was fetched at a door and is not with the cloud yet. */
interface Taken {
  door: number;
  items: readonly Uint8Array[];
}

const HOARD_ITEMS = 24;

/**
 * A phone or fob: who it says it is, and what it carries without seeing it. Handles never run out here, and its keys
 * are asked of the cloud when they are needed: that is cloud/phones' and phone/'s own to test.
 */
export class SimPhone {
  readonly holder: Holder;
  /** By the door's number: items of the last bundle. */
  #bag: readonly (readonly Uint8Array[])[] = [];
  #taken: Taken[] = [];
  readonly #hoard: Taken[] = [];
  #counter = 0;

  /** @param id 16 hexadecimal digits. */
  constructor(kind: RadioKind, id: string) {
    this.holder = { kind, credentialId: fromHex(id)! };
  }

  nextCounter(): number {
    return this.#counter++;
  }

  /** Items that it has for a door. */
  itemsFor(door: number): readonly Uint8Array[] {
    return this.#bag[door] ?? [];
  }

  /** It was given items at a door, for later. */
  took(door: number, items: readonly Uint8Array[]): void {
    this.#keep({ door, items });
    this.#taken.push({ door, items });
  }

  /** It has the internet for a moment. */
  sync(cloud: SimCloud): void {
    const taken = this.#taken;
    this.#taken = [];
    for (const { door, items } of taken) cloud.receiveCarried(door, items);
    this.#bag = cloud.doors.map((books, door) => {
      const items = books?.bundle(cloud.now) ?? [];
      if (items.length > 0) this.#keep({ door, items });
      return items;
    });
  }

  /** What it ever carried, some of it: for those that do not mean well. */
  get hoard(): readonly Readonly<Taken>[] {
    return this.#hoard;
  }

  #keep(taken: Taken): void {
    // Old things stay for long.
    if (this.#hoard.length < HOARD_ITEMS) this.#hoard.push(taken);
    else this.#hoard[this.#counter++ % HOARD_ITEMS] = taken;
  }
}
