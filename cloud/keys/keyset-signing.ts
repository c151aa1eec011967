import { signingContext } from "../../protocol/cose-sign1";
import { encodeKeyset, encodeKeysetMessage, type Keyset } from "../../protocol/keyset";
import type { Keystore } from "./keystore";
import type { SigningKey } from "./signing-key";

/**
 * A site's first keyset: a door takes it because the claim vouches for it.
 * @param now Unix seconds.
 */
export function firstKeyset(keystore: Keystore, now: number): { keyset: Keyset; message: Uint8Array } {
  const keyset: Keyset = {
    site: keystore.site,
    number: 1,
    epoch: 1,
    issuedAt: now,
    listKey: keystore.listKey.publicKey,
    leaseKey: keystore.leaseKey.publicKey,
    roots: keystore.roots.map((root) => root.publicKey),
    threshold: keystore.threshold,
  };
  return { keyset, message: signKeyset(keyset, keystore.roots.slice(0, keystore.threshold)) };
}

/** @param signers distinct roots: a threshold of the old keyset's and a threshold of this one's. */
export function signKeyset(keyset: Keyset, signers: readonly SigningKey[]): Uint8Array {
  const payload = encodeKeyset(keyset);
  const context = signingContext("keyset", keyset.site);
  return encodeKeysetMessage(payload, signers.map((root) => root.sign(payload, context, true)));
}
