/** SPEC 5.6: deltas on the sample list. */
import { sortRows } from "../../../protocol/access-list";
import { concat } from "../../../protocol/bytes";
import { CborWriter } from "../../../protocol/cbor";
import { encodeDelta, encodePoolEntry, LockState, type Delta } from "../../../protocol/delta";
import { encodePolicy, type DoorPolicy } from "../../../protocol/door-policy";
import { hash8 } from "../../../protocol/manifest";
import { nobleHashes as hashes } from "../../../protocol/noble-hashes";
import { encodeProfile } from "../../../protocol/profile";
import type { ProtocolErrorCode } from "../../../protocol/protocol-error";
import { encodeScheduleRule } from "../../../protocol/schedule";
import { fillerRows, RESIDENT, STAFF } from "../mint";
import { byteString, coseWith, encodingFaults, flip, put, unsigned, wide, withField } from "./cbor-surgery";
import { BASE } from "./list-vectors";
import { deltaReads } from "./reads";
import { CHANGED_PROFILE, CHANGED_RULE, deltaRows, NEW_PROFILE, NEW_RULE, PROFILES, RULES } from "./sample-rights";
import { fill, mint, NOW, OTHER_DOOR, type VectorBook } from "./vector-site";
import type { Given } from "./vector-format";

const profileEntry = ([index, profile]: typeof NEW_PROFILE): Uint8Array => encodePoolEntry(index, encodeProfile(profile));
const ruleEntry = ([index, rule]: typeof NEW_RULE): Uint8Array => encodePoolEntry(index, encodeScheduleRule(rule));

const VERSION = NOW + 60;
const full = mint.deltaOf(BASE, {
  version: VERSION,
  rows: deltaRows(),
  profiles: concat(profileEntry(CHANGED_PROFILE), profileEntry(NEW_PROFILE)),
  rules: concat(ruleEntry(CHANGED_RULE), ruleEntry(NEW_RULE)),
  throttleReset: 1,
});
/** Says nothing but a new version. */
const bare = mint.deltaOf(BASE, { version: VERSION });
const signed = (changes: Partial<Delta>): Uint8Array => mint.sign(encodeDelta({ ...bare, ...changes }), "delta");
const signedMap = (map: Uint8Array): Uint8Array => mint.sign(map, "delta");

export const FULL = "delta: rows gone, added and changed";
export const LOCK_DOWN = "delta: lock-down";
export const HOLD_OPEN = "delta: hold-open";

/** Everything that a policy can say. */
const POLICY: DoorPolicy = { ...BASE.manifest.policy, unlockSeconds: 60, pinDigits: 12, outputSeconds: [0, 60, 1], hoursRule: 1_023, firstInClasses: 7, unitNumbers: true };

export function mintDeltas(book: VectorBook): void {
  const accept = (name: string, delta: Delta, given?: Given): void => {
    const payload = encodeDelta(delta);
    book.accept("delta", name, signedMap(payload), deltaReads(delta, hash8(hashes, payload)), given);
  };
  accept(FULL, full);
  accept("delta: nothing but a new version", bare);
  accept("delta: nothing, of the base's own version", { ...bare, version: NOW });
  accept(LOCK_DOWN, { ...bare, lockState: LockState.lockDown });
  accept(HOLD_OPEN, { ...bare, lockState: LockState.holdOpen, throttleReset: 0xffff_ffff });
  accept("delta with a policy", { ...bare, policy: POLICY });
  accept("delta with a policy of one output", { ...bare, policy: BASE.manifest.policy, released: true });
  book.accept("delta", "delta once more", signedMap(encodeDelta(full)), undefined, { delta: FULL });
  accept("delta that takes everything back", { ...bare, version: VERSION + 1 }, { delta: FULL });
  const refuse = (name: string, code: ProtocolErrorCode, bytes: Uint8Array, given?: Given): void => book.refuse("delta", `delta ${name}`, code, bytes, given);
  refuse("of the active version that is another", "old-version", signed({}), { delta: FULL });
  refuse("older than the active one", "old-version", signed({ version: VERSION - 1 }), { delta: FULL });
  refuse("of an older epoch", "old-epoch", signed({ epoch: 0 }));
  refuse("of an epoch to come", "future-epoch", signed({ epoch: 2 }));
  refuse("on another base", "wrong-base", signed({ base: NOW + 1 }), { base: NOW + 1 });
  refuse("on another base, and not newer than the active one", "old-version", signed({ base: NOW - 1, version: VERSION }), { delta: FULL, base: NOW - 1 });
  refuse("on the topic of another base", "wrong-base", signed({}), { base: NOW + 1 });
  refuse("with the hash of another manifest", "bad-hash", signed({ manifestHash: fill(8, 1) }));
  refuse("older than its base", "malformed", signed({ version: NOW - 1 }));
  refuse("signed by the lease key", "wrong-key", mint.sign(encodeDelta(bare), "delta", mint.leaseKey));
  refuse("signed for another door", "bad-signature", mint.sign(encodeDelta(bare), "delta", mint.listKey, OTHER_DOOR));
  refuse("signed as a manifest", "bad-signature", mint.sign(encodeDelta(bare), "manifest"));
  refuse("with a flipped bit in its signature", "bad-signature", flip(signed({}), -1));
  book.refuse("delta", "delta of 4,001 bytes", "too-large", signed({}), undefined, 4_001 - signed({}).length);
  mintForms(refuse);
  mintContents(refuse);
}

type Refuse = (name: string, code: ProtocolErrorCode, bytes: Uint8Array, given?: Given) => void;

function mintForms(refuse: Refuse): void {
  const payload = encodeDelta(bare);
  const field = (name: string, code: ProtocolErrorCode, key: number, value: Uint8Array): void => refuse(name, code, signedMap(withField(payload, key, value)));
  for (const [name, map] of encodingFaults(payload, 1).slice(0, 5)) refuse(`with ${name}`, "malformed", signedMap(map));
  for (const key of [5, 6, 7, 8]) field(`with field ${key} written out, and empty`, "malformed", key, byteString(new Uint8Array(0)));
  for (const key of [9, 10, 12]) field(`with field ${key} written out, and 0`, "malformed", key, unsigned(0));
  policies((name, code, map) => field(`with a policy ${name}`, code, 11, map));
  field("released twice over", "malformed", 12, unsigned(2));
  field("with a lock state that nobody knows", "malformed", 9, unsigned(3));
  field("of version 2^63", "malformed", 3, wide(2n ** 63n));
  field("with a hash of nine bytes", "too-large", 4, byteString(fill(9, 1)));
  refuse("with another algorithm in its protected header", "malformed", coseWith(payload, mint.listKey, "delta", mint.door, { protectedHeader: Uint8Array.of(0xa1, 0x01, 0x26) }));
}

function policies(refuse: (name: string, code: ProtocolErrorCode, map: Uint8Array) => void): void {
  const writer = new CborWriter();
  encodePolicy(writer, POLICY);
  const map = writer.finish();
  const field = (name: string, code: ProtocolErrorCode, key: number, value: Uint8Array): void => refuse(name, code, withField(map, key, value));
  field("of no seconds", "malformed", 1, unsigned(0));
  field("of 61 seconds", "malformed", 1, unsigned(61));
  field("of a fourth class", "malformed", 2, unsigned(8));
  field("of three digits", "malformed", 3, unsigned(3));
  field("of two further outputs", "malformed", 4, byteString(Uint8Array.of(5, 5)));
  field("of four further outputs", "too-large", 4, byteString(Uint8Array.of(5, 5, 5, 5)));
  field("whose outputs say nothing", "malformed", 4, byteString(Uint8Array.of(0, 0, 0)));
  field("with an output of 61 seconds", "malformed", 4, byteString(Uint8Array.of(0, 61, 0)));
  field("whose hours are rule 1,024", "malformed", 5, unsigned(1_025));
  field("whose hours are written out, and 0", "malformed", 5, unsigned(0));
  field("with a first-in class that nobody knows", "malformed", 6, unsigned(8));
  field("with an eighth field", "malformed", 8, unsigned(1));
}

function mintContents(refuse: Refuse): void {
  const payload = encodeDelta(bare);
  const tombstones = (name: string, code: ProtocolErrorCode, ...bytes: number[]): void => refuse(name, code, signedMap(withField(payload, 5, byteString(Uint8Array.from(bytes)))));
  tombstones("with a tombstone beyond the base", "malformed", (BASE.rows.length & 127) | 128, BASE.rows.length >> 7);
  tombstones("with a tombstone not in its shortest form", "malformed", 0x81, 0x00);
  tombstones("with a tombstone of four bytes", "malformed", 0x81, 0x80, 0x80, 0x01);
  tombstones("with a tombstone that ends in the middle", "malformed", 0x01, 0x80);
  tombstones("with 2,001 tombstones", "too-large", ...Array<number>(2_001).fill(0));
  const [first, second] = sortRows(fillerRows(2));
  refuse("with rows out of order", "malformed", signed({ added: concat(second, first) }));
  refuse("with a row twice", "malformed", signed({ added: concat(first, first) }));
  refuse("with a row and a half", "malformed", signed({ added: concat(first, second.subarray(4)) }));
  refuse("with a row of kind 7", "malformed", signed({ added: put(first, 7, 7) }));
  refuse("with a row whose profile does not exist", "malformed", signed({ added: put(first, 6, PROFILES.length) }));
  const next = PROFILES.length;
  refuse("with a gap in its profiles", "malformed", signed({ profiles: profileEntry([next + 1, RESIDENT]) }));
  refuse("with a gap behind a profile that it adds", "malformed", signed({ profiles: concat(profileEntry([next, RESIDENT]), profileEntry([next + 2, RESIDENT])) }));
  refuse("with profiles that descend", "malformed", signed({ profiles: concat(profileEntry([1, RESIDENT]), profileEntry([0, STAFF])) }));
  refuse("with a profile twice", "malformed", signed({ profiles: concat(profileEntry([1, RESIDENT]), profileEntry([1, STAFF])) }));
  refuse("with a profile of class 3", "malformed", signed({ profiles: put(profileEntry([0, RESIDENT]), 12, 0x13) }));
  refuse("with a profile and a half", "malformed", signed({ profiles: concat(profileEntry([0, RESIDENT]), fill(7, 0)) }));
  const [, rule] = NEW_RULE;
  refuse("with a gap in its rules", "malformed", signed({ rules: ruleEntry([RULES.length + 1, rule]) }));
  refuse("with rules that descend", "malformed", signed({ rules: concat(ruleEntry([1, rule]), ruleEntry([0, rule])) }));
  refuse("with a rule that ends before it starts", "malformed", signed({ rules: ruleEntry([0, { ...rule, end: rule.start - 1 }]) }));
  refuse("with a rule that ends after 48:00", "malformed", signed({ rules: ruleEntry([0, { ...rule, end: 2_881 }]) }));
  refuse("with a rule that starts at 24:00", "malformed", signed({ rules: ruleEntry([0, { ...rule, start: 1_440, end: 1_500 }]) }));
  refuse("with a rule whose second byte is not 0", "malformed", signed({ rules: put(ruleEntry([0, rule]), 3, 1) }));
}
