/** The three hash functions that every format needs; a board or a server injects native ones. */
export interface Hashes {
  /** FIPS 180-4, 32 bytes. */
  sha256(data: Uint8Array): Uint8Array;
  /** FIPS 180-4, 64 bytes. */
  sha512(data: Uint8Array): Uint8Array;
  /** RFC 2104 with SHA-256, 32 bytes. */
  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array;
}
