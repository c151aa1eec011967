import * as Crypt from "crypt";
import type { BlockCipher } from "../../protocol/block-cipher";

/** Whole buffers only: it looks at no view's offset. */
interface SdkCipher {
  encrypt(block: ArrayBuffer): ArrayBuffer;
  decrypt(block: ArrayBuffer): ArrayBuffer;
}
interface SdkCrypt {
  BlockCipher: new (cipher: "AES", key: ArrayBuffer) => SdkCipher;
}

/** The SDK's AES in C. It reads where a buffer begins, in RAM, hence the copies. */
export const aesCipher: BlockCipher = {
  encrypt: (key, block) => new Uint8Array(cipherOf(key).encrypt(copy(block))),
  decrypt: (key, block) => new Uint8Array(cipherOf(key).decrypt(copy(block))),
};

/** No typings know it, those of the SDK neither. */
function cipherOf(key: Uint8Array): SdkCipher {
  const { BlockCipher: Cipher } = Crypt as unknown as SdkCrypt;
  return new Cipher("AES", copy(key));
}

function copy(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer;
}
