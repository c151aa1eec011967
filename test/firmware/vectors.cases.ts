import { openAcknowledgement } from "../../protocol/acknowledgement";
import { equalBytes, fromHex, toHex, ascii } from "../../protocol/bytes";
import { openCommand, openReply } from "../../protocol/command";
import { keyId, parseSigned, signingContext } from "../../protocol/cose-sign1";
import { CredentialKind, credentialTag, secondPinTag } from "../../protocol/credential";
import { checkDelta, decodeDelta } from "../../protocol/delta";
import { deriveDoorKeys, DOOR_KEY_NAMES } from "../../protocol/door-keys";
import { verify } from "../../protocol/ed25519";
import { decodeClaim, openClaim, openGrant, openWelcome } from "../../protocol/enrolment";
import { decodeEventUpload, nextEventKey, verifyEvents } from "../../protocol/event-record";
import type { Hashes } from "../../protocol/hashes";
import { checkKeysetSuccession, decodeKeysetMessage } from "../../protocol/keyset";
import { decodeLease } from "../../protocol/lease";
import { MESSAGE_BYTES_MAX } from "../../protocol/limits";
import { decodeManifest, hash8 } from "../../protocol/manifest";
import { checkPageHashes, decodeManifestMessage } from "../../protocol/manifest-message";
import { ProtocolError } from "../../protocol/protocol-error";
import { openReceipt } from "../../protocol/receipt";
import { decodeSignedTime } from "../../protocol/signed-time";
import minted from "../../protocol/vectors.json";
import type { Cases } from "../support/cases";

const door = fromHex(minted.keys.door)!;
const claimSecret = fromHex(minted.keys.claimSecret)!;
const bytesOf = (name: string): Uint8Array => fromHex(minted.vectors.find((vector) => vector.name === name)!.hex)!;

/** Reads a vector as SPEC.md says. @throws {ProtocolError} */
const READERS: Record<string, (bytes: Uint8Array, hashes: Hashes) => void> = {
  keyset(bytes, hashes) {
    const message = decodeKeysetMessage(bytes);
    const first = decodeKeysetMessage(bytesOf("keyset 1")).keyset;
    const checks = checkKeysetSuccession(hashes, message, toHex(bytes) === toHex(bytesOf("keyset 1")) ? undefined : first);
    for (const check of checks) if (!verify(check.signature, check.message, check.publicKey)) throw new ProtocolError("bad-signature");
  },
  manifest(bytes, hashes) {
    const { signed, pageHashes } = decodeManifestMessage(bytes);
    openAs("manifest", signed, hashes, (payload) => {
      const manifest = decodeManifest(payload);
      if (!equalBytes(manifest.door, door)) throw new ProtocolError("wrong-door");
      if (manifest.epoch !== 1) throw new ProtocolError(manifest.epoch < 1 ? "old-epoch" : "future-epoch");
      checkPageHashes(hashes, manifest, pageHashes);
    });
  },
  delta(bytes, hashes) {
    const { signed } = decodeManifestMessage(bytesOf("manifest"));
    const { payload: basePayload } = parseSigned(signed, signingContext("manifest", door), MESSAGE_BYTES_MAX);
    const base = decodeManifest(basePayload);
    openAs("delta", bytes, hashes, (payload) => {
      const delta = decodeDelta(payload);
      if (delta.base !== base.version) throw new ProtocolError("wrong-base");
      if (!equalBytes(delta.manifestHash, hash8(hashes, basePayload))) throw new ProtocolError("bad-hash");
      checkDelta(delta, base);
    });
  },
  lease: (bytes, hashes) => openAs("lease", bytes, hashes, decodeLease),
  time: (bytes, hashes) => openAs("time", bytes, hashes, decodeSignedTime),
  receipt: (bytes, hashes) => void openReceipt(hashes, keyOf(hashes).receipt, bytes),
  events(bytes, hashes) {
    const { previousMac, records } = decodeEventUpload(bytes);
    const first = keyOf(hashes).event;
    verifyEvents(hashes, (period) => (period === 0 ? first : nextEventKey(hashes, first)), previousMac, records);
  },
  ack: (bytes, hashes) => void openAcknowledgement(hashes, keyOf(hashes).acknowledgement, bytes),
  command: (bytes, hashes) => void openCommand(hashes, keyOf(hashes).command, bytes),
  reply: (bytes, hashes) => void openReply(hashes, keyOf(hashes).command, bytes),
  welcome: (bytes, hashes) => void openWelcome(hashes, claimSecret, hello, bytes),
  claim(bytes, hashes) {
    const opened = openClaim(hashes, claimSecret, context(hashes), decodeClaim(bytes));
    if (toHex(opened) !== minted.keys.doorKey) throw new Error("another key");
  },
  grant: (bytes, hashes) => void openGrant(hashes, claimSecret, context(hashes), bytesOf("claim"), bytes),
};

const hello = { door, doorNonce: new Uint8Array(16).fill(0x41) };
const context = (hashes: Hashes) => openWelcome(hashes, claimSecret, hello, fromHex(minted.vectors.find(({ object, expect }) => object === "welcome" && expect === "accepted")!.hex)!);
const keyOf = (hashes: Hashes) => deriveDoorKeys(hashes, fromHex(minted.keys.doorKey)!, door);

function openAs(object: "manifest" | "delta" | "lease" | "time", bytes: Uint8Array, hashes: Hashes, check: (payload: Uint8Array) => unknown): void {
  const { keyset } = decodeKeysetMessage(bytesOf("keyset 1"));
  const publicKey = object === "manifest" || object === "delta" ? keyset.listKey : keyset.leaseKey;
  const signed = parseSigned(bytes, signingContext(object, door), MESSAGE_BYTES_MAX);
  check(signed.payload);
  if (!equalBytes(signed.keyId, keyId(hashes, publicKey))) throw new ProtocolError("wrong-key");
  if (!verify(signed.signature, signed.toBeSigned, publicKey)) throw new ProtocolError("bad-signature");
}

export const cases: Cases = {
  "vectors: derived keys and tags": (assert, { hashes }) => {
    const keys = keyOf(hashes);
    for (const name of DOOR_KEY_NAMES) assert.is(toHex(keys[name]), (minted.keys as Record<string, string>)[`K_${name}`]);
    const card = credentialTag(hashes, keys.tag, CredentialKind.card, Uint8Array.of(4, 0xa1, 0xb2, 0xc3));
    assert.is(toHex(credentialTag(hashes, keys.tag, CredentialKind.pin, ascii("012345"))), minted.tags["PIN 012345"]);
    assert.is(toHex(secondPinTag(hashes, keys.tag, card, ascii("9876"))), minted.tags["second PIN 9876 after that card"]);
  },
  ...Object.fromEntries(
    minted.vectors.map(({ name, object, hex, expect }) => [
      `vectors: ${name}: ${expect}`,
      ((assert, { hashes }) => {
        const read = (): void => READERS[object](fromHex(hex)!, hashes);
        if (expect === "accepted") read();
        else assert.throws(read, expect);
        assert.true(true);
      }),
    ]),
  ),
};
