import { equalBytes } from "../../protocol/bytes";
import { keyId, parseSigned, signingContext } from "../../protocol/cose-sign1";
import { verify } from "../../protocol/ed25519";
import { encodeKeyset, type Keyset, type KeysetMessage } from "../../protocol/keyset";
import { KEYSET_BYTES_MAX } from "../../protocol/limits";
import { ProtocolError } from "../../protocol/protocol-error";
import { nativeHashes } from "./native-hashes";
import type { SigningKey } from "./signing-key";

/** The roots that a keyset names. */
export type Roots = Pick<Keyset, "roots" | "threshold">;

/** How many more roots must sign: of the keyset before, and of the new one itself. One signature may serve both. */
export interface Lacking {
  old: number;
  new: number;
}

/** @param signers public keys of those that have signed. */
export function lackingSignatures(previous: Roots, next: Roots, signers: readonly Uint8Array[]): Lacking {
  const lack = ({ roots, threshold }: Roots) => Math.max(0, threshold - roots.filter((root) => signers.some((signer) => equalBytes(signer, root))).length);
  return { old: lack(previous), new: lack(next) };
}

/** Of the roots at hand as many as it takes, and no more: each signature is 80 bytes at every door. */
export function chooseSigners(atHand: readonly SigningKey[], previous: Roots, next: Roots): SigningKey[] {
  const chosen: SigningKey[] = [];
  for (const side of ["old", "new"] as const) {
    const { roots } = side === "old" ? previous : next;
    for (const key of atHand) {
      const lacking = lackingSignatures(previous, next, chosen.map(({ publicKey }) => publicKey));
      if (lacking[side] > 0 && !chosen.includes(key) && roots.some((root) => equalBytes(root, key.publicKey))) chosen.push(key);
    }
  }
  return chosen;
}

/**
 * The root that has signed a keyset, old or new.
 * @param signature COSE_Sign1 with the payload left out, untrusted.
 * @returns undefined where it is none of theirs, or not over this keyset.
 */
export function signerOf(signature: Uint8Array, previous: Roots, next: Keyset): Uint8Array | undefined {
  try {
    const parsed = parseSigned(signature, signingContext("keyset", next.site), KEYSET_BYTES_MAX, encodeKeyset(next));
    return [...next.roots, ...previous.roots].find((root) => equalBytes(keyId(nativeHashes, root), parsed.keyId) && verify(parsed.signature, parsed.toBeSigned, root));
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** Whether enough of a keyset's own roots have signed it. */
export function isSelfSigned({ keyset: { roots, threshold }, signatures }: KeysetMessage): boolean {
  return roots.filter((root) => signatures.some(({ signature, toBeSigned }) => verify(signature, toBeSigned, root))).length >= threshold;
}
