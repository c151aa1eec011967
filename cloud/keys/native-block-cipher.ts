import { createCipheriv, createDecipheriv, type Cipher } from "node:crypto";
import type { BlockCipher } from "../../protocol/block-cipher";

/** AES-256 in native code. One for a piece of work: it keeps the last key set up, because handles come by the door. */
export class NativeBlockCipher implements BlockCipher {
  #encryption: { key: Uint8Array; cipher: Cipher } | undefined;

  encrypt(key: Uint8Array, block: Uint8Array): Uint8Array {
    // ECB is the block cipher itself: a block goes in, a block comes out, and nothing is kept between them.
    if (this.#encryption?.key !== key) this.#encryption = { key, cipher: createCipheriv("aes-256-ecb", key, null).setAutoPadding(false) };
    return this.#encryption.cipher.update(block);
  }

  decrypt(key: Uint8Array, block: Uint8Array): Uint8Array {
    return createDecipheriv("aes-256-ecb", key, null).setAutoPadding(false).update(block);
  }
}
