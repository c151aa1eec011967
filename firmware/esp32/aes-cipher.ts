import { BlockCipher as SdkCipher } from "crypt";
import type { BlockCipher } from "../../protocol/block-cipher";

/** The SDK's AES in C. It reads where a buffer begins, in RAM, hence the copies. */
export const aesCipher: BlockCipher = {
  encrypt: (key, block) => new Uint8Array(new SdkCipher("AES", copy(key)).encrypt(copy(block))),
  decrypt: (key, block) => new Uint8Array(new SdkCipher("AES", copy(key)).decrypt(copy(block))),
};

function copy(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer;
}
