import { concat, equalBytes, join, readU16, readU32, writeU16, writeU32 } from "./bytes";
import type { FobKeys } from "./fob-identity";
import { HANDLE_BYTES } from "./handle";
import type { Hashes } from "./hashes";
import { ID_BYTES } from "./limits";
import { ProtocolError } from "./protocol-error";
import { openSynthetic, SEAL_BYTES, sealSynthetic } from "./synthetic-seal";

/**
 * What a fob's buttons do (SPEC 23.2): made by the cloud, sealed for one fob, carried there by any phone. It says all
 * four buttons; the newer one rules, so that loss, repetition and order do no harm.
 */
export interface FobAssignment {
  /** Of several the higher one is newer: max(previous + 1, Unix seconds). */
  sequence: number;
  /** Buttons 1 to 4 in this order; undefined = free. */
  buttons: readonly (FobButton | undefined)[];
}

/** One button: at which door it opens what, and by whose key. */
export interface FobButton {
  /** Sequence of the assignment that took the free button. A button that has another one must be free in between (S7). */
  since: number;
  /** 8 bytes. */
  door: Uint8Array;
  /** Mask of the outputs that it asks for; 0 = all that its holder may open. */
  outputs: number;
  /** `K_c` of its credential at that door, 32 bytes. */
  key: Uint8Array;
  /** A ring: used one after the other, and then from the first again. */
  handles: readonly Uint8Array[];
}

export const FOB_BUTTONS = 4;
/** In a ring. A whole assignment is then at most 2,263 bytes, and one value of a fob's key-value memory. */
export const FOB_HANDLES_MAX = 32;
const BUTTON_BYTES = 4 + ID_BYTES + 1 + 32;

const FORMAT = 1;
/** format 1 ‖ fob id ‖ sequence (u32) ‖ length of the message (u16): in clear, under the seal. */
const HEAD_BYTES = 1 + ID_BYTES + 4 + 2;
const SEQUENCE_AT = 1 + ID_BYTES;
const LENGTH_AT = SEQUENCE_AT + 4;
export const FOB_ASSIGNMENT_BYTES_MAX = HEAD_BYTES + SEAL_BYTES + FOB_BUTTONS * (1 + BUTTON_BYTES + FOB_HANDLES_MAX * HANDLE_BYTES);

/** @param keys of the fob with this id. */
export function sealFobAssignment(hashes: Hashes, keys: FobKeys, fob: Uint8Array, assignment: FobAssignment): Uint8Array {
  const message = encodeFobButtons(assignment.buttons);
  const head = new Uint8Array(HEAD_BYTES);
  head[0] = FORMAT;
  head.set(fob, 1);
  writeU32(head, SEQUENCE_AT, assignment.sequence);
  writeU16(head, LENGTH_AT, message.length);
  return sealSynthetic(hashes, keys.assignment, head, message);
}

/** How many bytes a sealed assignment has, by what stands in clear. @param bytes from its beginning. @returns undefined while that is not known. */
export function fobAssignmentLength(bytes: Uint8Array): number | undefined {
  return bytes.length < HEAD_BYTES ? undefined : HEAD_BYTES + SEAL_BYTES + readU16(bytes, LENGTH_AT);
}

/**
 * @param sealed untrusted. @param fob whose keys these are.
 * @throws {ProtocolError} `malformed`, `too-large`, `wrong-target`: for another fob; `bad-mac`.
 */
export function openFobAssignment(hashes: Hashes, keys: FobKeys, fob: Uint8Array, sealed: Uint8Array): FobAssignment {
  if (sealed.length > FOB_ASSIGNMENT_BYTES_MAX) throw new ProtocolError("too-large", "assignment");
  if (sealed[0] !== FORMAT || fobAssignmentLength(sealed) !== sealed.length) throw new ProtocolError("malformed", "assignment");
  if (!equalBytes(sealed.subarray(1, SEQUENCE_AT), fob)) throw new ProtocolError("wrong-target", "for another fob");
  const message = openSynthetic(hashes, keys.assignment, HEAD_BYTES, sealed);
  return { sequence: readU32(sealed, SEQUENCE_AT), buttons: decodeFobButtons(message) };
}

/** For each button: number of handles (0 = free) ‖ since (u32) ‖ door ‖ outputs (u8) ‖ key ‖ handles. */
export function encodeFobButtons(buttons: FobAssignment["buttons"]): Uint8Array {
  if (buttons.length !== FOB_BUTTONS) throw new Error("not four buttons");
  return join(buttons.map((button) => (button === undefined ? Uint8Array.of(0) : encodeButton(button))));
}

function encodeButton({ since, door, outputs, key, handles }: FobButton): Uint8Array {
  if (handles.length < 1 || handles.length > FOB_HANDLES_MAX || door.length !== ID_BYTES || key.length !== 32) throw new Error("not a button");
  const head = new Uint8Array(1 + BUTTON_BYTES);
  head[0] = handles.length;
  writeU32(head, 1, since);
  head.set(door, 5);
  head[5 + ID_BYTES] = outputs;
  head.set(key, 6 + ID_BYTES);
  return concat(head, ...handles);
}

/** @throws {ProtocolError} `malformed`. */
export function decodeFobButtons(bytes: Uint8Array): (FobButton | undefined)[] {
  const buttons: (FobButton | undefined)[] = [];
  let at = 0;
  while (buttons.length < FOB_BUTTONS) {
    const count = bytes[at];
    if (count === 0) {
      buttons.push(undefined);
      at += 1;
      continue;
    }
    const ringAt = at + 1 + BUTTON_BYTES;
    const end = ringAt + count * HANDLE_BYTES;
    const outputs = bytes[at + 5 + ID_BYTES];
    if (!(count <= FOB_HANDLES_MAX) || end > bytes.length || outputs > 15) throw new ProtocolError("malformed", "button");
    const handles: Uint8Array[] = [];
    for (let handle = ringAt; handle < end; handle += HANDLE_BYTES) handles.push(bytes.slice(handle, handle + HANDLE_BYTES));
    buttons.push({ since: readU32(bytes, at + 1), door: bytes.slice(at + 5, at + 5 + ID_BYTES), outputs, key: bytes.slice(at + 6 + ID_BYTES, ringAt), handles });
    at = end;
  }
  if (at !== bytes.length) throw new ProtocolError("malformed", "buttons");
  return buttons;
}

/**
 * S7: a button that has an assignment must be free before it gets another one. Its key and handles may be renewed.
 * @returns the number of the first button that another assignment would overwrite; undefined = none.
 */
export function overwrittenButton(had: FobAssignment["buttons"], wanted: FobAssignment["buttons"]): number | undefined {
  for (let at = 0; at < FOB_BUTTONS; at++) {
    const before = had[at];
    const after = wanted[at];
    if (before === undefined || after === undefined) continue;
    if (before.since !== after.since || before.outputs !== after.outputs || !equalBytes(before.door, after.door)) return at + 1;
  }
  return undefined;
}
