/**
 * Latchkey's own test vectors, made from fixed keys: what SPEC.md describes, once right and then with one fault
 * each, named after it. `npm run vectors` writes them to protocol/vectors.json for whoever builds another door.
 */
import { encodeAcknowledgement } from "../../protocol/acknowledgement";
import { buildAccessList } from "../../protocol/access-list";
import { ascii, concat, toHex } from "../../protocol/bytes";
import { CommandVerb, encodeCommand, encodeReply, ReplyStatus } from "../../protocol/command";
import { sign } from "../../protocol/cose";
import { signingContext } from "../../protocol/cose-sign1";
import { CredentialKind, credentialTag, secondPinTag } from "../../protocol/credential";
import { encodeDelta, LockState, type Delta } from "../../protocol/delta";
import { deriveDoorKeys, DOOR_KEY_NAMES } from "../../protocol/door-keys";
import { decodeClaim, encodeClaim, encodeGrant, encodeHello, encodeWelcome } from "../../protocol/enrolment";
import { encodeEventBody, encodeEventUpload, eventMac, type EventRecord } from "../../protocol/event-record";
import { encodeKeyset, encodeKeysetMessage, type Keyset } from "../../protocol/keyset";
import { encodeLease, type Lease } from "../../protocol/lease";
import { LEASE_SECONDS_MAX } from "../../protocol/limits";
import { diffRows } from "../../protocol/list-diff";
import { DEFAULT_LEASED_CLASSES, encodeManifest, hash8, type Manifest } from "../../protocol/manifest";
import { encodeManifestMessage } from "../../protocol/manifest-message";
import { nobleHashes as hashes } from "../../protocol/noble-hashes";
import { ALWAYS, HolderClass, NO_END, type Profile } from "../../protocol/profile";
import type { ProtocolErrorCode } from "../../protocol/protocol-error";
import { encodeReceipt, type Receipt } from "../../protocol/receipt";
import { encodeRow, type Row } from "../../protocol/row";
import { LAST_RULE } from "../../protocol/schedule";
import { encodeSignedTime } from "../../protocol/signed-time";
import { encodeUtcOffsets } from "../../protocol/utc-offsets";
import { getPublicKey } from "@noble/ed25519";

export interface MintedVector {
  name: string;
  /** Which section of SPEC.md reads it. */
  object: "keyset" | "manifest" | "delta" | "lease" | "time" | "receipt" | "events" | "ack" | "command" | "reply" | "welcome" | "claim" | "grant";
  hex: string;
  expect: "accepted" | ProtocolErrorCode;
}

export interface MintedVectors {
  about: string;
  keys: Record<string, string>;
  tags: Record<string, string>;
  pages: string[];
  vectors: MintedVector[];
}

const fill = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);
const NOW = 1_800_000_000;

const door = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]);
const site = fill(8, 0x51);
const claimSecret = fill(16, 0x52);
const doorKey = fill(32, 0x53);
const rootSecret = fill(32, 0x61);
const newRootSecret = fill(32, 0x62);
const listSecret = fill(32, 0x63);
const leaseSecret = fill(32, 0x64);
const strangerSecret = fill(32, 0x65);
const keys = deriveDoorKeys(hashes, doorKey, door);

const flip = (bytes: Uint8Array, index: number): Uint8Array => bytes.map((byte, at) => (at === index ? byte ^ 1 : byte));

export function mintVectors(): MintedVectors {
  const vectors: MintedVector[] = [];
  const add = (object: MintedVector["object"], name: string, bytes: Uint8Array, expect: MintedVector["expect"]): void => {
    vectors.push({ name, object, hex: toHex(bytes), expect });
  };

  const pages = mintLists(add);
  mintKeysets(add);
  mintLeases(add);
  mintMacs(add);
  mintClaim(add);
  return {
    about:
      "Latchkey protocol 1, see SPEC.md. Keysets are read as the successor of keyset 1 (the first vector); manifests, deltas, leases and times under its list and lease key for this door; delta against the first manifest.",
    keys: {
      door: toHex(door),
      site: toHex(site),
      claimSecret: toHex(claimSecret),
      doorKey: toHex(doorKey),
      rootSecret: toHex(rootSecret),
      newRootSecret: toHex(newRootSecret),
      listSecret: toHex(listSecret),
      leaseSecret: toHex(leaseSecret),
      ...Object.fromEntries(DOOR_KEY_NAMES.map((name) => [`K_${name}`, toHex(keys[name])])),
    },
    tags: {
      "PIN 012345": toHex(credentialTag(hashes, keys.tag, CredentialKind.pin, ascii("012345"))),
      "unit 12, PIN 4711": toHex(credentialTag(hashes, keys.tag, CredentialKind.unitPin, ascii("12*4711"))),
      "card 04a1b2c3": toHex(credentialTag(hashes, keys.tag, CredentialKind.card, Uint8Array.of(4, 0xa1, 0xb2, 0xc3))),
      "second PIN 9876 after that card": toHex(secondPinTag(hashes, keys.tag, credentialTag(hashes, keys.tag, CredentialKind.card, Uint8Array.of(4, 0xa1, 0xb2, 0xc3)), ascii("9876"))),
    },
    pages: pages.map(toHex),
    vectors,
  };
}

type Add = (object: MintedVector["object"], name: string, bytes: Uint8Array, expect: MintedVector["expect"]) => void;

function keyset(number: number, changes: Partial<Keyset> = {}): Keyset {
  return { site, number, epoch: number, issuedAt: NOW, listKey: getPublicKey(listSecret), leaseKey: getPublicKey(leaseSecret), roots: [getPublicKey(number === 1 ? rootSecret : newRootSecret)], threshold: 1, ...changes };
}

function signKeyset(set: Keyset, ...secrets: Uint8Array[]): Uint8Array {
  const payload = encodeKeyset(set);
  return encodeKeysetMessage(payload, secrets.map((secret) => sign(payload, secret, signingContext("keyset", set.site), true)));
}

function mintKeysets(add: Add): void {
  add("keyset", "keyset 1", signKeyset(keyset(1), rootSecret), "accepted");
  add("keyset", "keyset 2, signed by the old and the new root", signKeyset(keyset(2), rootSecret, newRootSecret), "accepted");
  add("keyset", "keyset 2, signed by the new root alone", signKeyset(keyset(2), newRootSecret), "too-few-signatures");
  add("keyset", "keyset 2, signed by the old root alone", signKeyset(keyset(2), rootSecret), "too-few-signatures");
  add("keyset", "keyset 2, signed twice by the old root", signKeyset(keyset(2), rootSecret, rootSecret, newRootSecret), "wrong-key");
  add("keyset", "keyset 2, signed by a stranger as well", signKeyset(keyset(2), rootSecret, newRootSecret, strangerSecret), "wrong-key");
  add("keyset", "keyset 2 of another site", signKeyset(keyset(2, { site: fill(8, 9) }), rootSecret, newRootSecret), "wrong-site");
  add("keyset", "keyset 3 after keyset 1", signKeyset(keyset(3), rootSecret, newRootSecret), "wrong-keyset-number");
  add("keyset", "keyset 2 of an older epoch", signKeyset(keyset(2, { epoch: 0 }), rootSecret, newRootSecret), "old-epoch");
  const right = signKeyset(keyset(2), rootSecret, newRootSecret);
  add("keyset", "keyset 2 with a flipped bit in the second signature", flip(right, right.length - 1), "bad-signature");
  add("keyset", "keyset 2 with a byte behind it", concat(right, Uint8Array.of(0)), "malformed");
  const tight = keyset(2, { threshold: 2 });
  add("keyset", "keyset 2 with a threshold over its roots", signKeyset(tight, rootSecret, newRootSecret), "malformed");
}

function mintLists(add: Add): Uint8Array[] {
  const tagOf = (pin: string): Uint8Array => credentialTag(hashes, keys.tag, CredentialKind.pin, ascii(pin));
  const row = (pin: string, profile: number): Row => ({ tag: tagOf(pin), profile, kind: CredentialKind.pin, needsSecondPin: false, duress: false, suspended: false, useCounter: 0 });
  const always: Profile = { notBefore: 0, notAfter: NO_END, schedule: ALWAYS, holderClass: HolderClass.resident, outputs: 1, maxUses: 0 };
  const profiles = [always, { ...always, holderClass: HolderClass.guest, schedule: 0 }, { ...always, holderClass: HolderClass.guest, maxUses: 1 }];
  const rows = Array.from({ length: 600 }, (_, index) => row(String(index).padStart(6, "0"), index % 3));
  const rules = [
    { days: 0b0001_1111, start: 480, end: 1_020, next: 1 },
    { days: 0b1110_0000, start: 1_320, end: 1_560, next: LAST_RULE },
  ];
  const built = buildAccessList(hashes, { rows, profiles, rules });
  const manifest: Manifest = {
    door,
    epoch: 1,
    version: NOW,
    issuedAt: NOW,
    rows: rows.length,
    profiles: profiles.length,
    rules: rules.length,
    pagesHash: built.pagesHash,
    policy: { unlockSeconds: 5, leasedClasses: DEFAULT_LEASED_CLASSES, pinDigits: 6 },
    utcOffsets: encodeUtcOffsets([
      { since: 0, offsetSeconds: 3_600 },
      { since: 1_806_195_600, offsetSeconds: 7_200 },
    ]),
    holidays: Uint8Array.of(0x51, 0x80),
  };
  const listContext = signingContext("manifest", door);
  const payload = encodeManifest(manifest);
  const message = (signed: Uint8Array, pageHashes = built.pageHashes): Uint8Array => encodeManifestMessage({ signed, pageHashes });
  const right = sign(payload, listSecret, listContext);
  add("manifest", "manifest", message(right), "accepted");
  add("manifest", "manifest signed by a stranger", message(sign(payload, strangerSecret, listContext)), "wrong-key");
  add("manifest", "manifest signed by the lease key", message(sign(payload, leaseSecret, listContext)), "wrong-key");
  add("manifest", "manifest signed for another door", message(sign(payload, listSecret, signingContext("manifest", fill(8, 7)))), "bad-signature");
  add("manifest", "manifest signed as a delta", message(sign(payload, listSecret, signingContext("delta", door))), "bad-signature");
  add("manifest", "manifest of another door", message(sign(encodeManifest({ ...manifest, door: fill(8, 7) }), listSecret, listContext)), "wrong-door");
  add("manifest", "manifest with a flipped bit in the payload's last byte", message(flip(right, right.length - 67)), "bad-signature");
  add("manifest", "manifest with another page-hash list", message(right, flip(built.pageHashes, 3)), "bad-hash");
  add("manifest", "manifest with a page hash missing", message(right, built.pageHashes.subarray(32)), "bad-hash");
  add("manifest", "manifest with an unknown field", message(sign(concat(Uint8Array.of(0xac), payload.subarray(1), Uint8Array.of(0x0c, 0x01)), listSecret, listContext)), "malformed");
  const versionAt = indexOf(payload, Uint8Array.of(3, 0x1a)) + 1;
  const huge = concat(payload.subarray(0, versionAt), Uint8Array.of(0x1b, 0x80, 0, 0, 0, 0, 0, 0, 0), payload.subarray(versionAt + 5));
  add("manifest", "manifest of version 2^63", message(sign(huge, listSecret, listContext)), "malformed");
  add("manifest", "manifest of an older epoch", message(sign(encodeManifest({ ...manifest, epoch: 0 }), listSecret, listContext)), "old-epoch");
  add("manifest", "manifest of an epoch to come", message(sign(encodeManifest({ ...manifest, epoch: 2 }), listSecret, listContext)), "future-epoch");
  add("manifest", "manifest that opens for no second", message(sign(encodeManifest({ ...manifest, policy: { ...manifest.policy, unlockSeconds: 0 } }), listSecret, listContext)), "malformed");

  const sorted = rows.map(encodeRow).sort((a, b) => (toHex(a) < toHex(b) ? -1 : 1));
  const target = [...sorted.slice(0, 10), ...sorted.slice(11, 500), ...sorted.slice(501), encodeRow(row("999999", 0))].sort((a, b) => (toHex(a) < toHex(b) ? -1 : 1));
  const delta: Delta = { epoch: 1, base: NOW, version: NOW + 60, manifestHash: hash8(hashes, payload), ...diffRows(sorted, target), profiles: new Uint8Array(0), rules: new Uint8Array(0), lockState: LockState.normal, throttleReset: 1 };
  const deltaContext = signingContext("delta", door);
  const signDelta = (changes: Partial<Delta> = {}): Uint8Array => sign(encodeDelta({ ...delta, ...changes }), listSecret, deltaContext);
  add("delta", "delta: two rows gone, one added, keypad unlocked", signDelta(), "accepted");
  add("delta", "delta: nothing but a new version", signDelta({ tombstones: new Uint16Array(0), added: new Uint8Array(0), throttleReset: 0 }), "accepted");
  add("delta", "delta on another base", signDelta({ base: NOW - 1 }), "wrong-base");
  add("delta", "delta with the hash of another manifest", signDelta({ manifestHash: fill(8, 1) }), "bad-hash");
  add("delta", "delta with a tombstone beyond the base", signDelta({ tombstones: Uint16Array.of(600) }), "malformed");
  add("delta", "delta with rows out of order", signDelta({ added: concat(sorted[5], sorted[4]) }), "malformed");
  add("delta", "delta older than its base", signDelta({ version: NOW - 1 }), "malformed");
  add("delta", "delta with a flipped bit in its signature", flip(signDelta(), signDelta().length - 1), "bad-signature");
  add("delta", "delta signed as a manifest", sign(encodeDelta(delta), listSecret, listContext), "bad-signature");
  return built.pages;
}

function indexOf(bytes: Uint8Array, part: Uint8Array): number {
  return bytes.findIndex((_, at) => part.every((byte, offset) => bytes[at + offset] === byte));
}

function mintLeases(add: Add): void {
  const lease: Lease = { epoch: 1, version: NOW, issuedAt: NOW, guestNotAfter: NOW + 86_400, staffNotAfter: NOW + 259_200, residentNotAfter: 0 };
  const signLease = (changes: Partial<Lease>, secret = leaseSecret): Uint8Array => sign(encodeLease({ ...lease, ...changes }), secret, signingContext("lease", door));
  add("lease", "lease", signLease({}), "accepted");
  add("lease", "lease that bounds residents too", signLease({ residentNotAfter: NOW + 604_800 }), "accepted");
  add("lease", "lease of 31 days and a second", signLease({ staffNotAfter: NOW + LEASE_SECONDS_MAX + 1 }), "lease-too-long");
  add("lease", "lease signed by the list key", signLease({}, listSecret), "wrong-key");
  add("lease", "lease with one byte cut off", signLease({}).slice(0, -1), "malformed");
  const time = encodeSignedTime({ nonce: fill(16, 0x77), time: NOW });
  add("time", "signed time", sign(time, leaseSecret, signingContext("time", door)), "accepted");
  add("time", "signed time that was signed as a lease", sign(time, leaseSecret, signingContext("lease", door)), "bad-signature");
}

function mintMacs(add: Add): void {
  const receipt: Receipt = {
    enrolment: 1,
    counter: 65,
    epoch: 1,
    version: NOW + 60,
    manifestHash: fill(8, 0x11),
    deltaHash: fill(8, 0x22),
    keysetNumber: 1,
    leaseIssuedAt: NOW,
    leaseEnd: NOW + 86_400,
    signedTime: NOW,
    wallTime: NOW + 61,
    firstEvent: 7,
    nextEvent: 9,
    alarms: { listLost: false, listDamaged: true, timeUnknown: false, eventsFolded: false, usesFull: false },
  };
  const bytes = encodeReceipt(hashes, keys.receipt, receipt);
  add("receipt", "receipt", bytes, "accepted");
  add("receipt", "receipt under another key", encodeReceipt(hashes, keys.command, receipt), "bad-mac");
  add("receipt", "receipt with another version", flip(bytes, 19), "bad-mac");
  add("receipt", "receipt with a byte cut off", bytes.slice(0, -1), "malformed");
  add("receipt", "receipt of format 2", flip(flip(bytes, 0), 0).map((byte, at) => (at === 0 ? 2 : byte)), "malformed");

  const event: EventRecord = { sequence: 0, time: NOW, timeUnknown: false, type: "decision", reason: "granted", kind: CredentialKind.pin, outputs: 1, duress: false, tag: credentialTag(hashes, keys.tag, CredentialKind.pin, ascii("012345")), count: 0 };
  const records: Uint8Array[] = [];
  let mac: Uint8Array = new Uint8Array(12);
  for (const change of [{}, { type: "leaf-opened", kind: 0, outputs: 0, tag: fill(5, 0) }, { reason: "outside-schedule" }] as Partial<EventRecord>[]) {
    const body = encodeEventBody({ ...event, ...change, sequence: records.length });
    mac = eventMac(hashes, keys.event, mac, body);
    records.push(concat(body, mac));
  }
  const upload = (previousMac: Uint8Array, ...which: Uint8Array[]): Uint8Array => encodeEventUpload({ enrolment: 1, previousMac, records: which });
  add("events", "three events", upload(fill(12, 0), ...records), "accepted");
  add("events", "the last of them, with the MAC before it", upload(records[1].subarray(20), records[2]), "accepted");
  add("events", "an event altered", upload(fill(12, 0), records[0], flip(records[1], 4), records[2]), "bad-mac");
  add("events", "an event left out", upload(fill(12, 0), records[0], records[2]), "malformed");
  add("events", "no event", upload(fill(12, 0)), "malformed");

  const acknowledgement = encodeAcknowledgement(hashes, keys.acknowledgement, { enrolment: 1, sequence: 3 });
  add("ack", "acknowledgement of events below 3", acknowledgement, "accepted");
  add("ack", "acknowledgement raised to 4", flip(flip(acknowledgement, 11), 11).map((byte, at) => (at === 11 ? 4 : byte)), "bad-mac");

  const command = { verb: CommandVerb.unlock, outputs: 1, requestId: fill(8, 0x31), nonce: fill(16, 0x32) };
  add("command", "ask for a nonce", encodeCommand(hashes, keys.command, { ...command, verb: CommandVerb.askNonce, outputs: 0, nonce: fill(16, 0) }), "accepted");
  add("command", "unlock", encodeCommand(hashes, keys.command, command), "accepted");
  add("command", "unlock with another output", flip(encodeCommand(hashes, keys.command, command), 2), "bad-mac");
  const reply = { status: ReplyStatus.done, outputs: 1, requestId: fill(8, 0x31), nonce: fill(16, 0x32) };
  add("reply", "done", encodeReply(hashes, keys.command, reply), "accepted");
  add("reply", "a command sent back as a reply", encodeCommand(hashes, keys.command, command), "bad-mac");
}

function mintClaim(add: Add): void {
  const hello = { door, doorNonce: fill(16, 0x41) };
  const context = { ...hello, cloudNonce: fill(16, 0x42), site, keysets: [signKeyset(keyset(1), rootSecret)] };
  const welcome = encodeWelcome(hashes, claimSecret, context);
  add("welcome", `welcome, answering ${toHex(encodeHello(hello))}`, welcome, "accepted");
  add("welcome", "welcome of somebody who does not know the secret", encodeWelcome(hashes, fill(16, 1), context), "bad-mac");
  const claim = encodeClaim(hashes, claimSecret, context, doorKey);
  add("claim", "claim", claim, "accepted");
  add("claim", "claim with another sealed key", flip(claim, claim.length - 20), "bad-mac");
  const grant = encodeGrant(hashes, claimSecret, context, decodeClaim(claim).sealedDoorKey, { enrolment: 1, password: ascii("0123456789abcdef0123456789abcdef"), brokerHost: ascii("door.example"), brokerPort: 1_883 });
  add("grant", "grant", grant, "accepted");
  add("grant", "grant with a flipped bit in the login", flip(grant, 5), "bad-mac");
}
