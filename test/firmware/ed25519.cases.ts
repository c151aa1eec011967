/** One verdict everywhere: these run under Node and under XS, and say what libsodium 1.0.18 says. */
import { Point } from "@noble/ed25519";
import { fromHex, toHex } from "../../protocol/bytes";
import { beginVerification, type Verification } from "../../protocol/ed25519-verification";
import type { Hashes } from "../../protocol/hashes";
import type { Cases } from "../support/cases";

/** More slices than any check has. */
const SLICES_MAX = 70;

function verdictOf(verification: Verification): boolean {
  for (let slice = 0; slice < SLICES_MAX; slice++) {
    const verdict = verification.step();
    if (verdict !== undefined) return verdict;
  }
  throw new Error("a check without end");
}

const bytes = (hex: string): Uint8Array => fromHex(hex)!;
const verify = (hashes: Hashes, signature: string, message: string, publicKey: string): boolean =>
  verdictOf(beginVerification(bytes(signature), bytes(message), bytes(publicKey), hashes.sha512));

interface Expected {
  why: string;
  valid?: true;
  key: string;
  message: string;
  signature: string;
}

const KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
const R = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155";
const S = "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";
const IDENTITY = `01${"00".repeat(31)}`;
const ZERO = "00".repeat(32);
const BASE = `58${"66".repeat(31)}`;
/** p = 2^255 − 19, which reads as y = 0. */
const P = `ed${"ff".repeat(30)}7f`;
const ORDER = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

const VERDICTS: Expected[] = [
  { why: "RFC 8032 §7.1 test 1", valid: true, key: KEY, message: "", signature: R + S },
  {
    why: "RFC 8032 §7.1 test 2",
    valid: true,
    key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    message: "72",
    signature:
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  },
  {
    why: "RFC 8032 §7.1 test 3",
    valid: true,
    key: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    message: "af82",
    signature:
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  },
  { why: "another message", key: KEY, message: "72", signature: R + S },
  { why: "one bit of R", key: KEY, message: "", signature: `e4${R.slice(2)}${S}` },
  { why: "one bit of S", key: KEY, message: "", signature: `${R}5e${S.slice(2)}` },
  { why: "the sign of R", key: KEY, message: "", signature: `${R.slice(0, 62)}d5${S}` },
  { why: "the sign of the key", key: `${KEY.slice(0, 62)}9a`, message: "", signature: R + S },
  {
    why: "S + L is a second signature of the same message",
    key: KEY,
    message: "",
    signature: `${R}4c8c7872aa064e049dbb3013fbf29380d25bf5f0595bbe24655141438e7a101b`,
  },
  { why: "S = L", key: KEY, message: "", signature: R + ORDER },
  { why: "S = 2^256 − 1", key: KEY, message: "", signature: R + "ff".repeat(32) },
  { why: "S = 0", key: KEY, message: "", signature: R + ZERO },
  { why: "made up: under the identity as key R = S·B fits any message", key: IDENTITY, message: "af82", signature: `${BASE}01${ZERO.slice(2)}` },
  { why: "identity, identity, 0", key: IDENTITY, message: "", signature: IDENTITY + ZERO },
  {
    why: "R is the identity: the equation holds, but the signer's nonce was 0",
    key: KEY,
    message: "af82",
    signature: `${IDENTITY}659069bb651cbcb260da2fca54a1ab47e41a7be3917dd1d9e1816df6aba8a70f`,
  },
  { why: "key y = p", key: P, message: "", signature: R + S },
  { why: "key y = 2^255 − 1", key: `${"ff".repeat(31)}7f`, message: "", signature: R + S },
  { why: "key x = 0 with sign", key: `${IDENTITY.slice(0, 62)}80`, message: "", signature: R + S },
  { why: "key is no point: y = 2", key: `02${ZERO.slice(2)}`, message: "", signature: R + S },
  {
    why: "mixed order, and the equation holds without cofactor (speccheck 3)",
    valid: true,
    key: "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
    message: "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
    signature:
      "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009",
  },
  {
    why: "mixed order, and the equation holds only times 8 (speccheck 4)",
    key: "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
    message: "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
    signature:
      "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09",
  },
];

/** eprint 2020/1244, table 6, the row of libsodium. */
const SPECCHECK: { valid?: true; why: string }[] = [
  { why: "A and R of small order, S = 0" },
  { why: "A of small order" },
  { why: "R of small order" },
  { valid: true, why: "A and R of mixed order, the equation holds as it stands" },
  { why: "A and R of mixed order, it holds only times 8" },
  { why: "A of mixed order, it holds only times 8 and with 8·k not reduced" },
  { why: "S > L" },
  { why: "S far above L" },
  { why: "R of small order and not canonical, hashed as its canonical encoding" },
  { why: "R of small order and not canonical, hashed as it stands" },
  { why: "A of small order and not canonical, hashed as its canonical encoding" },
  { why: "A of small order and not canonical, hashed as it stands" },
];

export const cases: Cases = {
  "Ed25519: verdicts of RFC 8032 and of the edge cases"(assert, { hashes }) {
    for (const { why, valid = false, key, message, signature } of VERDICTS) {
      assert.is(verify(hashes, signature, message, key), valid, why);
    }
  },

  "Ed25519: wrong lengths are refused like wrong signatures"(assert, { hashes }) {
    for (const [signature, key] of [
      ["", KEY],
      [R, KEY],
      [R + S.slice(2), KEY],
      [`${R}${S}00`, KEY],
      [R + S, ""],
      [R + S, KEY.slice(2)],
      [R + S, `${KEY}00`],
    ]) {
      assert.false(verify(hashes, signature, "", key), `${signature.length / 2} and ${key.length / 2} bytes`);
    }
  },

  "Ed25519: scalars at the edges of their windows"(assert) {
    const { n: order } = Point.CURVE();
    const secret = 0x123456789abcdef0fedcba9876543210n;
    const key = times(secret).toBytes();
    const scalars = [
      ...[0n, 1n, 2n, 15n, 16n, 17n, 31n, 32n, 33n, 63n, 64n, 65n, (1n << 24n) - 1n, 1n << 24n, (1n << 252n) - 1n, 1n << 252n],
      ...[order - 1n, order - 2n, order - 32n, BigInt(`0x0${"f".repeat(62)}`), BigInt(`0x${"5".repeat(62)}`), BigInt(`0x${"a".repeat(62)}`)],
    ];
    for (let i = 0; i < scalars.length; i++) {
      const s = scalars[i];
      const k = scalars[(i * 7 + 3) % scalars.length];
      const r = (((s - k * secret) % order) + order) % order;
      const signature = new Uint8Array(64);
      signature.set(times(r).toBytes());
      signature.set(littleEndian(s, 32), 32);
      // A hash that gives k itself, so that both scalars can be chosen.
      const verification = beginVerification(signature, new Uint8Array(0), key, () => littleEndian(k, 64));
      assert.true(verdictOf(verification), `S = ${s}, k = ${k}`);
    }
  },

  "Ed25519: a key has one encoding"(assert) {
    // With k = 0 every key fits R = S·B, so that the encoding alone decides; y = 3 is a point, and so is p + 3.
    const signature = new Uint8Array(64);
    signature.set(bytes(BASE));
    signature[32] = 1;
    const withKey = (key: string): boolean =>
      verdictOf(beginVerification(signature, new Uint8Array(0), bytes(key), () => new Uint8Array(64)));
    assert.true(withKey(`03${ZERO.slice(2)}`));
    assert.true(withKey(`03${ZERO.slice(2, 62)}80`));
    assert.false(withKey(`f0${P.slice(2)}`), "y = p + 3");
    assert.false(withKey(`f0${"ff".repeat(31)}`), "y = p + 3 with sign");
    assert.false(withKey(`02${ZERO.slice(2)}`), "no point");
    assert.false(withKey(IDENTITY), "small order");
  },

  "Ed25519: a check needs its arguments only when it begins, and keeps its verdict"(assert, { hashes }) {
    for (const [signature, expected] of [
      [R + S, true],
      [`e4${R.slice(2)}${S}`, false],
    ] as const) {
      const [s, m, k] = [bytes(signature), bytes(""), bytes(KEY)];
      const verification = beginVerification(s, m, k, hashes.sha512);
      s.fill(0);
      k.fill(0);
      assert.is(verdictOf(verification), expected);
      assert.is(verification.step(), expected);
      assert.is(verification.step(), expected);
    }
  },

  "Ed25519: RFC 8032, the published cases"(assert, host) {
    const published = host.vectors("rfc8032/rfc8032-ed25519.json") as { pub: string; msg: string; sig: string }[];
    for (const { pub, msg, sig } of published) {
      assert.true(verify(host.hashes, sig, msg, pub), sig);
    }
  },

  "Ed25519: Wycheproof"(assert, host) {
    const { testGroups } = host.vectors("wycheproof/ed25519_test.json") as {
      testGroups: { publicKey: { pk: string }; tests: { tcId: number; msg: string; sig: string; result: string; comment: string }[] }[];
    };
    for (const { publicKey, tests } of testGroups) {
      for (const { tcId, msg, sig, result, comment } of tests) {
        assert.is(verify(host.hashes, sig, msg, publicKey.pk), result === "valid", `${tcId} ${comment}`);
      }
    }
  },

  "Ed25519: speccheck, as libsodium decides"(assert, host) {
    const published = host.vectors("speccheck/cases.json") as { message: string; pub_key: string; signature: string }[];
    assert.is(published.length, SPECCHECK.length);
    published.forEach(({ message, pub_key, signature }, i) => {
      const { valid = false, why } = SPECCHECK[i];
      assert.is(verify(host.hashes, signature, message, pub_key), valid, `${i}: ${why}`);
    });
  },

  "Ed25519: what ZIP215 accepts under keys and R of small order is refused"(assert, host) {
    const published = host.vectors("rfc8032/zip215.json") as { vk_bytes: string; sig_bytes: string; valid_zip215: boolean }[];
    const message = toHex(Uint8Array.from("Zcash", (character) => character.charCodeAt(0)));
    for (const { vk_bytes, sig_bytes, valid_zip215 } of published) {
      assert.true(valid_zip215);
      assert.false(verify(host.hashes, sig_bytes, message, vk_bytes), `${vk_bytes} ${sig_bytes}`);
    }
  },
};

/** n·B by doubling and adding alone: noble's own way makes a table of a megabyte. */
function times(n: bigint): Point {
  let product = Point.ZERO;
  for (let power = Point.BASE; n > 0n; n >>= 1n, power = power.double()) {
    if ((n & 1n) === 1n) product = product.add(power);
  }
  return product;
}

function littleEndian(n: bigint, length: number): Uint8Array {
  return bytes(n.toString(16).padStart(length * 2, "0")).reverse();
}
