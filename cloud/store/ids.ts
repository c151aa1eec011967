import { randomBytes } from "node:crypto";

/** 8 random bytes as 16 hexadecimal digits: every record's id, and a credential's on the wire. */
export function newId(): string {
  return randomBytes(8).toString("hex");
}
