/** AES-256 on single blocks (FIPS 197 §5); a board or a server injects a native one. No mode: handles (SPEC 20.2) are one block each. */
export interface BlockCipher {
  /** @param key 32 bytes. @param block 16 bytes. @returns 16 bytes. */
  encrypt(key: Uint8Array, block: Uint8Array): Uint8Array;
  /** @param key 32 bytes. @param block 16 bytes. @returns 16 bytes. */
  decrypt(key: Uint8Array, block: Uint8Array): Uint8Array;
}
