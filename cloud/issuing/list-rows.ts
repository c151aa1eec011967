import { join, readU16, readU32, writeU16 } from "../../protocol/bytes";
import { ROW_BYTES, TAG_BYTES } from "../../protocol/limits";
import { encodeDoorRow, type DoorRow, type ProfileContent } from "../access/door-row";

/**
 * All rows of a door's list in little memory, as lists themselves have them: 10,000 credentials at 200 doors are no
 * two million objects. Equal lists have equal `bytes` but for the numbers that their contents happen to have.
 */
export interface ListRows {
  /** 8 bytes each: tag ‖ place in `contents` ‖ flags. Ascending by tag, then flags, then key of the content. */
  bytes: Uint8Array;
  /** What profiles say: each once, and some that no row names. */
  contents: readonly ProfileContent[];
  /** `profileKey` of each. */
  keys: readonly string[];
}

const FLAGS = 7; // byte of a row

/** The tag of a row as a number: rows are in the order of these. @param bytes rows of 8 bytes. */
export function tagNumber(bytes: Uint8Array, row: number): number {
  return readU32(bytes, row * ROW_BYTES) * 256 + bytes[row * ROW_BYTES + 4];
}

/** Place of a row's profile in its pool. */
export function profileOf(bytes: Uint8Array, row: number): number {
  return readU16(bytes, row * ROW_BYTES + TAG_BYTES);
}

export function flagsOf(bytes: Uint8Array, row: number): number {
  return bytes[row * ROW_BYTES + FLAGS];
}

export function countRows(bytes: Uint8Array): number {
  return bytes.length / ROW_BYTES;
}

/** @param rows from `rowsOfDoor`, in its order. */
export function packRows(rows: readonly DoorRow[]): ListRows {
  const pool = new ContentPool();
  return { bytes: join(rows.map((row) => encodeDoorRow(row, pool.placeOf(row.profile, row.key)))), contents: pool.contents, keys: pool.keys };
}

/** Contents, each once: equal terms have one place. */
export class ContentPool {
  readonly contents: ProfileContent[];
  readonly keys: string[];
  readonly #places: Map<string, number>;

  constructor({ contents, keys }: Pick<ListRows, "contents" | "keys"> = { contents: [], keys: [] }) {
    this.contents = [...contents];
    this.keys = [...keys];
    this.#places = new Map(keys.map((key, place) => [key, place]));
  }

  placeOf(content: ProfileContent, key: string): number {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = this.contents.push(content) - 1;
    if (place > 0xffff) throw new Error("more different terms than any door holds");
    this.keys.push(key);
    this.#places.set(key, place);
    return place;
  }
}

/**
 * The list in which some credentials hold other rights; all others keep theirs.
 * @param tags of those credentials: what `rows` had under them is gone.
 * @param fresh what they hold now: no other tags than these.
 */
export function replaceTags(rows: ListRows, tags: readonly Uint8Array[], fresh: ListRows): ListRows {
  const pool = new ContentPool(rows);
  const places = fresh.contents.map((content, index) => pool.placeOf(content, fresh.keys[index]));
  const added = withPlaces(fresh.bytes, places);
  const parts: Uint8Array[] = [];
  let kept = 0;
  for (const tag of [...new Set(tags.map((tag) => tagNumber(tag, 0)))].sort((a, b) => a - b)) {
    parts.push(rows.bytes.subarray(kept * ROW_BYTES, firstOf(rows.bytes, tag) * ROW_BYTES));
    parts.push(added.subarray(firstOf(added, tag) * ROW_BYTES, firstOf(added, tag + 1) * ROW_BYTES));
    kept = firstOf(rows.bytes, tag + 1);
  }
  parts.push(rows.bytes.subarray(kept * ROW_BYTES));
  return { bytes: join(parts), contents: pool.contents, keys: pool.keys };
}

/** The same rows, whose contents lie at other places. */
export function withPlaces(bytes: Uint8Array, places: ArrayLike<number>): Uint8Array {
  const moved = bytes.slice();
  for (let row = 0; row < countRows(bytes); row++) writeU16(moved, row * ROW_BYTES + TAG_BYTES, places[profileOf(bytes, row)]);
  return moved;
}

/**
 * Sorts rows that are in the order of their tags already, within each tag.
 * @param compare two rows of 8 bytes with one tag.
 */
export function sortWithinTags(bytes: Uint8Array, compare: (a: Uint8Array, b: Uint8Array) => number): void {
  const count = countRows(bytes);
  for (let from = 0, to = 1; from < count; from = to, to += 1) {
    while (to < count && tagNumber(bytes, to) === tagNumber(bytes, from)) to += 1;
    if (to - from === 1) continue;
    const rows = Array.from({ length: to - from }, (_, index) => bytes.slice((from + index) * ROW_BYTES, (from + index + 1) * ROW_BYTES));
    rows.sort(compare).forEach((row, index) => bytes.set(row, (from + index) * ROW_BYTES));
  }
}

/** Number of the first row whose tag is not below `tag`. */
function firstOf(bytes: Uint8Array, tag: number): number {
  let low = 0;
  for (let high = countRows(bytes); low < high; ) {
    const middle = (low + high) >> 1;
    if (tagNumber(bytes, middle) < tag) low = middle + 1;
    else high = middle;
  }
  return low;
}
