/** Of the four bits that leave the register at each step (reflected polynomial 0xEDB88320). */
const NIBBLES: readonly number[] = [
  0x0000_0000, 0x1db7_1064, 0x3b6e_20c8, 0x26d9_30ac, 0x76dc_4190, 0x6b6b_51f4, 0x4db2_6158, 0x5005_713c, 0xedb8_8320, 0xf00f_9344, 0xd6d6_a3e8, 0xcb61_b38c,
  0x9b64_c2b0, 0x86d3_d2d4, 0xa00a_e278, 0xbdbd_f21c,
];

/**
 * CRC-32 (ISO-HDLC) of a few bytes, to tell what was written whole from what a cut tore or an erase left; against
 * an attacker it proves nothing.
 * @param salt what the bytes belong to (a generation); of another one they do not pass.
 */
export function crc32(bytes: Uint8Array, length: number, salt: number): number {
  let crc = ~salt;
  for (let i = 0; i < length; i++) {
    crc ^= bytes[i];
    crc = NIBBLES[crc & 15] ^ (crc >>> 4);
    crc = NIBBLES[crc & 15] ^ (crc >>> 4);
  }
  return ~crc >>> 0;
}
