/** AES of a program in XS: the PC's, by a host call, as an ESP32's is native. Runs in XS only. */
import type { BlockCipher } from "../../protocol/block-cipher";
import { concat } from "../../protocol/bytes";
import { callHost } from "./guest";

export const guestBlockCipher: BlockCipher = {
  encrypt: (key, block) => callHost("aes-256-encrypt", concat(key, block)),
  decrypt: (key, block) => callHost("aes-256-decrypt", concat(key, block)),
};
