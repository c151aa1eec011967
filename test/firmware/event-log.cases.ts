import { EventLog } from "../../firmware/event-log/event-log";
import type { NewEvent } from "../../firmware/event-log/new-event";
import { startEventLog } from "../../firmware/event-log/event-log-state";
import type { Flash, KeyValue } from "../../firmware/device";
import { EVENT_SECTORS, eventSector, EVENTS_PER_SECTOR } from "../../firmware/flash-layout";
import { Uptime } from "../../firmware/uptime";
import { runToEnd } from "../../firmware/work-queue";
import { VirtualRandom } from "../../hardware-sim/virtual-random";
import { nextEventKey, readEvents, verifyEvents, type EventRecord } from "../../protocol/event-record";
import { readU32 } from "../../protocol/bytes";
import type { Hashes } from "../../protocol/hashes";
import { EVENTS_PER_KEY } from "../../protocol/limits";
import type { Cases } from "../support/cases";
import type { Assert } from "../support/portable-assert";
import { CUT_POINTS, FLASH_MODES, TrialMemory } from "../support/trial-memory";

const KEY = new Uint8Array(32).fill(3);
const NO_MAC = new Uint8Array(12);
const TIME = 1_790_000_000;
const CAPACITY = EVENT_SECTORS * EVENTS_PER_SECTOR;

/** Events that can be told apart: `count` says which. */
const numbered = (count: number): NewEvent => ({ type: "leaf-opened", count });

function open(hashes: Hashes, flash: Flash, keyValue: KeyValue, enrolment = 1): EventLog {
  return new EventLog({ flash, keyValue, hashes, clock: { wallTime: () => TIME }, uptime: new Uptime(() => 0), enrolment });
}

function freshMemory(encrypted: boolean, seed: string | number = 0): TrialMemory {
  const memory = new TrialMemory(encrypted, seed);
  startEventLog(memory.keyValue, 1, KEY);
  return memory;
}

/** What a cloud knows: every key from the first, and what it has already got. */
class Cloud {
  next = 0;
  mac: Uint8Array = NO_MAC;
  readonly events: EventRecord[] = [];
  /** Numbers that never came. */
  missed = 0;
  readonly #hashes: Hashes;
  readonly #keys: Uint8Array[] = [KEY];

  constructor(hashes: Hashes) {
    this.#hashes = hashes;
  }

  #keyOf(period: number): Uint8Array {
    while (this.#keys.length <= period) this.#keys.push(nextEventKey(this.#hashes, this.#keys[this.#keys.length - 1]));
    return this.#keys[period];
  }

  /** Takes all that a log has; every chain must hold, and follow what came before but for a gap. */
  drain(assert: Assert, log: EventLog, max = 96): void {
    while (this.take(assert, log, max));
  }

  /** Takes one upload. @returns false where there is none. */
  take(assert: Assert, log: EventLog, max = 96): boolean {
    const upload = log.unsent(max);
    if (upload === undefined) return false;
    const events = verifyEvents(this.#hashes, (period) => this.#keyOf(period), upload.previousMac, upload.records);
    const gap = events[0].sequence - this.next;
    assert.true(gap >= 0, "no number comes twice");
    if (gap === 0) assert.deepEqual(upload.previousMac, this.mac, "the chain goes on");
    this.missed += gap;
    this.events.push(...events);
    this.next = events[events.length - 1].sequence + 1;
    this.mac = upload.records[upload.records.length - 1].slice(20);
    assert.true(log.acknowledge(this.next));
    return true;
  }

  /** As if it had everything before; what is missing below is not looked at. */
  skipTo(sequence: number, log: EventLog): void {
    log.acknowledge(sequence);
    this.next = sequence;
    this.mac = log.unsent(1)!.previousMac;
  }

  /** `count`s of the numbered events. */
  get numbers(): string {
    return this.numbersUpTo(Infinity);
  }

  numbersUpTo(length: number): string {
    return this.events.filter(({ type }) => type === "leaf-opened").map(({ count }) => count).slice(0, length).join();
  }
}

/** As text: a difference in hundreds of numbers is then one line. */
const range = (from: number, to: number): string => Array.from({ length: to - from }, (_, index) => from + index).join();

export const cases: Cases = {
  "X7: what happens is chained in order, under a key that changes every 128 records"(assert, { hashes }) {
    const memory = freshMemory(true);
    const log = open(hashes, memory.flash, memory.keyValue);
    assert.is(log.append({ type: "decision", reason: "outside-schedule", kind: 1, outputs: 0, duress: true, tag: new Uint8Array([1, 2, 3, 4, 5]), count: 7 }), 0);
    for (let count = 1; count < 300; count++) assert.is(log.append(numbered(count)), count);
    const cloud = new Cloud(hashes);
    cloud.drain(assert, log);
    assert.is(cloud.events.length, 300);
    assert.is(cloud.numbers, range(1, 300));
    assert.deepEqual(cloud.events[0], {
      sequence: 0,
      time: TIME,
      timeUnknown: false,
      type: "decision",
      reason: "outside-schedule",
      kind: 1,
      outputs: 0,
      duress: true,
      tag: new Uint8Array([1, 2, 3, 4, 5]),
      count: 7,
    });
    assert.is(log.first, 300);
    assert.is(open(hashes, memory.flash, memory.keyValue).first, 300, "an acknowledgement survives a boot");
    assert.false(log.acknowledge(301), "of what is not there");
    assert.true(log.acknowledge(5), "an old one changes nothing");
    assert.is(log.acknowledged, 300);
  },

  "X7: a door's memory does not hold the key of its past"(assert, { hashes }) {
    const memory = freshMemory(true);
    const log = open(hashes, memory.flash, memory.keyValue);
    const holds = (key: Uint8Array): boolean => {
      const bytes = [...new Uint8Array(memory.keyValue.read("event-log")!)].join();
      return bytes.includes([...key].join());
    };
    for (let count = 0; count < EVENTS_PER_KEY; count++) log.append(numbered(count));
    assert.true(holds(KEY));
    log.append(numbered(EVENTS_PER_KEY));
    assert.false(holds(KEY));
    assert.true(holds(nextEventKey(hashes, KEY)));
  },

  "with the time unknown an event says how long after boot it was"(assert, { hashes }) {
    const memory = freshMemory(true);
    let ticks = 0x7fff_ffff;
    const uptime = new Uptime(() => ticks | 0);
    const log = new EventLog({ flash: memory.flash, keyValue: memory.keyValue, hashes, clock: { wallTime: () => undefined }, uptime, enrolment: 1 });
    ticks += 12_999;
    log.append({ type: "boot" });
    const cloud = new Cloud(hashes);
    cloud.drain(assert, log);
    assert.true(cloud.events[0].timeUnknown);
    assert.is(cloud.events[0].time, 12);
  },

  "X7: a power cut at any point loses no event that was written, gives no number twice and breaks no chain"(assert, host) {
    const { hashes } = host;
    for (const encrypted of FLASH_MODES) {
      const memory = freshMemory(encrypted);
      const before = open(hashes, memory.flash, memory.keyValue);
      for (let count = 0; count < 119; count++) before.append(numbered(count));
      // A boot passes over a slot: the sector ends with event 126, the period with 127.
      const between = open(hashes, memory.flash, memory.keyValue);
      for (let count = 119; count < 122; count++) between.append(numbered(count));
      let written = 0;
      let steps = 0;
      memory.everyCut(
        host,
        (flash, keyValue) => {
          written = 122;
          const log = open(hashes, flash, keyValue);
          while (written < 132) if (log.append(numbered(written)) !== undefined) written += 1;
        },
        (how, whole) => {
          steps += 1;
          const log = open(hashes, memory.flash, memory.keyValue);
          assert.true(log.next === written || (!whole && log.next === written + 1), `${how}: ${log.next} after ${written}`);
          const next = log.next;
          assert.is(log.append(numbered(next)), next, how);
          const cloud = new Cloud(hashes);
          cloud.drain(assert, log);
          assert.is(cloud.numbers, range(0, next + 1), how);
          assert.is(cloud.missed, 0, how);
        },
      );
      assert.true(steps > (host.thorough ? 60 : 20), `${steps} cuts`);
    }
  },

  "X7: cut after cut, in both modes of flash, the log stays whole"(assert, { hashes }) {
    for (const encrypted of FLASH_MODES) {
      for (const seed of [1, 2]) {
        const random = new VirtualRandom(`event log ${seed}`);
        const memory = freshMemory(encrypted, seed);
        const cloud = new Cloud(hashes);
        let next = 0;
        for (let boot = 0; boot < 120; boot++) {
          memory.supply.cutAfter(random.below(20), CUT_POINTS[random.below(3)]);
          memory.run((flash, keyValue) => {
            const log = open(hashes, flash, keyValue);
            assert.true(log.next === next || log.next === next + 1, `boot ${boot}: ${log.next} after ${next}`);
            next = log.next;
            for (let event = 0; event < 7; event++) {
              const work = log.eraseAhead();
              if (work !== undefined) runToEnd(work);
              log.append(numbered(next));
              next += 1;
            }
          });
          if (boot % 10 === 9) {
            const log = open(hashes, memory.flash, memory.keyValue);
            next = log.next;
            cloud.drain(assert, log, 5 + random.below(90));
            assert.is(cloud.numbers, range(0, next));
          }
        }
        assert.is(cloud.missed, 0);
      }
    }
  },

  "X7: the ring goes round without losing what the cloud fetches in time, and erases while idle"(assert, { hashes }) {
    const memory = freshMemory(true);
    const log = open(hashes, memory.flash, memory.keyValue);
    const cloud = new Cloud(hashes);
    let erasedInAppend = 0;
    for (let count = 0; count < CAPACITY + 1_000; count++) {
      const erases = memory.flash.erases.reduce((sum, one) => sum + one, 0);
      log.append(numbered(count));
      if (memory.flash.erases.reduce((sum, one) => sum + one, 0) > erases) erasedInAppend += 1;
      const work = log.eraseAhead();
      if (work !== undefined) runToEnd(work);
      if (count % 500 === 0) cloud.drain(assert, log);
    }
    cloud.drain(assert, log);
    assert.is(cloud.numbers, range(0, CAPACITY + 1_000));
    assert.is(cloud.missed, 0);
    assert.false(log.folded);
    assert.is(erasedInAppend, 1, "only the very first sector");
  },

  "X7: a log full of unsent events goes on, and says how many it gave up"(assert, host) {
    const { hashes } = host;
    const memory = freshMemory(true);
    let log = open(hashes, memory.flash, memory.keyValue);
    for (let count = 0; count < CAPACITY; count++) {
      log.append(numbered(count));
      if (count > CAPACITY - 10) assert.is(log.eraseAhead(), undefined, "nothing unsent is erased ahead");
    }
    assert.false(log.folded);
    const back = memory.keep();
    let attempted = 0;
    memory.everyCut(
      host,
      (flash, keyValue) => {
        const full = open(hashes, flash, keyValue);
        attempted = full.next;
        full.append(numbered(CAPACITY));
        full.append(numbered(CAPACITY + 1));
      },
      (how, whole) => {
        log = open(hashes, memory.flash, memory.keyValue);
        log.append(numbered(0));
        assert.true(log.folded, how);
        assert.is(readU32(log.unsent(1)!.records[0], 0), EVENTS_PER_SECTOR, how);
        const cloud = new Cloud(hashes);
        if (!whole) cloud.skipTo(CAPACITY - 200, log);
        cloud.drain(assert, log);
        const folds = cloud.events.filter(({ type }) => type === "events-folded");
        assert.is(folds.length, 1, how);
        assert.is(folds[0].count, EVENTS_PER_SECTOR, how);
        assert.is(cloud.missed, whole ? EVENTS_PER_SECTOR : 0, how);
        if (whole) assert.is(cloud.numbersUpTo(CAPACITY - EVENTS_PER_SECTOR), range(EVENTS_PER_SECTOR, CAPACITY), how);
        assert.false(log.folded, "until the cloud has the record that says so");
      },
    );
    assert.is(attempted, CAPACITY);
    back();
    log = open(hashes, memory.flash, memory.keyValue);
    for (let count = 0; count < 300; count++) log.append(numbered(count));
    const cloud = new Cloud(hashes);
    cloud.drain(assert, log);
    const last = cloud.events.filter(({ type }) => type === "events-folded").pop()!;
    assert.is(last.count, cloud.missed, "the last count tells the whole gap");
  },

  "X7: an edited record is found out, and one that a flipped bit hid is counted as lost"(assert, { hashes }) {
    const memory = freshMemory(true);
    let log = open(hashes, memory.flash, memory.keyValue);
    for (let count = 0; count < 10; count++) log.append(numbered(count));
    const upload = log.unsent(96)!;
    upload.records[4][8] = 5;
    assert.throws(() => verifyEvents(hashes, () => KEY, upload.previousMac, upload.records), "bad-mac");
    memory.flash.flip(eventSector(0) * 4096 + 3 * 32, 0);
    log = open(hashes, memory.flash, memory.keyValue);
    assert.is(log.next, 10, "what stands behind the damage is still there");
    const cloud = new Cloud(hashes);
    cloud.drain(assert, log);
    assert.is(cloud.numbers, "0,1,2,4,5,6,7,8,9");
    assert.is(cloud.missed, 1);
    assert.false(log.folded, "the log has said so by itself, and waited for no event");
    assert.is(cloud.events.find(({ type }) => type === "events-folded")!.count, 1);
    const { next } = log;
    for (let byte = 0; byte < 4096; byte += 16) memory.flash.flip(eventSector(0) * 4096 + byte, 0);
    log = open(hashes, memory.flash, memory.keyValue);
    assert.is(log.next, next, "with the whole sector gone no number is given twice");
    log.append(numbered(11));
    cloud.drain(assert, log);
    assert.is(cloud.numbers, "0,1,2,4,5,6,7,8,9,11");
  },

  "X7: the newest record of what was given up counts all of it, for earlier ones may be lost themselves"(assert, { hashes }) {
    const memory = freshMemory(true);
    const hide = (slot: number): void => memory.flash.flip(eventSector(0) * 4096 + slot * 32, 0);
    const cloud = new Cloud(hashes);
    const drained = (): EventLog => {
      const log = open(hashes, memory.flash, memory.keyValue);
      cloud.drain(assert, log);
      return log;
    };
    const first = open(hashes, memory.flash, memory.keyValue);
    for (let count = 0; count < 10; count++) first.append(numbered(count));
    hide(3);
    const second = open(hashes, memory.flash, memory.keyValue);
    while (cloud.next < 10) cloud.take(assert, second);
    assert.false(second.unsent(96) === undefined, "event 10 says that event 3 is lost");
    for (let count = 10; count < 20; count++) second.append(numbered(count));
    hide(11); // event 10: after a start the place behind the last record stays empty
    drained();
    const folds = () => cloud.events.filter(({ type }) => type === "events-folded").map(({ count }) => count);
    assert.deepEqual([cloud.missed, folds()], [2, [2]]);
    assert.is(cloud.numbers, "0,1,2,4,5,6,7,8,9," + range(10, 20));

    const last = drained();
    for (let count = 20; count < 30; count++) last.append(numbered(count));
    hide(27);
    drained();
    assert.deepEqual([cloud.missed, folds()], [3, [2, 3]]);
  },

  "X7: a record that somebody altered in flash after its key had gone is sent as it stands, shows as altered, and blocks nothing"(assert, { hashes }) {
    // Encrypted flash would garble 16 bytes, the number among them: then it is a gap.
    const memory = freshMemory(false);
    const before = open(hashes, memory.flash, memory.keyValue);
    for (let count = 0; count < 200; count++) before.append(numbered(count));
    // Type of event 7, tag of event 50, MAC of event 90: all of the period before.
    for (const [event, byte] of [[7, 8], [50, 13], [90, 30]]) memory.flash.flip(eventSector(0) * 4096 + event * 32 + byte, 6);
    const log = open(hashes, memory.flash, memory.keyValue);
    assert.is(log.next, 200);
    const keys = [KEY, nextEventKey(hashes, KEY)];
    const altered: number[] = [];
    let mac: Uint8Array = NO_MAC;
    for (let upload = log.unsent(96); upload !== undefined; upload = log.unsent(96)) {
      const read = readEvents(hashes, (period) => keys[period], [mac, upload.previousMac], upload.records);
      altered.push(...read.filter((event) => event.altered).map(({ sequence }) => sequence));
      mac = upload.records[upload.records.length - 1].slice(20);
      assert.true(log.acknowledge(read[read.length - 1].sequence + 1));
    }
    assert.deepEqual(altered, [7, 50, 90]);
    assert.is(log.acknowledged, 200);
    assert.is(log.append(numbered(200)), 200);
  },

  "X7: a place in flash that takes no record is passed over, and flash that takes none gives no number"(assert, { hashes }) {
    const memory = freshMemory(true);
    let worn = new Set<number>();
    const flash: Flash = {
      read: (length, offset) => memory.flash.read(length, offset),
      write: (bytes, offset) => {
        memory.flash.write(bytes, offset);
        if (worn.has(offset % 4096) || worn.has(-1)) memory.flash.flip(offset, 3);
      },
      eraseBlock: (start, stop) => memory.flash.eraseBlock(start, stop),
      status: () => memory.flash.status(),
      close: () => {},
    };
    const log = open(hashes, flash, memory.keyValue);
    worn = new Set([0, 96, 128, 4064]);
    for (let count = 0; count < 200; count++) assert.is(log.append(numbered(count)), count);
    worn = new Set([-1]);
    assert.is(log.append(numbered(0)), undefined);
    worn = new Set();
    assert.is(log.append(numbered(200)), 200);
    const cloud = new Cloud(hashes);
    cloud.drain(assert, open(hashes, flash, memory.keyValue));
    assert.is(cloud.numbers, range(0, 201));
  },

  "a new enrolment begins anew over whatever the sectors hold"(assert, { hashes }) {
    const memory = freshMemory(true);
    const old = open(hashes, memory.flash, memory.keyValue);
    for (let count = 0; count < 200; count++) old.append(numbered(count));
    old.acknowledge(100);
    assert.throws(() => open(hashes, memory.flash, memory.keyValue, 2));
    startEventLog(memory.keyValue, 2, KEY);
    const log = open(hashes, memory.flash, memory.keyValue, 2);
    assert.is(log.first, 0);
    assert.is(log.append(numbered(0)), 0);
    assert.is(log.unsent(96)!.records.length, 1);
    assert.is(log.unsent(96)!.enrolment, 2);
  },
};
