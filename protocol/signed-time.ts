import { CborReader, encodeMap } from "./cbor";
import { NONCE_BYTES, U32_MAX } from "./limits";

/** The cloud's answer to a door that asked for the time; signed by the lease key. */
export interface SignedTime {
  /** 16 bytes that the door made up when it asked. */
  nonce: Uint8Array;
  /** Unix seconds. */
  time: number;
}

export function encodeSignedTime(signed: SignedTime): Uint8Array {
  return encodeMap([
    [1, signed.nonce],
    [2, signed.time],
  ]);
}

/** @throws {ProtocolError} `malformed`. */
export function decodeSignedTime(payload: Uint8Array): SignedTime {
  const reader = new CborReader(payload);
  const map = reader.map();
  const signed = { nonce: map.bytes(1, NONCE_BYTES), time: map.unsigned(2, U32_MAX) };
  map.end();
  reader.end();
  return signed;
}
