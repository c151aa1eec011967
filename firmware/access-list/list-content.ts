import type { BodyReader } from "../../protocol/access-list";
import { CredentialKind } from "../../protocol/credential";
import { PROFILE_BYTES, ROW_BYTES, SCHEDULE_RULE_BYTES } from "../../protocol/limits";
import type { Manifest } from "../../protocol/manifest";
import { decodeProfile } from "../../protocol/profile";
import { decodeScheduleRule } from "../../protocol/schedule";
import type { Sliced } from "../work-queue";

/** Looked at in one slice: some 10,000 units of XS `compute`. */
const ROWS_PER_SLICE = 64;
const ENTRIES_PER_SLICE = 32;

// isRow of protocol/row.ts, which costs twice as much when there are thousands.
const KIND_MASK = 7;
const FIRST_KIND: number = CredentialKind.pin;
const LAST_KIND: number = CredentialKind.unitPin;

/**
 * Whether a body whose pages are there holds what its manifest says: strictly ascending rows of known kinds and
 * existing profiles, sound profiles and rules. Looked at once, before the list may become active; afterwards
 * everybody who reads it relies on that.
 */
export function* isSoundContent(manifest: Manifest, body: BodyReader): Sliced<boolean> {
  const { rows, profiles, rules } = manifest;
  let high = -1;
  let low = 0;
  for (let row = 0; row < rows; row += ROWS_PER_SLICE) {
    const bytes = body.read(row * ROW_BYTES, Math.min(ROWS_PER_SLICE, rows - row) * ROW_BYTES);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at < bytes.length; at += ROW_BYTES) {
      // As two words, which compare as the bytes do: tag (4) and, after the tag's last byte, profile (2) and flags.
      const nextHigh = view.getUint32(at);
      const nextLow = view.getUint32(at + 4);
      if (nextHigh < high || (nextHigh === high && nextLow <= low)) return false;
      const kind = nextLow & KIND_MASK;
      if (kind < FIRST_KIND || kind > LAST_KIND || ((nextLow >>> 8) & 0xffff) >= profiles) return false;
      high = nextHigh;
      low = nextLow;
    }
    yield;
  }
  const profilesStart = rows * ROW_BYTES;
  for (let profile = 0; profile < profiles; profile += ENTRIES_PER_SLICE) {
    const count = Math.min(ENTRIES_PER_SLICE, profiles - profile);
    const bytes = body.read(profilesStart + profile * PROFILE_BYTES, count * PROFILE_BYTES);
    for (let i = 0; i < count; i++) if (decodeProfile(bytes, i * PROFILE_BYTES) === undefined) return false;
    yield;
  }
  const rulesStart = profilesStart + profiles * PROFILE_BYTES;
  for (let rule = 0; rule < rules; rule += ENTRIES_PER_SLICE) {
    const count = Math.min(ENTRIES_PER_SLICE, rules - rule);
    const bytes = body.read(rulesStart + rule * SCHEDULE_RULE_BYTES, count * SCHEDULE_RULE_BYTES);
    for (let i = 0; i < count; i++) if (decodeScheduleRule(bytes, i * SCHEDULE_RULE_BYTES) === undefined) return false;
    yield;
  }
  return true;
}
