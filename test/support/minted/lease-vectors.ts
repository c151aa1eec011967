/** SPEC 7 and 8: leases and signed times; and the form of a COSE_Sign1 (SPEC 3), fault by fault. */
import { Point } from "@noble/ed25519";
import { concat } from "../../../protocol/bytes";
import { encodeSign1, keyId, signingContext, sigStructure } from "../../../protocol/cose-sign1";
import { encodeLease, type Lease } from "../../../protocol/lease";
import { LEASE_SECONDS_MAX } from "../../../protocol/limits";
import { nobleHashes as hashes } from "../../../protocol/noble-hashes";
import type { ProtocolErrorCode } from "../../../protocol/protocol-error";
import { encodeSignedTime, type SignedTime } from "../../../protocol/signed-time";
import { byteString, coseWith, type CoseParts, encodingFaults, flip, joinMap, splitMap, unsigned, withField } from "./cbor-surgery";
import { FULL } from "./delta-vectors";
import { leaseReads, timeReads } from "./reads";
import { DAY, fill, mint, NOW, OTHER_DOOR, TIME_NONCE, type VectorBook } from "./vector-site";
import type { Given } from "./vector-format";

export function mintLeases(book: VectorBook): void {
  const lease = mint.leaseOf({ version: NOW, issuedAt: NOW + 120 });
  const { issuedAt } = lease;
  const accept = (name: string, changes: Partial<Lease> = {}, given?: Given): void => book.accept("lease", name, mint.lease({ ...lease, ...changes }), leaseReads({ ...lease, ...changes }), given);
  const refuse = (name: string, code: ProtocolErrorCode, bytes: Uint8Array, given?: Given): void => book.refuse("lease", `lease ${name}`, code, bytes, given);
  const wrong = (name: string, code: ProtocolErrorCode, changes: Partial<Lease>, given?: Given): void => refuse(name, code, mint.lease({ ...lease, ...changes }), given);
  accept("lease");
  accept("lease that bounds residents too", { residentNotAfter: NOW + 7 * DAY });
  accept("lease of exactly 31 days for all", { guestNotAfter: issuedAt + LEASE_SECONDS_MAX, staffNotAfter: issuedAt + LEASE_SECONDS_MAX, residentNotAfter: issuedAt + LEASE_SECONDS_MAX });
  accept("lease for an older list", { version: NOW - 1 });
  accept("lease for the delta's version", { version: NOW + 60 }, { delta: FULL });
  accept("lease once more", {}, { lease: "lease" });
  accept("lease issued later", { issuedAt: issuedAt + 1 }, { lease: "lease" });
  accept("lease of the same second, for a later version", { version: NOW + 60 }, { delta: FULL, lease: "lease" });
  wrong("issued earlier than the one held", "old-lease", { issuedAt: issuedAt - 1 }, { lease: "lease" });
  wrong("of the same second that is another", "old-lease", { guestNotAfter: NOW + 2 * DAY }, { lease: "lease" });
  const over = issuedAt + LEASE_SECONDS_MAX + 1;
  wrong("of 31 days and a second for guests", "lease-too-long", { guestNotAfter: over });
  wrong("of 31 days and a second for staff", "lease-too-long", { staffNotAfter: over });
  wrong("of 31 days and a second for residents", "lease-too-long", { residentNotAfter: over });
  wrong("for a newer list", "lease-for-newer-list", { version: NOW + 1 });
  wrong("where there is no list", "lease-for-newer-list", { version: 0 }, { list: null });
  wrong("of an older epoch", "old-epoch", { epoch: 0 });
  wrong("of an epoch to come", "future-epoch", { epoch: 2 });
  const payload = encodeLease(lease);
  refuse("signed by the list key", "wrong-key", mint.sign(payload, "lease", mint.listKey));
  refuse("signed for another door", "bad-signature", mint.sign(payload, "lease", mint.leaseKey, OTHER_DOOR));
  refuse("signed as a time", "bad-signature", mint.sign(payload, "time"));
  for (const [name, map] of encodingFaults(payload, 1)) refuse(`with ${name}`, "malformed", mint.sign(map, "lease"));
  refuse("with a bound for residents written out, and 0", "malformed", mint.sign(withField(payload, 6, unsigned(0)), "lease"));
  refuse("of version 2^32", "malformed", mint.sign(withField(payload, 2, unsigned(2 ** 32)), "lease"));
  refuse("with text for a number", "malformed", mint.sign(withField(payload, 2, Uint8Array.of(0x61, 0x31)), "lease"));
  refuse("with an integer of nine bytes that needs one", "malformed", mint.sign(withField(payload, 1, Uint8Array.of(0x1b, 0, 0, 0, 0, 0, 0, 0, 1)), "lease"));
  const bytes = mint.sign(payload, "lease");
  book.refuse("lease", "lease of 193 bytes", "too-large", bytes, undefined, 193 - bytes.length);
  mintCose(refuse, payload, bytes);
  mintTimes(book);
}

/** What a COSE_Sign1 may not be, with a lease in it. */
function mintCose(refuse: (name: string, code: ProtocolErrorCode, bytes: Uint8Array) => void, payload: Uint8Array, right: Uint8Array): void {
  const made = (name: string, parts: CoseParts, code: ProtocolErrorCode = "malformed"): void => refuse(name, code, coseWith(payload, mint.leaseKey, "lease", mint.door, parts));
  const kid = byteString(keyId(hashes, mint.leaseKey.publicKey));
  made("with another algorithm in its protected header", { protectedHeader: Uint8Array.of(0xa1, 0x01, 0x26) });
  made("with no protected header", { protectedHeader: new Uint8Array(0) });
  made("with more in its protected header", { protectedHeader: Uint8Array.of(0xa2, 0x01, 0x27, 0x03, 0x00) }, "too-large");
  made("without a key id", { unprotected: Uint8Array.of(0xa0) });
  made("with more than a key id", { unprotected: concat(Uint8Array.of(0xa2, 0x03, 0x00, 0x04), kid) });
  made("with a key id of five bytes", { unprotected: concat(Uint8Array.of(0xa1, 0x04), byteString(fill(5, 1))) }, "too-large");
  made("whose payload is detached", { payloadItem: Uint8Array.of(0xf6) });
  made("with a signature of 63 bytes", { signature: (signature) => signature.slice(0, 63) });
  made("with a signature of 65 bytes", { signature: (signature) => concat(signature, Uint8Array.of(0)) }, "too-large");
  made("with a fifth item", { more: [Uint8Array.of(0xf6)] }, "too-large");
  made("with a flipped bit in its signature", { signature: (signature) => flip(signature, 0) }, "bad-signature");
  // A second S for the same signature.
  made("with S + L for S", { signature: (signature) => concat(signature.slice(0, 32), littleEndian(number(signature.slice(32)) + ORDER)) }, "bad-signature");
  refuse("under a tag", "malformed", concat(Uint8Array.of(0xd2), right));
  refuse("of indefinite length", "malformed", concat(Uint8Array.of(0x9f), right.slice(1), Uint8Array.of(0xff)));
  refuse("with a byte behind it", "malformed", concat(right, Uint8Array.of(0)));
  refuse("cut off", "malformed", right.slice(0, -1));
}

/** Signatures that hold by the equation of RFC 8032 and are refused by SPEC 3. */
function mintSmallOrders(book: VectorBook, payload: Uint8Array): void {
  const identity = Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? 1 : 0));
  const { publicKey, secretKey } = mint.leaseKey;
  const timeWith = (key: Uint8Array, signature: Uint8Array): Uint8Array => encodeSign1(payload, keyId(hashes, key), signature);
  // R = [0]B and S = k·a: the equation holds, for whoever has the key.
  const toBeSigned = sigStructure(payload, signingContext("time", mint.door));
  const k = number(hashes.sha512(concat(identity, publicKey, toBeSigned)));
  const scalar = hashes.sha512(secretKey).slice(0, 32);
  scalar[0] &= 248;
  scalar[31] = (scalar[31] & 127) | 64;
  book.refuse("time", "time with an R of small order", "bad-signature", timeWith(publicKey, concat(identity, littleEndian((k * number(scalar)) % ORDER))));
  // A = [0]B: R = [1]B and S = 1 hold for any message.
  const trusted = "keyset 1 with a lease key of small order";
  book.accept("keyset", trusted, mint.keyset(1, { issuedAt: NOW, leaseKey: identity }), undefined, { keyset: null });
  book.refuse("time", "time by a key of small order", "bad-signature", timeWith(identity, concat(Point.BASE.toBytes(), littleEndian(1n))), { keyset: trusted });
}

// L, the order of the base point.
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const number = (bytes: Uint8Array): bigint => bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
const littleEndian = (value: bigint): Uint8Array => Uint8Array.from({ length: 32 }, (_, index) => Number((value >> BigInt(8 * index)) & 255n));

function mintTimes(book: VectorBook): void {
  const time: SignedTime = { nonce: TIME_NONCE, time: NOW + 5 };
  const payload = encodeSignedTime(time);
  const refuse = (name: string, code: ProtocolErrorCode, bytes: Uint8Array): void => book.refuse("time", `time ${name}`, code, bytes);
  const right = mint.sign(payload, "time");
  book.accept("time", "time", right, timeReads(time));
  refuse("for another nonce", "unknown-nonce", mint.signedTime(fill(16, 0x78), time.time));
  refuse("signed by the list key", "wrong-key", mint.sign(payload, "time", mint.listKey));
  refuse("signed for another door", "bad-signature", mint.sign(payload, "time", mint.leaseKey, OTHER_DOOR));
  refuse("signed as a lease", "bad-signature", mint.sign(payload, "lease"));
  refuse("with a flipped bit in its signature", "bad-signature", flip(right, -1));
  refuse("of 2^32", "malformed", mint.signedTime(TIME_NONCE, 2 ** 32));
  refuse("with a nonce of 15 bytes", "malformed", mint.signedTime(fill(15, 0x77), time.time));
  refuse("with a nonce of 17 bytes", "too-large", mint.signedTime(fill(17, 0x77), time.time));
  refuse("that says no time", "malformed", mint.sign(withField(payload, 2, undefined), "time"));
  refuse("with a key that nobody knows", "malformed", mint.sign(withField(payload, 3, unsigned(1)), "time"));
  refuse("with the fields the other way round", "malformed", mint.sign(joinMap(splitMap(payload).reverse()), "time"));
  mintSmallOrders(book, payload);
  book.refuse("time", "time of 193 bytes", "too-large", right, undefined, 193 - right.length);
}
