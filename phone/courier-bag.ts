import { equalBytes } from "../protocol/bytes";
import { COURIER_HEADER_BYTES, CourierKind, decodeCourierHeader } from "../protocol/courier-item";
import { COLLECTED_BYTES_MAX, COLLECTED_ITEMS_MAX, UPLOADED_BYTES_MAX, UPLOADED_ITEMS_MAX, WHOLE_LISTS_MAX } from "./limits";
import type { CloudFailure, PhoneCloud, RequestBounds } from "./phone-cloud";
import type { Bundle, PhoneStore } from "./phone-store";

/** What an upload came to. */
export interface Uploaded {
  /** Items that the cloud has taken. */
  taken: number;
  /** Sealed items for the door, made for what was brought. */
  answers: Uint8Array[];
  /** Why something is left. */
  failure?: CloudFailure;
}

/**
 * What a phone carries between a cloud and doors, its own or not, without being able to read it (X2). Nothing is lost
 * by a phone that loses it: a door keeps what has not been acknowledged, and a cloud says again what is not confirmed.
 */
export class CourierBag {
  readonly #store: PhoneStore;
  readonly #cloud: PhoneCloud;

  constructor(store: PhoneStore, cloud: PhoneCloud) {
    this.#store = store;
    this.#cloud = cloud;
  }

  /** What there is for a door, most important first. */
  async forDoor(property: string, door: string): Promise<{ version: number; items: Uint8Array[] }> {
    const bundle = await this.#store.read("bundles", property);
    return bundle?.doors.find((entry) => entry.door === door) ?? { version: 0, items: [] };
  }

  /** Asks what is new for the doors of a property. @returns why that is not known. */
  async refresh(property: string, bounds?: RequestBounds): Promise<CloudFailure | undefined> {
    const kept = await this.#store.read("bundles", property);
    const answer = await this.#cloud.bundle(property, kept?.etag, bounds);
    if (!answer.ok) {
      // A property that one has left sends nobody any more.
      if (answer.why === "refused") await this.#store.change("bundles", property, () => undefined);
      return answer.why;
    }
    if (answer.value === undefined) return undefined;
    const { bundle, inPart } = answer.value;
    const doors = await this.#completed(bundle, inPart, bounds);
    await this.#store.change("bundles", property, () => ({ ...bundle, doors }));
    return undefined;
  }

  /** Whole lists that had no room in a bundle, fetched by the door: first for those that the person opens. */
  async #completed({ property, doors }: Bundle, inPart: readonly string[], bounds: RequestBounds | undefined): Promise<Bundle["doors"]> {
    if (inPart.length === 0) return doors;
    const own = new Set((await this.#store.readAll("doors")).filter(({ keys }) => keys.some(({ opens }) => opens)).map(({ door }) => door));
    const first = [...inPart].sort((a, b) => Number(own.has(b)) - Number(own.has(a))).slice(0, WHOLE_LISTS_MAX);
    const whole = new Map<string, Bundle["doors"][number]>();
    for (const door of first) {
      const answer = await this.#cloud.doorBundle(property, door, bounds);
      if (answer.ok) whole.set(door, answer.value);
    }
    return doors.map((entry) => whole.get(entry.door) ?? entry);
  }

  /**
   * Keeps what a door gave, until it is uploaded. What finds no room is left out, and is the door's to give again. A
   * receipt takes the place of an earlier one; a question for the time is good for a minute and not kept.
   */
  async keep(door: string, items: readonly Uint8Array[]): Promise<void> {
    const kinds = new Map(items.map((item) => [item, kindOf(item)]));
    const news = items.filter((item) => kinds.get(item) !== undefined && kinds.get(item) !== CourierKind.need);
    if (news.length === 0) return;
    const all = await this.#store.readAll("collected");
    const elsewhere = all.filter((record) => record.door !== door).flatMap((record) => record.items);
    await this.#store.change("collected", door, (now) => {
      const replaced = news.some((item) => kinds.get(item) === CourierKind.receipt);
      const kept = (now?.items ?? []).filter((item) => !replaced || kindOf(item) !== CourierKind.receipt);
      let room = COLLECTED_BYTES_MAX - bytesOf(elsewhere) - bytesOf(kept);
      for (const item of news) {
        if (kept.some((other) => equalBytes(other, item))) continue;
        if (kept.length >= COLLECTED_ITEMS_MAX || item.length > room) break;
        room -= item.length;
        kept.push(item);
      }
      // By a receipt the cloud knows which events can still come: it goes first.
      const receipts = kept.filter((item) => kindOf(item) === CourierKind.receipt);
      return { door, items: [...receipts, ...kept.filter((item) => !receipts.includes(item))] };
    });
  }

  /** Doors of which something waits to be uploaded. */
  async waiting(): Promise<string[]> {
    return (await this.#store.readAll("collected")).filter(({ items }) => items.length > 0).map(({ door }) => door);
  }

  /**
   * Brings the cloud what was kept of a door.
   * @param fresh items that are not kept (a question for the time).
   */
  async upload(door: string, fresh: readonly Uint8Array[] = [], bounds?: RequestBounds): Promise<Uploaded> {
    const uploaded: Uploaded = { taken: 0, answers: [] };
    let asked = fresh;
    for (;;) {
      const kept = (await this.#store.read("collected", door))?.items ?? [];
      const items = asFit([...kept, ...asked]);
      if (items.length === 0) return uploaded;
      const answer = await this.#cloud.upload(door, items, bounds);
      if (!answer.ok) {
        uploaded.failure = answer.why;
        // Never to be taken from this phone; the door has it still.
        if (answer.why === "refused") await this.#drop(door, items);
        return uploaded;
      }
      uploaded.taken += answer.value.accepted;
      uploaded.answers.push(...answer.value.items);
      // What was refused is refused for good.
      await this.#drop(door, items);
      asked = asked.filter((item) => !items.includes(item));
    }
  }

  async #drop(door: string, items: readonly Uint8Array[]): Promise<void> {
    await this.#store.change("collected", door, (now) => {
      const left = (now?.items ?? []).filter((kept) => !items.some((item) => equalBytes(item, kept)));
      return left.length === 0 ? undefined : { door, items: left };
    });
  }
}

/** Sealed items tell their kind and no more. @returns undefined for what is none. */
function kindOf(item: Uint8Array): CourierKind | undefined {
  try {
    return decodeCourierHeader(item.subarray(0, COURIER_HEADER_BYTES)).kind;
  } catch {
    return undefined;
  }
}

function bytesOf(items: readonly Uint8Array[]): number {
  return items.reduce((sum, item) => sum + item.length, 0);
}

function asFit(items: readonly Uint8Array[]): Uint8Array[] {
  let room = UPLOADED_BYTES_MAX;
  const fit: Uint8Array[] = [];
  for (const item of items) {
    if (fit.length >= UPLOADED_ITEMS_MAX || item.length > room) break;
    room -= item.length;
    fit.push(item);
  }
  return fit;
}
