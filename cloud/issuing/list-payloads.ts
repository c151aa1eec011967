import { buildBody } from "../../protocol/access-list";
import { signedLength } from "../../protocol/cose-sign1";
import { encodeDelta } from "../../protocol/delta";
import type { DoorPolicy } from "../../protocol/door-policy";
import type { Hashes } from "../../protocol/hashes";
import { DELTA_BYTES_MAX, MANIFEST_BYTES_MAX, PAGES_MAX } from "../../protocol/limits";
import { decodeManifest, encodeManifest, hash8, type Manifest } from "../../protocol/manifest";
import { samePolicy, type DoorOrders, type PolicyContent } from "./door-orders";
import type { DoorSurroundings } from "./door-surroundings";
import type { ListChange } from "./list-change";
import { countRows, type ListRows } from "./list-rows";
import { snapshotOf } from "./snapshot";

/** Which list of which door is to be signed, and when. */
export interface ListStamp {
  /** 8 bytes. */
  door: Uint8Array;
  epoch: number;
  version: number;
  /** Unix seconds. */
  issuedAt: number;
}

/** A base before it is signed. */
export interface BasePayload {
  manifest: Uint8Array;
  pageHashes: Uint8Array;
  body: Uint8Array;
}

/** A base as it goes to a door: with the COSE_Sign1 of its manifest. */
export interface SignedBase extends BasePayload {
  signedManifest: Uint8Array;
}

/** A delta before it is signed. */
export interface DeltaPayload {
  payload: Uint8Array;
}

export interface SignedDelta extends DeltaPayload {
  signedDelta: Uint8Array;
}

/** @throws Error where a door cannot hold the list: commands refuse to let it grow so far. */
export function basePayload(hashes: Hashes, stamp: ListStamp, rows: ListRows, surroundings: DoorSurroundings, policy: PolicyContent): BasePayload {
  const content = snapshotOf(rows, policy.hours);
  const list = buildBody(hashes, content);
  if (list.pages.length > PAGES_MAX) throw new Error("the list is larger than a door's slot");
  const manifest: Manifest = {
    ...stamp,
    ...surroundings,
    rows: countRows(content.rows),
    profiles: content.profiles.length,
    rules: content.rules.length,
    pagesHash: list.pagesHash,
    policy: toPolicy(policy, content.hoursRule),
  };
  const payload = encodeManifest(manifest);
  if (signedLength(payload.length) > MANIFEST_BYTES_MAX) throw new Error("the manifest is too large");
  return { manifest: payload, pageHashes: list.pageHashes, body: list.body };
}

/**
 * @param base the manifest's payload and version.
 * @param orders a policy that the manifest has already is left out.
 * @returns undefined where the delta would be larger than a door takes.
 */
export function deltaPayload(hashes: Hashes, stamp: ListStamp, base: { manifest: Uint8Array; version: number }, change: ListChange, orders: DoorOrders): DeltaPayload | undefined {
  const { tombstones, added, profiles, rules, hoursRule } = change;
  const { lockState, throttleReset, released } = orders;
  const policy = toPolicy(orders.policy, hoursRule);
  const payload = encodeDelta({
    epoch: stamp.epoch,
    base: base.version,
    version: stamp.version,
    manifestHash: hash8(hashes, base.manifest),
    tombstones,
    added,
    profiles,
    rules,
    lockState,
    throttleReset,
    policy: samePolicy(policy, decodeManifest(base.manifest).policy) ? undefined : policy,
    released,
  });
  return signedLength(payload.length) > DELTA_BYTES_MAX ? undefined : { payload };
}

function toPolicy({ hours: _, ...policy }: PolicyContent, hoursRule: number): DoorPolicy {
  return { ...policy, hoursRule };
}
