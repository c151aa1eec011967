import { compareBytes, writeU32 } from "../../protocol/bytes";
import { buildAccessList, lookUp, openAccessList, profileAt, scheduleRuleAt, sortRows, type AccessList, type BodyReader } from "../../protocol/access-list";
import { CredentialKind } from "../../protocol/credential";
import { checkDelta, decodeDelta, encodeDelta, encodePoolEntry, LockState, type Delta } from "../../protocol/delta";
import type { Hashes } from "../../protocol/hashes";
import { ALTERNATIVES_MAX, PAGE_BYTES, ROW_BYTES } from "../../protocol/limits";
import { diffRows } from "../../protocol/list-diff";
import { DEFAULT_POLICY } from "../../protocol/door-policy";
import { type Manifest } from "../../protocol/manifest";
import { ALWAYS, encodeProfile, HolderClass, NO_END, type Profile } from "../../protocol/profile";
import { decodeRow, encodeRow, type Row } from "../../protocol/row";
import type { ScheduleRule } from "../../protocol/schedule";
import type { Cases } from "../support/cases";

const ALWAYS_OPEN: Profile = { notBefore: 0, notAfter: NO_END, schedule: ALWAYS, holderClass: HolderClass.resident, outputs: 1, maxUses: 0 };
const RULE: ScheduleRule = { days: 31, start: 480, end: 1_020, next: 0xffff };

/** Numbers that look random and are the same at every run. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
}

function row(number: number, changes: Partial<Row> = {}): Row {
  const tag = new Uint8Array(5);
  writeU32(tag, 0, number);
  return { tag, profile: 0, kind: CredentialKind.pin, needsSecondPin: false, duress: false, suspended: false, useCounter: 0, ...changes };
}

interface OpenOptions {
  delta?: Delta;
  damaged?: number[];
  profiles?: Profile[];
  onRead?: () => void;
}

function open(hashes: Hashes, rows: Row[], { delta, damaged = [], profiles = [ALWAYS_OPEN], onRead }: OpenOptions = {}): AccessList {
  const built = buildAccessList(hashes, { rows, profiles, rules: [RULE] });
  const body: BodyReader = {
    read(offset, length) {
      onRead?.();
      return built.body.subarray(offset, offset + length);
    },
    isSound: (page) => !damaged.includes(page),
  };
  const manifest: Manifest = {
    door: new Uint8Array(8),
    epoch: 1,
    version: 10,
    issuedAt: 0,
    rows: rows.length,
    profiles: profiles.length,
    rules: 1,
    pagesHash: built.pagesHash,
    policy: DEFAULT_POLICY,
    utcOffsets: new Uint8Array(5),
    holidays: new Uint8Array(0),
  };
  if (delta !== undefined) checkDelta(delta, manifest);
  return openAccessList(manifest, delta, body);
}

const NO_CHANGE: Delta = {
  epoch: 1,
  base: 10,
  version: 11,
  manifestHash: new Uint8Array(8),
  tombstones: new Uint16Array(0),
  added: new Uint8Array(0),
  profiles: new Uint8Array(0),
  rules: new Uint8Array(0),
  lockState: LockState.normal,
  throttleReset: 0,
      policy: undefined,
      released: false,
};

export const cases: Cases = {
  "access list: every row of lists of any size is found, and nothing else": (assert, { hashes }) => {
    for (const size of [0, 1, 2, 511, 512, 513, 1_024, 1_300]) {
      const rows = Array.from({ length: size }, (_, index) => row(index * 3 + 1));
      const list = open(hashes, rows);
      for (let index = 0; index < size; index += size > 600 ? 7 : 1) {
        assert.is(lookUp(list, rows[index].tag, CredentialKind.pin).length, 1);
        assert.is(lookUp(list, row(index * 3 + 2).tag, CredentialKind.pin).length, 0);
      }
      assert.is(lookUp(list, row(0).tag, CredentialKind.pin).length, 0);
    }
  },

  "access list: 10,000 rows cost at most 15 reads a look-up": (assert, { hashes }) => {
    let reads = 0;
    const rows = Array.from({ length: 10_000 }, (_, index) => row(index * 5));
    const list = open(hashes, rows, { onRead: () => (reads += 1) });
    for (let index = 0; index < 10_000; index += 97) {
      reads = 0;
      assert.is(lookUp(list, rows[index].tag, CredentialKind.pin).length, 1);
      // Nine or ten in the page, the row itself and the one after it; a row that begins a page is found in the one before.
      assert.true(reads <= 15, `${reads} reads`);
    }
  },

  "access list: alternatives under one tag are found across a page's end, up to their bound": (assert, { hashes }) => {
    const before = Array.from({ length: 509 }, (_, index) => row(index));
    const alternatives = Array.from({ length: 12 }, (_, profile) => row(1_000, { profile }));
    const profiles = Array.from({ length: 12 }, () => ALWAYS_OPEN);
    const list = open(hashes, [...before, ...alternatives, row(2_000)], { profiles });
    const found = lookUp(list, row(1_000).tag, CredentialKind.pin);
    assert.deepEqual(
      found.map(({ profile }) => profile),
      [0, 1, 2, 3, 4, 5, 6, 7].slice(0, ALTERNATIVES_MAX),
    );
  },

  "access list: a card's tag opens nothing as a PIN": (assert, { hashes }) => {
    const list = open(hashes, [row(7, { kind: CredentialKind.card })]);
    assert.is(lookUp(list, row(7).tag, CredentialKind.pin).length, 0);
    assert.is(lookUp(list, row(7).tag, CredentialKind.card).length, 1);
  },

  "access list: rows of a damaged page open nothing, their neighbours still do": (assert, { hashes }) => {
    const rows = Array.from({ length: 1_600 }, (_, index) => row(index));
    const list = open(hashes, rows, { damaged: [1] });
    for (let index = 0; index < 1_600; index += 13) {
      const damaged = index >= 512 && index < 1_024;
      assert.is(lookUp(list, rows[index].tag, CredentialKind.pin).length, damaged ? 0 : 1, `row ${index}`);
    }
  },

  "access list: base and delta together say what the new list says": (assert, { hashes }) => {
    const random = generator(7);
    for (let round = 0; round < 12; round++) {
      const base = Array.from({ length: random() % 700 }, (_, index) => row(index * 4));
      const target = base.filter(() => random() % 5 > 0);
      const extra = random() % 40;
      for (let i = 0; i < extra; i++) target.push(row(((random() % 900) * 4 + 1) >>> 0, { suspended: i % 7 === 0 }));
      const unique = sortRows(target)
        .filter((bytes, index, all) => index === 0 || compareBytes(bytes, all[index - 1]) !== 0)
        .map(decodeRow);
      const delta = decodeDelta(encodeDelta({ ...NO_CHANGE, ...diffRows(sortRows(base), sortRows(unique)) }));
      const list = open(hashes, base, { delta });
      const naive = (tag: Uint8Array): Row[] => unique.filter((candidate) => compareBytes(candidate.tag, tag) === 0);
      for (let number = 0; number < 2_900; number += 1 + (random() % 11)) {
        const { tag } = row(number);
        assert.deepEqual(lookUp(list, tag, CredentialKind.pin).map(encodeRow), naive(tag).map(encodeRow), `round ${round}, row ${number}`);
      }
    }
  },

  "access list: a delta replaces and adds profiles and rules by index": (assert, { hashes }) => {
    const ended = { ...ALWAYS_OPEN, notAfter: 99 };
    const profiles = new Uint8Array([...encodePoolEntry(0, encodeProfile(ended)), ...encodePoolEntry(1, encodeProfile({ ...ended, maxUses: 3 }))]);
    const list = open(hashes, [row(1)], { delta: { ...NO_CHANGE, profiles } });
    assert.is(profileAt(list, 0)?.notAfter, 99);
    assert.is(profileAt(list, 1)?.maxUses, 3);
    assert.is(profileAt(list, 2), undefined);
    assert.deepEqual(scheduleRuleAt(list, 0), RULE);
    assert.is(scheduleRuleAt(list, 1), undefined);
  },

  "access list: one revocation takes few bytes, 38 of 10,000 under 120": (assert) => {
    const size = (count: number): number => encodeDelta({ ...NO_CHANGE, base: 1_900_000_000, version: 1_900_000_100, tombstones: Uint16Array.from({ length: count }, (_, index) => index * 263 + 200) }).length;
    assert.true(size(1) <= 59, `${size(1)}`);
    assert.true(size(38) <= 119, `${size(38)}`);
  },

  "access list: a delta that does not fit its base is malformed": (assert, { hashes }) => {
    const added = (rows: Row[]): Uint8Array => new Uint8Array(rows.flatMap((one) => [...encodeRow(one)]));
    const faults: Record<string, Partial<Delta>> = {
      "a tombstone beyond the base": { tombstones: Uint16Array.of(2) },
      "an added row of an unknown profile": { added: added([row(9, { profile: 1 })]) },
      "an added row of an unknown kind": { added: new Uint8Array(ROW_BYTES) },
      "added rows out of order": { added: added([row(9), row(8)]) },
      "the same row added twice": { added: added([row(9), row(9)]) },
      "half a row": { added: new Uint8Array(4) },
      "a profile that leaves a gap": { profiles: encodePoolEntry(2, encodeProfile(ALWAYS_OPEN)) },
      "a profile of class 3": { profiles: encodePoolEntry(0, new Uint8Array(12).fill(3)) },
      "a rule that ends before it starts": { rules: encodePoolEntry(0, new Uint8Array(8)) },
    };
    for (const [fault, change] of Object.entries(faults)) {
      assert.throws(() => open(hashes, [row(1), row(2)], { delta: { ...NO_CHANGE, ...change } }), "malformed", fault);
    }
  },

  "access list: tombstones in a longer form than needed, or out of range, are malformed": (assert) => {
    const withTombstones = (...gaps: number[]): Uint8Array => {
      const encoded = encodeDelta({ ...NO_CHANGE, added: Uint8Array.from(gaps) });
      const at = encoded.lastIndexOf(6); // turn field 6 into field 5: its bytes become the tombstones
      encoded[at] = 5;
      return encoded;
    };
    assert.deepEqual([...decodeDelta(withTombstones(0x07, 0x80, 0x01)).tombstones], [7, 136]);
    for (const gaps of [[0x80, 0x00], [0x80], [0xff, 0xff, 0x7f], [0x80, 0x80, 0x80, 0x01]]) {
      assert.throws(() => decodeDelta(withTombstones(...gaps)), "malformed", String(gaps));
    }
  },

  "access list: a body is cut into pages of 4,096 bytes, each with its hash": (assert, { hashes }) => {
    const built = buildAccessList(hashes, { rows: Array.from({ length: 600 }, (_, index) => row(index)), profiles: [ALWAYS_OPEN], rules: [RULE] });
    assert.deepEqual(
      built.pages.map(({ length }) => length),
      [PAGE_BYTES, 600 * ROW_BYTES + 12 + 8 - PAGE_BYTES],
    );
    assert.deepEqual(built.pageHashes.slice(32), hashes.sha256(built.pages[1]));
    assert.deepEqual(built.pagesHash, hashes.sha256(built.pageHashes));
  },
};
