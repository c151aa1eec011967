import type { Flash, KeyValue } from "../../firmware/device";
import { EventLog } from "../../firmware/event-log/event-log";
import type { NewEvent } from "../../firmware/event-log/new-event";
import { startEventLog } from "../../firmware/event-log/event-log-state";
import { CROWDED_EVENTS, HELD_EVENTS_MAX, HELD_EXACTLY_MAX, HELD_STEP } from "../../firmware/limits";
import { Uptime } from "../../firmware/uptime";
import { decodeEvent, nextEventKey, verifyEvents, type EventRecord } from "../../protocol/event-record";
import type { Hashes } from "../../protocol/hashes";
import { LockState } from "../../protocol/delta";
import { ALWAYS, HolderClass, NO_END } from "../../protocol/profile";
import type { CaseHost, Cases } from "../support/cases";
import type { Assert } from "../support/portable-assert";
import { House } from "../support/house";
import { TrialMemory } from "../support/trial-memory";

const KEY = new Uint8Array(32).fill(3);
const TIME = 1_790_000_000;
const GRANT: NewEvent = { type: "decision", reason: "granted", kind: 1, outputs: 1 };
const DENIAL: NewEvent = { type: "decision", reason: "unknown-credential", kind: 2 };

function open(hashes: Hashes, flash: Flash, keyValue: KeyValue): EventLog {
  return new EventLog({ flash, keyValue, hashes, clock: { wallTime: () => TIME }, uptime: new Uptime(() => 0), enrolment: 1 });
}

/** A log with as many unsent grants as make it crowded. */
function crowded(hashes: Hashes): TrialMemory {
  const memory = new TrialMemory(true);
  startEventLog(memory.keyValue, 1, KEY);
  const log = open(hashes, memory.flash, memory.keyValue);
  for (let count = 0; count < CROWDED_EVENTS; count++) log.append(GRANT);
  return memory;
}

/** Everything that a cloud gets, held against the chain; the log is empty afterwards. */
function drain(assert: Assert, hashes: Hashes, log: EventLog, seen: EventRecord[] = []): EventRecord[] {
  const keys: Uint8Array[] = [KEY];
  const keyOf = (period: number): Uint8Array => {
    while (keys.length <= period) keys.push(nextEventKey(hashes, keys[keys.length - 1]));
    return keys[period];
  };
  for (let upload = log.unsent(96); upload !== undefined; upload = log.unsent(96)) {
    const events = verifyEvents(hashes, keyOf, upload.previousMac, upload.records);
    seen.push(...events);
    assert.true(log.acknowledge(events[events.length - 1].sequence + 1));
  }
  return seen;
}

const granted = (events: readonly EventRecord[]): number => events.filter(({ type, reason }) => type === "decision" && reason === "granted").length;
const refused = (events: readonly EventRecord[]): number => events.reduce((sum, { type, reason, count }) => sum + (type === "denials-folded" ? count : type === "decision" && reason !== "granted" ? 1 : 0), 0);
const starts = (events: readonly EventRecord[]): number => events.reduce((sum, { type, count }) => sum + (type === "boot" ? 1 + (count >>> 8) : 0), 0);

/** A full log with counts held, whose next events lead into the oldest sector; cut at every step. */
function givesUpASector(assert: Assert, host: CaseHost, last: number): void {
  const { hashes } = host;
  const memory = new TrialMemory(true);
  startEventLog(memory.keyValue, 1, KEY);
  const before = open(hashes, memory.flash, memory.keyValue);
  while (before.next < last) before.append(GRANT);
  for (let count = 0; count < 5; count++) before.append(DENIAL);
  before.append({ type: "boot", count: 1 });
  let attempted = 0;
  memory.everyCut(
    host,
    (flash, keyValue) => {
      attempted = 0;
      const log = open(hashes, flash, keyValue);
      const atMost = log.nextAtMost;
      const event = log.append(GRANT);
      assert.true(event !== undefined && event <= atMost, `${event} of at most ${atMost}`);
      attempted = 1;
      log.append(GRANT);
      attempted = 2;
    },
    (how, whole) => {
      const log = open(hashes, memory.flash, memory.keyValue);
      log.append({ type: "leaf-opened" });
      // Only the newest are looked at: everything before is as if the cloud had it.
      log.acknowledge(8_100);
      const events = (log.unsent(96)?.records ?? []).map((bytes) => decodeEvent(bytes));
      assert.is(refused(events), 5, how);
      assert.is(starts(events), 1, how);
      assert.is(events.filter(({ type }) => type === "events-folded").length, log.folded ? 1 : 0, how);
      const fresh = events.filter(({ sequence, type }) => sequence >= last && type === "decision").length;
      assert.true(fresh === attempted || (!whole && fresh === attempted + 1), `${how}: ${fresh} grants after ${attempted}`);
    },
  );
}

export const cases: Cases = {
  "X7: a crowded log counts refusals in one record before the next other event, and the cloud sees exact counts"(assert, { hashes }) {
    const memory = crowded(hashes);
    const log = open(hashes, memory.flash, memory.keyValue);
    const { next } = log;
    for (let count = 0; count < 1_000; count++) assert.is(log.append(DENIAL), undefined);
    assert.is(log.next, next, "they take no place");
    assert.is(log.append(GRANT), next + 1);
    assert.is(log.append({ type: "leaf-opened" }), next + 2, "nothing is owed any more");
    for (let count = 0; count < 7; count++) log.append(DENIAL);
    const events = drain(assert, hashes, log);
    assert.deepEqual(
      events.slice(next).map(({ type, reason, count }) => [type, reason, count]),
      [["denials-folded", "granted", 1_000], ["decision", "granted", 0], ["leaf-opened", "granted", 0], ["denials-folded", "granted", 7]],
    );
    assert.is(events[events.length - 1].sequence, log.next - 1);
    assert.is(log.append(DENIAL), log.next - 1, "with room again each has its own record");
    assert.is(refused(drain(assert, hashes, log)), 1);
  },

  "X7: a flood of unknown cards while the cloud is away pushes out no grant and takes a bounded place"(assert, { hashes }) {
    const memory = new TrialMemory(true);
    startEventLog(memory.keyValue, 1, KEY);
    const log = open(hashes, memory.flash, memory.keyValue);
    let [grants, denials] = [0, 0];
    for (let round = 0; round < 200; round++) {
      for (let count = 0; count < 100; count++, denials++) log.append(DENIAL);
      log.append(GRANT);
      grants += 1;
    }
    assert.true(log.next <= CROWDED_EVENTS + 2 * 200, `${log.next} events of ${denials}`);
    assert.false(log.folded);
    const events = drain(assert, hashes, log);
    assert.is(granted(events), grants);
    assert.is(refused(events), denials);
  },

  "X7: the power fails at any point while refusals and starts are counted: each is counted once"(assert, host) {
    const { hashes } = host;
    const memory = crowded(hashes);
    const before = open(hashes, memory.flash, memory.keyValue);
    for (let count = 0; count < 3; count++) before.append(DENIAL);
    before.append({ type: "boot", count: 4 });
    const first = before.next;
    let [denials, boots, grants] = [0, 0, 0];
    memory.everyCut(
      host,
      (flash, keyValue) => {
        [denials, boots, grants] = [3, 1, 0];
        const log = open(hashes, flash, keyValue);
        for (let round = 0; round < 2; round++) {
          log.append({ type: "boot", count: 1 });
          boots += 1;
          for (let count = 0; count < 2; count++, denials++) log.append(DENIAL);
          log.append(GRANT);
          grants += 1;
        }
      },
      (how, whole) => {
        const log = open(hashes, memory.flash, memory.keyValue);
        const events = drain(assert, hashes, log).slice(first);
        // Of the step at which the power failed nobody can say whether it was done.
        const within = (counted: number, done: number): boolean => counted === done || (!whole && counted === done + 1);
        assert.true(within(refused(events), denials), `${how}: ${refused(events)} refusals after ${denials}`);
        assert.true(within(starts(events), boots), `${how}: ${starts(events)} starts after ${boots}`);
        assert.true(within(granted(events), grants), `${how}: ${granted(events)} grants after ${grants}`);
      },
    );
  },

  "X7: playing with the power uses up no place in a crowded log, and the starts are counted"(assert, { hashes }) {
    const memory = crowded(hashes);
    const { next } = open(hashes, memory.flash, memory.keyValue);
    const wear = (): number => memory.flash.unitWrites.reduce((sum, count) => sum + count, 0);
    const before = wear();
    for (let boot = 0; boot < 300; boot++) {
      const log = open(hashes, memory.flash, memory.keyValue);
      log.append({ type: "boot", count: boot % 5 });
      log.append(DENIAL);
    }
    assert.is(wear(), before, "not even a place that is passed over");
    const log = open(hashes, memory.flash, memory.keyValue);
    log.append(GRANT);
    assert.is(log.next, next + 3);
    const [boot, denials, grant] = drain(assert, hashes, log).slice(next);
    assert.deepEqual([boot.type, boot.count & 0xff, boot.count >>> 8], ["boot", 4, 299], "why the last one was, and how many were before it");
    assert.deepEqual([denials.type, denials.count], ["denials-folded", 300]);
    assert.is(grant.reason, "granted");
  },

  "X7: of a long flood a power cut loses fewer than sixteen counts, and a count that is full is written down"(assert, { hashes }) {
    const memory = crowded(hashes);
    let log = open(hashes, memory.flash, memory.keyValue);
    const { next } = log;
    const denials = HELD_EXACTLY_MAX + 3 * HELD_STEP - 1;
    for (let count = 0; count < denials; count++) log.append(DENIAL);
    log = open(hashes, memory.flash, memory.keyValue);
    log.append(GRANT);
    const counted = refused(drain(assert, hashes, log));
    assert.true(counted <= denials && denials - counted < HELD_STEP, `${counted} of ${denials}`);

    const full = crowded(hashes);
    const record = new Uint8Array(16);
    record.set([0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff]);
    new DataView(record.buffer).setUint32(12, HELD_EVENTS_MAX - 1);
    full.keyValue.write("event-held", record);
    log = open(hashes, full.flash, full.keyValue);
    assert.is(log.append(DENIAL), undefined);
    assert.is(log.append(DENIAL), next + 1, "after the record that says how many");
    assert.is(refused(drain(assert, hashes, log)), HELD_EVENTS_MAX + 1);
  },

  "X7: where a full log gives up a sector, what it owes comes first and no count is lost"(assert, host) {
    givesUpASector(assert, host, 8_191);
  },

  "X7: nor where a cut leads into that sector while a count is being written"(assert, host) {
    givesUpASector(assert, host, 8_190);
  },

  "X7: a whole board that is switched on and off for days, leaf open and locked down, uses up no place in a crowded log"(assert, { hashes }) {
    const house = new House(hashes);
    house.cloud.issue([{ pin: "111111", profile: { notBefore: 0, notAfter: NO_END, schedule: ALWAYS, holderClass: HolderClass.resident, outputs: 1, maxUses: 0 } }]);
    house.clock.advance(30_000);
    house.cloud.change({ lockState: LockState.lockDown });
    house.clock.advance(30_000);
    house.plug.pull();
    house.clock.advance(60_000);
    const { board } = house;
    const look = (): EventLog => {
      board.powerOff();
      board.supply.restore();
      return open(hashes, board.flash, board.keyValue.open("latchkey"));
    };
    const log = look();
    while (log.next - log.first < CROWDED_EVENTS) log.append(GRANT);
    board.setLeaf(true);
    board.powerOn();
    house.clock.advance(60_000);
    const before = look().next;
    const cycles = 40;
    for (let cycle = 0; cycle < cycles; cycle++) {
      board.powerOn();
      house.clock.advance(2_000);
      board.keypad.type("111111");
      house.clock.advance(2_000);
      board.powerOff();
    }
    assert.is(look().next, before);
    board.powerOn();
    house.plug.plug();
    house.clock.advance(600_000);
    const { events } = house.cloud;
    assert.is(starts(events), board.boots);
    assert.is(events.reduce((sum, { type, reason, count }) => sum + (type === "denials-folded" ? count : reason === "locked-down" ? 1 : 0), 0), cycles);
    assert.is(look().first, look().next, "and the cloud has it all");
  },
};
