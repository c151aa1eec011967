import { createCipheriv, createDecipheriv } from "node:crypto";
import type { BlockCipher } from "../../protocol/block-cipher";
import type { HostOperations } from "./xs-program";

/** Node's own AES-256 on single blocks, in the place of an ESP32's. */
export const nodeBlockCipher: BlockCipher = {
  encrypt: (key, block) => Uint8Array.from(createCipheriv("aes-256-ecb", key, null).setAutoPadding(false).update(block)),
  decrypt: (key, block) => Uint8Array.from(createDecipheriv("aes-256-ecb", key, null).setAutoPadding(false).update(block)),
};

const KEY_BYTES = 32;

/** The host's half of guest-block-cipher.ts: key ‖ block. */
export const hostBlockCipher: HostOperations = {
  "aes-256-encrypt": (request) => nodeBlockCipher.encrypt(request.subarray(0, KEY_BYTES), request.subarray(KEY_BYTES)),
  "aes-256-decrypt": (request) => nodeBlockCipher.decrypt(request.subarray(0, KEY_BYTES), request.subarray(KEY_BYTES)),
};
