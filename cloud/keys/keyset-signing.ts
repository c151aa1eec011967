import { signingContext } from "../../protocol/cose-sign1";
import { encodeKeyset, encodeKeysetMessage, type Keyset } from "../../protocol/keyset";
import { signMessage } from "./cose-signing";
import type { Keystore } from "./keystore";
import type { SigningKey } from "./signing-key";
import type { KeyPair } from "./signing-keys";

/**
 * A site's first keyset: a door takes it because the claim vouches for it.
 * @param now Unix seconds.
 */
export async function firstKeyset({ site, roots, threshold }: Keystore, keys: KeyPair, now: number): Promise<{ keyset: Keyset; message: Uint8Array }> {
  const keyset: Keyset = {
    site,
    number: 1,
    epoch: 1,
    issuedAt: now,
    listKey: keys.listKey.publicKey,
    leaseKey: keys.leaseKey.publicKey,
    roots: roots.map((root) => root.publicKey),
    threshold,
  };
  return { keyset, message: await signKeyset(keyset, roots.slice(0, threshold)) };
}

/** @param signers distinct roots: a threshold of the old keyset's and a threshold of this one's. */
export async function signKeyset(keyset: Keyset, signers: readonly SigningKey[]): Promise<Uint8Array> {
  const payload = encodeKeyset(keyset);
  const context = signingContext("keyset", keyset.site);
  return encodeKeysetMessage(payload, await Promise.all(signers.map((root) => signMessage(root, payload, context, true))));
}
