import { concat, equalBytes, readU16, readU32, writeU16, writeU32 } from "./bytes";
import type { Hashes } from "./hashes";
import { MAC_BYTES } from "./limits";
import { ProtocolError } from "./protocol-error";

/**
 * What a door says of itself under a MAC (`up/receipt`, X1): only this makes a revocation "acknowledged".
 * 76 bytes: format 1 ‖ flags (u8) ‖ keyset number (u16) ‖ enrolment ‖ counter ‖ epoch ‖ version (u32 each)
 * ‖ manifest hash8 ‖ delta hash8 ‖ lease issued-at ‖ lease end ‖ signed time ‖ wall time ‖ first ‖ next event
 * (u32 each) ‖ MAC 16.
 */
export interface Receipt {
  /** Which claim of the door; each gives it new keys. */
  enrolment: number;
  /** Grows with every receipt of an enrolment: an old one proves nothing. */
  counter: number;
  epoch: number;
  /** 0 = no list. */
  version: number;
  /** `hash8` of the manifest's and the delta's payload; zeros where there is none. */
  manifestHash: Uint8Array;
  deltaHash: Uint8Array;
  keysetNumber: number;
  /** Of the lease held, Unix seconds; 0 = none. */
  leaseIssuedAt: number;
  /** Latest instant at which that lease carries guests, Unix seconds. */
  leaseEnd: number;
  /** Last signed time that the door took, Unix seconds; 0 = none since boot. */
  signedTime: number;
  /** The door's clock, Unix seconds; 0 = unknown. */
  wallTime: number;
  /** Sequence numbers of the events that the door still has to send: first (inclusive), next (exclusive). */
  firstEvent: number;
  nextEvent: number;
  alarms: DoorAlarms;
}

/** Bits of a receipt's flags. */
export interface DoorAlarms {
  /** The flash holds less than what was acknowledged: the door denies until it has a list again. */
  listLost: boolean;
  /** A page of the list is damaged: its rows open nothing. */
  listDamaged: boolean;
  timeUnknown: boolean;
  /** Events were folded into a count before they could be sent. */
  eventsFolded: boolean;
  /** The journal of one-time uses is full: limited rights are refused. */
  usesFull: boolean;
}

export const ALARM_BITS = ["listLost", "listDamaged", "timeUnknown", "eventsFolded", "usesFull"] as const;
const FORMAT = 1;
const BODY_BYTES = 60;
export const RECEIPT_BYTES = BODY_BYTES + MAC_BYTES;

export function encodeReceipt(hashes: Hashes, receiptKey: Uint8Array, receipt: Receipt): Uint8Array {
  const body = new Uint8Array(BODY_BYTES);
  body[0] = FORMAT;
  ALARM_BITS.forEach((alarm, bit) => {
    if (receipt.alarms[alarm]) body[1] |= 1 << bit;
  });
  writeU16(body, 2, receipt.keysetNumber);
  writeU32(body, 4, receipt.enrolment);
  writeU32(body, 8, receipt.counter);
  writeU32(body, 12, receipt.epoch);
  writeU32(body, 16, receipt.version);
  body.set(receipt.manifestHash, 20);
  body.set(receipt.deltaHash, 28);
  const tail = [receipt.leaseIssuedAt, receipt.leaseEnd, receipt.signedTime, receipt.wallTime, receipt.firstEvent, receipt.nextEvent];
  tail.forEach((value, index) => writeU32(body, 36 + 4 * index, value));
  return concat(body, hashes.hmacSha256(receiptKey, body).subarray(0, MAC_BYTES));
}

/**
 * The caller still holds enrolment and counter against what it knows.
 * @throws {ProtocolError} `malformed`, `bad-mac`.
 */
export function openReceipt(hashes: Hashes, receiptKey: Uint8Array, bytes: Uint8Array): Receipt {
  if (bytes.length !== RECEIPT_BYTES || bytes[0] !== FORMAT) throw new ProtocolError("malformed", "receipt");
  const body = bytes.subarray(0, BODY_BYTES);
  if (!equalBytes(hashes.hmacSha256(receiptKey, body).subarray(0, MAC_BYTES), bytes.subarray(BODY_BYTES))) throw new ProtocolError("bad-mac", "receipt");
  const alarms = {} as DoorAlarms;
  ALARM_BITS.forEach((alarm, bit) => {
    alarms[alarm] = (body[1] & (1 << bit)) !== 0;
  });
  return {
    alarms,
    keysetNumber: readU16(body, 2),
    enrolment: readU32(body, 4),
    counter: readU32(body, 8),
    epoch: readU32(body, 12),
    version: readU32(body, 16),
    manifestHash: body.slice(20, 28),
    deltaHash: body.slice(28, 36),
    leaseIssuedAt: readU32(body, 36),
    leaseEnd: readU32(body, 40),
    signedTime: readU32(body, 44),
    wallTime: readU32(body, 48),
    firstEvent: readU32(body, 52),
    nextEvent: readU32(body, 56),
  };
}
