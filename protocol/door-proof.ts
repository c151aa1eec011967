import type { BlockCipher } from "./block-cipher";
import { concat, equalBytes } from "./bytes";
import type { DoorKeys } from "./door-keys";
import { openHandle, type Holder } from "./handle";
import type { Hashes } from "./hashes";
import { MAC_BYTES } from "./limits";
import { phoneKey } from "./phone-key";
import { decodeResponse, encodeResultHead, responseProof, resultProof, type ResultStatus, type Wish } from "./phone-unlock";
import { ProtocolError } from "./protocol-error";

/** A response whose MAC has held. */
export interface ProvedResponse {
  holder: Holder;
  wish: Wish;
  /** `K_c`, for the result. */
  key: Uint8Array;
}

/**
 * The door's side of message 2 (SPEC 20.3): who it is from, once that is proved.
 * @param keys of `DoorKeys`.
 * @param challenge the 26 bytes that this connection has read and not yet answered.
 * @param bytes untrusted.
 * @throws {ProtocolError} `malformed`, `unknown-nonce` where there is no challenge, `unknown-handle`, `bad-mac`, in this order.
 */
export function openResponse(hashes: Hashes, cipher: BlockCipher, keys: Pick<DoorKeys, "ble" | "handle">, doorId: Uint8Array, challenge: Uint8Array | undefined, bytes: Uint8Array): ProvedResponse {
  const { handle, head, mac, wish } = decodeResponse(bytes);
  if (challenge === undefined) throw new ProtocolError("unknown-nonce", "response");
  const holder = openHandle(cipher, keys.handle, handle);
  if (holder === undefined) throw new ProtocolError("unknown-handle");
  const key = phoneKey(hashes, keys.ble, holder);
  const expected = hashes.hmacSha256(key, responseProof(doorId, challenge, head)).subarray(0, MAC_BYTES);
  if (!equalBytes(expected, mac)) throw new ProtocolError("bad-mac", "response");
  return { holder, wish, key };
}

/** Message 3 with its MAC. @param response the 42 bytes that it answers. */
export function encodeResult(hashes: Hashes, key: Uint8Array, challenge: Uint8Array, response: Uint8Array, result: { status: Exclude<ResultStatus, "unanswered">; seconds: number }): Uint8Array {
  const head = encodeResultHead(result);
  return concat(head, hashes.hmacSha256(key, resultProof(challenge, response, head)).subarray(0, MAC_BYTES));
}
