/** SPEC 4: keysets and their chain, and the form of a detached COSE_Sign1 (SPEC 3). */
import { concat } from "../../../protocol/bytes";
import { keyId, signingContext } from "../../../protocol/cose-sign1";
import { sign } from "../../../protocol/cose";
import { encodeKeyset, type Keyset } from "../../../protocol/keyset";
import { nobleHashes as hashes } from "../../../protocol/noble-hashes";
import type { ProtocolErrorCode } from "../../../protocol/protocol-error";
import { testKey, type TestKey } from "../mint";
import { array, byteString, coseWith, type CoseParts, encodingFaults, flip, unsigned, withField } from "./cbor-surgery";
import { keysetReads } from "./reads";
import { fill, mint, NEW_ROOT, NOW, ROOT, STRANGER, THIRD_ROOT, type VectorBook } from "./vector-site";

/** Each number has a root of its own, and an epoch one higher. */
function keysetOf(number: number, more: Partial<Keyset> = {}): Keyset {
  const root = [ROOT, NEW_ROOT, THIRD_ROOT][number - 1];
  return mint.keysetOf(number, { epoch: number, issuedAt: NOW, roots: [root.publicKey], ...more });
}

const signed = (keyset: Keyset, ...roots: TestKey[]): Uint8Array => mint.signKeyset(encodeKeyset(keyset), roots, keyset.site);

export const KEYSET_1 = signed(keysetOf(1), ROOT);
export const KEYSET_2 = signed(keysetOf(2), ROOT, NEW_ROOT);
export const SECOND = "keyset 2, signed by the old and the new root";

export function mintKeysets(book: VectorBook): void {
  const accept = (name: string, keyset: Keyset, roots: TestKey[], after?: string | null): void =>
    book.accept("keyset", name, signed(keyset, ...roots), keysetReads(keyset), after === undefined ? undefined : { keyset: after });
  const refuse = (name: string, code: ProtocolErrorCode, keyset: Keyset, roots: TestKey[], after?: string | null): void =>
    book.refuse("keyset", name, code, signed(keyset, ...roots), after === undefined ? undefined : { keyset: after });

  accept("keyset 1", keysetOf(1), [ROOT], null);
  refuse("keyset 1, signed by a stranger", "wrong-key", keysetOf(1), [STRANGER], null);
  refuse("keyset 2 where there is none", "wrong-keyset-number", keysetOf(2), [NEW_ROOT], null);
  accept(SECOND, keysetOf(2), [ROOT, NEW_ROOT]);
  accept("keyset 2 of the same epoch and root: one signature counts for both", keysetOf(2, { epoch: 1, roots: [ROOT.publicKey] }), [ROOT]);
  book.accept("keyset", "keyset 2 once more", KEYSET_2, undefined, { keyset: SECOND });
  accept("keyset 3, signed by the roots of 2 and 3", keysetOf(3), [NEW_ROOT, THIRD_ROOT], SECOND);
  refuse("keyset 3, signed by the roots of 1 and 3", "wrong-key", keysetOf(3), [ROOT, THIRD_ROOT], SECOND);
  refuse("keyset 3 after keyset 1", "wrong-keyset-number", keysetOf(3), [ROOT, THIRD_ROOT]);
  refuse("keyset 1 after keyset 2", "wrong-keyset-number", keysetOf(1), [ROOT, NEW_ROOT], SECOND);
  refuse("keyset 2, signed by the new root alone", "too-few-signatures", keysetOf(2), [NEW_ROOT]);
  refuse("keyset 2, signed by the old root alone", "too-few-signatures", keysetOf(2), [ROOT]);
  refuse("keyset 2, signed twice by the old root", "wrong-key", keysetOf(2), [ROOT, ROOT, NEW_ROOT]);
  refuse("keyset 2, signed by a stranger as well", "wrong-key", keysetOf(2), [ROOT, NEW_ROOT, STRANGER]);
  refuse("keyset 2 of another site", "wrong-site", keysetOf(2, { site: fill(8, 9) }), [ROOT, NEW_ROOT]);
  refuse("keyset 2 of an older epoch", "old-epoch", keysetOf(2, { epoch: 0 }), [ROOT, NEW_ROOT]);
  mintThresholds(accept, refuse);
  mintForms(book);
}

type Accept = (name: string, keyset: Keyset, roots: TestKey[], after?: string | null) => void;
type Refuse = (name: string, code: ProtocolErrorCode, keyset: Keyset, roots: TestKey[], after?: string | null) => void;

/** Several roots, of which some must sign. */
function mintThresholds(accept: Accept, refuse: Refuse): void {
  const [a, b, c] = [ROOT, NEW_ROOT, THIRD_ROOT];
  const roots = [a, b, c].map(({ publicKey }) => publicKey);
  const first = keysetOf(1, { roots, threshold: 2 });
  const firstName = "keyset 1 of three roots, of which two must sign";
  accept(firstName, first, [a, c], null);
  refuse("keyset 1 of three roots, signed by one", "too-few-signatures", first, [b], null);
  const next = testKey(0x67);
  const second = keysetOf(2, { roots: [next.publicKey, b.publicKey], threshold: 2 });
  accept("keyset 2 after three roots: two old ones, of which one stays, and a new one", second, [c, next, b], firstName);
  refuse("keyset 2 after three roots, signed by one of them and a new one", "too-few-signatures", second, [b, next], firstName);
  refuse("keyset 2 after three roots, signed by one of the new", "too-few-signatures", second, [a, b, c], firstName);
  refuse("keyset 2 whose own threshold is over its roots", "malformed", keysetOf(2, { threshold: 2 }), [a, b]);
  refuse("keyset 2 of threshold 0", "malformed", keysetOf(2, { threshold: 0 }), [a, b]);
  refuse("keyset 2 with a root named twice", "malformed", keysetOf(2, { roots: [b.publicKey, b.publicKey], threshold: 2 }), [a, b]);
  refuse("keyset 2 without roots", "malformed", keysetOf(2, { roots: [] }), [a, b]);
  const many = Array.from({ length: 9 }, (_, index) => testKey(0x70 + index).publicKey);
  refuse("keyset 1 of nine roots", "too-large", keysetOf(1, { roots: many }), [testKey(0x70)], null);
  refuse("keyset of number 0", "malformed", keysetOf(1, { number: 0 }), [a], null);
}

function mintForms(book: VectorBook): void {
  const first = encodeKeyset(keysetOf(1));
  const firstWith = (name: string, code: ProtocolErrorCode, map: Uint8Array): void => book.refuse("keyset", `keyset 1 with ${name}`, code, mint.signKeyset(map, [ROOT]), { keyset: null });
  for (const [name, map] of encodingFaults(first, 2).slice(0, 5)) firstWith(name, "malformed", map);
  firstWith("a list key of 31 bytes", "malformed", withField(first, 5, byteString(fill(31, 1))));
  firstWith("a list key of 33 bytes", "too-large", withField(first, 5, byteString(fill(33, 1))));
  firstWith("a time of 33 bits", "malformed", withField(first, 4, unsigned(2 ** 32)));

  const payload = encodeKeyset(keysetOf(2));
  const refuse = (name: string, code: ProtocolErrorCode, bytes: Uint8Array): void => book.refuse("keyset", `keyset 2 with ${name}`, code, bytes);
  refuse("a byte behind it", "malformed", concat(KEYSET_2, Uint8Array.of(0)));
  refuse("a flipped bit in its last signature", "bad-signature", flip(KEYSET_2, -1));
  const context = signingContext("keyset", mint.site);
  const old = sign(payload, ROOT.secretKey, context, true);
  const message = (...signatures: Uint8Array[]): Uint8Array => array([byteString(payload), array(signatures.map(byteString))]);
  refuse("no signature", "malformed", message());
  refuse("seventeen signatures", "too-large", message(...Array.from({ length: 17 }, () => fill(1, 0))));
  refuse("a signature as if for a door", "bad-signature", message(old, sign(payload, NEW_ROOT.secretKey, signingContext("keyset", mint.door), true)));
  const roomy = keysetOf(2, { roots: [NEW_ROOT.publicKey, THIRD_ROOT.publicKey] });
  refuse("enough signatures, and one more that does not hold", "bad-signature", flip(signed(roomy, ROOT, NEW_ROOT, THIRD_ROOT), -1));
  const detached = (parts: CoseParts): Uint8Array => coseWith(payload, NEW_ROOT, "keyset", mint.site, { payloadItem: Uint8Array.of(0xf6), ...parts });
  refuse("an attached payload in a signature", "malformed", message(old, detached({ payloadItem: byteString(payload) })));
  refuse("another algorithm in a protected header", "malformed", message(old, detached({ protectedHeader: Uint8Array.of(0xa1, 0x01, 0x26) })));
  refuse("the old root's key id on the new root's signature", "wrong-key", message(old, detached({ unprotected: concat(Uint8Array.of(0xa1, 0x04), byteString(keyId(hashes, ROOT.publicKey))) })));
  refuse("a key id of three bytes", "malformed", message(old, detached({ unprotected: concat(Uint8Array.of(0xa1, 0x04), byteString(keyId(hashes, NEW_ROOT.publicKey).slice(0, 3))) })));
  book.refuse("keyset", "keyset message of 2,049 bytes", "too-large", KEYSET_2, undefined, 2_049 - KEYSET_2.length);
}
