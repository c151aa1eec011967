import { openAccessList, type AccessList } from "../../protocol/access-list";
import { concat } from "../../protocol/bytes";
import { signingContext } from "../../protocol/cose-sign1";
import { checkDelta, decodeDelta, type Delta } from "../../protocol/delta";
import { PAGE_BYTES } from "../../protocol/limits";
import { decodeManifest, hash8, pageCount, type Manifest } from "../../protocol/manifest";
import { checkPageHashes, decodeManifestMessage } from "../../protocol/manifest-message";
import type { Need } from "../../protocol/need";
import type { Receipt } from "../../protocol/receipt";
import { nodeHashes } from "../xs/host-hashes";
import { openSignedNatively } from "./native-signature";

interface Base {
  manifest: Manifest;
  payload: Uint8Array;
  pages: (Uint8Array | undefined)[];
}

interface Active {
  base: Base;
  delta: Delta | undefined;
  deltaPayload: Uint8Array | undefined;
}

/** What the door says after a message: that it has a new list, or has had this one, what it lacks, or nothing. */
export type ListAnswer = "receipt" | "known" | Need | undefined;

const NO_HASH = new Uint8Array(8);

/** A door's access list in memory, with the rules of the firmware's store (SPEC 5) and none of its flash. */
export class LightList {
  readonly #door: Uint8Array;
  active: Active | undefined;
  fetching: Base | undefined;

  /** @param door 8 bytes. */
  constructor(door: Uint8Array) {
    this.#door = door;
  }

  get version(): number {
    return this.active === undefined ? 0 : (this.active.delta?.version ?? this.active.base.manifest.version);
  }

  /** What a receipt says of it. */
  get stand(): Pick<Receipt, "epoch" | "version" | "manifestHash" | "deltaHash"> {
    const { active, version } = this;
    return {
      epoch: active?.base.manifest.epoch ?? 0,
      version,
      manifestHash: active === undefined ? NO_HASH : hash8(nodeHashes, active.base.payload),
      deltaHash: active?.deltaPayload === undefined ? NO_HASH : hash8(nodeHashes, active.deltaPayload),
    };
  }

  /** The list with its delta, as a real door reads it. */
  open(): AccessList | undefined {
    if (this.active === undefined) return undefined;
    const body = concat(...(this.active.base.pages as Uint8Array[]));
    return openAccessList(this.active.base.manifest, this.active.delta, { read: (offset, length) => body.subarray(offset, offset + length), isSound: () => true });
  }

  /** @throws {ProtocolError} where it is not the list key's, or not well formed. */
  takeManifest(message: Uint8Array, listKey: Uint8Array): ListAnswer {
    const { signed, pageHashes } = decodeManifestMessage(message);
    const payload = openSignedNatively(signed, listKey, signingContext("manifest", this.#door));
    const manifest = decodeManifest(payload);
    if (manifest.version === this.fetching?.manifest.version) return this.#fetch();
    if (manifest.version <= Math.max(this.active?.base.manifest.version ?? 0, this.fetching?.manifest.version ?? 0)) return "known";
    checkPageHashes(nodeHashes, manifest, pageHashes);
    this.fetching = { manifest, payload, pages: Array.from({ length: pageCount(manifest) }) };
    return this.#fetch();
  }

  takePage(number: number, page: Uint8Array): ListAnswer {
    if (this.fetching === undefined || page.length > PAGE_BYTES) return undefined;
    this.fetching.pages[number] = page.slice();
    return this.#fetch();
  }

  /** @throws {ProtocolError} as `takeManifest`. */
  takeDelta(message: Uint8Array, listKey: Uint8Array): ListAnswer {
    const payload = openSignedNatively(message, listKey, signingContext("delta", this.#door));
    const delta = decodeDelta(payload);
    const base = [this.active?.base, this.fetching].find((candidate) => candidate?.manifest.version === delta.base);
    if (base === undefined || base.pages.includes(undefined)) return undefined;
    // SPEC 5.6: on the other base, or on one without a delta, it may be of the version that is active.
    if (delta.version < this.version || (delta.version === this.version && base === this.active?.base && this.active.delta !== undefined)) return "known";
    checkDelta(delta, base.manifest);
    return this.#activate({ base, delta, deltaPayload: payload.slice() });
  }

  #fetch(): ListAnswer {
    const { manifest, pages } = this.fetching!;
    const missing = pages.indexOf(undefined);
    if (missing >= 0) return { page: { epoch: manifest.epoch, version: manifest.version, number: missing } };
    if (manifest.version > this.version) return this.#activate({ base: this.fetching!, delta: undefined, deltaPayload: undefined });
    return { deltaBase: manifest.version };
  }

  #activate(active: Active): ListAnswer {
    this.active = active;
    if (active.base === this.fetching) this.fetching = undefined;
    return "receipt";
  }
}
