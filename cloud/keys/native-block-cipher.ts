import { createCipheriv, createDecipheriv, type Cipher } from "node:crypto";
import { toHex } from "../../protocol/bytes";
import type { BlockCipher } from "../../protocol/block-cipher";

/** AES-256 in native code. One for a piece of work: it keeps the last key set up, because handles come by the door. */
export class NativeBlockCipher implements BlockCipher {
  #encryption: { key: string; cipher: Cipher } | undefined;

  encrypt(key: Uint8Array, block: Uint8Array): Uint8Array {
    const name = toHex(key);
    // ECB is the block cipher itself: a block goes in, a block comes out, and nothing is kept between them.
    if (this.#encryption?.key !== name) this.#encryption = { key: name, cipher: createCipheriv("aes-256-ecb", key, null).setAutoPadding(false) };
    return new Uint8Array(this.#encryption.cipher.update(block));
  }

  decrypt(key: Uint8Array, block: Uint8Array): Uint8Array {
    return new Uint8Array(createDecipheriv("aes-256-ecb", key, null).setAutoPadding(false).update(block));
  }
}
