import { toHex } from "../../protocol/bytes";
import { CourierKind, decodeCourierHeader, COURIER_HEADER_BYTES, COURIER_OVERHEAD_BYTES, sealCourierItem, type CourierKeys } from "../../protocol/courier-item";
import type { Hashes } from "../../protocol/hashes";
import { PAGE_BYTES } from "../../protocol/limits";
import type { Receipt } from "../../protocol/receipt";
import { lackingLists, manifestMessage, type IssuedState } from "../doors/difference";
import type { IssuedBase } from "../issuing/plan-list";

/** What a door lacks, as far as it has said what it has. */
export interface DoorLack {
  /** undefined: it has never said anything. */
  receipt: Receipt | undefined;
  /** The site's keysets. */
  keysets: readonly { number: number; message: Uint8Array }[];
  issued: IssuedState;
  /** For the newest list, as an item; undefined: none can be signed now. */
  lease: Uint8Array | undefined;
  /** First event that is not stored, where the door does not know that the ones before are; else undefined. */
  acknowledgement: { message: Uint8Array; sequence: number } | undefined;
}

/** Sealed items for one door, in the order in which it can use them (SPEC 21.1). */
export interface CourierPart {
  /** Keysets, and deltas on the base that it has. */
  first: Uint8Array[];
  /** Manifest and pages of a base that it is to change to: many bytes, and the one thing that may be left off. */
  list: Uint8Array[];
  /** Deltas on that one, lease, acknowledgement of events. */
  last: Uint8Array[];
  /** Whether whoever carries no `list` still brings the newest version, to a door that has what it last said it had. */
  newsWithoutList: boolean;
}

const NOTHING = { version: 0, manifestHash: new Uint8Array(8), deltaHash: new Uint8Array(8) };

/** The same lack is the same bytes: sealing has no randomness. */
export function sealPart(hashes: Hashes, keys: CourierKeys, { receipt, keysets, issued, lease, acknowledgement }: DoorLack): CourierPart {
  const seal = (kind: CourierKind, message: Uint8Array, { number = 0, version = 0 } = {}): Uint8Array => sealCourierItem(hashes, keys, { kind, number, version }, message);
  const { onOwn, base, onBase } = lackingLists(hashes, receipt ?? NOTHING, issued);
  const deltas = (list: typeof onOwn): Uint8Array[] => list.map((delta) => seal(CourierKind.delta, delta.signedDelta, { number: delta.base, version: issued.version }));
  const chain = keysets.filter(({ number }) => number > (receipt?.keysetNumber ?? 0)).sort((a, b) => a.number - b.number);
  return {
    first: [...chain.map(({ number, message }) => seal(CourierKind.keyset, message, { number })), ...deltas(onOwn)],
    list: base === undefined ? [] : [seal(CourierKind.manifest, manifestMessage(base).payload, { version: base.version }), ...pagesOf(base).map((page, number) => seal(CourierKind.page, page, { number, version: base.version }))],
    last: [
      ...deltas(onBase),
      ...(lease === undefined ? [] : [lease]),
      ...(acknowledgement === undefined ? [] : [seal(CourierKind.acknowledgement, acknowledgement.message, { version: acknowledgement.sequence })]),
    ],
    newsWithoutList: base === undefined || onOwn.length > 0,
  };
}

/** The lease among the items of a part; undefined: there is none. */
export function leaseAmong(items: Uint8Array): Uint8Array | undefined {
  return splitItems(items).find((item) => item[1] === CourierKind.lease);
}

function pagesOf({ body }: IssuedBase): Uint8Array[] {
  const pages: Uint8Array[] = [];
  for (let at = 0; at < body.length; at += PAGE_BYTES) pages.push(body.subarray(at, at + PAGE_BYTES));
  return pages;
}

/** What of a receipt makes another part. */
export function heardOf(receipt: Receipt | undefined): string {
  return receipt === undefined ? "nothing" : `${receipt.keysetNumber}.${receipt.version}.${toHex(receipt.manifestHash)}.${toHex(receipt.deltaHash)}`;
}

/** Items that lie one after the other, as they are stored. */
export function splitItems(bytes: Uint8Array): Uint8Array[] {
  const items: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + COURIER_OVERHEAD_BYTES + decodeCourierHeader(bytes.subarray(at, at + COURIER_HEADER_BYTES)).length;
    items.push(bytes.subarray(at, end));
    at = end;
  }
  return items;
}
