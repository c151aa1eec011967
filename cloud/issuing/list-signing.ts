import { buildBody } from "../../protocol/access-list";
import { signingContext } from "../../protocol/cose-sign1";
import { encodeDelta } from "../../protocol/delta";
import type { DoorPolicy } from "../../protocol/door-policy";
import type { Hashes } from "../../protocol/hashes";
import { DELTA_BYTES_MAX, MANIFEST_BYTES_MAX, PAGES_MAX } from "../../protocol/limits";
import { decodeManifest, encodeManifest, hash8, type Manifest } from "../../protocol/manifest";
import type { SigningKey } from "../keys/signing-key";
import { samePolicy, type DoorOrders, type PolicyContent } from "./door-orders";
import type { DoorSurroundings } from "./door-surroundings";
import type { ListChange } from "./list-change";
import { countRows, type ListRows } from "./list-rows";
import { snapshotOf } from "./snapshot";

/** Which list of which door is being signed, and when. */
export interface ListStamp {
  /** 8 bytes. */
  door: Uint8Array;
  epoch: number;
  version: number;
  /** Unix seconds. */
  issuedAt: number;
}

/** What lists are signed with. */
export interface ListSigner {
  hashes: Hashes;
  listKey: SigningKey;
}

export interface SignedBase {
  /** Payload, and the COSE_Sign1 over it. */
  manifest: Uint8Array;
  signedManifest: Uint8Array;
  pageHashes: Uint8Array;
  body: Uint8Array;
}

/** @throws Error where a door cannot hold the list: commands refuse to let it grow so far. */
export function signBase({ hashes, listKey }: ListSigner, stamp: ListStamp, rows: ListRows, surroundings: DoorSurroundings, policy: PolicyContent): SignedBase {
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
  const signedManifest = listKey.sign(payload, signingContext("manifest", stamp.door));
  if (signedManifest.length > MANIFEST_BYTES_MAX) throw new Error("the manifest is too large");
  return { manifest: payload, signedManifest, pageHashes: list.pageHashes, body: list.body };
}

export interface SignedDelta {
  payload: Uint8Array;
  signedDelta: Uint8Array;
}

/**
 * @param base the manifest's payload and version.
 * @param orders a policy that the manifest has already is left out.
 * @returns undefined where the delta would be larger than a door takes.
 */
export function signDelta({ hashes, listKey }: ListSigner, stamp: ListStamp, base: { manifest: Uint8Array; version: number }, change: ListChange, orders: DoorOrders): SignedDelta | undefined {
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
  const signedDelta = listKey.sign(payload, signingContext("delta", stamp.door));
  return signedDelta.length > DELTA_BYTES_MAX ? undefined : { payload, signedDelta };
}

function toPolicy({ hours: _, ...policy }: PolicyContent, hoursRule: number): DoorPolicy {
  return { ...policy, hoursRule };
}
