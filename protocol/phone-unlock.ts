import { ascii, concat, readU32, writeU32 } from "./bytes";
import { REASONS, type Reason } from "./decision";
import { HANDLE_BYTES } from "./handle";
import { MAC_BYTES, NONCE_BYTES } from "./limits";
import { ProtocolError } from "./protocol-error";

/**
 * The three messages by which a phone or fob opens a door (SPEC 20.3). MACs are HMAC-SHA-256 under `K_c`, cut to 16
 * bytes; this module says over which bytes, so that a door computes them at once and a browser by WebCrypto.
 */
const VERSION = 1;

/** Message 1, read by the phone. */
export interface Challenge {
  /** 16 random bytes; for one connection, one response, five seconds. */
  nonce: Uint8Array;
  /** Of the list in force; 0 = none. */
  listVersion: number;
  /** The door's clock, Unix seconds; 0 = unknown. */
  wallTime: number;
  /** It has no connection to its cloud: whatever a courier brings is welcome. */
  offline: boolean;
}
export const CHALLENGE_BYTES = 26;
const OFFLINE_BIT = 1;

export function encodeChallenge({ nonce, listVersion, wallTime, offline }: Challenge): Uint8Array {
  const bytes = new Uint8Array(CHALLENGE_BYTES);
  bytes[0] = VERSION;
  bytes.set(nonce, 1);
  writeU32(bytes, 17, listVersion);
  writeU32(bytes, 21, wallTime);
  bytes[25] = offline ? OFFLINE_BIT : 0;
  return bytes;
}

/** Unknown flags are left alone. @throws {ProtocolError} `malformed`. */
export function decodeChallenge(bytes: Uint8Array): Challenge {
  if (bytes.length !== CHALLENGE_BYTES || bytes[0] !== VERSION) throw new ProtocolError("malformed", "challenge");
  return { nonce: bytes.slice(1, 1 + NONCE_BYTES), listVersion: readU32(bytes, 17), wallTime: readU32(bytes, 21), offline: (bytes[25] & OFFLINE_BIT) !== 0 };
}

/** What the holder wants. */
export type Wish = { unlock: number } | "carry";

/** Message 2, written by the phone. */
export interface Response {
  handle: Uint8Array;
  /** 8 random bytes of the phone. */
  phoneNonce: Uint8Array;
  /** `unlock`: mask of outputs, 0 = all that the holder may open. `carry`: nothing is to open. */
  wish: Wish;
}
export const PHONE_NONCE_BYTES = 8;
/** Without its MAC. */
export const RESPONSE_HEAD_BYTES = 1 + HANDLE_BYTES + PHONE_NONCE_BYTES + 1;
export const RESPONSE_BYTES = RESPONSE_HEAD_BYTES + MAC_BYTES;
const COMMAND_AT = RESPONSE_HEAD_BYTES - 1;
const UNLOCK = 0x10;
const CARRY = 0x20;

/** The first 26 bytes of message 2; its MAC follows. */
export function encodeResponseHead({ handle, phoneNonce, wish }: Response): Uint8Array {
  if (handle.length !== HANDLE_BYTES || phoneNonce.length !== PHONE_NONCE_BYTES) throw new Error("not a response");
  const command = wish === "carry" ? CARRY : UNLOCK | (wish.unlock & 15);
  return concat(Uint8Array.of(VERSION), handle, phoneNonce, Uint8Array.of(command));
}

/** @param bytes untrusted; nothing in it is true before its MAC holds. @throws {ProtocolError} `malformed`. */
export function decodeResponse(bytes: Uint8Array): Response & { head: Uint8Array; mac: Uint8Array } {
  if (bytes.length !== RESPONSE_BYTES || bytes[0] !== VERSION) throw new ProtocolError("malformed", "response");
  const command = bytes[COMMAND_AT];
  const wish = command === CARRY ? "carry" : (command & 0xf0) === UNLOCK ? { unlock: command & 15 } : undefined;
  if (wish === undefined) throw new ProtocolError("malformed", "unknown command");
  return {
    handle: bytes.slice(1, 1 + HANDLE_BYTES),
    phoneNonce: bytes.slice(1 + HANDLE_BYTES, COMMAND_AT),
    wish,
    head: bytes.slice(0, RESPONSE_HEAD_BYTES),
    mac: bytes.slice(RESPONSE_HEAD_BYTES),
  };
}

/** What the MAC of message 2 covers: "A" ‖ door id ‖ message 1 ‖ message 2 without its MAC. */
export function responseProof(doorId: Uint8Array, challenge: Uint8Array, responseHead: Uint8Array): Uint8Array {
  return concat(ascii("A"), doorId, challenge, responseHead);
}

/** How a response fared: a reason (SPEC 6); `carry` = taken as a courier; `unanswered` = nothing of it is proved, or there was none. */
export type ResultStatus = Reason | "carry" | "unanswered";

/** Message 3, read by the phone. */
export interface Result {
  status: ResultStatus;
  /** Of `granted`: how long the first of the outputs stays open. */
  seconds: number;
}
/** Without its MAC. */
export const RESULT_HEAD_BYTES = 3;
export const RESULT_BYTES = RESULT_HEAD_BYTES + MAC_BYTES;
const CARRY_STATUS = 0xfe;
const UNANSWERED_STATUS = 0xff;

/** What every response gets before its MAC has held, and whoever asks without one: refusals are not told apart. MAC: zeros. */
export function unansweredResult(): Uint8Array {
  const bytes = new Uint8Array(RESULT_BYTES);
  bytes[0] = VERSION;
  bytes[1] = UNANSWERED_STATUS;
  return bytes;
}

/** The first 3 bytes of message 3; its MAC follows. */
export function encodeResultHead({ status, seconds }: { status: Exclude<ResultStatus, "unanswered">; seconds: number }): Uint8Array {
  return Uint8Array.of(VERSION, status === "carry" ? CARRY_STATUS : REASONS.indexOf(status), seconds);
}

/** @param bytes untrusted; what it says is true once its MAC holds, and `unanswered` never. @throws {ProtocolError} `malformed`. */
export function decodeResult(bytes: Uint8Array): Result & { head: Uint8Array; mac: Uint8Array } {
  if (bytes.length !== RESULT_BYTES || bytes[0] !== VERSION) throw new ProtocolError("malformed", "result");
  const status = bytes[1] === UNANSWERED_STATUS ? "unanswered" : bytes[1] === CARRY_STATUS ? "carry" : REASONS[bytes[1]];
  if (status === undefined) throw new ProtocolError("malformed", "unknown status");
  return { status, seconds: bytes[2], head: bytes.slice(0, RESULT_HEAD_BYTES), mac: bytes.slice(RESULT_HEAD_BYTES) };
}

/** What the MAC of message 3 covers: "R" ‖ message 1 ‖ message 2 ‖ message 3 without its MAC. */
export function resultProof(challenge: Uint8Array, response: Uint8Array, resultHead: Uint8Array): Uint8Array {
  return concat(ascii("R"), challenge, response, resultHead);
}
