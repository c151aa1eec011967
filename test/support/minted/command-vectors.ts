/** SPEC 12: momentary commands and their replies. */
import { ascii, concat } from "../../../protocol/bytes";
import { CommandVerb, encodeCommand, encodeReply, ReplyStatus, type Command, type Reply } from "../../../protocol/command";
import { nobleHashes as hashes } from "../../../protocol/noble-hashes";
import type { ProtocolErrorCode } from "../../../protocol/protocol-error";
import { flip, put } from "./cbor-surgery";
import { commandReads, replyReads } from "./reads";
import { DOOR_KEYS, fill, type VectorBook } from "./vector-site";

/** Any 28 bytes with a MAC that holds. */
function sealed(direction: "C" | "R", body: Uint8Array): Uint8Array {
  return concat(body, hashes.hmacSha256(DOOR_KEYS.command, concat(ascii(direction), body)).slice(0, 16));
}

export function mintCommands(book: VectorBook): void {
  const ids = { requestId: fill(8, 0x31), nonce: fill(16, 0x32) };
  const ask: Command = { verb: CommandVerb.askNonce, outputs: 0, requestId: ids.requestId, nonce: fill(16, 0) };
  const unlock: Command = { verb: CommandVerb.unlock, outputs: 1, ...ids };
  book.accept("command", "ask for a nonce", encodeCommand(hashes, DOOR_KEYS.command, ask), commandReads(ask));
  book.accept("command", "unlock", encodeCommand(hashes, DOOR_KEYS.command, unlock), commandReads(unlock));
  for (const [name, status] of Object.entries(ReplyStatus)) {
    const reply: Reply = { status, outputs: status === ReplyStatus.nonce ? 0 : 1, ...ids };
    book.accept("reply", `reply: ${name}`, encodeReply(hashes, DOOR_KEYS.command, reply), replyReads(reply));
  }
  const command = encodeCommand(hashes, DOOR_KEYS.command, unlock);
  const reply = encodeReply(hashes, DOOR_KEYS.command, { status: ReplyStatus.done, outputs: 1, ...ids });
  for (const [object, direction, right, last] of [["command", "C", command, 2], ["reply", "R", reply, 5]] as const) {
    const body = right.slice(0, 28);
    const refuse = (name: string, code: ProtocolErrorCode, bytes: Uint8Array): void => book.refuse(object, `${object} ${name}`, code, bytes);
    refuse("with another output", "bad-mac", put(right, 2, 2));
    refuse("with a flipped bit in its MAC", "bad-mac", flip(right, -1));
    refuse("sent back the other way", "bad-mac", object === "command" ? reply : command);
    refuse("of code 0", "malformed", sealed(direction, put(body, 1, 0)));
    refuse(`of code ${last + 1}`, "malformed", sealed(direction, put(body, 1, last + 1)));
    refuse("of format 2", "malformed", sealed(direction, put(body, 0, 2)));
    refuse("whose byte 3 is not 0", "malformed", sealed(direction, put(body, 3, 1)));
    if (object === "reply") continue;
    refuse("with a byte cut off", "malformed", right.slice(0, -1));
    refuse("with a byte more", "malformed", concat(right, Uint8Array.of(0)));
  }
}
