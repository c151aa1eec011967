/** SPEC 5.2 to 5.5: manifests, and the pages of lists. */
import { concat, writeU16 } from "../../../protocol/bytes";
import { encodeManifest } from "../../../protocol/manifest";
import { encodeManifestMessage } from "../../../protocol/manifest-message";
import { nobleHashes as hashes } from "../../../protocol/noble-hashes";
import type { ProtocolErrorCode } from "../../../protocol/protocol-error";
import { LAST_RULE } from "../../../protocol/schedule";
import { encodeUtcOffsets } from "../../../protocol/utc-offsets";
import { RESIDENT, type MintedSnapshot } from "../mint";
import { byteString, coseWith, type CoseParts, encodingFaults, flip, put, unsigned, wide, withField } from "./cbor-surgery";
import { manifestReads } from "./reads";
import { BASE_ROWS, PROFILES, RULES } from "./sample-rights";
import type { Given } from "./vector-format";
import { DAY, fill, mint, NOW, OTHER_DOOR, STRANGER, utc, type VectorBook } from "./vector-site";

const dayOf = (date: string): number => utc(`${date}T00:00`) / DAY;
/** A Monday and Good Friday. */
const HOLIDAYS = Uint8Array.from([dayOf("2027-02-15"), dayOf("2027-03-26")].flatMap((day) => [day >> 8, day & 255]));
const summer = (offsetSeconds: number, [from, to]: [string, string]) => encodeUtcOffsets([{ since: 0, offsetSeconds }, { since: utc(from), offsetSeconds: offsetSeconds + 3_600 }, { since: utc(to), offsetSeconds }]);

const sample = { version: NOW, rows: BASE_ROWS, profiles: PROFILES, rules: RULES, holidays: HOLIDAYS };
const BERLIN = summer(3_600, ["2027-03-28T01:00", "2027-10-31T01:00"]);
export const BASE = mint.snapshot({ ...sample, utcOffsets: BERLIN });
/** The same body under another manifest. */
const STRICT = mint.snapshot({ ...sample, utcOffsets: BERLIN, policy: { ...BASE.manifest.policy, leasedClasses: 7 } });
const WEST = mint.snapshot({ ...sample, policy: { ...BASE.manifest.policy, leasedClasses: 0 }, utcOffsets: summer(-12_600, ["2027-03-14T05:30", "2027-11-07T04:30"]) });
const EMPTY = mint.snapshot({ version: NOW, profiles: [] });
/** Two rows, a profile and a rule: 36 bytes in one page. */
export const SHORT = mint.snapshot({ version: NOW, rows: [mint.pinRow("012345"), mint.pinRow("300000")], profiles: [RESIDENT], rules: [{ days: 1, start: 0, end: 1, next: LAST_RULE }] });
const SHORT_NAME = "short manifest";

const message = (signed: Uint8Array, pageHashes: Uint8Array): Uint8Array => encodeManifestMessage({ signed, pageHashes });

export function mintLists(book: VectorBook, snapshots: Record<string, string[]>): void {
  const accept = (name: string, { message: bytes, manifest, hash }: MintedSnapshot, pages: string[]): void => {
    book.accept("manifest", name, bytes, manifestReads(manifest, hash));
    snapshots[name] = pages;
  };
  const pages = BASE.pages.map((_, number) => `page ${number}`);
  accept("manifest", BASE, pages);
  accept("manifest of a door whose residents need a lease too", STRICT, pages);
  accept("manifest of a door three and a half hours west, where nobody needs a lease", WEST, pages);
  accept("manifest of an empty list", EMPTY, []);
  accept(SHORT_NAME, SHORT, ["short page"]);
  book.accept("manifest", "short manifest once more", SHORT.message, undefined, { list: SHORT_NAME });
  mintManifests(book);
  BASE.pages.forEach((page, number) => book.accept("page", pages[number], page, { bytes: page.length }, { fetching: "manifest", page: number }));
  book.accept("page", "short page", SHORT.pages[0], { bytes: 36 }, { fetching: SHORT_NAME, page: 0 });
  const refuse = (name: string, code: ProtocolErrorCode, page: Uint8Array, number = 0): void => book.refuse("page", name, code, page, { fetching: SHORT_NAME, page: number });
  refuse("page with a flipped bit", "bad-hash", flip(SHORT.pages[0], -1));
  refuse("page that lacks its last byte", "bad-hash", SHORT.pages[0].slice(0, -1));
  refuse("page with a byte more", "bad-hash", concat(SHORT.pages[0], Uint8Array.of(0)));
  refuse("page beyond the list", "not-asked-for", SHORT.pages[0], 1);
  book.refuse("page", "page of 4,097 bytes", "too-large", SHORT.pages[0], { fetching: SHORT_NAME, page: 0 }, 4_097 - 36);
  mintBodies(book);
}

/** Faults of a manifest, in that of an empty list, or where it takes a page, in the short one. */
function mintManifests(book: VectorBook): void {
  const { manifest, payload, pageHashes } = EMPTY;
  const refuse = (name: string, code: ProtocolErrorCode, bytes: Uint8Array, given?: Given): void => book.refuse("manifest", `manifest ${name}`, code, bytes, given);
  const map = (name: string, code: ProtocolErrorCode, map: Uint8Array, given?: Given): void => refuse(name, code, message(mint.sign(map, "manifest"), pageHashes), given);
  const field = (name: string, code: ProtocolErrorCode, key: number, value: Uint8Array): void => map(name, code, withField(payload, key, value));
  for (const [name, fault] of encodingFaults(payload, 2).slice(0, 5)) map(`with ${name}`, "malformed", fault);
  const signed = mint.sign(payload, "manifest");
  refuse("signed by a stranger", "wrong-key", message(mint.sign(payload, "manifest", STRANGER), pageHashes));
  refuse("signed by the lease key", "wrong-key", message(mint.sign(payload, "manifest", mint.leaseKey), pageHashes));
  refuse("signed for another door", "bad-signature", message(mint.sign(payload, "manifest", mint.listKey, OTHER_DOOR), pageHashes));
  refuse("signed as a delta", "bad-signature", message(mint.sign(payload, "delta"), pageHashes));
  refuse("with a flipped bit in its signature", "bad-signature", message(flip(signed, -1), pageHashes));
  const cose = (name: string, parts: CoseParts): void => refuse(name, "malformed", message(coseWith(payload, mint.listKey, "manifest", mint.door, parts), pageHashes));
  cose("without its payload", { payloadItem: Uint8Array.of(0xf6) });
  cose("with another algorithm in its protected header", { protectedHeader: Uint8Array.of(0xa1, 0x01, 0x26) });
  map("of another door", "wrong-door", encodeManifest({ ...manifest, door: OTHER_DOOR }));
  map("of an older epoch", "old-epoch", encodeManifest({ ...manifest, epoch: 0 }));
  map("of an epoch to come", "future-epoch", encodeManifest({ ...manifest, epoch: 2 }));
  map("of the active version that is another", "old-version", payload, { list: SHORT_NAME });
  map("older than the active one", "old-version", encodeManifest({ ...manifest, version: NOW - 1 }), { list: SHORT_NAME });
  const short = mint.sign(SHORT.payload, "manifest");
  refuse("with another page-hash list", "bad-hash", message(short, flip(SHORT.pageHashes, 3)));
  refuse("with a page hash missing", "bad-hash", message(short, new Uint8Array(0)));
  const more = fill(32, 1);
  refuse("with a page hash too many, which it vouches for", "bad-hash", message(mint.sign(withField(payload, 8, byteString(hashes.sha256(more))), "manifest"), more));
  refuse("with a byte behind the message", "malformed", concat(EMPTY.message, Uint8Array.of(0)));
  refuse("of 1,025 bytes, in its message", "too-large", message(concat(signed, fill(1_025 - signed.length, 0)), pageHashes));
  book.refuse("manifest", "manifest message of 2,065 bytes", "too-large", EMPTY.message, undefined, 2_065 - EMPTY.message.length);
  field("of version 2^32", "malformed", 3, unsigned(2 ** 32));
  field("of version 2^63", "malformed", 3, wide(2n ** 63n));
  field("issued at 2^53", "malformed", 4, wide(2n ** 53n));
  field("of a door id of seven bytes", "malformed", 1, byteString(fill(7, 1)));
  field("of 16,001 rows", "malformed", 5, unsigned(16_001));
  field("of 2,049 profiles", "malformed", 6, unsigned(2_049));
  field("of 1,025 rules", "malformed", 7, unsigned(1_025));
  map("of 33 pages", "too-large", encodeManifest({ ...manifest, rows: 16_000, profiles: 257 }));
  const policy = (unlock: number, classes: number, digits: number): Uint8Array => Uint8Array.of(0xa3, 1, ...unsigned(unlock), 2, classes, 3, digits);
  field("that opens for no second", "malformed", 9, policy(0, 6, 6));
  field("that opens for 61 seconds", "malformed", 9, policy(61, 6, 6));
  field("with a lease for class 3", "malformed", 9, policy(5, 8, 6));
  field("with PINs of three digits", "malformed", 9, policy(5, 6, 3));
  field("with PINs of 13 digits", "malformed", 9, policy(5, 6, 13));
  field("with half a policy", "malformed", 9, Uint8Array.of(0xa2, 1, 5, 2, 6));
  field("with more than a policy", "malformed", 9, Uint8Array.of(0xa4, 1, 5, 2, 6, 3, 6, 4, 0));
  mintCalendars(field);
}

function mintCalendars(field: (name: string, code: ProtocolErrorCode, key: number, value: Uint8Array) => void): void {
  const offsets = (...since: number[]): Uint8Array => byteString(Uint8Array.from(since.flatMap((at) => [at >>> 24, (at >> 16) & 255, (at >> 8) & 255, at & 255, 4])));
  field("without a UTC offset", "malformed", 10, byteString(new Uint8Array(0)));
  field("with UTC offsets that begin later", "malformed", 10, offsets(1));
  field("with UTC offsets that descend", "malformed", 10, offsets(0, NOW, NOW - 1));
  field("with a UTC offset twice", "malformed", 10, offsets(0, NOW, NOW));
  field("with a UTC offset of six bytes", "malformed", 10, byteString(new Uint8Array(6)));
  field("with 17 UTC offsets", "too-large", 10, offsets(...Array.from({ length: 17 }, (_, index) => index)));
  const days = (...numbers: number[]): Uint8Array => byteString(Uint8Array.from(numbers.flatMap((day) => [day >> 8, day & 255])));
  field("with its holidays written out, and none", "malformed", 11, days());
  field("with holidays that descend", "malformed", 11, days(20_864, 20_863));
  field("with a holiday twice", "malformed", 11, days(20_864, 20_864));
  field("with a holiday and a half", "malformed", 11, byteString(fill(3, 1)));
  field("with 129 holidays", "too-large", 11, days(...Array.from({ length: 129 }, (_, index) => index)));
}

/** Lists that are signed and of the right hashes, and yet no lists: whoever has fetched them drops them. */
function mintBodies(book: VectorBook): void {
  const bad = (name: string, change: (body: Uint8Array) => Uint8Array): void => {
    const page = change(SHORT.body.slice());
    const pageHashes = hashes.sha256(page);
    const payload = encodeManifest({ ...SHORT.manifest, pagesHash: hashes.sha256(pageHashes) });
    const vouched = `manifest of a list with ${name}`;
    book.accept("manifest", vouched, message(mint.sign(payload, "manifest"), pageHashes), undefined);
    book.refuse("page", `list with ${name}`, "malformed", page, { fetching: vouched, page: 0 });
  };
  const [rows, profile, rule] = [0, 16, 28];
  const u16 = (body: Uint8Array, at: number, value: number): Uint8Array => (writeU16(body, at, value), body);
  bad("rows out of order", (body) => concat(body.slice(8, 16), body.slice(0, 8), body.slice(16)));
  bad("a row twice", (body) => concat(body.slice(0, 8), body.slice(0, 8), body.slice(16)));
  bad("a row of kind 0", (body) => put(body, rows + 7, 0));
  bad("a row of kind 7", (body) => put(body, rows + 7, 7));
  bad("a row whose profile does not exist", (body) => u16(body, rows + 5, 1));
  bad("a profile of class 3", (body) => put(body, profile + 10, 0x13));
  bad("a profile with a reserved bit", (body) => put(body, profile + 10, 0x14));
  bad("a rule whose second byte is not 0", (body) => put(body, rule + 1, 1));
  bad("a rule that starts at 24:00", (body) => u16(u16(body, rule + 2, 1_440), rule + 4, 1_500));
  bad("a rule that ends where it starts", (body) => u16(body, rule + 4, 0));
  bad("a rule that ends after 48:00", (body) => u16(body, rule + 4, 2_881));
}
