import { AccessListStore } from "../../firmware/access-list/access-list-store";
import type { ListDelta } from "../../firmware/access-list/delta-sectors";
import type { Flash } from "../../firmware/device";
import { commitSector, deltaSector, slotHead, slotPage, slotParity } from "../../firmware/flash-layout";
import { SECTOR_BYTES } from "../../firmware/limits";
import { runToEnd } from "../../firmware/work-queue";
import { encodeSign1 } from "../../protocol/cose-sign1";
import { encodeDelta, type Delta } from "../../protocol/delta";
import type { Hashes } from "../../protocol/hashes";
import { hash8 } from "../../protocol/manifest";
import type { Row } from "../../protocol/row";
import type { Cases } from "../support/cases";
import { ListRig } from "../support/list-rig";
import { fillerRow, fillerRows, type MintedSnapshot } from "../support/mint";

const ROWS_PER_PAGE = 512;
const ROWS = fillerRows(1_300); // three pages
const FLASH_MODES = [false, true];

/** A door with a base of three pages in slot 0 and a delta that revokes the last row. */
function doorWithList(hashes: Hashes, encrypted = false): { rig: ListRig; base: MintedSnapshot } {
  const rig = new ListRig({ hashes, encrypted });
  rig.claim();
  const base = rig.mint.snapshot({ version: 10, rows: ROWS });
  rig.fetch(base);
  rig.apply(base, rig.mint.delta(base, { version: 11, rows: ROWS.slice(0, -1) }));
  return { rig, base };
}

function damage(rig: ListRig, sector: number, byte = 40): void {
  rig.flash.flip(sector * SECTOR_BYTES + byte, 3);
}

/** For the store alone, which takes the updater's word that a signature held. */
function unsignedDelta(rig: ListRig, base: MintedSnapshot, version: number): ListDelta {
  const none = new Uint8Array(0);
  const delta: Delta = { epoch: 1, base: base.manifest.version, version, manifestHash: base.hash, tombstones: Uint16Array.of(0), added: none, profiles: none, rules: none, lockState: 0, throttleReset: 0, policy: undefined, released: false };
  const payload = encodeDelta(delta);
  return { delta, hash: hash8(rig.device.hashes, payload), message: encodeSign1(payload, new Uint8Array(4), new Uint8Array(64)) };
}

/** Some rows of one page. */
function rowsOf(page: number): Row[] {
  return [0, 1, 77, 255].map((n) => ROWS[page * ROWS_PER_PAGE + n]);
}

function knowsAll(rig: ListRig, rows: readonly Row[]): boolean {
  return rows.every(({ tag }) => rig.knowsTag(tag));
}

function knowsAny(rig: ListRig, rows: readonly Row[]): boolean {
  return rows.some(({ tag }) => rig.knowsTag(tag));
}

export const cases: Cases = {
  "one damaged page is made again from parity"(assert, { hashes }) {
    for (const encrypted of FLASH_MODES) {
      const { rig } = doorWithList(hashes, encrypted);
      for (const page of [0, 1, 2]) {
        const what = `page ${page}, ${encrypted ? "encrypted" : "plain"}`;
        damage(rig, slotPage(0, page));
        rig.boot();
        assert.deepEqual(rig.store.alarms, { listLost: false, listDamaged: false }, what);
        assert.true(knowsAll(rig, rowsOf(page)), what);
        const { steps } = rig.supply;
        rig.boot();
        assert.is(rig.supply.steps, steps, `${what}: once is enough`);
      }
    }
  },

  "two damaged pages: their rows open nothing, all others do, and an alarm says so"(assert, { hashes }) {
    const { rig, base } = doorWithList(hashes);
    damage(rig, slotPage(0, 0), 0);
    damage(rig, slotPage(0, 1), 4_095);
    const { steps } = rig.supply;
    rig.boot();
    assert.is(rig.supply.steps, steps);
    assert.is(rig.active, "1.11");
    assert.deepEqual(rig.store.alarms, { listLost: false, listDamaged: true });
    assert.false(knowsAny(rig, [...rowsOf(0), ...rowsOf(1)]));
    assert.true(knowsAll(rig, rowsOf(2)));
    assert.false(rig.knowsTag(ROWS[ROWS.length - 1].tag), "what is revoked stays revoked");
    const added = fillerRow(7);
    rig.apply(base, rig.mint.delta(base, { version: 12, rows: [...ROWS, added] }));
    assert.true(rig.knowsTag(added.tag), "deltas go on");
    assert.false(knowsAny(rig, rowsOf(1)));
    rig.fetch(rig.mint.snapshot({ version: 13, rows: ROWS }));
    assert.deepEqual(rig.store.alarms, { listLost: false, listDamaged: false });
    assert.true(knowsAll(rig, rowsOf(1)));
  },

  "damaged pages are asked for again, and put in their place"(assert, { hashes }) {
    for (const encrypted of FLASH_MODES) {
      const { rig, base } = doorWithList(hashes, encrypted);
      damage(rig, slotPage(0, 0));
      damage(rig, slotPage(0, 2));
      rig.boot();
      assert.deepEqual(rig.updater.nextNeed(), { page: { epoch: 1, version: 10, number: 0 } });
      const { steps } = rig.supply;
      assert.throws(() => rig.run(rig.updater.receivePage(0, base.pages[1])), "bad-hash");
      assert.throws(() => rig.run(rig.updater.receivePage(0, base.pages[0].subarray(1))), "bad-hash");
      assert.throws(() => rig.run(rig.updater.receivePage(1, base.pages[1])), "not-asked-for");
      assert.is(rig.supply.steps, steps);
      rig.sendPages(base);
      assert.is(rig.updater.nextNeed(), undefined);
      assert.deepEqual(rig.store.alarms, { listLost: false, listDamaged: false });
      assert.true(knowsAll(rig, [...rowsOf(0), ...rowsOf(2)]));
      assert.is(rig.active, "1.11");
      damage(rig, slotPage(0, 1)); // parity serves again
      rig.boot();
      assert.false(rig.store.alarms.listDamaged);
    }
  },

  "a lost list that is fetched again across a reboot becomes whole"(assert, { hashes }) {
    const rig = new ListRig({ hashes });
    rig.claim();
    const base = rig.mint.snapshot({ version: 10, rows: ROWS });
    rig.fetch(base);
    [0, 1].forEach((copy) => damage(rig, slotHead(0, copy as 0 | 1)));
    for (const page of [0, 1, 2]) damage(rig, slotPage(0, page));
    rig.boot();
    assert.true(rig.store.alarms.listLost);
    rig.run(rig.updater.receiveManifest(base.message));
    rig.run(rig.updater.receivePage(1, base.pages[1]));
    assert.is(rig.active, "none");
    rig.boot(); // the head that was acknowledged is back, so this is that list, with damaged pages
    assert.is(rig.active, "1.10");
    assert.deepEqual(rig.store.alarms, { listLost: false, listDamaged: true });
    assert.true(knowsAll(rig, rowsOf(1)));
    assert.false(knowsAny(rig, [...rowsOf(0), ...rowsOf(2)]));
    rig.sendPages(base);
    assert.deepEqual(rig.store.alarms, { listLost: false, listDamaged: false });
    assert.true(knowsAll(rig, [...rowsOf(0), ...rowsOf(1), ...rowsOf(2)]));
  },

  "scrubbing finds damage while the door runs, and repairs parity too"(assert, { hashes }) {
    const { rig } = doorWithList(hashes);
    const { steps } = rig.supply;
    rig.run(rig.store.scrub());
    assert.is(rig.supply.steps, steps);
    for (const sector of [slotParity(0), slotPage(0, 1), slotHead(0, 0), slotHead(0, 1), slotPage(0, 2)]) {
      damage(rig, sector);
      rig.run(rig.store.scrub());
      assert.false(rig.store.alarms.listDamaged);
    }
    assert.true(knowsAll(rig, [...rowsOf(0), ...rowsOf(1), ...rowsOf(2)]));
    damage(rig, slotParity(0));
    // Every tag of the page becomes the greatest: whoever searches it does not find his way.
    for (let row = 0; row < ROWS_PER_PAGE; row++) rig.flash.flip(slotPage(0, 1) * SECTOR_BYTES + 8 * row, 7);
    rig.run(rig.store.scrub());
    assert.true(rig.store.alarms.listDamaged);
    assert.false(knowsAny(rig, rowsOf(1)));
    assert.true(knowsAll(rig, [...rowsOf(0), ...rowsOf(2)]));
  },

  "one damaged copy of a head or of the delta is made again from the other"(assert, { hashes }) {
    for (const encrypted of FLASH_MODES) {
      const { rig } = doorWithList(hashes, encrypted);
      for (const sector of [slotHead(0, 0), slotHead(0, 1), deltaSector(0), deltaSector(1)]) {
        for (const byte of [0, 1, 9, 40]) {
          damage(rig, sector, byte);
          const { steps } = rig.supply;
          rig.boot();
          assert.is(rig.active, "1.11", `sector ${sector}`);
          assert.true(rig.supply.steps > steps, `sector ${sector}`);
        }
      }
      const { steps } = rig.supply;
      rig.boot();
      assert.is(rig.supply.steps, steps);
    }
  },

  "a commit stands in the log and in the key-value store: either is enough"(assert, { hashes }) {
    const { rig, base } = doorWithList(hashes);
    damage(rig, commitSector(1), 16); // the first boot's second commit
    rig.boot();
    assert.is(rig.active, "1.11");
    const kept = rig.keyValue.peek("latchkey", "list");
    rig.apply(base, rig.mint.delta(base, { version: 12, rows: ROWS }));
    rig.keyValue.preset("latchkey", "list", undefined);
    rig.boot();
    assert.is(rig.active, "1.12");
    rig.keyValue.preset("latchkey", "list", kept); // as a cut between the two writes leaves it
    rig.boot();
    assert.is(rig.active, "1.12");
    assert.not(rig.keyValue.peek("latchkey", "list")!.join(), kept!.join());
  },

  "the log alone holds the commit in force while its other sector is erased"(assert, { hashes }) {
    const { rig, base } = doorWithList(hashes);
    for (let version = 12; version < 15; version++) {
      rig.boot();
      const erases = (sector: number): number => rig.flash.erases[commitSector(sector)];
      const before = [erases(0), erases(1)];
      const update = rig.updater.receiveDelta(10, rig.mint.delta(base, { version, rows: ROWS.slice(version) }));
      while (before[0] === erases(0) && before[1] === erases(1)) update.next();
      rig.supply.turnOff();
      rig.keyValue.preset("latchkey", "list", undefined);
      rig.boot();
      assert.is(rig.active, `1.${version - 1}`);
      rig.apply(base, rig.mint.delta(base, { version, rows: ROWS.slice(version) }));
    }
  },

  "a place in the commit log that takes no record is passed over"(assert, { hashes }) {
    const { rig, base } = doorWithList(hashes);
    const stuck = [16, 32, 48].map((offset) => commitSector(0) * SECTOR_BYTES + offset);
    const flash: Flash = {
      read: (length, offset) => rig.flash.read(length, offset),
      write: (bytes, offset) => rig.flash.write(stuck.includes(offset) ? new Uint8Array(bytes.byteLength) : bytes, offset),
      eraseBlock: (start) => rig.flash.eraseBlock(start),
      status: () => rig.flash.status(),
      close: () => {},
    };
    const store = new AccessListStore({ flash, keyValue: rig.keyValue.open("latchkey"), hashes });
    for (let version = 12; version < 16; version++) runToEnd(store.commitDelta(unsignedDelta(rig, base, version)));
    rig.keyValue.preset("latchkey", "list", undefined);
    rig.boot();
    assert.is(rig.active, "1.15");
  },

  "a lost list is never replaced by an older one: the door denies, and its lease has ended"(assert, { hashes }) {
    const losses: Record<string, (rig: ListRig) => void> = {
      "both heads": (rig) => [0, 1].forEach((copy) => damage(rig, slotHead(0, copy as 0 | 1))),
      "both deltas": (rig) => [0, 1].forEach((copy) => damage(rig, deltaSector(copy))),
    };
    for (const [what, lose] of Object.entries(losses)) {
      const { rig, base } = doorWithList(hashes);
      rig.run(rig.leases.receiveLease(rig.mint.lease({ version: 11, issuedAt: 5_000 })));
      lose(rig);
      for (let boots = 0; boots < 2; boots++) {
        rig.boot();
        assert.is(rig.active, "none", what);
        assert.deepEqual(rig.store.alarms, { listLost: true, listDamaged: false }, what);
        assert.is(rig.leases.current, undefined, what);
      }
      rig.fetch(base);
      assert.is(rig.active, "none", `${what}: the base alone is less than what was acknowledged`);
      assert.deepEqual(rig.updater.nextNeed(), { deltaBase: 10 }, what);
      assert.throws(() => rig.apply(base, rig.mint.delta(base, { version: 10, rows: ROWS })), "old-version", what);
      rig.apply(base, rig.mint.delta(base, { version: 11, rows: ROWS.slice(0, -1) }));
      for (const when of ["now", "after a reboot"]) {
        assert.is(rig.active, "1.11", `${what}, ${when}`);
        assert.deepEqual(rig.store.alarms, { listLost: false, listDamaged: false }, `${what}, ${when}`);
        assert.is(rig.leases.current, undefined, `${what}, ${when}`);
        assert.false(rig.knowsTag(ROWS[ROWS.length - 1].tag), `${what}, ${when}`);
        rig.boot();
      }
    }
  },

  "an older image of the flash is no list"(assert, { hashes }) {
    for (const encrypted of FLASH_MODES) {
      const { rig, base } = doorWithList(hashes, encrypted);
      const { flash } = rig.memory();
      rig.apply(base, rig.mint.delta(base, { version: 12, rows: ROWS.slice(1) }));
      rig.restore({ flash });
      rig.boot();
      assert.is(rig.active, "none");
      assert.true(rig.store.alarms.listLost);
      rig.fetch(rig.mint.snapshot({ version: 12, rows: ROWS.slice(1) }));
      assert.is(rig.active, "1.12");
      assert.false(rig.store.alarms.listLost);
      rig.boot();
      assert.is(rig.active, "1.12");
      assert.false(rig.knowsTag(ROWS[0].tag));
    }
  },

  "an empty flash beside what was acknowledged is a lost list too"(assert, { hashes }) {
    const { rig } = doorWithList(hashes);
    const empty = new ListRig({ hashes, mint: rig.mint });
    empty.restore({ keyValue: rig.memory().keyValue });
    empty.boot();
    assert.is(empty.active, "none");
    assert.true(empty.store.alarms.listLost);
  },

  "the commit log goes round: hundreds of updates, one erase of its sectors in 256"(assert, { hashes }) {
    const { rig, base } = doorWithList(hashes);
    const { mint } = rig;
    const commits = (): number => rig.flash.erases[commitSector(0)] + rig.flash.erases[commitSector(1)];
    const before = commits();
    for (let version = 12; version < 12 + 600; version++) runToEnd(rig.store.commitDelta(unsignedDelta(rig, base, version)));
    assert.is(commits() - before, 2);
    assert.is(rig.active, "1.611");
    rig.apply(base, mint.delta(base, { version: 700, rows: ROWS.slice(1) }));
    rig.boot();
    assert.is(rig.active, "1.700");
    const erases = commits();
    rig.apply(base, mint.delta(base, { version: 701, rows: ROWS }));
    rig.apply(base, mint.delta(base, { version: 702, rows: ROWS }));
    assert.is(commits() - erases, 1, "each boot begins with the other sector");
    rig.boot();
    assert.is(rig.active, "1.702");
  },

  "a slice erases one sector or writes one, never both"(assert, { hashes }) {
    const rig = new ListRig({ hashes });
    const { mint } = rig;
    rig.claim();
    const base = mint.snapshot({ version: 10, rows: ROWS });
    const sum = (counts: Uint32Array): number => counts.reduce((total, count) => total + count, 0);
    const works = [
      () => rig.updater.receiveManifest(base.message),
      ...base.pages.map((page, number) => () => rig.updater.receivePage(number, page)),
      () => rig.updater.receiveDelta(10, mint.delta(base, { version: 11, rows: ROWS.slice(1) })),
      () => (damage(rig, slotPage(0, 1)), rig.store.scrub()),
    ];
    for (const [index, work] of works.entries()) {
      const slices = work();
      for (let done = false; !done; ) {
        const erases = sum(rig.flash.erases);
        const writes = sum(rig.flash.unitWrites);
        done = slices.next().done === true;
        const erased = sum(rig.flash.erases) - erases;
        const written = sum(rig.flash.unitWrites) - writes;
        assert.true(erased <= 1 && written <= 256 && (erased === 0 || written === 0), `work ${index}: ${erased} erases, ${written} units`);
      }
    }
    assert.is(rig.active, "1.11");
  },

  "a door that is claimed anew forgets what it had, a snapshot under way as well"(assert, { hashes }) {
    const { rig, base } = doorWithList(hashes);
    const next = rig.mint.snapshot({ version: 20, rows: ROWS.slice(1) });
    rig.run(rig.updater.receiveManifest(next.message));
    rig.run(rig.store.forget());
    rig.boot();
    assert.is(rig.active, "none");
    assert.deepEqual(rig.store.alarms, { listLost: false, listDamaged: false });
    assert.is(rig.store.floor, undefined);
    assert.is(rig.updater.nextNeed(), undefined);
    damage(rig, slotPage(0, 1));
    rig.run(rig.updater.receiveManifest(base.message));
    rig.boot();
    assert.is(rig.active, "none", "what it once committed counts no more");
    assert.is(rig.neededPage(), 1);
    rig.run(rig.store.forget());
    rig.boot();
    rig.fetch(rig.mint.snapshot({ version: 5, rows: [rig.mint.pinRow("555555")] }));
    rig.boot();
    assert.is(rig.active, "1.5");
    assert.true(rig.knows("555555"));
  },

  "10,000 rows: all of them, across a reboot and a delta"(assert, { hashes }) {
    const rig = new ListRig({ hashes });
    rig.claim();
    const rows = fillerRows(10_000);
    const base = rig.mint.snapshot({ version: 10, rows });
    assert.is(base.pages.length, 20);
    rig.fetch(base);
    rig.apply(base, rig.mint.delta(base, { version: 11, rows: rows.filter((_, n) => n % 500 !== 7) }));
    rig.boot();
    assert.is(rig.active, "1.11");
    for (let n = 0; n < rows.length; n += 97) assert.is(rig.knowsTag(rows[n].tag), n % 500 !== 7, `row ${n}`);
    for (let n = 7; n < rows.length; n += 500) assert.false(rig.knowsTag(rows[n].tag), `row ${n}`);
  },
};
