import { compareBytes, join, readU16 } from "./bytes";
import type { Hashes } from "./hashes";
import { ALTERNATIVES_MAX, PAGE_BYTES, PROFILE_BYTES, ROW_BYTES, SCHEDULE_RULE_BYTES } from "./limits";
import { LockState, PROFILE_ENTRY_BYTES, RULE_ENTRY_BYTES, type Delta } from "./delta";
import type { DoorPolicy } from "./door-policy";
import type { Manifest } from "./manifest";
import { decodeProfile, encodeProfile, type Profile } from "./profile";
import { decodeRow, encodeRow, kindOf, type Row } from "./row";
import { decodeScheduleRule, encodeScheduleRule, type ScheduleRule } from "./schedule";

/**
 * An access list: the body of a snapshot (rows, profiles, schedule rules in pages of 4 KB) with a cumulative
 * delta over it. Building is the cloud's work; looking up is the door's, in place on flash.
 */

const ROWS_PER_PAGE = PAGE_BYTES / ROW_BYTES;
const PAGE_OF_ROW = 9; // shifts: 512 rows …
const PAGE_OF_BYTE = 12; // … or 4,096 bytes a page

export interface ListContent {
  rows: readonly Row[];
  profiles: readonly Profile[];
  rules: readonly ScheduleRule[];
}

/** A snapshot's body as it goes to doors. */
export interface BuiltList {
  body: Uint8Array;
  pages: Uint8Array[];
  /** SHA-256 of each page, one after the other. */
  pageHashes: Uint8Array;
  /** SHA-256 of `pageHashes`: what the manifest carries. */
  pagesHash: Uint8Array;
}

/** Rows in their order on the wire: by all of their 8 bytes. */
export function sortRows(rows: readonly Row[]): Uint8Array[] {
  return rows.map(encodeRow).sort(compareBytes);
}

/** A list, of rows in whatever order. @throws Error where two rows are equal to the last byte. */
export function buildAccessList(hashes: Hashes, { rows, profiles, rules }: ListContent): BuiltList {
  return buildBody(hashes, { rows: join(sortRows(rows)), profiles, rules });
}

/**
 * The body of a list.
 * @param content rows as the wire has them: 8 bytes each, sorted.
 * @throws Error where rows are not in strictly ascending order.
 */
export function buildBody(hashes: Hashes, content: { rows: Uint8Array; profiles: readonly Profile[]; rules: readonly ScheduleRule[] }): BuiltList {
  const { rows, profiles, rules } = content;
  for (let at = ROW_BYTES; at < rows.length; at += ROW_BYTES) {
    if (compareBytes(rows.subarray(at - ROW_BYTES, at), rows.subarray(at, at + ROW_BYTES)) >= 0) throw new Error("rows out of order, or the same row twice");
  }
  const body = join([rows, ...profiles.map(encodeProfile), ...rules.map(encodeScheduleRule)]);
  const pages: Uint8Array[] = [];
  for (let at = 0; at < body.length; at += PAGE_BYTES) pages.push(body.subarray(at, at + PAGE_BYTES));
  const pageHashes = join(pages.map((page) => hashes.sha256(page)));
  return { body, pages, pageHashes, pagesHash: hashes.sha256(pageHashes) };
}

/** Where a list's body lies. */
export interface BodyReader {
  /** @returns `length` bytes of the body from `offset`. */
  read(offset: number, length: number): Uint8Array;
  /** Whether a page (by number) can be trusted; rows of one that cannot open nothing. */
  isSound(page: number): boolean;
}

/** A list made ready for look-ups. RAM: 8 bytes a page, the delta's bytes, 2 bytes a tombstone. */
export interface AccessList {
  manifest: Manifest;
  delta: Delta | undefined;
  /** How the door behaves: the delta's word, or else the manifest's. */
  policy: DoorPolicy;
  lockState: LockState;
  body: BodyReader;
  /** First tag of each page that holds rows, as a number. */
  firstTags: Float64Array;
}

/** Read in one go when a search has come so near: a read costs more than looking at a few rows in memory. */
const ROWS_AT_ONCE = 64;

/** Five bytes as a number, so that a comparison is one operation of the engine; DataView does in C what indexing does in five steps. */
function tagNumber(rows: DataView, at: number): number {
  return rows.getUint32(at) * 256 + rows.getUint8(at + 4);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

export function openAccessList(manifest: Manifest, delta: Delta | undefined, body: BodyReader): AccessList {
  const pages = Math.ceil(manifest.rows / ROWS_PER_PAGE);
  const firstTags = new Float64Array(pages);
  // A damaged page takes the first tag of the page after it: then no search ever steps into it.
  let following = Infinity;
  for (let page = pages - 1; page >= 0; page--) {
    if (body.isSound(page)) following = tagNumber(viewOf(body.read(page * PAGE_BYTES, ROW_BYTES)), 0);
    firstTags[page] = following;
  }
  return { manifest, delta, policy: delta?.policy ?? manifest.policy, lockState: delta?.lockState ?? LockState.normal, body, firstTags };
}

/** The same snapshot under another delta, which says anew what is said for the whole door. */
export function withDelta(list: AccessList, delta: Delta): AccessList {
  return { ...list, delta, policy: delta.policy ?? list.manifest.policy, lockState: delta.lockState };
}

/**
 * The rows under a tag, of one kind: alternatives, any of which may grant. At most 5 + 9 reads for 10,000 rows.
 */
export function lookUp(list: AccessList, tag: Uint8Array, kind: number): Row[] {
  const wanted = tagNumber(viewOf(tag), 0);
  const found: Row[] = [];
  const { manifest, delta, body } = list;
  for (let row = lowerBound(list, wanted); row < manifest.rows && found.length < ALTERNATIVES_MAX; row++) {
    const page = row >> PAGE_OF_ROW;
    if (!body.isSound(page)) {
      // The first rows of the page after it are found by way of this one's place.
      row = (page + 1) * ROWS_PER_PAGE - 1;
      continue;
    }
    const bytes = body.read(row * ROW_BYTES, ROW_BYTES);
    if (tagNumber(viewOf(bytes), 0) !== wanted) break;
    if (kindOf(bytes[7]) === kind && (delta === undefined || !isTombstoned(delta.tombstones, row))) found.push(decodeRow(bytes));
  }
  if (delta !== undefined) lookUpAdded(delta.added, wanted, kind, found);
  return found;
}

/** Number of the first row whose tag is not below `wanted`; alternatives may begin on the page before their first tag. */
function lowerBound(list: AccessList, wanted: number): number {
  const { firstTags, manifest, body } = list;
  let page = 0;
  for (let high = firstTags.length; page < high; ) {
    const middle = (page + high) >> 1;
    if (firstTags[middle] < wanted) page = middle + 1;
    else high = middle;
  }
  if (page === 0) return 0;
  let row = (page - 1) * ROWS_PER_PAGE;
  let high = Math.min(page * ROWS_PER_PAGE, manifest.rows);
  while (high - row > ROWS_AT_ONCE) {
    const middle = (row + high) >> 1;
    if (tagNumber(viewOf(body.read(middle * ROW_BYTES, ROW_BYTES)), 0) < wanted) row = middle + 1;
    else high = middle;
  }
  return row + lowerBoundIn(viewOf(body.read(row * ROW_BYTES, (high - row) * ROW_BYTES)), wanted);
}

/** The same among rows in memory. */
function lowerBoundIn(rows: DataView, wanted: number): number {
  let low = 0;
  for (let high = rows.byteLength >> 3; low < high; ) {
    const middle = (low + high) >> 1;
    if (tagNumber(rows, middle << 3) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isTombstoned(tombstones: Uint16Array, row: number): boolean {
  let low = 0;
  for (let high = tombstones.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (tombstones[middle] < row) low = middle + 1;
    else high = middle;
  }
  return low < tombstones.length && tombstones[low] === row;
}

function lookUpAdded(added: Uint8Array, wanted: number, kind: number, found: Row[]): void {
  const view = viewOf(added);
  for (let at = lowerBoundIn(view, wanted) * ROW_BYTES; at < added.length && tagNumber(view, at) === wanted && found.length < ALTERNATIVES_MAX; at += ROW_BYTES) {
    if (kindOf(added[at + 7]) === kind) found.push(decodeRow(added.subarray(at, at + ROW_BYTES)));
  }
}

/** Profile by its index, the delta's first; undefined where there is none or its page is damaged. */
export function profileAt(list: AccessList, index: number): Profile | undefined {
  const { manifest, delta } = list;
  const replaced = delta === undefined ? -1 : poolEntry(delta.profiles, PROFILE_ENTRY_BYTES, index);
  if (replaced >= 0) return decodeProfile(delta!.profiles, replaced);
  if (index >= manifest.profiles) return undefined;
  const bytes = readSound(list.body, manifest.rows * ROW_BYTES + index * PROFILE_BYTES, PROFILE_BYTES);
  return bytes && decodeProfile(bytes);
}

/** Schedule rule by its index, the delta's first; undefined where there is none or its page is damaged. */
export function scheduleRuleAt(list: AccessList, index: number): ScheduleRule | undefined {
  const { manifest, delta } = list;
  const replaced = delta === undefined ? -1 : poolEntry(delta.rules, RULE_ENTRY_BYTES, index);
  if (replaced >= 0) return decodeScheduleRule(delta!.rules, replaced);
  if (index >= manifest.rules) return undefined;
  const start = manifest.rows * ROW_BYTES + manifest.profiles * PROFILE_BYTES;
  const bytes = readSound(list.body, start + index * SCHEDULE_RULE_BYTES, SCHEDULE_RULE_BYTES);
  return bytes && decodeScheduleRule(bytes);
}

/** A profile can lie across two pages: both must be sound. */
function readSound(body: BodyReader, offset: number, length: number): Uint8Array | undefined {
  const first = offset >> PAGE_OF_BYTE;
  const last = (offset + length - 1) >> PAGE_OF_BYTE;
  return body.isSound(first) && (last === first || body.isSound(last)) ? body.read(offset, length) : undefined;
}

/** @returns where the entry's value begins, or −1. */
function poolEntry(entries: Uint8Array, size: number, index: number): number {
  let low = 0;
  for (let high = entries.length / size; low < high; ) {
    const middle = (low + high) >> 1;
    const found = readU16(entries, middle * size);
    if (found === index) return middle * size + 2;
    if (found < index) low = middle + 1;
    else high = middle;
  }
  return -1;
}
