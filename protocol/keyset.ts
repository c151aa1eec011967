import { equalBytes } from "./bytes";
import { CborReader, CborWriter, encodeMap } from "./cbor";
import { keyId, parseSigned, signingContext, type SignedMessage } from "./cose-sign1";
import type { Hashes } from "./hashes";
import { ID_BYTES, KEYSET_BYTES_MAX, ROOT_KEYS_MAX, U32_MAX } from "./limits";
import { ProtocolError } from "./protocol-error";

/**
 * The keys that a site trusts, signed by its roots. Keysets form a chain: number n+1 is signed by the roots of n
 * and by its own, and a door that missed some walks through them one by one.
 */
export interface Keyset {
  site: Uint8Array;
  /** From 1, always one more than the last. */
  number: number;
  /** Epoch of the lists that its list key may sign; never falls. */
  epoch: number;
  /** Unix seconds: becomes the door's time floor, so that a stolen key's year 2106 heals. */
  issuedAt: number;
  /** 32-byte Ed25519 keys: manifests and deltas … */
  listKey: Uint8Array;
  /** … leases and signed time. */
  leaseKey: Uint8Array;
  roots: Uint8Array[];
  /** How many distinct roots must sign, 1 to the number of roots. */
  threshold: number;
}

/** A keyset as it came, with what is still to be verified. */
export interface KeysetMessage {
  keyset: Keyset;
  payload: Uint8Array;
  signatures: SignedMessage[];
}

/** A signature to verify: all of a keyset's must hold. */
export interface SignatureCheck {
  signature: Uint8Array;
  message: Uint8Array;
  publicKey: Uint8Array;
}

export function encodeKeyset(keyset: Keyset): Uint8Array {
  return encodeMap([
    [1, keyset.site],
    [2, keyset.number],
    [3, keyset.epoch],
    [4, keyset.issuedAt],
    [5, keyset.listKey],
    [6, keyset.leaseKey],
    [
      7,
      (writer) => {
        writer.array(keyset.roots.length);
        for (const root of keyset.roots) writer.bytes(root);
      },
    ],
    [8, keyset.threshold],
  ]);
}

/** `[payload, [COSE_Sign1 with detached payload, …]]`. @param signatures from `sign(payload, root, context, true)`. */
export function encodeKeysetMessage(payload: Uint8Array, signatures: readonly Uint8Array[]): Uint8Array {
  const writer = new CborWriter().array(2).bytes(payload).array(signatures.length);
  for (const signature of signatures) writer.bytes(signature);
  return writer.finish();
}

/** @throws {ProtocolError} `too-large`, `malformed`. */
export function decodeKeysetMessage(message: Uint8Array): KeysetMessage {
  if (message.length > KEYSET_BYTES_MAX) throw new ProtocolError("too-large", "keyset");
  const reader = new CborReader(message);
  reader.array(2);
  const payload = reader.bytes(1, KEYSET_BYTES_MAX);
  const keyset = decodeKeyset(payload);
  const context = signingContext("keyset", keyset.site);
  const count = reader.array(1, 2 * ROOT_KEYS_MAX);
  const signatures: SignedMessage[] = [];
  for (let i = 0; i < count; i++) signatures.push(parseSigned(reader.bytes(1, KEYSET_BYTES_MAX), context, KEYSET_BYTES_MAX, payload));
  reader.end();
  return { keyset, payload, signatures };
}

/** What is signed, without its signatures. @throws {ProtocolError} `malformed`. */
export function decodeKeyset(payload: Uint8Array): Keyset {
  const reader = new CborReader(payload);
  const map = reader.map();
  const head = {
    site: map.bytes(1, ID_BYTES),
    number: map.unsigned(2, U32_MAX),
    epoch: map.unsigned(3, U32_MAX),
    issuedAt: map.unsigned(4, U32_MAX),
    listKey: map.bytes(5, 32),
    leaseKey: map.bytes(6, 32),
  };
  const roots: Uint8Array[] = [];
  const rootReader = map.required(7);
  const count = rootReader.array(1, ROOT_KEYS_MAX);
  for (let i = 0; i < count; i++) roots.push(rootReader.bytes(32));
  const threshold = map.unsigned(8, count);
  map.end();
  reader.end();
  if (threshold < 1 || head.number < 1) throw new ProtocolError("malformed", "keyset");
  roots.forEach((root, index) => {
    if (roots.slice(0, index).some((other) => equalBytes(other, root))) throw new ProtocolError("malformed", "the same root twice");
  });
  return { ...head, roots, threshold };
}

/**
 * Whether a keyset may follow `previous`, and which signatures must hold for it: from distinct keys, at least the
 * threshold of the old roots and at least the threshold of the new.
 * @param previous undefined for the first keyset, which a claim vouches for instead.
 * @throws {ProtocolError} `wrong-site`, `wrong-keyset-number`, `old-epoch`, `wrong-key`, `too-few-signatures`.
 */
export function checkKeysetSuccession(hashes: Hashes, message: KeysetMessage, previous: Keyset | undefined): SignatureCheck[] {
  const { keyset, signatures } = message;
  if (previous !== undefined) {
    if (!equalBytes(keyset.site, previous.site)) throw new ProtocolError("wrong-site");
    if (keyset.number !== previous.number + 1) throw new ProtocolError("wrong-keyset-number");
    if (keyset.epoch < previous.epoch) throw new ProtocolError("old-epoch");
  }
  const unused = [...keyset.roots];
  for (const root of previous?.roots ?? []) {
    if (!unused.some((other) => equalBytes(other, root))) unused.push(root);
  }
  const signers: Uint8Array[] = [];
  const checks = signatures.map(({ signature, toBeSigned, keyId: hint }) => {
    const index = unused.findIndex((root) => equalBytes(keyId(hashes, root), hint));
    if (index < 0) throw new ProtocolError("wrong-key");
    const [publicKey] = unused.splice(index, 1);
    signers.push(publicKey);
    return { signature, message: toBeSigned, publicKey };
  });
  for (const { roots, threshold } of previous === undefined ? [keyset] : [previous, keyset]) {
    const count = signers.filter((signer) => roots.some((root) => equalBytes(root, signer))).length;
    if (count < threshold) throw new ProtocolError("too-few-signatures");
  }
  return checks;
}

