import { decodeFirmwareOffer, type FirmwareOffer } from "../../protocol/firmware-image";
import { ProtocolError } from "../../protocol/protocol-error";
import type { FirmwareUpdate } from "../device";
import { requireSignature, type Verifier } from "../trust/signature-check";
import type { Sliced } from "../work-queue";

/** What a door holds an offer against. */
export interface FirmwareKnown extends Pick<FirmwareUpdate, "target" | "imageKey"> {
  /** Version that runs. */
  running: number;
  /** Largest minimum version of all images that were ever taken; 0 = none was. */
  minimum: number;
  /** Version of the last image that failed its trial; 0 = none. */
  failed: number;
}

/**
 * An offer that is worth fetching: by the image key, for this kind of board, and newer than what runs.
 * @throws {ProtocolError} `too-large`, `malformed`, `wrong-target`, `old-version` (not above what runs, below the
 * minimum, or just the one that failed its trial), `wrong-key`, `bad-signature`.
 */
export function* openFirmwareOffer(board: Verifier, message: Uint8Array, known: FirmwareKnown): Sliced<FirmwareOffer> {
  const offer = decodeFirmwareOffer(message, known.target);
  const { version } = offer.image;
  if (version <= known.running || version < known.minimum || version === known.failed) throw new ProtocolError("old-version", "firmware");
  yield* requireSignature(board, offer.signed, known.imageKey);
  return offer;
}
