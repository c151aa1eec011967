import { equalBytes } from "../../protocol/bytes";
import type { Hashes } from "../../protocol/hashes";
import { PAGE_BYTES } from "../../protocol/limits";
import { decodeManifest, hash8, pageCount } from "../../protocol/manifest";
import { encodeManifestMessage } from "../../protocol/manifest-message";
import type { Need } from "../../protocol/need";
import type { Receipt } from "../../protocol/receipt";
import type { DownTopic } from "../../protocol/topics";
import type { SignedDelta } from "../issuing/list-payloads";
import type { IssuedBase } from "../issuing/plan-list";

/** A message to a door, by the end of its topic. */
export interface DownMessage {
  topic: DownTopic;
  payload: Uint8Array;
}

/** A delta of the newest version, by the base that it stands on. */
export interface IssuedDelta extends SignedDelta {
  base: number;
}

/** What a door is to have. */
export interface IssuedState {
  /** 0 = nothing was issued. */
  version: number;
  /** Bases that are not withdrawn, oldest first. */
  bases: readonly IssuedBase[];
  /** Those of the newest version. */
  deltas: readonly IssuedDelta[];
}

type ListReceipt = Pick<Receipt, "version" | "manifestHash" | "deltaHash">;

/**
 * The list messages that a door lacks, by its receipt (SPEC 14): a delta on the base that it has, and the next
 * base where there is one. Nothing where it has the newest version on the newest base.
 * @param fetching version of the base whose pages the door has asked for lately: it has that manifest.
 */
export function listDifference(hashes: Hashes, receipt: ListReceipt, issued: IssuedState, fetching: number | undefined): DownMessage[] {
  const { onOwn, base, onBase } = lackingLists(hashes, receipt, issued);
  const manifest: DownMessage[] = base === undefined || base.version === fetching ? [] : [manifestMessage(base)];
  return [...onOwn.map(deltaMessage), ...manifest, ...onBase.map(deltaMessage)];
}

/** What a door lacks of its lists. */
export interface LackingLists {
  /** Deltas on the base that it has. */
  onOwn: IssuedDelta[];
  /** The base that it is to change to, and has not; and what goes with it. */
  base: IssuedBase | undefined;
  onBase: IssuedDelta[];
}

/** @param receipt of the door's newest one: version 0 = it has no list. */
export function lackingLists(hashes: Hashes, receipt: ListReceipt, issued: IssuedState): LackingLists {
  if (issued.version === 0) return { onOwn: [], base: undefined, onBase: [] };
  const own = issued.bases.find((base) => receipt.version > 0 && equalBytes(hash8(hashes, base.manifest), receipt.manifestHash));
  const newest = issued.bases.at(-1);
  const base = newest === own ? undefined : newest;
  return {
    onOwn: own === undefined || isNewest(hashes, receipt, own, issued) ? [] : deltasOn(own, issued),
    base,
    onBase: base === undefined ? [] : deltasOn(base, issued),
  };
}

/** Whether a door has all of the newest version, which on a new base may still lack the delta with the door's orders. */
function isNewest(hashes: Hashes, receipt: ListReceipt, own: IssuedBase, issued: IssuedState): boolean {
  if (receipt.version !== issued.version) return receipt.version > issued.version;
  return issued.deltas.every((delta) => delta.base !== own.version || equalBytes(hash8(hashes, delta.payload), receipt.deltaHash));
}

/** Whether a receipt shows the newest list, on whichever base, to the last byte. */
export function hasNewestList(hashes: Hashes, receipt: ListReceipt, issued: IssuedState): boolean {
  if (issued.version === 0 || receipt.version !== issued.version) return false;
  const own = issued.bases.find((base) => equalBytes(hash8(hashes, base.manifest), receipt.manifestHash));
  return own !== undefined && isNewest(hashes, receipt, own, issued);
}

function deltasOn(base: IssuedBase, issued: IssuedState): IssuedDelta[] {
  return issued.deltas.filter((delta) => delta.base === base.version);
}

function deltaMessage({ base, signedDelta }: IssuedDelta): DownMessage {
  return { topic: `delta/${base}`, payload: signedDelta };
}

/** SPEC 5.5. */
export function manifestMessage({ signedManifest, pageHashes }: IssuedBase): DownMessage {
  return { topic: "manifest", payload: encodeManifestMessage({ signed: signedManifest, pageHashes }) };
}

/**
 * The page that a door asked for.
 * @param base the one that the need names, withdrawn or not.
 * @returns undefined where there is no such page: that is left to the door's next receipt.
 */
export function pageAnswer(page: NonNullable<Need["page"]>, base: Pick<IssuedBase, "epoch" | "version" | "manifest" | "body">): DownMessage | undefined {
  const { epoch, version, number } = page;
  if (base.epoch !== epoch || base.version !== version || number >= pageCount(decodeManifest(base.manifest))) return undefined;
  return { topic: `page/${number}`, payload: base.body.subarray(number * PAGE_BYTES, (number + 1) * PAGE_BYTES) };
}

/** The delta that a door asked for, by the base it stands on; undefined where that has none. */
export function deltaAnswer(base: number, issued: Pick<IssuedState, "deltas">): DownMessage | undefined {
  const delta = issued.deltas.find((each) => each.base === base);
  return delta && deltaMessage(delta);
}

/** Keysets that a door lacks, in the order in which it must take them. @param chain the site's, by number. */
export function keysetsAfter(number: number, chain: readonly { number: number; message: Uint8Array }[]): DownMessage[] {
  return chain.filter((keyset) => keyset.number > number).sort((a, b) => a.number - b.number).map(({ message }) => ({ topic: "keyset", payload: message }));
}
