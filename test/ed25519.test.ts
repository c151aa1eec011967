/** Ed25519 beyond the cases that run in both engines (firmware/ed25519.cases.ts): other verifiers, and budgets. */
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { hashes, verify as nobleVerify } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";
import test from "ava";
import { whyNoXs } from "../hardware-sim/xs/find-worker";
import { verify } from "../protocol/ed25519";
import { rows } from "./bench/ed25519";
import { isWithinBudget } from "./bench/row";

/** RFC 8410: what comes before the 32 bytes of a private key. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const ROUNDS = 60;

const chance = (round: number, what: string): Buffer => createHash("sha512").update(`${what} ${round}`).digest();

test("what OpenSSL signs is good, and no longer so with any one bit turned", (t) => {
  for (let round = 0; round < ROUNDS; round++) {
    const secretKey = createPrivateKey({
      key: Buffer.concat([PKCS8_PREFIX, chance(round, "key").subarray(0, 32)]),
      format: "der",
      type: "pkcs8",
    });
    const publicKey = createPublicKey(secretKey).export({ format: "der", type: "spki" }).subarray(-32);
    const message = chance(round, "message").subarray(0, round);
    const signature = sign(null, message, secretKey);
    t.true(verify(signature, message, publicKey));

    const [where, bit] = chance(round, "flip");
    const turned = (bytes: Uint8Array): Uint8Array => {
      const copy = Uint8Array.from(bytes);
      copy[where % copy.length] ^= 1 << (bit % 8);
      return copy;
    };
    t.false(verify(turned(signature), message, publicKey));
    t.false(verify(signature, message, turned(publicKey)));
    if (round > 0) t.false(verify(signature, turned(message), publicKey));
  }
});

test("whatever bytes come, the answer is false and never an exception", (t) => {
  for (let round = 0; round < 500; round++) {
    const bytes = Buffer.concat([chance(round, "a"), chance(round, "b")]);
    t.false(verify(bytes.subarray(0, bytes[100] % 80), bytes.subarray(80), bytes.subarray(64, 64 + (bytes[101] % 40))));
    // A canonical S, so that the key is looked at too.
    bytes[63] = 0;
    t.false(verify(bytes.subarray(0, 64), bytes.subarray(96), bytes.subarray(64, 96)));
  }
});

test("a made-up signature under the identity as key is refused, which noble accepts by default", (t) => {
  const identity = Buffer.from(`01${"00".repeat(31)}`, "hex");
  const signature = Buffer.from(`58${"66".repeat(31)}01${"00".repeat(31)}`, "hex");
  const message = Buffer.from("grant everything");
  hashes.sha512 = sha512;
  t.true(nobleVerify(signature, message, identity));
  t.false(verify(signature, message, identity));
});

const noXs = whyNoXs();
if (noXs !== undefined) test.skip(`Ed25519 in XS keeps its budgets (${noXs})`, () => {});
else {
  test("Ed25519 in XS keeps its budgets: work of a check and of a slice, memory", async (t) => {
    for (const row of await rows()) t.true(isWithinBudget(row), `${row.name}: ${row.value} ${row.unit}`);
  });
}
