/**
 * Reads protocol/vectors.json as SPEC.md says: what goes to a door by the firmware itself, on virtual flash, what goes
 * to the cloud by what both share. Portable.
 */
import { openAcknowledgement } from "../../../protocol/acknowledgement";
import { equalBytes, fromHex, readU32, toHex } from "../../../protocol/bytes";
import { openCommand, openReply } from "../../../protocol/command";
import { decodeDoorFrame, decodePhoneFrame } from "../../../protocol/courier-frame";
import { courierKeys, downTopicOf, openCourierItem, upTopicOf } from "../../../protocol/courier-item";
import { signingContext } from "../../../protocol/cose-sign1";
import { deriveDoorKeys, type DoorKeys } from "../../../protocol/door-keys";
import { openResponse } from "../../../protocol/door-proof";
import { decodeDoorState } from "../../../protocol/door-state";
import { verify } from "../../../protocol/ed25519";
import { decodeClaim, decodeHello, openClaim, openGrant, openWelcome, type ClaimContext } from "../../../protocol/enrolment";
import { nextEventKey, openEventUpload, readEvents } from "../../../protocol/event-record";
import { openFobAssignment } from "../../../protocol/fob-assignment";
import { decodeFobFrame } from "../../../protocol/fob-frame";
import { fobKeys, type FobKeys } from "../../../protocol/fob-identity";
import { openFobReport } from "../../../protocol/fob-report";
import type { BlockCipher } from "../../../protocol/block-cipher";
import type { Hashes } from "../../../protocol/hashes";
import { MAC_BYTES, SIGNED_TIME_BYTES_MAX } from "../../../protocol/limits";
import { decodeNeed } from "../../../protocol/need";
import { decodeChallenge, decodeResult, resultProof } from "../../../protocol/phone-unlock";
import { ProtocolError } from "../../../protocol/protocol-error";
import { openReceipt } from "../../../protocol/receipt";
import { decodeSignedTime } from "../../../protocol/signed-time";
import { parseListHead } from "../../../firmware/access-list/list-head";
import { openFirmwareOffer } from "../../../firmware/life/firmware-offer";
import { runToEnd } from "../../../firmware/work-queue";
import json from "../../../protocol/vectors.json";
import { ListRig } from "../list-rig";
import { Mint } from "../mint";
import { acknowledgementReads, challengeReads, commandReads, deltaReads, eventsReads, firmwareReads, fobAssignmentReads, fobFrameReads, fobReportReads, frameReads, helloReads, itemReads, keysetReads, leaseReads, loginReads, manifestReads, needReads, receiptReads, replyReads, responseReads, resultReads, stateReads, timeReads, welcomeReads } from "./reads";
import type { Given, MintedVector, MintedVectors, Reads, VectorObject } from "./vector-format";

export const minted = json as unknown as MintedVectors;

const byName = new Map(Object.entries(minted.vectors).flatMap(([object, vectors]) => vectors.map((vector) => [vector.name, { object: object as VectorObject, vector }] as const)));

/** The message of the vector of this name. */
export function bytesOf(name: string): Uint8Array {
  return vectorBytes(byName.get(name)!.vector);
}

function vectorBytes({ hex, zeros = 0 }: MintedVector): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2 + zeros);
  bytes.set(fromHex(hex)!);
  return bytes;
}

/** What the receiver of a vector has before. */
function givenOf(object: VectorObject, vector: MintedVector): Given {
  return { ...minted.given[object], ...vector.given };
}

const key = (name: string): Uint8Array => fromHex(minted.keys[name])!;
export const DOOR = key("door");
export const doorKeys = (hashes: Hashes): DoorKeys => deriveDoorKeys(hashes, key("doorKey"), DOOR);

/**
 * What is read of a vector.
 * @throws {ProtocolError} where it is refused.
 */
export function readVector({ hashes, blockCipher }: Natives, object: VectorObject, vector: MintedVector): Reads {
  return READERS[object](hashes, vectorBytes(vector), givenOf(object, vector), blockCipher);
}

/** What a board has of its own. */
interface Natives {
  hashes: Hashes;
  blockCipher: BlockCipher;
}

const READERS: Record<VectorObject, (hashes: Hashes, bytes: Uint8Array, given: Given, cipher: BlockCipher) => Reads> = {
  keyset(hashes, bytes, given) {
    const door = doorWith(hashes, given);
    door.run(given.keyset === null ? door.keysets.adoptFirst([bytes]) : door.keysets.receiveKeyset(bytes));
    return keysetReads(door.keysets.current!);
  },
  manifest(hashes, bytes, given) {
    const door = doorWith(hashes, given);
    door.run(door.updater.receiveManifest(bytes));
    const { manifest, hash } = parseListHead(hashes, bytes, signingContext("manifest", DOOR));
    return manifestReads(manifest, hash);
  },
  page(hashes, bytes, given) {
    const door = doorWith(hashes, given);
    door.run(door.updater.receiveManifest(bytesOf(given.fetching!)));
    door.run(door.updater.receivePage(given.page!, bytes));
    return { bytes: bytes.length };
  },
  delta(hashes, bytes, given) {
    const door = doorWith(hashes, given);
    door.run(door.updater.receiveDelta(given.base!, bytes));
    const { list, deltaHash } = door.store.active!;
    return deltaReads(list.delta!, deltaHash);
  },
  lease(hashes, bytes, given) {
    const door = doorWith(hashes, given);
    door.run(door.leases.receiveLease(bytes));
    return leaseReads(door.leases.current!);
  },
  time(hashes, bytes, given) {
    const check = (payload: Uint8Array): void => {
      if (toHex(decodeSignedTime(payload).nonce) !== given.nonce) throw new ProtocolError("unknown-nonce");
    };
    const opened = doorWith(hashes, given).keysets.openSigned("lease", bytes, signingContext("time", DOOR), SIGNED_TIME_BYTES_MAX, check);
    return timeReads(decodeSignedTime(runToEnd(opened)));
  },
  ack(hashes, bytes, given) {
    const acknowledgement = openAcknowledgement(hashes, doorKeys(hashes).acknowledgement, bytes);
    if (acknowledgement.enrolment !== given.enrolment) throw new ProtocolError("wrong-enrolment");
    return acknowledgementReads(acknowledgement);
  },
  firmware(hashes, bytes, { target, running, minimum, failed }) {
    const board = { hashes, verifySignature: verifyOnce };
    const known = { target: fromHex(target!)!, imageKey: key("imageKey"), running: running!, minimum: minimum!, failed: failed! };
    const { image, path } = runToEnd(openFirmwareOffer(board, bytes, known));
    return firmwareReads(image, path);
  },
  command: (hashes, bytes) => commandReads(openCommand(hashes, doorKeys(hashes).command, bytes)),
  receipt(hashes, bytes, given) {
    const receipt = openReceipt(hashes, doorKeys(hashes).receipt, bytes);
    if (receipt.enrolment !== given.enrolment) throw new ProtocolError("wrong-enrolment");
    if (receipt.counter <= given.counter!) throw new ProtocolError("old-counter");
    return receiptReads(receipt);
  },
  events(hashes, bytes, given) {
    const { enrolment, previousMac, records } = openEventUpload(hashes, doorKeys(hashes).receipt, bytes);
    if (enrolment !== given.enrolment) throw new ProtocolError("wrong-enrolment");
    const keyOf = (period: number): Uint8Array => (period === 0 ? doorKeys(hashes).event : nextEventKey(hashes, keyOf(period - 1)));
    const before = readU32(records[0], 0) === 0 ? new Uint8Array(12) : fromHex(given.previousMac ?? toHex(previousMac))!;
    const events = readEvents(hashes, keyOf, [before], records);
    return eventsReads(enrolment, events);
  },
  reply: (hashes, bytes) => replyReads(openReply(hashes, doorKeys(hashes).command, bytes)),
  state: (_, bytes) => stateReads(decodeDoorState(bytes)),
  need: (_, bytes) => needReads(decodeNeed(bytes)),
  hello: (_, bytes) => helloReads(decodeHello(bytes)),
  welcome(hashes, bytes, given) {
    const context = openWelcome(hashes, key("claimSecret"), decodeHello(bytesOf(given.hello!)), bytes);
    const door = doorWith(hashes, {});
    door.run(door.keysets.adoptFirst(context.keysets));
    return welcomeReads(context);
  },
  claim: (hashes, bytes, given) => ({ doorKey: toHex(openClaim(hashes, key("claimSecret"), claimContext(hashes, given), decodeClaim(bytes))) }),
  challenge: (_, bytes) => challengeReads(decodeChallenge(bytes)),
  response: (hashes, bytes, { challenge }, cipher) => responseReads(openResponse(hashes, cipher, doorKeys(hashes), DOOR, challenge ? bytesOf(challenge) : undefined, bytes)),
  result(hashes, bytes, { challenge, response }, cipher) {
    const result = decodeResult(bytes);
    if (result.status === "unanswered") return resultReads(result);
    // The phone knows its key; here it is worked out of the first response.
    const { key: phoneKey } = openResponse(hashes, cipher, doorKeys(hashes), DOOR, bytesOf("challenge"), bytesOf("response of a phone"));
    const mac = hashes.hmacSha256(phoneKey, resultProof(bytesOf(challenge!), bytesOf(response!), result.head)).subarray(0, MAC_BYTES);
    if (!equalBytes(mac, result.mac)) throw new ProtocolError("bad-mac");
    return resultReads(result);
  },
  "phone-frame": (_, bytes) => frameReads(decodePhoneFrame(bytes)),
  "door-frame": (_, bytes) => frameReads(decodeDoorFrame(bytes)),
  "item-down"(hashes, bytes) {
    const { header, message } = openCourierItem(hashes, courierKeys(hashes, doorKeys(hashes).courier), bytes);
    downTopicOf(header);
    return itemReads(header, message);
  },
  "item-up"(hashes, bytes) {
    const { header, message } = openCourierItem(hashes, courierKeys(hashes, doorKeys(hashes).courier), bytes);
    upTopicOf(header);
    return itemReads(header, message);
  },
  "fob-assignment": (hashes, bytes) => fobAssignmentReads(openFobAssignment(hashes, keysOfFob(hashes), key("fob"), bytes)),
  "fob-frame": (_, bytes) => fobFrameReads(decodeFobFrame(bytes)),
  "fob-report": (hashes, bytes) => fobReportReads(openFobReport(hashes, keysOfFob(hashes), bytes)),
  grant: (hashes, bytes, given) => loginReads(openGrant(hashes, key("claimSecret"), claimContext(hashes, given), bytesOf(given.claim!), bytes)),
};

function keysOfFob(hashes: Hashes): FobKeys {
  return fobKeys(hashes, { id: key("fob"), secret: key("fobSecret") });
}

function claimContext(hashes: Hashes, given: Given): ClaimContext {
  return openWelcome(hashes, key("claimSecret"), decodeHello(bytesOf(given.hello!)), bytesOf(given.welcome!));
}

const verdicts = new Map<string, boolean>();
/** As a board with a check of its own; each signature once, since many vectors have the same before. */
function verifyOnce(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  const name = `${toHex(signature)}${toHex(publicKey)}${toHex(message)}`;
  let verdict = verdicts.get(name);
  if (verdict === undefined) verdicts.set(name, (verdict = verify(signature, message, publicKey)));
  return verdict;
}

/** A door that has come to what a vector says. */
function doorWith(hashes: Hashes, { keyset, list, delta, lease }: Given): ListRig {
  const door = new ListRig({ hashes, mint: new Mint(hashes, DOOR), verifySignature: verifyOnce });
  if (keyset) door.run(door.keysets.adoptFirst(keysetsTo(keyset)));
  if (list) {
    door.run(door.updater.receiveManifest(bytesOf(list)));
    minted.snapshots[list].forEach((page, number) => door.run(door.updater.receivePage(number, bytesOf(page))));
  }
  if (delta) door.run(door.updater.receiveDelta(minted.given.delta.base!, bytesOf(delta)));
  if (lease) door.run(door.leases.receiveLease(bytesOf(lease)));
  return door;
}

/** The chain that ends in a keyset: itself, and what it was given after. */
function keysetsTo(name: string): Uint8Array[] {
  const { keyset } = givenOf("keyset", byName.get(name)!.vector);
  return [...(keyset ? keysetsTo(keyset) : []), bytesOf(name)];
}
