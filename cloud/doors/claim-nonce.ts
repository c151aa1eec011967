import { randomBytes } from "node:crypto";
import { concat, equalBytes, writeU32 } from "../../protocol/bytes";
import type { Hello } from "../../protocol/enrolment";
import type { Sealing } from "../keys/sealing";

/**
 * The cloud's nonce of a claim: 8 random bytes and 8 that mark them as ours for this hello and hour, so that a
 * flood of hellos leaves nothing behind in memory.
 */
export function makeClaimNonce(sealing: Sealing, hello: Hello, now: number): Uint8Array {
  const random = new Uint8Array(randomBytes(8));
  return concat(random, mark(sealing, hello, random, hour(now)));
}

/** Whether we gave this nonce to this hello within the last hour or two. */
export function isClaimNonce(sealing: Sealing, hello: Hello, nonce: Uint8Array, now: number): boolean {
  const random = nonce.subarray(0, 8);
  const given = nonce.subarray(8);
  return equalBytes(mark(sealing, hello, random, hour(now)), given) || equalBytes(mark(sealing, hello, random, hour(now) - 1), given);
}

function hour(now: number): number {
  return Math.floor(now / 3_600);
}

function mark(sealing: Sealing, { door, doorNonce }: Hello, random: Uint8Array, hours: number): Uint8Array {
  const time = new Uint8Array(4);
  writeU32(time, 0, hours);
  return sealing.nonceMark(concat(door, doorNonce, random, time)).subarray(0, 8);
}
