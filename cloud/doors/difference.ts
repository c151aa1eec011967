import { equalBytes } from "../../protocol/bytes";
import { encodeManifestMessage } from "../../protocol/manifest-message";
import { hash8 } from "../../protocol/manifest";
import type { Receipt } from "../../protocol/receipt";
import type { DownTopic } from "../../protocol/topics";
import { nativeHashes } from "../keys/native-hashes";
import type { ListBaseRow, ListDeltaRow } from "../store/tables";

/** A message to a door, by the end of its topic. */
export interface DownMessage {
  topic: DownTopic;
  payload: Uint8Array;
}

/** What a door is to have. */
export interface IssuedState {
  version: number;
  /** Bases that are not withdrawn, oldest first. */
  bases: readonly ListBaseRow[];
  /** Those of the newest version. */
  deltas: readonly ListDeltaRow[];
}

/**
 * The list messages that a door lacks, by its receipt (SPEC 14): a delta on the base that it has, and the next
 * base where there is one. Nothing where it has the newest version on the newest base.
 * @param fetching version of the base whose pages the door has asked for lately: it has that manifest.
 */
export function listDifference(receipt: Receipt, issued: IssuedState, fetching: number | undefined): DownMessage[] {
  if (issued.version === 0) return [];
  const own = issued.bases.find((base) => receipt.version > 0 && equalBytes(hash8(nativeHashes, base.manifest), receipt.manifestHash));
  const newest = issued.bases.at(-1);
  const messages: DownMessage[] = [];
  if (own !== undefined && receipt.version < issued.version) messages.push(...deltasOn(own, issued));
  if (newest !== undefined && newest !== own) {
    if (newest.version !== fetching) messages.push({ topic: "manifest", payload: encodeManifestMessage({ signed: newest.signed_manifest, pageHashes: newest.page_hashes }) });
    messages.push(...deltasOn(newest, issued));
  }
  return messages;
}

function deltasOn(base: ListBaseRow, issued: IssuedState): DownMessage[] {
  return issued.deltas.filter((delta) => delta.base_version === base.version).map((delta) => ({ topic: `delta/${base.version}`, payload: delta.signed_delta }));
}
