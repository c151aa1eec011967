import { createHmac } from "node:crypto";
import { Encoder } from "cbor-x";
import { buildAccessList, type BuiltList, type ListContent } from "../../protocol/access-list";
import { ascii, toHex } from "../../protocol/bytes";
import { sign } from "../../protocol/cose";
import { signingContext } from "../../protocol/cose-sign1";
import { CredentialKind, credentialTag } from "../../protocol/credential";
import { DEFAULT_POLICY } from "../../protocol/door-policy";
import { encodeManifest, type Manifest } from "../../protocol/manifest";
import { encodeManifestMessage } from "../../protocol/manifest-message";
import { ALWAYS, HolderClass, NO_END, type Profile } from "../../protocol/profile";
import type { Row } from "../../protocol/row";
import { LAST_RULE, type ScheduleRule } from "../../protocol/schedule";
import { encodeUtcOffsets } from "../../protocol/utc-offsets";
import { nodeHashes } from "../../hardware-sim/xs/host-hashes";

export const SAMPLE_DOOR = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
export const SAMPLE_TAG_KEY = new Uint8Array(32).fill(7);
export const LIST_KEY_SEED = new Uint8Array(32).fill(9);
/** A Wednesday, 10:00 in Paris: every sample opens then. */
export const SAMPLE_TIME = 1_780_473_600;

const DAY = 86_400;
/** Guests and staff who share dates, windows and rights share a profile; one for so many credentials. */
const CREDENTIALS_PER_PROFILE = 64;

/** What a door without formats of its own would keep of a credential; what says nothing is left out. */
export interface PlainGrant {
  tag: string;
  kind: "pin";
  class: "resident" | "guest" | "staff";
  outputs: number[];
  notBefore?: number;
  notAfter?: number;
  maxUses?: number;
  windows?: { days: number; start: number; end: number }[];
}

export interface SampleList {
  content: ListContent;
  built: BuiltList;
  manifest: Manifest;
  payload: Uint8Array;
  /** `down/manifest` as it goes over the wire: signature and page hashes. */
  message: Uint8Array;
  json: string;
  cbor: Uint8Array;
  /** PIN of a resident who may always come, and of staff with windows and a lease. */
  residentPin: string;
  staffPin: string;
}

/** Digits that look random and are the same at every run. */
export function samplePin(index: number): string {
  const number = createHmac("sha256", "sample").update(`${index}`).digest().readUInt32BE(0);
  return `${(number % 90_000_000) + 10_000_000}`;
}

/**
 * A building's list: seven tenths residents, two tenths guests with dates (half of them one-time), one tenth staff
 * with office hours; two years of UTC-offset changes.
 */
export function sampleList(size: number): SampleList {
  const rules: ScheduleRule[] = [
    { days: 31, start: 8 * 60, end: 12 * 60, next: 1 },
    { days: 31, start: 12 * 60, end: 18 * 60, next: LAST_RULE },
  ];
  const anytime: Profile = { notBefore: 0, notAfter: NO_END, schedule: ALWAYS, holderClass: HolderClass.resident, outputs: 1, maxUses: 0 };
  const profiles: Profile[] = [anytime, { ...anytime, schedule: 0, holderClass: HolderClass.staff }];
  const periods = Math.max(2, Math.floor(size / CREDENTIALS_PER_PROFILE) - 2);
  for (let period = 0; period < periods; period++) {
    const notBefore = SAMPLE_TIME - DAY * (1 + (period >> 1));
    profiles.push({ ...anytime, notBefore, notAfter: notBefore + 30 * DAY, holderClass: HolderClass.guest, maxUses: period & 1 });
  }
  const profileOf = (index: number): number => {
    if (index % 10 === 9) return 1;
    return index % 10 >= 7 ? 2 + (index % periods) : 0;
  };
  const rows = Array.from({ length: size }, (_, index): Row => {
    const tag = credentialTag(nodeHashes, SAMPLE_TAG_KEY, CredentialKind.pin, ascii(samplePin(index)));
    return { tag, profile: profileOf(index), kind: CredentialKind.pin, needsSecondPin: false, duress: false, suspended: false, useCounter: 0 };
  });
  const content = { rows, profiles, rules };
  const built = buildAccessList(nodeHashes, content);
  const manifest: Manifest = {
    door: SAMPLE_DOOR,
    epoch: 1,
    version: SAMPLE_TIME - 100,
    issuedAt: SAMPLE_TIME - 100,
    rows: size,
    profiles: profiles.length,
    rules: rules.length,
    pagesHash: built.pagesHash,
    policy: { ...DEFAULT_POLICY, pinDigits: 8 },
    utcOffsets: encodeUtcOffsets([
      { since: 0, offsetSeconds: 7_200 },
      ...[1_792_890_000, 1_806_195_600, 1_824_944_400, 1_837_645_200].map((since, index) => ({ since, offsetSeconds: index % 2 === 0 ? 3_600 : 7_200 })),
    ]),
    holidays: new Uint8Array(0),
  };
  const payload = encodeManifest(manifest);
  const signed = sign(payload, LIST_KEY_SEED, signingContext("manifest", SAMPLE_DOOR));
  const plain = rows.map((row) => plainGrant(row, profiles, rules));
  return {
    content,
    built,
    manifest,
    payload,
    message: encodeManifestMessage({ signed, pageHashes: built.pageHashes }),
    json: JSON.stringify(plain),
    cbor: new Encoder({ useRecords: false }).encode(plain.map((grant) => ({ ...grant, tag: Buffer.from(grant.tag, "hex") }))),
    residentPin: samplePin(0),
    staffPin: samplePin(9),
  };
}

function plainGrant(row: Row, profiles: readonly Profile[], rules: readonly ScheduleRule[]): PlainGrant {
  const { notBefore, notAfter, schedule, holderClass, maxUses } = profiles[row.profile];
  return {
    tag: toHex(row.tag),
    kind: "pin",
    class: holderClass === HolderClass.resident ? "resident" : holderClass === HolderClass.guest ? "guest" : "staff",
    outputs: [0],
    ...(notBefore > 0 && { notBefore }),
    ...(notAfter < NO_END && { notAfter }),
    ...(maxUses > 0 && { maxUses }),
    ...(schedule !== ALWAYS && { windows: rules.map(({ days, start, end }) => ({ days, start, end })) }),
  };
}
