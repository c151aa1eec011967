import type { Flash, KeyValue } from "../../firmware/device";
import { USE_SECTORS, useSector } from "../../firmware/flash-layout";
import { USE_ENTRIES_MAX } from "../../firmware/limits";
import { UseJournal } from "../../firmware/admission/use-journal";
import { runToEnd } from "../../firmware/work-queue";
import { VirtualRandom } from "../../hardware-sim/virtual-random";
import { writeU32 } from "../../protocol/bytes";
import { CredentialKind } from "../../protocol/credential";
import type { Cases } from "../support/cases";
import { CUT_POINTS, FLASH_MODES, TrialMemory } from "../support/trial-memory";

/** What the journal asks the rest of the door. */
interface World {
  acknowledged: number;
  listed(tag: Uint8Array): boolean;
}

/** Uses that one half takes, each twice. */
const HALF_USES = (USE_SECTORS / 2) * 128;
const RIGHTS = 10;

function open(flash: Flash, keyValue: KeyValue, world: World = { acknowledged: 0, listed: () => true }): UseJournal {
  return new UseJournal({ flash, keyValue, acknowledged: () => world.acknowledged, isListed: (tag) => world.listed(tag) });
}

function row(number: number, useCounter = 0): { tag: Uint8Array; kind: CredentialKind; useCounter: number } {
  const tag = new Uint8Array(5).fill(0xa5);
  writeU32(tag, 1, number * 7_919);
  return { tag, kind: CredentialKind.pin, useCounter };
}

const uses = (journal: UseJournal, number: number, useCounter = 0): number => journal.usesOf(row(number).tag, useCounter);

export const cases: Cases = {
  "N8: uses are counted for each tag and counter, across reboots"(assert) {
    const memory = new TrialMemory(true);
    const journal = open(memory.flash, memory.keyValue);
    assert.is(uses(journal, 1), 0);
    for (let time = 0; time < 3; time++) assert.true(journal.consume(row(1), time));
    assert.true(journal.consume(row(1, 2), 3));
    assert.true(journal.consume(row(2), 4));
    for (const opened of [journal, open(memory.flash, memory.keyValue)]) {
      assert.is(uses(opened, 1), 3);
      assert.is(uses(opened, 1, 2), 1);
      assert.is(uses(opened, 1, 1), 0);
      assert.is(uses(opened, 2), 1);
      assert.is(uses(opened, 3), 0);
    }
  },

  "N8: a power cut at any point leaves a use counted or not yet begun, and touches no other"(assert, host) {
    for (const encrypted of FLASH_MODES) {
      for (const used of [0, 3]) {
        const memory = new TrialMemory(encrypted);
        const before = open(memory.flash, memory.keyValue);
        for (let time = 0; time < used; time++) before.consume(row(time), time);
        let consumed = 0;
        memory.everyCut(
          host,
          (flash, keyValue) => {
            consumed = 0;
            const journal = open(flash, keyValue);
            for (let time = 0; time < 2; time++) if (journal.consume(row(100), 9)) consumed += 1;
          },
          (how, whole) => {
            const journal = open(memory.flash, memory.keyValue);
            const found = uses(journal, 100);
            assert.true(found === consumed || (!whole && found === consumed + 1), `${how}: ${found} of ${consumed}`);
            for (let time = 0; time < used; time++) assert.is(uses(journal, time), 1, how);
            assert.true(journal.consume(row(100), 10), how);
            assert.is(uses(open(memory.flash, memory.keyValue), 100), found + 1, how);
          },
        );
      }
    }
  },

  "N8: a power cut at any point of a compaction forgets nothing"(assert, host) {
    for (const encrypted of FLASH_MODES) {
      const memory = new TrialMemory(encrypted);
      const before = open(memory.flash, memory.keyValue);
      for (let time = 0; time < HALF_USES; time++) before.consume(row(time % RIGHTS), time);
      const expected = (number: number): number => Math.ceil((HALF_USES - number) / RIGHTS);
      memory.everyCut(
        host,
        (flash, keyValue) => void open(flash, keyValue).consume(row(7), 1),
        (how, whole) => {
          const journal = open(memory.flash, memory.keyValue);
          for (let number = 0; number < RIGHTS; number++) {
            const found = uses(journal, number);
            const allowed = number === 7 ? found === expected(7) + 1 || (!whole && found === expected(7)) : found === expected(number);
            assert.true(allowed, `${how}: ${number} has ${found}`);
          }
          assert.true(journal.consume(row(RIGHTS), 2), how);
          assert.is(uses(open(memory.flash, memory.keyValue), RIGHTS), 1, how);
        },
      );
    }
  },

  "N8: cut after cut nothing is ever forgotten, nor counted that was not tried"(assert) {
    for (const encrypted of FLASH_MODES) {
      const random = new VirtualRandom(`uses ${encrypted}`);
      const memory = new TrialMemory(encrypted, 5);
      const certain = new Map<number, number>();
      const tried = new Map<number, number>();
      const add = (to: Map<number, number>, number: number): void => void to.set(number, (to.get(number) ?? 0) + 1);
      for (let boot = 0; boot < 150; boot++) {
        memory.supply.cutAfter(random.below(random.chance(0.5) ? 5 : 25), CUT_POINTS[random.below(3)]);
        memory.run((flash, keyValue) => {
          const journal = open(flash, keyValue);
          for (let time = 0; time < 6; time++) {
            const number = random.below(20);
            add(tried, number);
            if (journal.consume(row(number), time)) add(certain, number);
          }
        });
        const journal = open(memory.flash, memory.keyValue);
        for (let number = 0; number < 20; number++) {
          const found = uses(journal, number);
          assert.true(found >= Math.min(255, certain.get(number) ?? 0) && found <= (tried.get(number) ?? 0), `boot ${boot}: ${number} has ${found}`);
          // A use that was torn and one that was whole but unheard: only what is there counts from now on.
          certain.set(number, found);
          tried.set(number, found);
        }
      }
    }
  },

  "N8: a use outlives rebases until the cloud has its event and its tag is gone from the list"(assert) {
    const memory = new TrialMemory(true);
    const gone = new Set<string>();
    const world: World = { acknowledged: 0, listed: (tag) => !gone.has(tag.join()) };
    const journal = open(memory.flash, memory.keyValue, world);
    const compact = (): void => {
      // Idle work begins when room is scarce: fill up with superseded records of one right.
      for (let work = journal.compact(); ; work = journal.compact()) {
        if (work !== undefined) return runToEnd(work);
        journal.consume(row(999), 0);
      }
    };
    journal.consume(row(1), 10);
    journal.consume(row(2), 10);
    journal.consume(row(3), 50);
    gone.add(row(1).tag.join());
    gone.add(row(3).tag.join());
    world.acknowledged = 10;
    compact();
    assert.is(uses(journal, 1), 1, "its event is not with the cloud");
    world.acknowledged = 11;
    compact();
    assert.is(uses(journal, 1), 0, "acknowledged and gone");
    assert.is(uses(journal, 2), 1, "still in the list");
    assert.is(uses(journal, 3), 1, "gone, but not acknowledged");
    const reopened = open(memory.flash, memory.keyValue, world);
    assert.deepEqual([1, 2, 3].map((number) => uses(reopened, number)), [0, 1, 1]);
  },

  "N8: a full journal takes no new right, goes on counting known ones, and empties when it may"(assert) {
    const memory = new TrialMemory(true);
    const world: World = { acknowledged: 0, listed: () => true };
    const journal = open(memory.flash, memory.keyValue, world);
    for (let number = 0; number < USE_ENTRIES_MAX; number++) {
      assert.false(journal.full);
      assert.true(journal.consume(row(number), number));
    }
    assert.true(journal.full);
    assert.false(journal.consume(row(5_000), 0), "rather closed than forgotten");
    assert.is(uses(journal, 5_000), 0);
    for (let time = 0; time < 200; time++) assert.true(journal.consume(row(3), time));
    assert.is(uses(journal, 3), 201);
    assert.true(open(memory.flash, memory.keyValue, world).full);
    world.acknowledged = 1_000;
    world.listed = (tag) => tag.join() === row(3).tag.join();
    runToEnd(journal.compact()!);
    assert.false(journal.full);
    assert.is(journal.compact(), undefined, "nothing to gain until the cloud has more");
    assert.is(uses(journal, 3), 201);
    assert.is(uses(journal, 4), 0);
    assert.true(journal.consume(row(5_000), 0));
  },

  "N8: a flipped bit makes no one-time code good again"(assert) {
    for (const encrypted of FLASH_MODES) {
      const memory = new TrialMemory(encrypted);
      open(memory.flash, memory.keyValue).consume(row(1), 0);
      const back = memory.keep();
      for (let byte = 0; byte < 32; byte++) {
        back();
        memory.flash.flip(useSector(0) * 4096 + byte, byte % 8);
        memory.flash.flip(useSector(2) * 4096 + byte, byte % 8);
        const journal = open(memory.flash, memory.keyValue);
        assert.is(uses(journal, 1), 1);
        assert.true(journal.consume(row(1), 0));
      }
    }
  },

  "a use that comes in while idle work compacts is not lost, and neither half wears alone"(assert) {
    const memory = new TrialMemory(true);
    const world: World = { acknowledged: 0, listed: () => true };
    const journal = open(memory.flash, memory.keyValue, world);
    for (let time = 0; time < HALF_USES - 20; time++) journal.consume(row(time % 100), time);
    const used = uses(journal, 0);
    for (let slice = 0; slice < 6; slice++) {
      let work = journal.compact();
      for (; work === undefined; work = journal.compact()) {
        journal.consume(row(99), 1);
        world.acknowledged += 1;
      }
      for (let left = slice; left > 0; left--) work.next();
      assert.true(journal.consume(row(0), 1) && journal.consume(row(500 + slice), 1));
      runToEnd(work);
      assert.is(uses(journal, 0), used + slice + 1);
      assert.is(uses(journal, 500 + slice), 1);
    }
    assert.is(uses(open(memory.flash, memory.keyValue), 0), used + 6);
    for (let time = 0; time < 5_000; time++) journal.consume(row(time % 100), time);
    assert.is(uses(open(memory.flash, memory.keyValue), 500), 1);
    const erases = Array.from({ length: USE_SECTORS }, (_, index) => memory.flash.erases[useSector(index)]);
    assert.true(Math.max(...erases) - Math.min(...erases) <= 6 && Math.max(...erases) < 25, erases.join());
  },
};
