import { getPublicKey, hashes as nobleSettings } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";
import { buildAccessList, sortRows, type BuiltList } from "../../protocol/access-list";
import { ascii } from "../../protocol/bytes";
import { sign } from "../../protocol/cose";
import { signingContext } from "../../protocol/cose-sign1";
import { CredentialKind, credentialTag } from "../../protocol/credential";
import { encodeDelta, LockState, type Delta } from "../../protocol/delta";
import type { Hashes } from "../../protocol/hashes";
import { encodeKeyset, encodeKeysetMessage, type Keyset } from "../../protocol/keyset";
import { encodeLease, type Lease } from "../../protocol/lease";
import { diffRows } from "../../protocol/list-diff";
import { DEFAULT_POLICY } from "../../protocol/door-policy";
import { encodeManifest, hash8, type Manifest } from "../../protocol/manifest";
import { encodeManifestMessage } from "../../protocol/manifest-message";
import { ALWAYS, HolderClass, NO_END, type Profile } from "../../protocol/profile";
import type { Row } from "../../protocol/row";
import type { ScheduleRule } from "../../protocol/schedule";
import { encodeSignedTime } from "../../protocol/signed-time";
import { encodeUtcOffsets } from "../../protocol/utc-offsets";

/** An Ed25519 key pair. */
export interface TestKey {
  secretKey: Uint8Array;
  publicKey: Uint8Array;
}

/** @param number 0 to 255; equal numbers give equal keys. The public key is worked out when it is asked for. */
export function testKey(number: number): TestKey {
  const secretKey = new Uint8Array(32).fill(number);
  let publicKey: Uint8Array | undefined;
  return {
    secretKey,
    get publicKey() {
      nobleSettings.sha512 ??= sha512;
      return (publicKey ??= getPublicKey(secretKey));
    },
  };
}

/** A resident's right without an end, a guest's and a staff member's. */
export const RESIDENT: Profile = { notBefore: 0, notAfter: NO_END, schedule: ALWAYS, holderClass: HolderClass.resident, outputs: 1, maxUses: 0 };
export const GUEST: Profile = { ...RESIDENT, holderClass: HolderClass.guest };
export const STAFF: Profile = { ...RESIDENT, holderClass: HolderClass.staff };

/** A snapshot as the cloud keeps it: to be sent, and to base deltas on. */
export interface MintedSnapshot extends BuiltList {
  manifest: Manifest;
  payload: Uint8Array;
  /** `hash8` of the manifest's payload. */
  hash: Uint8Array;
  /** For `down/manifest`. */
  message: Uint8Array;
  rows: readonly Row[];
}

export interface SnapshotOptions extends Partial<Omit<Manifest, "rows" | "profiles" | "rules">> {
  version: number;
  rows?: readonly Row[];
  /** Default: RESIDENT, GUEST, STAFF. */
  profiles?: readonly Profile[];
  rules?: readonly ScheduleRule[];
}

export interface DeltaOptions extends Partial<Delta> {
  version: number;
  /** All rows of the list that the delta makes out of its base; default: those of the base. */
  rows?: readonly Row[];
}

export type LeaseOptions = Pick<Lease, "version" | "issuedAt"> & Partial<Lease>;

export interface MintOptions {
  tagKey: Uint8Array;
  root: TestKey;
  listKey: TestKey;
  leaseKey: TestKey;
}

export type SignedObject = Parameters<typeof signingContext>[0];

/**
 * A site with one door and the cloud's keys, for tests: makes every signed object that a door takes. What it signs
 * is sound unless a test asks for something else.
 */
export class Mint {
  readonly door: Uint8Array;
  readonly site = new Uint8Array(8).fill(0x51);
  tagKey: Uint8Array;
  root: TestKey;
  listKey: TestKey;
  leaseKey: TestKey;
  /** The epoch of what is minted next. */
  epoch = 1;
  readonly #hashes: Hashes;

  constructor(hashes: Hashes, door: Uint8Array = new Uint8Array(8).fill(0xd0), options: Partial<MintOptions> = {}) {
    this.#hashes = hashes;
    this.door = door;
    const { tagKey = new Uint8Array(32).fill(0x7a), root = testKey(1), listKey = testKey(2), leaseKey = testKey(3) } = options;
    this.tagKey = tagKey;
    this.root = root;
    this.listKey = listKey;
    this.leaseKey = leaseKey;
  }

  /** @param value text stands for its ASCII bytes. */
  tag(kind: CredentialKind, value: string | Uint8Array): Uint8Array {
    return credentialTag(this.#hashes, this.tagKey, kind, typeof value === "string" ? ascii(value) : value);
  }

  /** A row for a PIN. @param profile index, of the default profiles 0 resident, 1 guest, 2 staff. */
  pinRow(pin: string, profile = 0, more: Partial<Row> = {}): Row {
    return this.row(CredentialKind.pin, pin, profile, more);
  }

  /** As `pinRow`, for any kind of credential. */
  row(kind: CredentialKind, value: string | Uint8Array, profile = 0, more: Partial<Row> = {}): Row {
    return { ...rowOf(this.tag(kind, value), profile), kind, ...more };
  }

  snapshot({ version, rows = [], profiles = [RESIDENT, GUEST, STAFF], rules = [], ...more }: SnapshotOptions): MintedSnapshot {
    const built = buildAccessList(this.#hashes, { rows, profiles, rules });
    const manifest: Manifest = {
      door: this.door,
      epoch: this.epoch,
      version,
      issuedAt: version,
      rows: rows.length,
      profiles: profiles.length,
      rules: rules.length,
      pagesHash: built.pagesHash,
      policy: DEFAULT_POLICY,
      utcOffsets: encodeUtcOffsets([{ since: 0, offsetSeconds: 3_600 }]),
      holidays: new Uint8Array(0),
      ...more,
    };
    const payload = encodeManifest(manifest);
    const message = encodeManifestMessage({ signed: this.sign(payload, "manifest"), pageHashes: built.pageHashes });
    return { ...built, manifest, payload, hash: hash8(this.#hashes, payload), message, rows };
  }

  /** A delta on a snapshot: what changes its rows into `rows`, and whatever else is given. */
  delta(base: MintedSnapshot, options: DeltaOptions): Uint8Array {
    return this.sign(encodeDelta(this.deltaOf(base, options)), "delta");
  }

  /** The same before it is encoded and signed. */
  deltaOf(base: MintedSnapshot, { version, rows = base.rows, ...more }: DeltaOptions): Delta {
    const { tombstones, added } = diffRows(sortRows(base.rows), sortRows(rows));
    const none = new Uint8Array(0);
    return {
      epoch: base.manifest.epoch,
      base: base.manifest.version,
      version,
      manifestHash: base.hash,
      tombstones,
      added,
      profiles: none,
      rules: none,
      lockState: LockState.normal,
      throttleReset: 0,
      policy: undefined,
      released: false,
      ...more,
    };
  }

  /** A lease for a list; it ends a day after `issuedAt` for guests and three for staff, unless told otherwise. */
  lease(options: LeaseOptions): Uint8Array {
    return this.sign(encodeLease(this.leaseOf(options)), "lease");
  }

  /** The same before it is encoded and signed. */
  leaseOf({ version, issuedAt, ...more }: LeaseOptions): Lease {
    return { epoch: this.epoch, version, issuedAt, guestNotAfter: issuedAt + 86_400, staffNotAfter: issuedAt + 3 * 86_400, residentNotAfter: 0, ...more };
  }

  signedTime(nonce: Uint8Array, time: number): Uint8Array {
    return this.sign(encodeSignedTime({ nonce, time }), "time");
  }

  /** The keyset of the mint's present keys. @param signers default: the root alone. */
  keyset(number = 1, more: Partial<Keyset> = {}, signers: readonly TestKey[] = [this.root]): Uint8Array {
    const keyset = this.keysetOf(number, more);
    return this.signKeyset(encodeKeyset(keyset), signers, keyset.site);
  }

  /** The same before it is encoded and signed. */
  keysetOf(number = 1, more: Partial<Keyset> = {}): Keyset {
    return {
      site: this.site,
      number,
      epoch: this.epoch,
      issuedAt: 1_000 + number,
      listKey: this.listKey.publicKey,
      leaseKey: this.leaseKey.publicKey,
      roots: [this.root.publicKey],
      threshold: 1,
      ...more,
    };
  }

  /** Any payload as a keyset message. */
  signKeyset(payload: Uint8Array, signers: readonly TestKey[], site: Uint8Array = this.site): Uint8Array {
    const context = signingContext("keyset", site);
    return encodeKeysetMessage(payload, signers.map(({ secretKey }) => sign(payload, secretKey, context, true)));
  }

  /** Signs any payload as such an object for this door; by the key for it, unless another is given. */
  sign(payload: Uint8Array, object: Exclude<SignedObject, "keyset">, key = object === "manifest" || object === "delta" ? this.listKey : this.leaseKey, door = this.door): Uint8Array {
    return sign(payload, key.secretKey, signingContext(object, door));
  }
}

/** A PIN's row without any flag. */
function rowOf(tag: Uint8Array, profile: number): Row {
  return { tag, profile, kind: CredentialKind.pin, needsSecondPin: false, duress: false, suspended: false, useCounter: 0 };
}

/**
 * Rows with tags that nobody presents, for lists of any size: spread over the tags, and ascending.
 * @param stride above 0; the n-th row's tag is n × stride.
 */
export function fillerRows(count: number, stride = 1_000_003): Row[] {
  return Array.from({ length: count }, (_, n) => fillerRow((n + 1) * stride));
}

/** The row under the tag of this number, below 2^40. */
export function fillerRow(number: number, profile = 0): Row {
  const tag = new Uint8Array(5);
  for (let i = 4, rest = number; i >= 0; i--, rest = Math.floor(rest / 256)) tag[i] = rest % 256;
  return rowOf(tag, profile);
}
