import { equalBytes, toHex } from "../../protocol/bytes";
import type { Keyset } from "../../protocol/keyset";
import { nativeHashes } from "./native-hashes";

/** 128 bits of a key's SHA-256, in groups that two people can read to each other. */
export function fingerprint(publicKey: Uint8Array): string {
  return toHex(nativeHashes.sha256(publicKey).subarray(0, 16)).replace(/.{4}(?=.)/g, "$& ");
}

/** What a keyset says and what it changes, for whoever is to sign it. */
export function describeKeyset(previous: Keyset, keyset: Keyset): string[] {
  const stays = previous.roots.filter((root) => has(keyset.roots, root));
  const changed = stays.length !== keyset.roots.length || stays.length !== previous.roots.length || keyset.threshold !== previous.threshold;
  return [
    `Site ${toHex(keyset.site)}${equalBytes(keyset.site, previous.site) ? "" : "   NOT the site of the keyset before"}`,
    `Keyset ${keyset.number}, after ${previous.number}`,
    `Asked for at ${new Date(keyset.issuedAt * 1_000).toISOString()}: doors take this for the time`,
    keyset.epoch === previous.epoch ? `Epoch ${keyset.epoch}, as before` : `Epoch ${keyset.epoch} after ${previous.epoch}: all lists that were signed before lose their worth`,
    ...keyLines("List key  ", previous.listKey, keyset.listKey),
    ...keyLines("Lease key ", previous.leaseKey, keyset.leaseKey),
    `Roots: ${keyset.threshold} of ${keyset.roots.length} sign${changed ? `, instead of ${previous.threshold} of ${previous.roots.length}` : ", as before"}`,
    ...keyset.roots.map((root) => `  ${has(previous.roots, root) ? "stays" : "NEW  "}  ${fingerprint(root)}`),
    ...previous.roots.filter((root) => !has(keyset.roots, root)).map((root) => `  GOES   ${fingerprint(root)}`),
  ];
}

function keyLines(name: string, before: Uint8Array, now: Uint8Array): string[] {
  return [`${name}${fingerprint(now)}${equalBytes(before, now) ? ", as before" : ""}`];
}

function has(keys: readonly Uint8Array[], key: Uint8Array): boolean {
  return keys.some((other) => equalBytes(other, key));
}
