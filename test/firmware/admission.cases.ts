import { USE_ENTRIES_MAX } from "../../firmware/limits";
import { writeU32 } from "../../protocol/bytes";
import { LockState } from "../../protocol/delta";
import { HolderClass } from "../../protocol/profile";
import type { Cases } from "../support/cases";
import { cutPoints, FLASH_MODES } from "../support/trial-memory";
import { TrialDoor } from "../support/trial-door";
import { pinTag, trialList } from "../support/trial-list";

const ONE_TIME = { value: "111111", profile: { maxUses: 1 } };
const ALWAYS = { value: "222222" };

export const cases: Cases = {
  "a PIN opens: use, event and strike in this order, then the outcome, with no PIN anywhere"(assert, { hashes }) {
    const trial = new TrialDoor(hashes, { list: trialList(hashes, [ONE_TIME, ALWAYS], { policy: { unlockSeconds: 3 } }) });
    assert.is(trial.type("222222"), "granted");
    assert.deepEqual(trial.outcomes[0], { reason: "granted", kind: 1, tag: pinTag(hashes, "222222"), duress: false, event: 0 });
    trial.clock.advance(10_000);
    assert.is(trial.board.strikeTimes[0].to! - trial.board.strikeTimes[0].from, 3_000);
    assert.is(trial.type("333333"), "unknown-credential");
    const [granted, refused] = trial.events();
    assert.deepEqual([granted.type, granted.reason, granted.kind, granted.outputs], ["decision", "granted", 1, 1]);
    assert.deepEqual(granted.tag, pinTag(hashes, "222222"));
    assert.deepEqual([refused.reason, refused.outputs], ["unknown-credential", 0]);
    assert.deepEqual(refused.tag, new Uint8Array(5), "a mistyped PIN leaves no trace of itself");
    assert.is(trial.board.strikeTimes.length, 1);
  },

  "N8: a one-time code opens once, wherever the power is cut"(assert, host) {
    const { hashes } = host;
    const list = trialList(hashes, [ONE_TIME, ALWAYS]);
    for (const encrypted of FLASH_MODES) {
      let opened = 0;
      let whole = false;
      let cuts = 0;
      for (let step = 0; !whole; step++) {
        for (const point of cutPoints(host, step)) {
          const trial = new TrialDoor(hashes, { list, encrypted });
          trial.board.cutAfter(step, point);
          trial.type("111111");
          whole = trial.board.running;
          cuts += 1;
          trial.board.supply.cancelCut();
          trial.board.powerOn();
          trial.clock.advance(60_000);
          const again = trial.type("111111");
          trial.clock.advance(60_000);
          const strikes = trial.board.strikeTimes.length;
          assert.true(strikes <= 1, `cut ${point} step ${step}: opened ${strikes} times`);
          assert.is(again, strikes === 1 && trial.outcomes.length === 1 ? "granted" : "used-up", `cut ${point} step ${step}`);
          opened += strikes;
          const grants = trial.events().filter(({ reason }) => reason === "granted").length;
          assert.true(grants >= strikes, "every opening is in the log");
          assert.is(trial.type("222222"), "granted", "the door goes on");
          trial.clock.advance(60_000);
          assert.is(trial.type("111111"), "used-up");
        }
      }
      assert.true(cuts > (host.thorough ? 20 : 7) && opened > cuts / 2 && opened < cuts, `${opened} of ${cuts}`);
    }
  },

  "N8: n uses are n uses, over reboots and new lists"(assert, { hashes }) {
    const trial = new TrialDoor(hashes, { list: trialList(hashes, [{ value: "111111", profile: { maxUses: 3 } }]) });
    assert.is(trial.type("111111"), "granted");
    trial.board.restart();
    assert.is(trial.type("111111"), "granted");
    trial.list = trialList(hashes, [ALWAYS, { value: "111111", profile: { maxUses: 3 } }], { version: 200 });
    assert.is(trial.type("111111"), "granted");
    assert.is(trial.type("111111"), "used-up");
    trial.board.restart();
    assert.is(trial.type("111111"), "used-up");
    assert.is(trial.type("222222"), "granted");
  },

  "N8: with the journal full a limited code that is new stays shut, everybody else gets in"(assert, { hashes }) {
    const trial = new TrialDoor(hashes, { list: trialList(hashes, [ONE_TIME, ALWAYS, { value: "333333", profile: { maxUses: 9 } }]) });
    assert.is(trial.type("333333"), "granted");
    for (let number = 0; number < USE_ENTRIES_MAX - 1; number++) {
      const tag = new Uint8Array(5);
      writeU32(tag, 1, number);
      trial.uses.consume({ tag, kind: 1, useCounter: 0 }, 0);
    }
    assert.true(trial.uses.full);
    trial.clock.advance(10_000);
    assert.is(trial.type("111111"), "used-up");
    assert.false(trial.board.strike);
    assert.is(trial.type("222222"), "granted");
    assert.is(trial.type("333333"), "granted", "one that is counted already");
  },

  "X12: a duress PIN opens like any other and marks the event"(assert, { hashes }) {
    const trial = new TrialDoor(hashes, { list: trialList(hashes, [{ value: "999999", row: { duress: true } }, ALWAYS]) });
    assert.is(trial.type("999999"), "granted");
    assert.true(trial.board.strike);
    trial.type("222222");
    assert.deepEqual(trial.events().map(({ duress }) => duress), [true, false]);
  },

  "X12: in lock-down no PIN opens and the exit button does"(assert, { hashes }) {
    const trial = new TrialDoor(hashes, { list: trialList(hashes, [ALWAYS], { delta: { lockState: LockState.lockDown } }) });
    assert.is(trial.type("222222"), "locked-down");
    assert.false(trial.board.strike);
    trial.board.pressExit(true);
    trial.settle(100);
    assert.true(trial.board.strike);
    trial.board.pressExit(false);
    for (let time = 0; time < 20; time++) assert.is(trial.type("222222"), "locked-down", "and a known PIN locks no keypad");
  },

  "X8: a known PIN that is refused, and a door without a list, count as no guess"(assert, { hashes }) {
    const trial = new TrialDoor(hashes, { list: trialList(hashes, [{ value: "222222", profile: { notAfter: 1 } }, { value: "444444", profile: { holderClass: HolderClass.guest } }]) });
    for (let time = 0; time < 10; time++) assert.is(trial.type("222222"), "expired");
    for (let time = 0; time < 10; time++) assert.is(trial.type("444444"), "stale-list");
    trial.timeKnown = false;
    for (let time = 0; time < 10; time++) assert.is(trial.type("444444"), "time-unknown");
    trial.list = undefined;
    for (let time = 0; time < 10; time++) assert.is(trial.type("222222#"), "stale-list");
    assert.is(trial.throttle.count, 0);
    assert.is(trial.events().length, 40);
  },

  "every step of an opening is in the log: grant, leaf, exit"(assert, { hashes }) {
    const trial = new TrialDoor(hashes, { list: trialList(hashes, [ALWAYS]) });
    trial.type("222222");
    trial.board.setLeaf(true);
    trial.settle(100);
    trial.board.setLeaf(false);
    trial.settle(100);
    trial.board.pressExit(true);
    trial.settle(100);
    trial.board.restart();
    assert.deepEqual(trial.events().map(({ type }) => type), ["decision", "leaf-opened", "leaf-closed", "request-to-exit"]);
  },
};
