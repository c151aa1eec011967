import { equalBytes } from "../../protocol/bytes";
import { keyId, type SignedMessage } from "../../protocol/cose-sign1";
import { beginVerification } from "../../protocol/ed25519-verification";
import type { SignatureCheck } from "../../protocol/keyset";
import { ProtocolError } from "../../protocol/protocol-error";
import type { Device } from "../device";
import type { Sliced } from "../work-queue";

/** What of a board a signature check needs. */
export type Verifier = Pick<Device, "hashes" | "verifySignature">;

/** @returns whether an Ed25519 signature holds: in one slice where the board has a native check, else in some sixty. */
export function* holdsSignature(board: Verifier, { signature, message, publicKey }: SignatureCheck): Sliced<boolean> {
  if (board.verifySignature !== undefined) return board.verifySignature(signature, message, publicKey);
  const verification = beginVerification(signature, message, publicKey, (data) => board.hashes.sha512(data));
  for (;;) {
    const verdict = verification.step();
    if (verdict !== undefined) return verdict;
    yield;
  }
}

/**
 * Ends where a message was signed by the key.
 * @throws {ProtocolError} `wrong-key` where it names another, `bad-signature`.
 */
export function* requireSignature(board: Verifier, { keyId: named, signature, toBeSigned }: SignedMessage, publicKey: Uint8Array): Sliced<void> {
  if (!equalBytes(keyId(board.hashes, publicKey), named)) throw new ProtocolError("wrong-key");
  yield;
  if (!(yield* holdsSignature(board, { signature, message: toBeSigned, publicKey }))) throw new ProtocolError("bad-signature");
  yield;
}
