import { fromHex } from "../../protocol/bytes";

const CLAIM_TEXT = /^latchkey:1:([0-9a-f]{16}):([0-9a-f]{32})$/;

/** @returns undefined where the text is not that of a door's claim QR (SPEC 1). */
export function parseClaimText(text: string): { door: string; claimSecret: Uint8Array } | undefined {
  const match = CLAIM_TEXT.exec(text);
  return match === null ? undefined : { door: match[1], claimSecret: fromHex(match[2])! };
}
