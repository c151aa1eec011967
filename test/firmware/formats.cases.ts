import { encodeAcknowledgement, openAcknowledgement } from "../../protocol/acknowledgement";
import { fromHex, toHex } from "../../protocol/bytes";
import { CommandVerb, encodeCommand, encodeReply, openCommand, openReply, ReplyStatus } from "../../protocol/command";
import { parseSigned, signingContext } from "../../protocol/cose-sign1";
import { openSigned, sign } from "../../protocol/cose";
import { CredentialKind, credentialTag, secondPinTag } from "../../protocol/credential";
import { deriveDoorKeys, DOOR_KEY_NAMES } from "../../protocol/door-keys";
import { decodeDoorState, encodeDoorState, OFFLINE } from "../../protocol/door-state";
import { verify } from "../../protocol/ed25519";
import { decodeClaim, decodeHello, encodeClaim, encodeGrant, encodeHello, encodeWelcome, openClaim, openGrant, openWelcome } from "../../protocol/enrolment";
import { encodeEventBody, encodeEventUpload, eventMac, nextEventKey, openEventUpload, readEvents, verifyEvents, type EventRecord } from "../../protocol/event-record";
import { hkdfSha256 } from "../../protocol/hkdf";
import { decodeLease, encodeLease, leaseHolds } from "../../protocol/lease";
import { decodeNeed, encodeNeed } from "../../protocol/need";
import { HolderClass } from "../../protocol/profile";
import { encodeReceipt, openReceipt, RECEIPT_BYTES, type Receipt } from "../../protocol/receipt";
import { decodeSignedTime, encodeSignedTime } from "../../protocol/signed-time";
import { downTopic, parseTopic, upTopic } from "../../protocol/topics";
import type { Cases } from "../support/cases";

const fill = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);
const SECRET = fill(32, 3);
/** Public key of SECRET, by Node's own Ed25519. */
const PUBLIC = fromHex("ed4928c628d1c2c6eae90338905995612959273a5c63f93636c14614ac8737d1")!;
const DOOR = fromHex("0123456789abcdef")!;

const RECEIPT: Receipt = {
  enrolment: 1,
  counter: 2,
  epoch: 3,
  version: 1_900_000_000,
  manifestHash: fill(8, 5),
  deltaHash: fill(8, 6),
  keysetNumber: 7,
  leaseIssuedAt: 8,
  leaseEnd: 9,
  signedTime: 10,
  wallTime: 0xffff_ffff,
  firstEvent: 12,
  nextEvent: 13,
  alarms: { listLost: false, listDamaged: true, timeUnknown: false, eventsFolded: true, usesFull: false },
};

const EVENT: EventRecord = { sequence: 0, time: 1_900_000_000, timeUnknown: false, type: "decision", reason: "granted", kind: 1, outputs: 1, duress: false, tag: fill(5, 4), count: 0 };

/** Each bit of `bytes`, flipped alone. */
function* flips(bytes: Uint8Array): Generator<Uint8Array> {
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const copy = bytes.slice();
    copy[bit >> 3] ^= 1 << (bit & 7);
    yield copy;
  }
}

export const cases: Cases = {
  "COSE_Sign1: what is signed opens, in its own context only": (assert) => {
    const context = signingContext("lease", DOOR);
    const message = sign(fill(30, 1), SECRET, context);
    assert.deepEqual(openSigned(message, PUBLIC, context), fill(30, 1));
    assert.throws(() => openSigned(message, PUBLIC, signingContext("time", DOOR)), "bad-signature");
    assert.throws(() => openSigned(message, PUBLIC, signingContext("lease", fill(8, 1))), "bad-signature");
    assert.throws(() => openSigned(message, PUBLIC, context, message.length - 1), "too-large");
  },

  "COSE_Sign1: any part cut off, or a byte more, is malformed": (assert) => {
    const context = signingContext("lease", DOOR);
    const message = sign(fill(30, 1), SECRET, context);
    for (let length = 0; length < message.length; length++) assert.throws(() => parseSigned(message.subarray(0, length), context, 1_000), "malformed");
    assert.throws(() => parseSigned(new Uint8Array([...message, 0]), context, 1_000), "malformed");
  },

  "COSE_Sign1: a flipped bit of header, payload or signature never opens": (assert) => {
    const context = signingContext("lease", DOOR);
    const message = sign(fill(2, 1), SECRET, context);
    let number = 0;
    for (const flipped of flips(message)) {
      // The key id is a hint and not signed; of the others a sample is enough here, all are tried in Node's own tests.
      const inKeyId = number >= 8 * 8 && number < 8 * 12;
      if (!inKeyId && number++ % 41 === 0) assert.throws(() => openSigned(flipped, PUBLIC, context), undefined);
      else number += inKeyId ? 1 : 0;
    }
  },

  "COSE_Sign1: the published example verifies, and is not of our form": (assert, { vectors }) => {
    const example = vectors("cose/eddsa-sig-01.json") as { input: { sign0: { key: { x_hex: string } } }; intermediates: { ToBeSign_hex: string }; output: { cbor: string } };
    const message = fromHex(example.output.cbor.toLowerCase())!;
    const publicKey = fromHex(example.input.sign0.key.x_hex)!;
    const toBeSigned = fromHex(example.intermediates.ToBeSign_hex.toLowerCase())!;
    const signature = message.subarray(message.length - 64);
    assert.true(verify(signature, toBeSigned, publicKey));
    toBeSigned[20] ^= 1;
    assert.false(verify(signature, toBeSigned, publicKey));
    assert.throws(() => parseSigned(message, new Uint8Array(0), 1_000), "malformed");
  },

  "HKDF-SHA-256: Wycheproof": (assert, { hashes, vectors }) => {
    const { testGroups } = vectors("wycheproof/hkdf_sha256_test.json") as { testGroups: { tests: { ikm: string; salt: string; info: string; size: number; okm: string; result: string; tcId: number }[] }[] };
    for (const { tests } of testGroups) {
      for (const { ikm, salt, info, size, okm, result, tcId } of tests) {
        if (result === "valid") assert.is(toHex(hkdfSha256(hashes, fromHex(ikm)!, fromHex(salt)!, fromHex(info)!, size)), okm, `case ${tcId}`);
        else assert.throws(() => hkdfSha256(hashes, fromHex(ikm)!, fromHex(salt)!, fromHex(info)!, size), undefined, `case ${tcId}`);
      }
    }
  },

  "door keys: eight, all different, bound to the door": (assert, { hashes }) => {
    const all = [DOOR, fill(8, 1)].flatMap((door) => {
      const keys = deriveDoorKeys(hashes, SECRET, door);
      return DOOR_KEY_NAMES.map((name) => toHex(keys[name]));
    });
    assert.is(new Set(all).size, 2 * DOOR_KEY_NAMES.length);
  },

  "tags: kind, value and key all count, and a second PIN is bound to the first credential": (assert, { hashes }) => {
    const value = fill(6, 0x31);
    const tags = [
      credentialTag(hashes, SECRET, CredentialKind.pin, value),
      credentialTag(hashes, SECRET, CredentialKind.card, value),
      credentialTag(hashes, fill(32, 4), CredentialKind.pin, value),
      credentialTag(hashes, SECRET, CredentialKind.pin, fill(5, 0x31)),
      secondPinTag(hashes, SECRET, fill(5, 1), value),
      secondPinTag(hashes, SECRET, fill(5, 2), value),
    ].map(toHex);
    assert.is(new Set(tags).size, tags.length);
    assert.is(tags[0].length, 10);
  },

  "receipt: comes back as it went, and no flipped bit passes": (assert, { hashes }) => {
    const bytes = encodeReceipt(hashes, SECRET, RECEIPT);
    assert.is(bytes.length, RECEIPT_BYTES);
    assert.deepEqual(openReceipt(hashes, SECRET, bytes), RECEIPT);
    for (const flipped of flips(bytes)) assert.throws(() => openReceipt(hashes, SECRET, flipped));
    assert.throws(() => openReceipt(hashes, fill(32, 9), bytes), "bad-mac");
    assert.throws(() => openReceipt(hashes, SECRET, bytes.subarray(1)), "malformed");
  },

  "command: comes back as it went, and is never its own reply": (assert, { hashes }) => {
    const command = { verb: CommandVerb.unlock, outputs: 1, requestId: fill(8, 1), nonce: fill(16, 2) };
    const bytes = encodeCommand(hashes, SECRET, command);
    assert.deepEqual(openCommand(hashes, SECRET, bytes), command);
    assert.throws(() => openReply(hashes, SECRET, bytes), "bad-mac");
    for (const flipped of flips(bytes)) assert.throws(() => openCommand(hashes, SECRET, flipped));
    const reply = { status: ReplyStatus.unknownNonce, outputs: 1, requestId: fill(8, 1), nonce: fill(16, 2) };
    assert.deepEqual(openReply(hashes, SECRET, encodeReply(hashes, SECRET, reply)), reply);
  },

  "acknowledgement: comes back as it went, and no flipped bit passes": (assert, { hashes }) => {
    const bytes = encodeAcknowledgement(hashes, SECRET, { enrolment: 3, sequence: 4_000_000_000 });
    assert.deepEqual(openAcknowledgement(hashes, SECRET, bytes), { enrolment: 3, sequence: 4_000_000_000 });
    for (const flipped of flips(bytes)) assert.throws(() => openAcknowledgement(hashes, SECRET, flipped));
  },

  "X7: events verify as a chain across a change of key; an edit, a gap, a swap do not": (assert, { hashes }) => {
    const records: Uint8Array[] = [];
    const keys = [SECRET, nextEventKey(hashes, SECRET)];
    let mac: Uint8Array = new Uint8Array(12);
    for (let sequence = 120; sequence < 136; sequence++) {
      const body = encodeEventBody({ ...EVENT, sequence, type: sequence % 2 ? "leaf-opened" : "decision", count: sequence });
      mac = eventMac(hashes, keys[sequence >> 7], mac, body);
      records.push(new Uint8Array([...body, ...mac]));
    }
    const keyOf = (period: number): Uint8Array => keys[period];
    const bytes = encodeEventUpload(hashes, SECRET, { enrolment: 5, previousMac: new Uint8Array(12), records });
    const upload = openEventUpload(hashes, SECRET, bytes);
    for (const flipped of flips(bytes)) assert.throws(() => openEventUpload(hashes, SECRET, flipped));
    assert.throws(() => openEventUpload(hashes, fill(32, 9), bytes), "bad-mac");
    // What holds for a receipt of the same bytes under the same key must not hold here.
    const asReceipt = new Uint8Array([...bytes.subarray(0, -16), ...hashes.hmacSha256(SECRET, bytes.subarray(0, -16)).subarray(0, 16)]);
    assert.throws(() => openEventUpload(hashes, SECRET, asReceipt), "bad-mac");
    const events = verifyEvents(hashes, keyOf, upload.previousMac, upload.records);
    assert.deepEqual(
      events.map(({ sequence }) => sequence),
      Array.from({ length: 16 }, (_, index) => 120 + index),
    );
    assert.throws(() => verifyEvents(hashes, keyOf, fill(12, 1), records), "bad-mac");
    assert.throws(() => verifyEvents(hashes, keyOf, new Uint8Array(12), [...records.slice(0, 3), ...records.slice(4)]), "malformed");
    for (const flipped of flips(records[0])) assert.throws(() => verifyEvents(hashes, keyOf, new Uint8Array(12), [flipped, ...records.slice(1)]));
    assert.throws(() => openEventUpload(hashes, SECRET, encodeEventUpload(hashes, SECRET, { enrolment: 5, previousMac: new Uint8Array(12), records: [] })), "malformed");
  },

  "X7: an altered record is told from the others, whichever of its bytes changed": (assert, { hashes }) => {
    const zeros = new Uint8Array(12);
    const records: Uint8Array[] = [];
    for (let sequence = 0; sequence < 5; sequence++) {
      const body = encodeEventBody({ ...EVENT, sequence });
      records.push(new Uint8Array([...body, ...eventMac(hashes, SECRET, records.length === 0 ? zeros : records[sequence - 1].subarray(20), body)]));
    }
    const read = (given: readonly Uint8Array[], before: readonly Uint8Array[] = [zeros]): string =>
      readEvents(hashes, () => SECRET, before, given)
        .map(({ altered, event }) => (altered ? "altered" : event === undefined ? "unknown" : "whole"))
        .join();
    assert.is(read(records), "whole,whole,whole,whole,whole");
    for (let byte = 4; byte < 32; byte++) {
      const edited = records.map((record) => record.slice());
      edited[2][byte] ^= 0x80;
      assert.is(read(edited), "whole,whole,altered,whole,whole", `byte ${byte}`);
    }
    assert.is(read(records, [fill(12, 1)]), "altered,whole,whole,whole,whole", "one that follows from nothing");
    assert.is(read(records, [fill(12, 1), zeros]), "whole,whole,whole,whole,whole");
    assert.throws(() => read([records[0], records[2]]), "malformed");
    const body = encodeEventBody({ ...EVENT, sequence: 0 });
    body[8] = 0xee;
    assert.is(read([new Uint8Array([...body, ...eventMac(hashes, SECRET, zeros, body)])]), "unknown", "a newer door's");
  },

  "X3: a lease holds to its end and its grace, not a second longer, and never for 32 days": (assert) => {
    const lease = { epoch: 1, version: 2, issuedAt: 1_000, guestNotAfter: 2_000, staffNotAfter: 3_000, residentNotAfter: 0 };
    assert.deepEqual(decodeLease(encodeLease(lease)), lease);
    assert.true(leaseHolds(lease, HolderClass.guest, 2_059));
    assert.false(leaseHolds(lease, HolderClass.guest, 2_060));
    assert.true(leaseHolds(lease, HolderClass.staff, 3_059));
    assert.false(leaseHolds(lease, HolderClass.resident, 2_000));
    assert.throws(() => decodeLease(encodeLease({ ...lease, staffNotAfter: 1_001 + 31 * 86_400 })), "lease-too-long");
  },

  "signed time, need and state come back as they went": (assert) => {
    const time = { nonce: fill(16, 1), time: 1_900_000_000 };
    assert.deepEqual(decodeSignedTime(encodeSignedTime(time)), time);
    const need = { page: { epoch: 1, version: 2, number: 31 }, deltaBase: 7, timeNonce: fill(16, 3) };
    assert.deepEqual(decodeNeed(encodeNeed(need)), need);
    assert.deepEqual(decodeNeed(encodeNeed({})), {});
    const state = { ...OFFLINE, online: true, time: 5, leafOpen: true, refusals: 3, lastRefusal: 2, uptime: 9 };
    assert.deepEqual(decodeDoorState(encodeDoorState(state)), state);
    assert.deepEqual(decodeDoorState(encodeDoorState(OFFLINE)), OFFLINE);
  },

  "topics: only a door's own form is read": (assert) => {
    const door = toHex(DOOR);
    assert.deepEqual(parseTopic(downTopic(door, "delta/1900000000")), { door, direction: "down", what: "delta/1900000000" });
    assert.deepEqual(parseTopic(upTopic(door, "receipt")), { door, direction: "up", what: "receipt" });
    for (const topic of ["", "latchkey/1/doors/+/up/state", `latchkey/1/doors/${door}/up/`, `latchkey/2/doors/${door}/up/state`, `latchkey/1/doors/${door.toUpperCase()}/up/state`, `latchkey/1/doors/${door}/down/page/01`]) {
      assert.is(parseTopic(topic), undefined, topic);
    }
  },

  "claim: both sides end with the same key and login": (assert, { hashes }) => {
    const secret = fill(16, 8);
    const hello = { door: DOOR, doorNonce: fill(16, 1) };
    const context = { ...decodeHello(encodeHello(hello)), cloudNonce: fill(16, 2), site: fill(8, 3), keysets: [fill(40, 4), fill(50, 5)] };
    const welcome = encodeWelcome(hashes, secret, context);
    const atDoor = openWelcome(hashes, secret, hello, welcome);
    assert.deepEqual(atDoor, context);
    const claim = encodeClaim(hashes, secret, atDoor, SECRET);
    const decoded = decodeClaim(claim);
    assert.deepEqual(openClaim(hashes, secret, context, decoded), SECRET);
    const login = { enrolment: 1, password: fill(32, 0x61), brokerHost: new Uint8Array(0), brokerPort: 1_883 };
    const grant = encodeGrant(hashes, secret, context, decoded.sealedDoorKey, login);
    assert.deepEqual(openGrant(hashes, secret, atDoor, claim, grant), login);
    assert.false(toHex(claim).includes(toHex(SECRET)), "K_door travels sealed");
    assert.false(toHex(grant).includes(toHex(login.password)), "the password travels sealed");
    // Whoever knows not the secret, or changes a bit, gets nowhere.
    assert.throws(() => openWelcome(hashes, fill(16, 9), hello, welcome), "bad-mac");
    for (const flipped of flips(welcome)) assert.throws(() => openWelcome(hashes, secret, hello, flipped));
    for (const flipped of flips(claim)) {
      assert.throws(() => {
        const altered = decodeClaim(flipped);
        openClaim(hashes, secret, { ...context, door: altered.door, doorNonce: altered.doorNonce, cloudNonce: altered.cloudNonce }, altered);
      });
    }
    for (const flipped of flips(grant)) assert.throws(() => openGrant(hashes, secret, atDoor, claim, flipped));
  },
};
