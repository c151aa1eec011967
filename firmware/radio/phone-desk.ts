import type { BlockCipher } from "../../protocol/block-cipher";
import type { DoorKeys } from "../../protocol/door-keys";
import { encodeResult, openResponse } from "../../protocol/door-proof";
import { unlockSecondsOf, type DoorPolicy } from "../../protocol/door-policy";
import { GATT_VALUE_BYTES_MAX } from "../../protocol/gatt-names";
import type { Hashes } from "../../protocol/hashes";
import { NONCE_BYTES } from "../../protocol/limits";
import { encodeChallenge, unansweredResult, type ResultStatus, type Wish } from "../../protocol/phone-unlock";
import { ProtocolError } from "../../protocol/protocol-error";
import type { Answer } from "../admission/admission";
import { CHALLENGE_MS, DEFAULT_UNLOCK_SECONDS } from "../limits";
import type { PresentedCredential, ReaderPort } from "../reader/reader-port";
import { phonePort } from "./phone-port";
import type { RadioPeer } from "./radio-peer";

export interface PhoneDeskParts {
  hashes: Hashes;
  blockCipher: BlockCipher;
  keys: Pick<DoorKeys, "ble" | "handle">;
  doorId: Uint8Array;
  randomBytes(length: number): Uint8Array;
  /** Milliseconds since boot. */
  now(): number;
  readers: readonly ReaderPort[];
  /** Mask of the board's. */
  outputs: number;
  /** What a challenge says of the door. */
  listVersion(): number;
  wallTime(): number | undefined;
  online(): boolean;
  policy(): DoorPolicy | undefined;
  present(reader: ReaderPort, credential: PresentedCredential): Answer;
}

/**
 * The three messages of SPEC 20.3 at the door. All of it is done in one go, as for a PIN: a phone waits for nobody.
 * What somebody records here is of no use anywhere else, nor here again: a challenge is for one connection and one
 * response. The door keeps nothing of a phone but the row of its list.
 */
export class PhoneDesk {
  readonly #parts: PhoneDeskParts;

  constructor(parts: PhoneDeskParts) {
    this.#parts = parts;
  }

  /** Message 1: the same bytes for every part of a long read, until it is answered or too old. */
  challenge(peer: RadioPeer): Uint8Array {
    const { randomBytes, listVersion, wallTime, online, now } = this.#parts;
    peer.challenge = this.#fresh(peer) ?? {
      bytes: encodeChallenge({ nonce: randomBytes(NONCE_BYTES), listVersion: listVersion(), wallTime: wallTime() ?? 0, offline: !online() }),
      at: now(),
    };
    return peer.challenge.bytes;
  }

  /**
   * Takes message 2; message 3 is in `peer.result` when this returns. Until its MAC holds all refusals look alike.
   * @throws {ProtocolError} `malformed`, `too-large`, `unknown-nonce`, `unknown-handle`, `bad-mac`: to be counted.
   */
  respond(peer: RadioPeer, bytes: Uint8Array): void {
    const { hashes, blockCipher, keys, doorId } = this.#parts;
    const challenge = this.#fresh(peer)?.bytes;
    peer.challenge = undefined;
    peer.result = unansweredResult();
    if (bytes.length > GATT_VALUE_BYTES_MAX) throw new ProtocolError("too-large", "response");
    const { holder, wish, key } = openResponse(hashes, blockCipher, keys, doorId, challenge, bytes);
    peer.holder = holder;
    const result = wish === "carry" ? TAKEN : this.#decide({ kind: holder.kind, value: holder.credentialId }, wish);
    peer.result = encodeResult(hashes, key, challenge!, bytes, result);
  }

  #decide(credential: PresentedCredential, { unlock }: Exclude<Wish, "carry">): Result {
    const { readers, outputs, present, policy } = this.#parts;
    const answer = present(phonePort(readers, unlock === 0 ? outputs : unlock & outputs), credential);
    if (answer.reason !== "granted") return { status: answer.reason, seconds: 0 };
    const list = policy();
    let first = 0;
    while (((answer.outputs >> first) & 1) === 0) first++;
    return { status: "granted", seconds: list === undefined ? DEFAULT_UNLOCK_SECONDS : unlockSecondsOf(list, first) };
  }

  #fresh({ challenge }: RadioPeer): RadioPeer["challenge"] {
    return challenge !== undefined && this.#parts.now() - challenge.at <= CHALLENGE_MS ? challenge : undefined;
  }
}

interface Result {
  status: Exclude<ResultStatus, "unanswered">;
  seconds: number;
}
const TAKEN: Result = { status: "carry", seconds: 0 };
