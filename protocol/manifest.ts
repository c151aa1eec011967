import { CborReader, encodeMap } from "./cbor";
import type { Hashes } from "./hashes";
import { decodePolicy, encodePolicy, type DoorPolicy } from "./door-policy";
import { HOLIDAYS_MAX, ID_BYTES, PAGES_MAX, PAGE_BYTES, PROFILES_MAX, PROFILE_BYTES, ROWS_MAX, ROW_BYTES, SCHEDULE_RULES_MAX, SCHEDULE_RULE_BYTES, U32_MAX, UTC_OFFSETS_MAX } from "./limits";
import { ProtocolError } from "./protocol-error";
import { isHolidays } from "./schedule";
import { isUtcOffsets } from "./utc-offsets";

/** The signed head of a snapshot: which body, and the rules around it. */
export interface Manifest {
  door: Uint8Array;
  epoch: number;
  version: number;
  /** Unix seconds; raises the door's time floor. */
  issuedAt: number;
  rows: number;
  profiles: number;
  rules: number;
  /** SHA-256 of the page-hash list. */
  pagesHash: Uint8Array;
  /** A delta may replace it: read `AccessList.policy`. */
  policy: DoorPolicy;
  utcOffsets: Uint8Array;
  holidays: Uint8Array;
}

export function encodeManifest(manifest: Manifest): Uint8Array {
  return encodeMap(
    [
      [1, manifest.door],
      [2, manifest.epoch],
      [3, manifest.version],
      [4, manifest.issuedAt],
      [5, manifest.rows],
      [6, manifest.profiles],
      [7, manifest.rules],
      [8, manifest.pagesHash],
      [9, (writer) => encodePolicy(writer, manifest.policy)],
      [10, manifest.utcOffsets],
      [11, manifest.holidays],
    ],
    11,
  );
}

/** @throws {ProtocolError} `malformed`, `too-large`. */
export function decodeManifest(payload: Uint8Array): Manifest {
  const reader = new CborReader(payload);
  const map = reader.map();
  const manifest: Manifest = {
    door: map.bytes(1, ID_BYTES),
    epoch: map.unsigned(2, U32_MAX),
    version: map.unsigned(3, U32_MAX),
    issuedAt: map.unsigned(4, U32_MAX),
    rows: map.unsigned(5, ROWS_MAX),
    profiles: map.unsigned(6, PROFILES_MAX),
    rules: map.unsigned(7, SCHEDULE_RULES_MAX),
    pagesHash: map.bytes(8, 32),
    policy: decodePolicy(map.required(9)),
    utcOffsets: map.bytes(10, 5, 5 * UTC_OFFSETS_MAX),
    holidays: map.optionalBytes(11, 2 * HOLIDAYS_MAX),
  };
  map.end();
  reader.end();
  if (!isUtcOffsets(manifest.utcOffsets)) throw new ProtocolError("malformed", "UTC offsets");
  if (!isHolidays(manifest.holidays)) throw new ProtocolError("malformed", "holidays");
  if (pageCount(manifest) > PAGES_MAX) throw new ProtocolError("too-large", "body");
  return manifest;
}

/** Bytes of the body that a manifest describes: rows, then profiles, then schedule rules, nothing between. */
export function bodyBytes(counts: { rows: number; profiles: number; rules: number }): number {
  return counts.rows * ROW_BYTES + counts.profiles * PROFILE_BYTES + counts.rules * SCHEDULE_RULE_BYTES;
}

/** Pages of 4,096 bytes, the last one shorter; an empty body has none. */
export function pageCount(counts: { rows: number; profiles: number; rules: number }): number {
  return Math.ceil(bodyBytes(counts) / PAGE_BYTES);
}

/** The first 8 bytes of SHA-256 of a manifest's or delta's payload: what names it elsewhere. */
export function hash8(hashes: Hashes, payload: Uint8Array): Uint8Array {
  return hashes.sha256(payload).slice(0, 8);
}
