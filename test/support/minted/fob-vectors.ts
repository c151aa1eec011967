/** SPEC 23: assignments, frames and reports of fobs. */
import { ascii, concat } from "../../../protocol/bytes";
import { CredentialKind } from "../../../protocol/credential";
import { encodeFobButtons, FOB_HANDLES_MAX, sealFobAssignment, type FobAssignment, type FobButton } from "../../../protocol/fob-assignment";
import { encodeFobFrame, type FobFrame } from "../../../protocol/fob-frame";
import { fobKeys, type FobIdentity } from "../../../protocol/fob-identity";
import { encodeFobReport, FOB_ANSWERS, type FobReport } from "../../../protocol/fob-report";
import { encodeHandle, type Holder } from "../../../protocol/handle";
import { nobleHashes as hashes } from "../../../protocol/noble-hashes";
import { phoneKey } from "../../../protocol/phone-key";
import type { ProtocolErrorCode } from "../../../protocol/protocol-error";
import { sealSynthetic } from "../../../protocol/synthetic-seal";
import { nodeBlockCipher as cipher } from "../../../hardware-sim/xs/host-block-cipher";
import { flip, put } from "./cbor-surgery";
import { fobAssignmentReads, fobFrameReads, fobReportReads } from "./reads";
import { DOOR, DOOR_KEYS, fill, NOW, type VectorBook } from "./vector-site";

export const FOB: FobIdentity = { id: fill(8, 0x51), secret: fill(16, 0x52) };
const OTHER_FOB: FobIdentity = { id: fill(8, 0x53), secret: fill(16, 0x54) };
const KEYS = fobKeys(hashes, FOB);
const OTHER_KEYS = fobKeys(hashes, OTHER_FOB);
const HOLDER: Holder = { kind: CredentialKind.fob, credentialId: fill(8, 0x42) };
const HEAD_BYTES = 15;

function button(since: number, outputs: number, handles: number): FobButton {
  const ring = Array.from({ length: handles }, (_, counter) => encodeHandle(cipher, DOOR_KEYS.handle, HOLDER, counter));
  return { since, door: DOOR, outputs, key: phoneKey(hashes, DOOR_KEYS.ble, HOLDER), handles: ring };
}

export function mintFobs(book: VectorBook): void {
  const one: FobAssignment = { sequence: NOW, buttons: [button(NOW, 1, 2), undefined, undefined, undefined] };
  mintAssignments(book, one);
  mintFrames(book);
  mintReports(book);
}

function mintAssignments(book: VectorBook, one: FobAssignment): void {
  const accept = (name: string, assignment: FobAssignment): void => book.accept("fob-assignment", name, sealFobAssignment(hashes, KEYS, FOB.id, assignment), fobAssignmentReads(assignment));
  accept("assignment of one button", one);
  accept("assignment that clears all buttons", { sequence: NOW + 1, buttons: [undefined, undefined, undefined, undefined] });
  accept("assignment of two outputs of a door", { sequence: NOW + 2, buttons: [undefined, button(NOW, 0, 1), undefined, button(NOW + 2, 4, 1)] });
  accept("assignment with as many handles as there may be", { sequence: NOW + 3, buttons: [undefined, undefined, button(NOW + 3, 1, FOB_HANDLES_MAX), undefined] });
  const right = sealFobAssignment(hashes, KEYS, FOB.id, one);
  const refuse = (name: string, code: ProtocolErrorCode, bytes: Uint8Array, zeros = 0): void => book.refuse("fob-assignment", `assignment ${name}`, code, bytes, undefined, zeros);
  refuse("with a byte cut off", "malformed", right.slice(0, -1));
  refuse("with a byte more", "malformed", concat(right, Uint8Array.of(0)));
  refuse("of format 2", "malformed", put(right, 0, 2));
  refuse("of 2,264 bytes", "too-large", put(put(right.slice(0, HEAD_BYTES), 13, 8), 14, 185), 2_264 - HEAD_BYTES);
  refuse("for another fob", "wrong-target", sealFobAssignment(hashes, OTHER_KEYS, OTHER_FOB.id, one));
  refuse("for another fob, under this one's id", "bad-mac", sealFobAssignment(hashes, OTHER_KEYS, FOB.id, one));
  refuse("with another sequence", "bad-mac", put(right, 12, right[12] ^ 1));
  refuse("with a flipped bit in its IV", "bad-mac", put(right, 15, right[15] ^ 1));
  refuse("with a flipped bit in its message", "bad-mac", flip(right, -1));
  const plain = encodeFobButtons(one.buttons);
  const resealed = (message: Uint8Array): Uint8Array => sealSynthetic(hashes, KEYS.assignment, concat(right.slice(0, 13), Uint8Array.of(message.length >> 8, message.length)), message);
  refuse("of three buttons", "malformed", resealed(plain.slice(0, -1)));
  refuse("of five buttons", "malformed", resealed(concat(plain, Uint8Array.of(0))));
  refuse("with a handle less than it says", "malformed", resealed(concat(plain.slice(0, -19), fill(3, 0))));
  refuse("with 33 handles", "malformed", resealed(concat(put(plain.slice(0, -3), 0, 33), fill(31 * 16 + 3, 0))));
  refuse("with an output of which there is none", "malformed", resealed(put(plain, 13, 16)));
}

function mintFrames(book: VectorBook): void {
  const frames: [string, FobFrame][] = [
    ["data", { type: "data", offset: 509, bytes: ascii("data") }],
    ["commit", { type: "commit", sequence: NOW }],
  ];
  for (const [name, frame] of frames) book.accept("fob-frame", `frame to a fob: ${name}`, encodeFobFrame(frame), fobFrameReads(frame));
  const refuse = (name: string, code: ProtocolErrorCode, bytes: Uint8Array, zeros = 0): void => book.refuse("fob-frame", `frame to a fob ${name}`, code, bytes, undefined, zeros);
  refuse("without a byte", "malformed", new Uint8Array(0));
  refuse("of type 3", "malformed", Uint8Array.of(3, 0, 0, 0));
  refuse("with no data", "malformed", Uint8Array.of(1, 0, 0));
  refuse("that commits, with a byte cut off", "malformed", Uint8Array.of(2, 0, 0, 0));
  refuse("that commits, with a byte more", "malformed", Uint8Array.of(2, 0, 0, 0, 0, 0));
  refuse("of 513 bytes", "too-large", Uint8Array.of(1, 0, 0), 510);
}

function mintReports(book: VectorBook): void {
  const report: FobReport = { fob: FOB.id, active: NOW, staged: NOW + 1, taken: 0b101, answer: "staged" };
  const accept = (name: string, each: FobReport): void => book.accept("fob-report", `report of a fob: ${name}`, encodeFobReport(hashes, KEYS, each), fobReportReads(each));
  accept("staged", report);
  accept("committed", { ...report, active: NOW + 1, staged: 0, taken: 0b1111, answer: "committed" });
  accept("new, with nothing on it", { ...report, active: 0, staged: 0, taken: 0, answer: "nothing" });
  const right = encodeFobReport(hashes, KEYS, report);
  const refuse = (name: string, code: ProtocolErrorCode, bytes: Uint8Array): void => book.refuse("fob-report", `report of a fob ${name}`, code, bytes);
  refuse("with a byte cut off", "malformed", right.slice(0, -1));
  refuse("with a byte more", "malformed", concat(right, Uint8Array.of(0)));
  refuse("of format 2", "malformed", put(right, 0, 2));
  refuse("with an answer that is none", "malformed", put(right, 18, FOB_ANSWERS.length));
  refuse("that says another sequence is in force", "bad-mac", put(right, 12, right[12] ^ 1));
  refuse("that says more buttons are taken", "bad-mac", put(right, 17, 0b111));
  refuse("with a flipped bit in its MAC", "bad-mac", flip(right, -1));
  refuse("by another fob's key", "bad-mac", encodeFobReport(hashes, OTHER_KEYS, report));
}
