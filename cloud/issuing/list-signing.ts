import { buildAccessList } from "../../protocol/access-list";
import { signingContext } from "../../protocol/cose-sign1";
import { encodeDelta, LockState, type Delta } from "../../protocol/delta";
import { DELTA_BYTES_MAX, MANIFEST_BYTES_MAX, PAGES_MAX } from "../../protocol/limits";
import { encodeManifest, hash8, type Manifest } from "../../protocol/manifest";
import type { DoorRow } from "../access/door-row";
import { nativeHashes } from "../keys/native-hashes";
import type { SigningKey } from "../keys/signing-key";
import type { DoorSurroundings } from "./door-surroundings";
import type { ListChange } from "./list-change";
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

export interface SignedBase {
  /** Payload, and the COSE_Sign1 over it. */
  manifest: Uint8Array;
  signedManifest: Uint8Array;
  pageHashes: Uint8Array;
  body: Uint8Array;
}

/** @throws Error where a door cannot hold the list: commands refuse to let it grow so far. */
export function signBase(listKey: SigningKey, stamp: ListStamp, rows: readonly DoorRow[], surroundings: DoorSurroundings): SignedBase {
  const content = snapshotOf(rows);
  const list = buildAccessList(nativeHashes, content);
  if (list.pages.length > PAGES_MAX) throw new Error("the list is larger than a door's slot");
  const manifest: Manifest = {
    ...stamp,
    ...surroundings,
    rows: content.rows.length,
    profiles: content.profiles.length,
    rules: content.rules.length,
    pagesHash: list.pagesHash,
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
 * @returns undefined where the delta would be larger than a door takes.
 */
export function signDelta(listKey: SigningKey, stamp: ListStamp, base: { manifest: Uint8Array; version: number }, change: ListChange): SignedDelta | undefined {
  const delta: Delta = {
    ...change,
    epoch: stamp.epoch,
    base: base.version,
    version: stamp.version,
    manifestHash: hash8(nativeHashes, base.manifest),
    lockState: LockState.normal,
    throttleReset: 0, policy: undefined, released: false,
  };
  const payload = encodeDelta(delta);
  const signedDelta = listKey.sign(payload, signingContext("delta", stamp.door));
  return signedDelta.length > DELTA_BYTES_MAX ? undefined : { payload, signedDelta };
}
