import { CborReader, encodeMap, type CborWriter } from "./cbor";
import { ID_BYTES, U32_MAX } from "./limits";
import { ProtocolError } from "./protocol-error";

/** Why a board started, as far as it knows. The order is on the wire. */
export const RESET_REASONS = ["unknown", "power-on", "restart", "exception", "watchdog", "brown-out"] as const;
export type ResetReason = (typeof RESET_REASONS)[number];

/** How often a door has refused something by one name since boot. */
export interface RefusalCount {
  /** Index of the code in REFUSALS plus one. */
  code: number;
  count: number;
}

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
  /** Index in RESET_REASONS. */
  resetReason: number;
  /** Of this board, all told. */
  boots: number;
  /** Bytes of the JavaScript heap in use; 0 = the board cannot tell. */
  chunkBytes: number;
  slotBytes: number;
  /** Version of the firmware that runs; 0 = the board cannot tell. */
  firmware: number;
  /** That firmware runs for the first time and has not proved itself. */
  onTrial: boolean;
  /** Version of the last image that failed its trial; 0 = none. */
  rolledBack: number;
  /** Messages dropped since boot because too much waited. */
  dropped: number;
  /** Frames of readers that made no sense, since boot. */
  unreadableFrames: number;
  /** By code, ascending; names that never came up are not there. */
  refusedBy: RefusalCount[];
  /** 8 bytes: the kind of board, as firmware images name it; empty = the board takes no images, or cannot tell. */
  target: Uint8Array;
}

export const DOOR_STATE_BYTES_MAX = 512; // every counter at its largest, and twice as many names of refusals as there are
const REFUSAL_CODES_MAX = 64;

export const OFFLINE: DoorState = {
  online: false,
  time: 0,
  leafOpen: false,
  lockedOut: false,
  refusals: 0,
  lastRefusal: 0,
  uptime: 0,
  resetReason: 0,
  boots: 0,
  chunkBytes: 0,
  slotBytes: 0,
  firmware: 0,
  onTrial: false,
  rolledBack: 0,
  dropped: 0,
  unreadableFrames: 0,
  refusedBy: [],
  target: new Uint8Array(0),
};

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
      [8, state.resetReason],
      [9, state.boots],
      [10, state.chunkBytes],
      [11, state.slotBytes],
      [12, state.firmware],
      [13, state.onTrial ? 1 : 0],
      [14, state.rolledBack],
      [15, state.dropped],
      [16, state.unreadableFrames],
      [17, state.refusedBy.length === 0 ? 0 : (writer) => writeCounts(writer, state.refusedBy)],
      [18, state.target],
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
    resetReason: map.optionalUnsigned(8, 255),
    boots: map.optionalUnsigned(9, U32_MAX),
    chunkBytes: map.optionalUnsigned(10, U32_MAX),
    slotBytes: map.optionalUnsigned(11, U32_MAX),
    firmware: map.optionalUnsigned(12, U32_MAX),
    onTrial: map.optionalUnsigned(13, 1) === 1,
    rolledBack: map.optionalUnsigned(14, U32_MAX),
    dropped: map.optionalUnsigned(15, U32_MAX),
    unreadableFrames: map.optionalUnsigned(16, U32_MAX),
    refusedBy: map.has(17) ? readCounts(reader) : [],
    target: map.has(18) ? reader.bytes(ID_BYTES).slice() : new Uint8Array(0),
  };
  map.end();
  reader.end();
  return state;
}

/** Flat: code, count, code, count … */
function writeCounts(writer: CborWriter, counts: readonly RefusalCount[]): void {
  writer.array(2 * counts.length);
  for (const { code, count } of counts) writer.unsigned(code).unsigned(count);
}

function readCounts(reader: CborReader): RefusalCount[] {
  const items = reader.array(2, 2 * REFUSAL_CODES_MAX);
  if (items % 2 !== 0) throw new ProtocolError("malformed", "half a count");
  const counts: RefusalCount[] = [];
  for (let at = 0, last = 0; at < items; at += 2) {
    const code = reader.unsigned(255);
    const count = reader.unsigned(U32_MAX);
    if (code <= last || count === 0) throw new ProtocolError("malformed", "counts");
    counts.push({ code, count });
    last = code;
  }
  return counts;
}
