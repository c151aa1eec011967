import { concat, equalBytes } from "./bytes";
import { COURIER_OVERHEAD_BYTES, COURIER_HEADER_BYTES, decodeCourierHeader } from "./courier-item";
import { DATA_BYTES_MAX, decodeDoorFrame, encodePhoneFrame, OFFERED_ITEMS_MAX, type DoorFrame } from "./courier-frame";
import type { DoorCharacteristic } from "./gatt-names";
import { MAC_BYTES, MESSAGE_BYTES_MAX } from "./limits";
import { decodeChallenge, decodeResult, encodeResponseHead, responseProof, resultProof, type Challenge, type Response, type ResultStatus } from "./phone-unlock";
import { ProtocolError, type ProtocolErrorCode } from "./protocol-error";

/**
 * The holder's side of SPEC 20 and 21, without a radio, a clock or a key: a session says what is to be done next and
 * is told what came of it. A phone does it by promises, a fob and a simulation by callbacks.
 */
export type HolderStep =
  /** Answer: the value's bytes. */
  | { do: "read"; from: DoorCharacteristic }
  /** Answer: none. */
  | { do: "write"; to: DoorCharacteristic; bytes: Uint8Array }
  /** Answer: HMAC-SHA-256 under `K_c`, 32 bytes. */
  | { do: "prove"; bytes: Uint8Array }
  /** Answer: none. */
  | { do: "wait"; milliseconds: number };
export type HolderSession<T> = Generator<HolderStep, T, Uint8Array | undefined>;

/** What a door answered. */
export type DoorAnswer =
  | { proved: true; status: Exclude<ResultStatus, "unanswered">; seconds: number; challenge: Challenge }
  /**
   * Nothing that came is from the door: `unanswered`, it did not take the proof (another door, a key of an earlier
   * claim, a challenge that was too old); `forged`, somebody else answered.
   */
  | { proved: false; why: "unanswered" | "forged"; challenge: Challenge };

/**
 * Messages 1 to 3 (SPEC 20.3).
 * @param doorId 8 bytes of the door that is meant.
 * @param response or what makes it of the challenge: a phone that brings news to a door says so instead of asking in vain.
 * @throws {ProtocolError} `malformed`: what answers does not speak this protocol.
 */
export function* openDoor(doorId: Uint8Array, response: Response | ((challenge: Challenge) => Response)): HolderSession<DoorAnswer> {
  const challengeBytes = yield* read("challenge");
  const challenge = decodeChallenge(challengeBytes);
  const head = encodeResponseHead(typeof response === "function" ? response(challenge) : response);
  const message = concat(head, (yield* prove(responseProof(doorId, challengeBytes, head))).subarray(0, MAC_BYTES));
  yield { do: "write", to: "response", bytes: message };
  const result = decodeResult(yield* read("result"));
  if (result.status === "unanswered") return { proved: false, why: "unanswered", challenge };
  const mac = yield* prove(resultProof(challengeBytes, message, result.head));
  if (!equalBytes(mac.subarray(0, MAC_BYTES), result.mac)) return { proved: false, why: "forged", challenge };
  return { proved: true, status: result.status, seconds: result.seconds, challenge };
}

/** What a courier left at a door and took along. */
export interface Delivery {
  /** How many of the offered items the door took bytes of and did not refuse. */
  delivered: number;
  refused: ProtocolErrorCode[];
  /** Sealed items for the cloud. */
  collected: Uint8Array[];
}

/**
 * Hands sealed items over and collects what the door has for its cloud (SPEC 21.3), on a connection on which
 * `openDoor` was answered.
 * @param items for this door, most important first; of more than OFFERED_ITEMS_MAX the first.
 * @param delivery is filled and returned; where the connection ends first, it holds what was whole by then.
 * @throws {ProtocolError} `malformed`, `too-large`: the door speaks otherwise; `no-room`: it never comes to an end.
 */
export function* deliver(items: readonly Uint8Array[], delivery: Delivery = { delivered: 0, refused: [], collected: [] }): HolderSession<Delivery> {
  let offered = items.slice(0, OFFERED_ITEMS_MAX);
  const taken = new Set<Uint8Array>();
  let frames = 0;
  let answer = yield* ask(offer(offered));
  while (answer.type !== "done") {
    if (++frames > FRAMES_MAX) throw new ProtocolError("no-room", "the door never has enough");
    if (answer.type === "want") {
      const item = offered[answer.index];
      if (item === undefined || answer.offset >= item.length) throw new ProtocolError("malformed", "nothing of the kind was offered");
      taken.add(item);
      const bytes = item.subarray(answer.offset, answer.offset + DATA_BYTES_MAX);
      answer = yield* ask(encodePhoneFrame({ type: "data", index: answer.index, offset: answer.offset, bytes }));
    } else if (answer.type === "wait") answer = yield* waited(answer.milliseconds);
    else if (answer.type === "refused") {
      const { index, code } = answer;
      if (index >= offered.length) throw new ProtocolError("malformed", "nothing of the kind was offered");
      delivery.refused.push(code);
      taken.delete(offered[index]);
      offered = offered.filter((_, place) => place !== index);
      answer = yield* ask(offer(offered));
    } else throw new ProtocolError("malformed", "nothing was asked for");
  }
  delivery.delivered = taken.size;
  yield* collect(delivery.collected);
  return delivery;
}

function* collect(collected: Uint8Array[]): HolderSession<void> {
  let frames = 0;
  let parts: Uint8Array = new Uint8Array(0);
  while (collected.length < COLLECTED_ITEMS_MAX) {
    if (++frames > FRAMES_MAX) throw new ProtocolError("no-room", "the door never comes to an end");
    const answer = yield* ask(encodePhoneFrame({ type: "fetch", index: collected.length, offset: parts.length }));
    const given = answer.type === "wait" ? yield* waited(answer.milliseconds) : answer;
    if (given.type === "done") return;
    if (given.type === "wait") continue;
    if (given.type !== "given" || given.index !== collected.length || given.offset !== parts.length) throw new ProtocolError("malformed", "something else was asked for");
    if (given.total > MESSAGE_BYTES_MAX + COURIER_OVERHEAD_BYTES || parts.length + given.bytes.length > given.total) throw new ProtocolError("too-large", "courier item");
    parts = concat(parts, given.bytes);
    if (parts.length < given.total) continue;
    collected.push(parts);
    parts = new Uint8Array(0);
  }
}

/** A whole list of 32 pages and its keysets, with time to check each; more is a door that plays with its courier. */
const FRAMES_MAX = 2_000;
/** Events of a full log are brought by several couriers. */
const COLLECTED_ITEMS_MAX = 16;

function offer(items: readonly Uint8Array[]): Uint8Array {
  return encodePhoneFrame({ type: "offer", headers: items.map((item) => decodeCourierHeader(item.subarray(0, COURIER_HEADER_BYTES))) });
}

function* ask(frame: Uint8Array): HolderSession<DoorFrame> {
  yield { do: "write", to: "courier", bytes: frame };
  return decodeDoorFrame(yield* read("courier"));
}

function* waited(milliseconds: number): HolderSession<DoorFrame> {
  yield { do: "wait", milliseconds };
  return decodeDoorFrame(yield* read("courier"));
}

function* read(from: DoorCharacteristic): HolderSession<Uint8Array> {
  const bytes = yield { do: "read", from };
  if (bytes === undefined) throw new Error("a read is answered with bytes");
  return bytes;
}

function* prove(bytes: Uint8Array): HolderSession<Uint8Array> {
  const mac = yield { do: "prove", bytes };
  if (mac === undefined) throw new Error("a proof is answered with a MAC");
  return mac;
}
