import { readU16, readU32, writeU16, writeU32 } from "./bytes";
import { PROFILE_BYTES, U32_MAX } from "./limits";

/** Staleness class: how long a door may go without news before it stops trusting the right (X3). */
export const HolderClass = { resident: 0, guest: 1, staff: 2 } as const;
export type HolderClass = (typeof HolderClass)[keyof typeof HolderClass];

export const NO_END = U32_MAX;
export const ALWAYS = 0xffff;
export const OUTPUTS_MAX = 4;

/**
 * What a right allows, shared by all rows that name it, 12 bytes:
 * not-before (u32) ‖ not-after (u32) ‖ schedule (u16) ‖ class and outputs (u8) ‖ maximum of uses (u8).
 */
export interface Profile {
  /** Unix seconds; the right holds from here (inclusive) … */
  notBefore: number;
  /** … to here (exclusive); NO_END for ever. */
  notAfter: number;
  /** Index of the first schedule rule, or ALWAYS. */
  schedule: number;
  holderClass: HolderClass;
  /** Bit mask of the outputs (0–3) that it opens; output 0 is the door's own strike. */
  outputs: number;
  /** 0 = unlimited, else how often it opens at this door (N8). */
  maxUses: number;
}

export function encodeProfile(profile: Profile): Uint8Array {
  const bytes = new Uint8Array(PROFILE_BYTES);
  writeU32(bytes, 0, profile.notBefore);
  writeU32(bytes, 4, profile.notAfter);
  writeU16(bytes, 8, profile.schedule);
  bytes[10] = profile.holderClass | (profile.outputs << 4);
  bytes[11] = profile.maxUses;
  return bytes;
}

/** @returns undefined where the bytes are not a profile: class 3 or reserved bits. */
export function decodeProfile(bytes: Uint8Array, at = 0): Profile | undefined {
  const holderClass = bytes[at + 10] & 15;
  if (holderClass > HolderClass.staff) return undefined;
  return {
    notBefore: readU32(bytes, at),
    notAfter: readU32(bytes, at + 4),
    schedule: readU16(bytes, at + 8),
    holderClass: holderClass as HolderClass,
    outputs: bytes[at + 10] >> 4,
    maxUses: bytes[at + 11],
  };
}
