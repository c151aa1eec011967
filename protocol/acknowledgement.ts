import { concat, equalBytes, readU32, writeU32 } from "./bytes";
import type { Hashes } from "./hashes";
import { MAC_BYTES } from "./limits";
import { ProtocolError } from "./protocol-error";

/**
 * `down/ack`, 28 bytes: format 1 ‖ 0 0 0 ‖ enrolment (u32) ‖ sequence (u32) ‖ MAC (16). The cloud has every
 * event below `sequence`; without the MAC a broker could make a door forget events that nobody has.
 */
export interface Acknowledgement {
  enrolment: number;
  /** First event that the cloud has not. */
  sequence: number;
}

const FORMAT = 1;
const BODY_BYTES = 12;
export const ACKNOWLEDGEMENT_BYTES = BODY_BYTES + MAC_BYTES;

export function encodeAcknowledgement(hashes: Hashes, key: Uint8Array, { enrolment, sequence }: Acknowledgement): Uint8Array {
  const body = new Uint8Array(BODY_BYTES);
  body[0] = FORMAT;
  writeU32(body, 4, enrolment);
  writeU32(body, 8, sequence);
  return concat(body, hashes.hmacSha256(key, body).subarray(0, MAC_BYTES));
}

/** @throws {ProtocolError} `malformed`, `bad-mac`. */
export function openAcknowledgement(hashes: Hashes, key: Uint8Array, bytes: Uint8Array): Acknowledgement {
  if (bytes.length !== ACKNOWLEDGEMENT_BYTES || readU32(bytes, 0) !== FORMAT << 24) throw new ProtocolError("malformed", "acknowledgement");
  const body = bytes.subarray(0, BODY_BYTES);
  if (!equalBytes(hashes.hmacSha256(key, body).subarray(0, MAC_BYTES), bytes.subarray(BODY_BYTES))) throw new ProtocolError("bad-mac", "acknowledgement");
  return { enrolment: readU32(body, 4), sequence: readU32(body, 8) };
}
