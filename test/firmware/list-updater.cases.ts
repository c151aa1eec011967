import { concat, readU32 } from "../../protocol/bytes";
import { encodeSign1, keyId, parseSigned, signingContext } from "../../protocol/cose-sign1";
import { decodeManifestMessage, encodeManifestMessage } from "../../protocol/manifest-message";
import { DELTA_BYTES_MAX, PAGE_BYTES, ROW_BYTES } from "../../protocol/limits";
import { LockState } from "../../protocol/delta";
import { ProtocolError } from "../../protocol/protocol-error";
import type { Row } from "../../protocol/row";
import { deltaSector, slotHead } from "../../firmware/flash-layout";
import { SECTOR_BYTES } from "../../firmware/limits";
import type { Work } from "../../firmware/work-queue";
import type { Cases } from "../support/cases";
import type { Assert } from "../support/portable-assert";
import { ListRig } from "../support/list-rig";
import { fillerRow, fillerRows, Mint, testKey, type MintedSnapshot } from "../support/mint";
import type { Hashes } from "../../protocol/hashes";

const FILLER = fillerRows(600); // two pages
const VERSION = 70_000; // large enough for CBOR's form of five bytes

/** A door with a base, a delta on it, and the first page of a new base. */
function doorUnderWay(hashes: Hashes): { rig: ListRig; mint: Mint; base: MintedSnapshot; next: MintedSnapshot; delta: Uint8Array } {
  const rig = new ListRig({ hashes });
  const { mint } = rig;
  rig.claim();
  const base = mint.snapshot({ version: VERSION, rows: [...FILLER, mint.pinRow("111111"), mint.pinRow("222222")] });
  rig.fetch(base);
  const delta = mint.delta(base, { version: VERSION + 2, rows: [...FILLER, mint.pinRow("111111"), mint.pinRow("333333")] });
  rig.apply(base, delta);
  const next = mint.snapshot({ version: VERSION + 20, rows: [...FILLER, mint.pinRow("111111")] });
  rig.run(rig.updater.receiveManifest(next.message));
  rig.run(rig.updater.receivePage(0, next.pages[0]));
  return { rig, mint, base, next, delta };
}

/** Refused, by that name if one is given; and list, need and every memory stay as they were. */
function refused(assert: Assert, rig: ListRig, what: string, code: string | undefined, work: () => Work): void {
  const before = { steps: rig.supply.steps, active: rig.active, need: rig.updater.nextNeed(), heard: rig.activations.length };
  const error = assert.throws(() => rig.run(work()), code, what);
  assert.true(error instanceof ProtocolError, what);
  assert.deepEqual({ steps: rig.supply.steps, active: rig.active, need: rig.updater.nextNeed(), heard: rig.activations.length }, before, what);
}

function unchanged(assert: Assert, rig: ListRig, what: string, work: () => Work): void {
  const before = { steps: rig.supply.steps, active: rig.active, need: rig.updater.nextNeed(), heard: rig.activations.length };
  rig.run(work());
  assert.deepEqual({ steps: rig.supply.steps, active: rig.active, need: rig.updater.nextNeed(), heard: rig.activations.length }, before, what);
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at < 0 ? copy.length + at : at] ^= 1;
  return copy;
}

function payloadOf(mint: Mint, message: Uint8Array, object: "manifest" | "delta"): Uint8Array {
  const signed = object === "manifest" ? decodeManifestMessage(message).signed : message;
  return parseSigned(signed, signingContext(object, mint.door), signed.length).payload;
}

/** A map's payload with one more key at its end. */
function withField(payload: Uint8Array, key: number): Uint8Array {
  return concat(Uint8Array.of(payload[0] + 1), payload.subarray(1), Uint8Array.of(key, 1));
}

/** A payload whose version (key 3, five bytes) is 2^63. */
function withHugeVersion(payload: Uint8Array, version: number): Uint8Array {
  for (let at = 0; at < payload.length; at++) {
    if (payload[at] === 3 && payload[at + 1] === 0x1a && readU32(payload, at + 2) === version) {
      return concat(payload.subarray(0, at + 1), Uint8Array.of(0x1b, 0x80, 0, 0, 0, 0, 0, 0, 0), payload.subarray(at + 6));
    }
  }
  throw new Error("no such version");
}

/** Signed by a stranger who names the list key. */
function underFalseName(hashes: Hashes, mint: Mint, payload: Uint8Array, object: "manifest" | "delta"): Uint8Array {
  const message = mint.sign(payload, object, testKey(99));
  const { signature } = parseSigned(message, signingContext(object, mint.door), message.length);
  return encodeSign1(payload, keyId(hashes, mint.listKey.publicKey), signature);
}

export const cases: Cases = {
  "a snapshot arrives page by page, then deltas, and all of it survives a reboot"(assert, { hashes }) {
    const rig = new ListRig({ hashes });
    const { mint } = rig;
    rig.claim();
    assert.is(rig.active, "none");
    assert.is(rig.updater.nextNeed(), undefined);
    const base = mint.snapshot({ version: 10, rows: [...FILLER, mint.pinRow("123456"), mint.pinRow("222222", 1)] });
    assert.is(base.pages.length, 2);
    rig.run(rig.updater.receiveManifest(base.message));
    assert.deepEqual(rig.updater.nextNeed(), { page: { epoch: 1, version: 10, number: 0 } });
    rig.run(rig.updater.receivePage(1, base.pages[1])); // any order will do
    assert.deepEqual(rig.updater.nextNeed(), { page: { epoch: 1, version: 10, number: 0 } });
    assert.is(rig.active, "none");
    rig.run(rig.updater.receivePage(0, base.pages[0]));
    assert.is(rig.active, "1.10");
    assert.is(rig.updater.nextNeed(), undefined);
    assert.true(rig.knows("123456"));
    assert.false(rig.knows("333333"));
    rig.apply(base, mint.delta(base, { version: 11, rows: [...FILLER, mint.pinRow("123456"), mint.pinRow("333333")] }));
    rig.apply(base, mint.delta(base, { version: 12, rows: [...FILLER, mint.pinRow("333333")] }));
    for (const when of ["now", "after a reboot"]) {
      assert.is(rig.active, "1.12", when);
      assert.deepEqual([rig.knows("123456"), rig.knows("222222"), rig.knows("333333")], [false, false, true], when);
      assert.deepEqual(rig.store.active!.manifestHash, base.hash, when);
      const { steps } = rig.supply;
      rig.boot();
      assert.is(rig.supply.steps, steps, "a boot with nothing to repair writes nothing");
    }
    assert.deepEqual(rig.activations, ["1.10", "1.11", "1.12"]);
  },

  "an empty list is a list"(assert, { hashes }) {
    const rig = new ListRig({ hashes });
    rig.claim();
    rig.fetch(rig.mint.snapshot({ version: 3, profiles: [] }));
    assert.is(rig.active, "1.3");
    rig.boot();
    assert.is(rig.active, "1.3");
    assert.false(rig.knows("123456"));
  },

  "manifests are refused by name, and nothing is written"(assert, { hashes }) {
    const { rig, mint, next } = doorUnderWay(hashes);
    const refuse = (what: string, code: string, message: Uint8Array): void => refused(assert, rig, what, code, () => rig.updater.receiveManifest(message));
    const good = mint.snapshot({ version: VERSION + 30 });
    const payload = payloadOf(mint, good.message, "manifest");
    const { pageHashes, signed } = decodeManifestMessage(good.message);
    const message = (signed: Uint8Array): Uint8Array => encodeManifestMessage({ signed, pageHashes });

    refuse("older than the base", "old-version", mint.snapshot({ version: VERSION - 1 }).message);
    refuse("other content under the base's version", "old-version", mint.snapshot({ version: VERSION }).message);
    refuse("older than what is under way", "old-version", mint.snapshot({ version: VERSION + 19 }).message);
    refuse("other content under the version under way", "old-version", mint.snapshot({ version: VERSION + 20 }).message);
    refuse("version 0", "old-version", mint.snapshot({ version: 0 }).message);
    refuse("an old epoch", "old-epoch", mint.snapshot({ version: VERSION + 30, epoch: 0 }).message);
    refuse("a future epoch", "future-epoch", mint.snapshot({ version: VERSION + 30, epoch: 2 }).message);
    const neighbour = new Mint(hashes, new Uint8Array(8).fill(0xdd));
    refuse("another door's", "wrong-door", neighbour.snapshot({ version: VERSION + 30 }).message);
    refuse("signed for another door", "bad-signature", neighbour.snapshot({ version: VERSION + 30, door: mint.door }).message);
    refuse("a delta's signature", "bad-signature", message(mint.sign(payload, "delta")));
    refuse("another page-hash list", "bad-hash", encodeManifestMessage({ signed, pageHashes: flipped(pageHashes, 0) }));
    refuse("a page hash too many", "bad-hash", encodeManifestMessage({ signed, pageHashes: concat(pageHashes, pageHashes) }));
    refuse("a flipped bit in the signature", "bad-signature", message(flipped(signed, -1)));
    refuse("a flipped bit in the key's name", "wrong-key", message(flipped(signed, 9)));
    refuse("another key", "wrong-key", message(mint.sign(payload, "manifest", testKey(99))));
    refuse("another key under a false name", "bad-signature", message(underFalseName(hashes, mint, payload, "manifest")));
    refuse("the lease key", "wrong-key", message(mint.sign(payload, "manifest", mint.leaseKey)));
    refuse("an unknown field", "malformed", message(mint.sign(withField(payload, 12), "manifest")));
    refuse("version 2^63", "malformed", message(mint.sign(withHugeVersion(payload, VERSION + 30), "manifest")));
    for (const length of [0, 1, 40, good.message.length - 1]) refuse(`cut to ${length}`, "malformed", good.message.subarray(0, length));
    refuse("a byte too many", "malformed", concat(good.message, Uint8Array.of(0)));
    refuse("too long", "too-large", new Uint8Array(2_100));
    for (let at = 0; at < good.message.length; at += 61) refused(assert, rig, `bit ${8 * at}`, undefined, () => rig.updater.receiveManifest(flipped(good.message, at)));

    unchanged(assert, rig, "the one under way again", () => rig.updater.receiveManifest(next.message));
    assert.is(rig.active, `1.${VERSION + 2}`);
    rig.sendPages(next);
    assert.is(rig.active, `1.${VERSION + 20}`);
    unchanged(assert, rig, "the active one again", () => rig.updater.receiveManifest(next.message));
    rig.fetch(good);
    assert.is(rig.active, `1.${VERSION + 30}`);
  },

  "pages are refused by name, and nothing is written"(assert, { hashes }) {
    const { rig, mint, base, next } = doorUnderWay(hashes);
    const refuse = (what: string, code: string, number: number, bytes: Uint8Array): void => refused(assert, rig, what, code, () => rig.updater.receivePage(number, bytes));
    refuse("one that is there", "not-asked-for", 0, next.pages[0]);
    refuse("one past the end", "not-asked-for", 2, next.pages[1]);
    for (const number of [-1, 32, 33, 0.5, NaN]) refuse(`number ${number}`, "not-asked-for", number, next.pages[1]);
    refuse("a flipped bit", "bad-hash", 1, flipped(next.pages[1], 5));
    refuse("cut off", "bad-hash", 1, next.pages[1].subarray(0, -1));
    refuse("empty", "bad-hash", 1, new Uint8Array(0));
    refuse("a byte too many", "bad-hash", 1, concat(next.pages[1], Uint8Array.of(0)));
    refuse("another list's", "bad-hash", 1, base.pages[1]);
    refuse("too long", "too-large", 1, new Uint8Array(PAGE_BYTES + 1));
    rig.sendPages(next);
    assert.is(rig.active, `1.${VERSION + 20}`);
    refuse("nothing under way", "not-asked-for", 1, next.pages[1]);
    const unclaimed = new ListRig({ hashes, mint });
    refused(assert, unclaimed, "nobody to trust", "wrong-key", () => unclaimed.updater.receiveManifest(next.message));
    refused(assert, unclaimed, "nobody to trust", "not-asked-for", () => unclaimed.updater.receivePage(0, next.pages[0]));
  },

  "deltas are refused by name, and nothing is written"(assert, { hashes }) {
    const { rig, mint, base, next, delta } = doorUnderWay(hashes);
    const refuse = (what: string, code: string, message: Uint8Array, topic = VERSION): void => refused(assert, rig, what, code, () => rig.updater.receiveDelta(topic, message));
    const good = mint.delta(base, { version: VERSION + 3, rows: [...FILLER, mint.pinRow("333333")] });
    const payload = payloadOf(mint, good, "delta");

    refuse("an older one", "old-version", mint.delta(base, { version: VERSION + 1 }));
    refuse("other content under the active version", "old-version", mint.delta(base, { version: VERSION + 2 }));
    refuse("an older one of another base", "old-version", mint.delta(base, { version: VERSION + 1, base: VERSION - 9 }), VERSION - 9);
    refuse("an equal one of another base", "old-version", mint.delta(base, { version: VERSION + 2, base: VERSION - 9 }), VERSION - 9);
    refuse("a newer one of another base", "wrong-base", mint.delta(base, { version: VERSION + 3, base: VERSION - 9 }), VERSION - 9);
    refuse("by another base's topic", "wrong-base", good, VERSION - 9);
    refuse("by no topic", "wrong-base", good, NaN);
    refuse("another manifest's", "bad-hash", mint.delta(base, { version: VERSION + 3, manifestHash: next.hash }));
    refuse("an old epoch", "old-epoch", mint.delta(base, { version: VERSION + 3, epoch: 0 }));
    refuse("a future epoch", "future-epoch", mint.delta(base, { version: VERSION + 3, epoch: 2 }));
    refuse("another door's", "bad-signature", new Mint(hashes, new Uint8Array(8).fill(0xdd)).delta(base, { version: VERSION + 3 }));
    refuse("a manifest's signature", "bad-signature", mint.sign(payload, "manifest"));
    refuse("a flipped bit in the signature", "bad-signature", flipped(good, -1));
    refuse("a flipped bit in the key's name", "wrong-key", flipped(good, 9));
    refuse("another key", "wrong-key", mint.sign(payload, "delta", testKey(99)));
    refuse("another key under a false name", "bad-signature", underFalseName(hashes, mint, payload, "delta"));
    refuse("an unknown field", "malformed", mint.sign(withField(payload, 11), "delta"));
    refuse("version 2^63", "malformed", mint.sign(withHugeVersion(payload, VERSION + 3), "delta"));
    refuse("a version below its base's", "malformed", mint.delta(base, { version: VERSION + 3, base: VERSION + 9 }), VERSION + 9);
    refuse("a tombstone that no row has", "malformed", mint.delta(base, { version: VERSION + 3, tombstones: Uint16Array.of(602) }));
    refuse("an added row of no profile", "malformed", mint.delta(base, { version: VERSION + 3, rows: [fillerRow(5, 3)] }));
    for (const length of [0, 1, 60, good.length - 1]) refuse(`cut to ${length}`, "malformed", good.subarray(0, length));
    refuse("too long", "too-large", new Uint8Array(DELTA_BYTES_MAX + 1));
    for (let at = 0; at < good.length; at += 31) refused(assert, rig, `bit ${8 * at}`, undefined, () => rig.updater.receiveDelta(VERSION, flipped(good, at)));

    unchanged(assert, rig, "the active one again", () => rig.updater.receiveDelta(VERSION, delta));
    unchanged(assert, rig, "one for a snapshot that lacks pages", () => rig.updater.receiveDelta(VERSION + 20, mint.delta(next, { version: VERSION + 21 })));
    rig.apply(base, good);
    assert.is(rig.active, `1.${VERSION + 3}`);
    assert.false(rig.knows("111111"));
  },

  "X1: a rebase in the middle of revocations undoes none and does not get stuck"(assert, { hashes }) {
    const rig = new ListRig({ hashes });
    const { mint } = rig;
    const pins = ["111111", "222222", "333333"];
    const rows = (from: number) => [...FILLER, ...pins.slice(from).map((pin) => mint.pinRow(pin))];
    rig.claim();
    const old = mint.snapshot({ version: 10, rows: rows(0) });
    rig.fetch(old);
    const base = mint.snapshot({ version: 20, rows: rows(0) });
    rig.run(rig.updater.receiveManifest(base.message));
    rig.apply(old, mint.delta(old, { version: 21, rows: rows(1) }));
    rig.sendPages(base);
    assert.is(rig.active, "1.21", "the new base would bring 111111 back");
    assert.deepEqual(rig.updater.nextNeed(), { deltaBase: 20 });
    rig.boot();
    assert.deepEqual(rig.updater.nextNeed(), { deltaBase: 20 }, "it waits across a reboot");
    rig.apply(old, mint.delta(old, { version: 22, rows: rows(2) }));
    refused(assert, rig, "a delta that does not reach", "old-version", () => rig.updater.receiveDelta(20, mint.delta(base, { version: 21, rows: rows(1) })));
    assert.is(rig.active, "1.22");
    rig.apply(base, mint.delta(base, { version: 22, rows: rows(2) }));
    assert.is(rig.active, "1.22");
    assert.deepEqual(rig.store.active!.manifestHash, base.hash);
    assert.deepEqual(pins.map((pin) => rig.knows(pin)), [false, false, true]);
    assert.is(rig.updater.nextNeed(), undefined);
    rig.boot();
    assert.deepEqual(rig.store.active!.manifestHash, base.hash);
    refused(assert, rig, "the old base is over", "wrong-base", () => rig.updater.receiveDelta(10, mint.delta(old, { version: 23, rows: rows(2) })));
    refused(assert, rig, "the old base is over", "old-version", () => rig.updater.receiveManifest(old.message));
    rig.apply(base, mint.delta(base, { version: 23, rows: rows(3) }));
    assert.deepEqual(pins.map((pin) => rig.knows(pin)), [false, false, false]);
    assert.deepEqual(rig.activations, ["1.10", "1.21", "1.22", "1.22", "1.23"]);
  },

  "a newer snapshot takes the place of the one under way, and pages that it shares are not fetched again"(assert, { hashes }) {
    const { rig, mint, next } = doorUnderWay(hashes);
    const newer = mint.snapshot({ version: VERSION + 40, rows: [...FILLER, mint.pinRow("111111"), mint.pinRow("444444")] });
    rig.run(rig.updater.receiveManifest(newer.message));
    assert.is(rig.neededPage(), 1);
    refused(assert, rig, "the one before", "old-version", () => rig.updater.receiveManifest(next.message));
    rig.sendPages(newer);
    assert.is(rig.active, `1.${VERSION + 40}`);
    assert.true(rig.knows("444444"));
  },

  "a snapshot goes on after a reboot with the pages that are there"(assert, { hashes }) {
    const { rig, next } = doorUnderWay(hashes);
    rig.start();
    assert.is(rig.updater.nextNeed(), undefined);
    const { steps } = rig.supply;
    rig.run(rig.updater.resume());
    assert.is(rig.supply.steps, steps);
    assert.is(rig.neededPage(), 1);
    rig.run(rig.updater.receivePage(1, next.pages[1]));
    assert.is(rig.active, `1.${VERSION + 20}`);
  },

  "a snapshot under way whose head a cut left in one copy has two again after the next boot"(assert, { hashes }) {
    const { rig, mint } = doorUnderWay(hashes);
    const newer = mint.snapshot({ version: VERSION + 40, rows: [...FILLER, mint.pinRow("444444")] });
    const { index } = rig.store.spareSlot();
    const before = rig.flash.erases[slotHead(index, 1)];
    const work = rig.updater.receiveManifest(newer.message);
    const written = (): number => rig.flash.unitWrites[slotHead(index, 0)];
    for (const start = written(); written() === start; ) work.next();
    assert.is(rig.flash.erases[slotHead(index, 1)], before);
    rig.supply.turnOff();
    rig.boot();
    assert.deepEqual(rig.updater.nextNeed(), { page: { epoch: 1, version: VERSION + 40, number: 1 } });
    rig.flash.flip(slotHead(index, 0) * SECTOR_BYTES + 40, 3);
    rig.boot();
    assert.deepEqual(rig.updater.nextNeed(), { page: { epoch: 1, version: VERSION + 40, number: 1 } });
    rig.sendPages(newer);
    assert.is(rig.active, `1.${VERSION + 40}`);
  },

  "X12: what a delta says of the whole door holds at once, without a reboot"(assert, { hashes }) {
    const rig = new ListRig({ hashes });
    const { mint } = rig;
    rig.claim();
    const base = mint.snapshot({ version: 10, rows: [mint.pinRow("111111")] });
    rig.fetch(base);
    const policy = { ...base.manifest.policy, unlockSeconds: 9 };
    rig.apply(base, mint.delta(base, { version: 11, lockState: LockState.lockDown, policy }));
    assert.is(rig.store.active!.list.lockState, LockState.lockDown);
    assert.is(rig.store.active!.list.policy.unlockSeconds, 9);
    rig.apply(base, mint.delta(base, { version: 12 }));
    assert.is(rig.store.active!.list.lockState, LockState.normal);
    assert.is(rig.store.active!.list.policy.unlockSeconds, base.manifest.policy.unlockSeconds);
  },

  "a delta of its base's own version takes the base's place, and no other does"(assert, { hashes }) {
    const rig = new ListRig({ hashes });
    const { mint } = rig;
    rig.claim();
    const base = mint.snapshot({ version: 10, rows: [mint.pinRow("111111")] });
    rig.fetch(base);
    rig.apply(base, mint.delta(base, { version: 10, lockState: LockState.lockDown }));
    assert.is(rig.store.active!.list.delta!.lockState, LockState.lockDown);
    refused(assert, rig, "another", "old-version", () => rig.updater.receiveDelta(10, mint.delta(base, { version: 10 })));
    unchanged(assert, rig, "the base again", () => rig.updater.receiveManifest(base.message));
    rig.boot();
    assert.is(rig.store.active!.list.delta!.lockState, LockState.lockDown);
    for (const copy of [0, 1]) rig.flash.flip(deltaSector(copy) * SECTOR_BYTES + 40, 3);
    rig.boot();
    assert.is(rig.active, "none", "the base alone has the version that was acknowledged, but not the lock-down");
    assert.true(rig.store.alarms.listLost);
    assert.deepEqual(rig.updater.nextNeed(), { deltaBase: 10 });
    rig.apply(base, mint.delta(base, { version: 11 }));
    assert.is(rig.active, "1.11");
    for (const copy of [0, 1]) rig.flash.flip(deltaSector(copy) * SECTOR_BYTES + 40, 3);
    rig.boot();
    assert.is(rig.active, "none");
  },

  "X12: a new base does not lift a lock-down: it waits for its delta"(assert, { hashes }) {
    const rig = new ListRig({ hashes });
    const { mint } = rig;
    rig.claim();
    const old = mint.snapshot({ version: 10, rows: [mint.pinRow("111111")] });
    rig.fetch(old);
    rig.apply(old, mint.delta(old, { version: 11, lockState: LockState.lockDown }));
    const base = mint.snapshot({ version: 12, rows: [mint.pinRow("111111")] });
    rig.fetch(base);
    assert.is(rig.active, "1.11");
    assert.deepEqual(rig.updater.nextNeed(), { deltaBase: 12 });
    const memory = rig.memory();
    rig.apply(base, mint.delta(base, { version: 12, lockState: LockState.lockDown }));
    assert.is(rig.active, "1.12");
    assert.is(rig.store.active!.list.delta!.lockState, LockState.lockDown);
    // The other way out: the lock-down ends on the old base.
    rig.restore(memory);
    rig.boot();
    rig.apply(old, mint.delta(old, { version: 12 }));
    assert.deepEqual(rig.store.active!.manifestHash, base.hash);
    assert.is(rig.active, "1.12");
    assert.is(rig.store.active!.list.delta, undefined);
  },

  "X12: nor does the first base of a new epoch"(assert, { hashes }) {
    const rig = new ListRig({ hashes });
    const { mint } = rig;
    rig.claim();
    const old = mint.snapshot({ version: 10, rows: [mint.pinRow("111111")] });
    rig.fetch(old);
    rig.apply(old, mint.delta(old, { version: 11, lockState: LockState.lockDown }));
    mint.epoch = 2;
    mint.listKey = testKey(12);
    rig.run(rig.keysets.receiveKeyset(mint.keyset(2)));
    const base = mint.snapshot({ version: 7, rows: [mint.pinRow("111111")] });
    rig.fetch(base);
    assert.is(rig.active, "1.11");
    assert.deepEqual(rig.updater.nextNeed(), { deltaBase: 7 });
    rig.apply(base, mint.delta(base, { version: 7 }));
    assert.is(rig.active, "2.7", "and this one has lifted it");
    assert.is(rig.store.active!.list.lockState, LockState.normal);
  },

  "a new epoch begins anew with any version, and withdraws what the old key signed"(assert, { hashes }) {
    const { rig, mint, base, next } = doorUnderWay(hashes);
    const old = { ...mint.listKey };
    mint.epoch = 2;
    mint.listKey = testKey(12);
    rig.run(rig.keysets.receiveKeyset(mint.keyset(2)));
    assert.is(rig.active, `1.${VERSION + 2}`, "the list stays");
    assert.is(rig.updater.nextNeed(), undefined);
    refused(assert, rig, "a page of the old key's list", "not-asked-for", () => rig.updater.receivePage(1, next.pages[1]));
    refused(assert, rig, "a delta of the old epoch", "old-epoch", () => rig.updater.receiveDelta(VERSION, mint.delta(base, { version: VERSION + 9 })));
    rig.boot();
    assert.is(rig.updater.nextNeed(), undefined, "nor after a reboot");
    const first = mint.snapshot({ version: 7, rows: [mint.pinRow("777777")] });
    const payload = payloadOf(mint, first.message, "manifest");
    const { pageHashes } = decodeManifestMessage(first.message);
    refused(assert, rig, "the old key", "wrong-key", () => rig.updater.receiveManifest(encodeManifestMessage({ signed: mint.sign(payload, "manifest", old), pageHashes })));
    rig.fetch(first);
    assert.is(rig.active, "2.7");
    rig.apply(first, mint.delta(first, { version: 8, rows: [] }));
    rig.boot();
    assert.is(rig.active, "2.8");
    assert.false(rig.knows("777777"));
  },

  "a new list key of the same epoch withdraws a snapshot under way"(assert, { hashes }) {
    const { rig, mint } = doorUnderWay(hashes);
    mint.listKey = testKey(12);
    rig.run(rig.keysets.receiveKeyset(mint.keyset(2)));
    assert.is(rig.updater.nextNeed(), undefined);
    rig.boot();
    assert.is(rig.updater.nextNeed(), undefined);
    const next = mint.snapshot({ version: VERSION + 20, rows: [...FILLER, mint.pinRow("111111")] });
    rig.run(rig.updater.receiveManifest(next.message));
    assert.is(rig.neededPage(), 1, "the page is known by its hash");
    rig.sendPages(next);
    assert.is(rig.active, `1.${VERSION + 20}`);
  },

  "a signed snapshot that is no list is dropped for good, and the next one is taken"(assert, { hashes }) {
    const { rig, mint } = doorUnderWay(hashes);
    const unsound = {
      "no such profile": mint.snapshot({ version: VERSION + 30, rows: [...FILLER, mint.pinRow("111111", 3)] }),
      "no such kind": mint.snapshot({ version: VERSION + 31, rows: [fillerRow(1), { ...fillerRow(2), kind: 7 as never }] }),
      "no such class": mint.snapshot({ version: VERSION + 32, profiles: [{ ...{ notBefore: 0, notAfter: 1, schedule: 0xffff, outputs: 1, maxUses: 0 }, holderClass: 3 as never }] }),
      "no such window": mint.snapshot({ version: VERSION + 33, rules: [{ days: 1, start: 5, end: 5, next: 0xffff }] }),
      "rows not in order, across a page's border": swapped(mint, hashes, VERSION + 34, FILLER),
      "rows not in order, in the last byte of their tags": swapped(mint, hashes, VERSION + 35, fillerRows(600, 1)),
    };
    for (const [what, snapshot] of Object.entries(unsound)) {
      assert.throws(() => rig.fetch(snapshot), "malformed", what);
      assert.is(rig.active, `1.${VERSION + 2}`, what);
      for (const when of ["at once", "after a reboot"]) {
        assert.is(rig.updater.nextNeed(), undefined, `${what}, ${when}`);
        refused(assert, rig, what, "malformed", () => rig.updater.receiveManifest(snapshot.message));
        rig.boot();
      }
    }
    rig.fetch(mint.snapshot({ version: VERSION + 40, rows: [mint.pinRow("444444")] }));
    assert.is(rig.active, `1.${VERSION + 40}`);
  },
};

/** The list whose rows 511 and 512 have changed places: pages that are sound alone. */
function swapped(mint: Mint, hashes: Hashes, version: number, rows: readonly Row[]): MintedSnapshot {
  const good = mint.snapshot({ version, rows });
  const body = good.body.slice();
  body.copyWithin(511 * ROW_BYTES, 512 * ROW_BYTES, 513 * ROW_BYTES);
  body.set(good.body.subarray(511 * ROW_BYTES, 512 * ROW_BYTES), 512 * ROW_BYTES);
  const pages = [body.subarray(0, PAGE_BYTES), body.subarray(PAGE_BYTES)];
  const pageHashes = concat(...pages.map((page) => hashes.sha256(page)));
  const pagesHash = hashes.sha256(pageHashes);
  const { signed } = decodeManifestMessage(mint.snapshot({ version, rows, pagesHash }).message);
  return { ...good, pages, message: encodeManifestMessage({ signed, pageHashes }) };
}
