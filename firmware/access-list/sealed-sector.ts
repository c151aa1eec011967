import { equalBytes, readU16, writeU16 } from "../../protocol/bytes";
import type { Hashes } from "../../protocol/hashes";
import type { Flash } from "../device";
import { FLASH_UNIT_BYTES, SECTOR_BYTES } from "../limits";
import type { Sliced } from "../work-queue";

/**
 * One message in a sector of its own, as it came: length (u16) ‖ 0 (6) ‖ check (8) ‖ message ‖ zeros to 16 bytes.
 * The check is SHA-256(message)[0..8): erased flash may read anything, so only it tells whether a message is there.
 */
const HEADER_BYTES = FLASH_UNIT_BYTES;
const CHECK_AT = 8;
const CHECK_BYTES = 8;
export const SEALED_BYTES_MAX = SECTOR_BYTES - HEADER_BYTES;

/** @returns the message, or undefined where the sector holds none that is whole. */
export function readSealed(flash: Flash, hashes: Hashes, sector: number): Uint8Array | undefined {
  const start = sector * SECTOR_BYTES;
  const header = new Uint8Array(flash.read(HEADER_BYTES, start));
  const length = readU16(header, 0);
  if (length === 0 || length > SEALED_BYTES_MAX) return undefined;
  const message = new Uint8Array(flash.read(length, start + HEADER_BYTES));
  const sound = equalBytes(hashes.sha256(message).subarray(0, CHECK_BYTES), header.subarray(CHECK_AT));
  return sound ? message : undefined;
}

/** Compares long messages by their hashes, which are native where a loop over bytes is not. */
export function isSameMessage(hashes: Hashes, a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && equalBytes(hashes.sha256(a), hashes.sha256(b));
}

/**
 * Erases the sector in one slice and writes it in the next.
 * @throws Error where the flash does not read back what was written.
 */
export function* writeSealed(flash: Flash, hashes: Hashes, sector: number, message: Uint8Array): Sliced<void> {
  flash.eraseBlock(sector);
  yield;
  const bytes = new Uint8Array(Math.ceil((HEADER_BYTES + message.length) / FLASH_UNIT_BYTES) * FLASH_UNIT_BYTES);
  writeU16(bytes, 0, message.length);
  bytes.set(hashes.sha256(message).subarray(0, CHECK_BYTES), CHECK_AT);
  bytes.set(message, HEADER_BYTES);
  flash.write(bytes, sector * SECTOR_BYTES);
  const written = readSealed(flash, hashes, sector);
  if (written === undefined || !isSameMessage(hashes, written, message)) throw new Error(`sector ${sector} does not keep what is written to it`);
}
