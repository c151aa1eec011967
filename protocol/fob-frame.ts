import { concat, readU16, readU32, writeU16, writeU32 } from "./bytes";
import { GATT_VALUE_BYTES_MAX } from "./gatt-names";
import { ProtocolError } from "./protocol-error";

/** The GATT service of a fob in edit mode (SPEC 23.3). At any other time a fob offers none. */
export const FOB_SERVICE = "500471f0-746f-459d-bfa0-867fe1d25440";

export const FOB_CHARACTERISTICS = {
  /** Write: frames of the phone. */
  edit: "500471f1-746f-459d-bfa0-867fe1d25440",
  /** Read: `FobReport`, with the answer to this connection's last frame. */
  report: "500471f2-746f-459d-bfa0-867fe1d25440",
} as const;
export type FobCharacteristic = keyof typeof FOB_CHARACTERISTICS;

/** What every fob in edit mode is called on the air: which one it is, is for whoever reads its report. */
export const FOB_RADIO_NAME = "Latchkey fob";

/** What a phone writes: a sealed assignment in parts, from its beginning, one after the other; or that it is to be in force. */
export type FobFrame = { type: "data"; offset: number; bytes: Uint8Array } | { type: "commit"; sequence: number };

const Code = { data: 1, commit: 2 } as const;
export const FOB_DATA_BYTES_MAX = GATT_VALUE_BYTES_MAX - 3;

/** 1 ‖ offset (u16) ‖ bytes, or 2 ‖ sequence (u32). */
export function encodeFobFrame(frame: FobFrame): Uint8Array {
  if (frame.type === "data") {
    const head = Uint8Array.of(Code.data, 0, 0);
    writeU16(head, 1, frame.offset);
    return concat(head, frame.bytes);
  }
  const bytes = Uint8Array.of(Code.commit, 0, 0, 0, 0);
  writeU32(bytes, 1, frame.sequence);
  return bytes;
}

/** @param bytes untrusted. @throws {ProtocolError} `malformed`, `too-large`. */
export function decodeFobFrame(bytes: Uint8Array): FobFrame {
  if (bytes.length > GATT_VALUE_BYTES_MAX) throw new ProtocolError("too-large", "frame");
  if (bytes[0] === Code.data && bytes.length > 3) return { type: "data", offset: readU16(bytes, 1), bytes: bytes.slice(3) };
  if (bytes[0] === Code.commit && bytes.length === 5) return { type: "commit", sequence: readU32(bytes, 1) };
  throw new ProtocolError("malformed", "frame");
}
