import { createHash, randomBytes } from "node:crypto";

/** Shaped like one of our tokens: anything else is not even looked up. */
export const TOKEN_PATTERN = /^[A-Za-z0-9_-]{22}$/;

/** 128 random bits as 22 characters that links and headers take as they are. */
export function newToken(): string {
  return randomBytes(16).toString("base64url");
}

/**
 * What the database keeps of a token: whoever reads the database cannot use it. It needs no salt and no slow hash,
 * because nobody guesses 128 bits.
 */
export function hashToken(token: string): Uint8Array {
  return Uint8Array.from(createHash("sha256").update(token, "utf8").digest());
}
