import { equalBytes } from "../../protocol/bytes";
import { CommandVerb, encodeReply, openCommand, ReplyStatus, type Command } from "../../protocol/command";
import type { Hashes } from "../../protocol/hashes";
import { COMMAND_NONCE_MS, NONCE_BYTES } from "../../protocol/limits";
import { COMMAND_NONCES_MAX } from "../limits";
import type { Uptime } from "../uptime";

/**
 * Momentary commands (N14): gives nonces and takes each back once, within 10 s. What the broker holds back or
 * repeats finds its nonce gone.
 */
export class CommandDesk {
  readonly #parts: CommandDeskParts;
  #nonces: { nonce: Uint8Array; at: number }[] = [];

  constructor(parts: CommandDeskParts) {
    this.#parts = parts;
  }

  /**
   * @returns the reply to publish.
   * @throws {ProtocolError} `malformed`, `bad-mac`.
   */
  receive(bytes: Uint8Array): Uint8Array {
    const { hashes, key } = this.#parts;
    const command = openCommand(hashes, key, bytes);
    const { requestId } = command;
    if (command.verb === CommandVerb.askNonce) return encodeReply(hashes, key, { status: ReplyStatus.nonce, outputs: 0, requestId, nonce: this.#give() });
    return encodeReply(hashes, key, { status: this.#act(command), outputs: command.outputs, requestId, nonce: command.nonce });
  }

  #give(): Uint8Array {
    const { randomBytes, uptime } = this.#parts;
    const nonce = randomBytes(NONCE_BYTES);
    this.#nonces = [...this.#nonces.slice(1 - COMMAND_NONCES_MAX), { nonce, at: uptime.milliseconds }];
    return nonce;
  }

  #act({ nonce, outputs, requestId }: Command): ReplyStatus {
    const { uptime, unlock } = this.#parts;
    const index = this.#nonces.findIndex((given) => equalBytes(given.nonce, nonce));
    if (index < 0) return ReplyStatus.unknownNonce;
    const [{ at }] = this.#nonces.splice(index, 1);
    if (uptime.milliseconds - at > COMMAND_NONCE_MS) return ReplyStatus.unknownNonce;
    return unlock(outputs, requestId) ? ReplyStatus.done : ReplyStatus.refused;
  }
}

export interface CommandDeskParts {
  hashes: Hashes;
  /** `DoorKeys.command`. */
  key: Uint8Array;
  randomBytes: (length: number) => Uint8Array;
  uptime: Uptime;
  /**
   * @param requestId 8 bytes: the log says of each opening which request it was, also where the reply is lost.
   * @returns false where the door must not open now (lock-down).
   */
  unlock(outputs: number, requestId: Uint8Array): boolean;
}
