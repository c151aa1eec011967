import { createHash } from "node:crypto";
import type { AuditRow } from "../store/rows/property-rows";

/** What an entry's hash covers beside the hash before it. */
export type Linked = Pick<AuditRow, "at" | "actor" | "action" | "subject" | "detail" | "property_id" | "sealed" | "sealed_for">;

/** What comes before the first entry. */
export const CHAIN_START = new Uint8Array(32);

/**
 * An entry's hash: SHA-256 over the hash before it and the entry itself, as a JSON array of its columns in this
 * order, bytes in hexadecimal: one way to write each entry, so two entries never look the same.
 */
export function hashOf(previous: Uint8Array, { at, actor, action, subject, detail, property_id, sealed, sealed_for }: Linked): Uint8Array {
  const columns = [at, actor, action, subject, detail, property_id, sealed === null ? null : Buffer.from(sealed).toString("hex"), sealed_for];
  const hash = createHash("sha256").update("latchkey/1/audit\0").update(previous).update(JSON.stringify(columns));
  return new Uint8Array(hash.digest());
}
