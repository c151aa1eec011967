import { CborReader, encodeMap } from "./cbor";
import { U32_MAX } from "./limits";
import { ProtocolError } from "./protocol-error";

/**
 * `up/state`, retained, with the offline form as the connection's will: what a page shows of a door. Telemetry
 * without proof; nothing is decided from it.
 */
export interface DoorState {
  online: boolean;
  /** The door's clock, Unix seconds; 0 = unknown. */
  time: number;
  leafOpen: boolean;
  /** The keypad waits after too many wrong PINs. */
  lockedOut: boolean;
  /** Messages refused since boot, all reasons together. */
  refusals: number;
  /** Index of the last refusal's code in REFUSALS plus one; 0 = none. */
  lastRefusal: number;
  /** Seconds since boot. */
  uptime: number;
}

export const DOOR_STATE_BYTES_MAX = 64;
export const OFFLINE: DoorState = { online: false, time: 0, leafOpen: false, lockedOut: false, refusals: 0, lastRefusal: 0, uptime: 0 };

export function encodeDoorState(state: DoorState): Uint8Array {
  return encodeMap(
    [
      [1, state.online ? 1 : 0],
      [2, state.time],
      [3, state.leafOpen ? 1 : 0],
      [4, state.lockedOut ? 1 : 0],
      [5, state.refusals],
      [6, state.lastRefusal],
      [7, state.uptime],
    ],
    2,
  );
}

/** @throws {ProtocolError} `too-large`, `malformed`. */
export function decodeDoorState(bytes: Uint8Array): DoorState {
  if (bytes.length > DOOR_STATE_BYTES_MAX) throw new ProtocolError("too-large", "state");
  const reader = new CborReader(bytes);
  const map = reader.map();
  const state: DoorState = {
    online: map.unsigned(1, 1) === 1,
    time: map.optionalUnsigned(2, U32_MAX),
    leafOpen: map.optionalUnsigned(3, 1) === 1,
    lockedOut: map.optionalUnsigned(4, 1) === 1,
    refusals: map.optionalUnsigned(5, U32_MAX),
    lastRefusal: map.optionalUnsigned(6, 255),
    uptime: map.optionalUnsigned(7, U32_MAX),
  };
  map.end();
  reader.end();
  return state;
}
