import { ascii, concat, equalBytes } from "./bytes";
import type { Hashes } from "./hashes";
import { MAC_BYTES, NONCE_BYTES } from "./limits";
import { ProtocolError } from "./protocol-error";

/**
 * Momentary commands (`down/command`) and their answers (`up/reply`), 44 bytes each:
 * format 1 ‖ verb or status (u8) ‖ outputs (u8) ‖ 0 ‖ request id (8) ‖ nonce (16) ‖ MAC (16).
 * A command acts once, within 10 s of the door having given the nonce that it carries: the broker can neither
 * delay nor repeat it (N14).
 */
export const CommandVerb = { askNonce: 1, unlock: 2 } as const;
export type CommandVerb = (typeof CommandVerb)[keyof typeof CommandVerb];

export const ReplyStatus = { nonce: 1, done: 2, refused: 3, unknownNonce: 4, busy: 5 } as const;
export type ReplyStatus = (typeof ReplyStatus)[keyof typeof ReplyStatus];

export interface Command {
  verb: CommandVerb;
  /** Bit mask of outputs; 0 for `askNonce`. */
  outputs: number;
  /** 8 bytes of the cloud's choice; the reply repeats them. */
  requestId: Uint8Array;
  /** The door's nonce; zeros for `askNonce`. */
  nonce: Uint8Array;
}

export interface Reply {
  status: ReplyStatus;
  outputs: number;
  requestId: Uint8Array;
  /** The nonce given, or the one that was used. */
  nonce: Uint8Array;
}

const FORMAT = 1;
const BODY_BYTES = 28;
export const COMMAND_BYTES = BODY_BYTES + MAC_BYTES;
const REQUEST_ID_BYTES = 8;

export function encodeCommand(hashes: Hashes, commandKey: Uint8Array, command: Command): Uint8Array {
  return seal(hashes, commandKey, "C", command.verb, command);
}

/** @throws {ProtocolError} `malformed`, `bad-mac`. */
export function openCommand(hashes: Hashes, commandKey: Uint8Array, bytes: Uint8Array): Command {
  const { code, ...rest } = open(hashes, commandKey, "C", bytes, CommandVerb.unlock);
  return { verb: code as CommandVerb, ...rest };
}

export function encodeReply(hashes: Hashes, commandKey: Uint8Array, reply: Reply): Uint8Array {
  return seal(hashes, commandKey, "R", reply.status, reply);
}

/** @throws {ProtocolError} `malformed`, `bad-mac`. */
export function openReply(hashes: Hashes, commandKey: Uint8Array, bytes: Uint8Array): Reply {
  const { code, ...rest } = open(hashes, commandKey, "R", bytes, ReplyStatus.busy);
  return { status: code as ReplyStatus, ...rest };
}

interface Fields {
  outputs: number;
  requestId: Uint8Array;
  nonce: Uint8Array;
}

/** The MAC covers one letter for the direction, so that a command is never its own reply. */
function mac(hashes: Hashes, key: Uint8Array, direction: "C" | "R", body: Uint8Array): Uint8Array {
  return hashes.hmacSha256(key, concat(ascii(direction), body)).subarray(0, MAC_BYTES);
}

function seal(hashes: Hashes, key: Uint8Array, direction: "C" | "R", code: number, fields: Fields): Uint8Array {
  if (fields.requestId.length !== REQUEST_ID_BYTES || fields.nonce.length !== NONCE_BYTES) throw new Error("not a command");
  const body = concat(Uint8Array.of(FORMAT, code, fields.outputs, 0), fields.requestId, fields.nonce);
  return concat(body, mac(hashes, key, direction, body));
}

function open(hashes: Hashes, key: Uint8Array, direction: "C" | "R", bytes: Uint8Array, lastCode: number): Fields & { code: number } {
  if (bytes.length !== COMMAND_BYTES || bytes[0] !== FORMAT || bytes[3] !== 0) throw new ProtocolError("malformed", "command");
  const body = bytes.subarray(0, BODY_BYTES);
  if (!equalBytes(mac(hashes, key, direction, body), bytes.subarray(BODY_BYTES))) throw new ProtocolError("bad-mac", "command");
  const code = body[1];
  if (code < 1 || code > lastCode) throw new ProtocolError("malformed", "unknown command");
  return { code, outputs: body[2], requestId: body.slice(4, 12), nonce: body.slice(12, 28) };
}
