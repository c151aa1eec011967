import { EVENT_UPLOAD_RETRY_MAX_MS, EVENT_UPLOAD_RETRY_MS } from "../../firmware/limits";
import { toHex } from "../../protocol/bytes";
import { ReplyStatus } from "../../protocol/command";
import { LockState } from "../../protocol/delta";
import { DEFAULT_POLICY, type DoorPolicy } from "../../protocol/door-policy";
import type { Hashes } from "../../protocol/hashes";
import { TAG_BYTES } from "../../protocol/limits";
import { HolderClass } from "../../protocol/profile";
import { LAST_RULE } from "../../protocol/schedule";
import type { Cases } from "../support/cases";
import { House } from "../support/house";
import { RESIDENT, STAFF } from "../support/mint";
import { CUT_POINTS } from "../support/trial-memory";

const HOUR = 3_600_000;
/** Every day from 09:00 to 17:00. */
const RULES = [{ days: 127, start: 9 * 60, end: 17 * 60, next: LAST_RULE }];

/** A claimed door with a resident (111111), one who is forced (999999) and staff (222222), at new year's midnight. */
function claimedHouse(hashes: Hashes, policy: Partial<DoorPolicy> = {}, options: { rtc?: boolean; encrypted?: boolean } = {}): House {
  const house = new House(hashes, { rtc: true, ...options });
  const people = [{ pin: "111111", profile: RESIDENT }, { pin: "999999", profile: RESIDENT, row: { duress: true } }, { pin: "222222", profile: STAFF }];
  house.cloud.issue(people, { rules: RULES, policy: { ...DEFAULT_POLICY, ...policy } });
  house.clock.advance(30_000);
  return house;
}

/** No pulse is that long. */
function standsOpen(house: House): boolean {
  house.clock.advance(70_000);
  return house.board.strike;
}

function dark(house: House): void {
  house.board.powerOff();
  house.clock.advance(5_000);
  house.board.powerOn();
  house.clock.advance(1_000);
}

const told = (house: House, type: string): number[] => house.cloud.events.filter((event) => event.type === type).map(({ count }) => count);

export const cases: Cases = {
  "X12, X4: lock-down and hold-open hold offline and over power cuts, until the cloud says otherwise": (assert, { hashes }) => {
    const house = claimedHouse(hashes);
    house.cloud.change({ lockState: LockState.lockDown });
    house.clock.advance(2_000);
    house.plug.pull();
    for (let time = 0; time < 3; time++) {
      assert.false(house.types("111111"));
      assert.is(house.lastTrace, "denied: locked-down");
      dark(house);
    }
    house.board.pressExit(true);
    house.clock.advance(100);
    assert.true(house.board.strike, "nobody is locked in");
    house.board.pressExit(false);
    house.clock.advance(10_000);
    house.plug.plug();
    house.clock.advance(70_000);
    house.cloud.change({ lockState: LockState.holdOpen });
    house.clock.advance(2_000);
    house.plug.pull();
    assert.true(standsOpen(house));
    dark(house);
    assert.true(standsOpen(house));
    house.plug.plug();
    house.clock.advance(70_000);
    house.cloud.change({});
    house.clock.advance(2_000);
    assert.false(house.board.strike, "at once");
    assert.true(house.types("111111"));
    assert.deepEqual(told(house, "lock-state"), [LockState.lockDown, LockState.holdOpen, LockState.normal]);
  },

  "X12: wherever the power is cut while a lock-down comes in, it holds from the moment that it is acknowledged": (assert, { hashes }) => {
    for (let step = 0, whole = false; !whole; step++) {
      const point = CUT_POINTS[step % CUT_POINTS.length];
      const house = claimedHouse(hashes);
      assert.false(house.board.strike);
      const version = house.cloud.change({ lockState: LockState.lockDown });
      house.board.cutAfter(step, point);
      house.clock.advance(2_000);
      whole = house.board.running;
      house.board.supply.cancelCut();
      house.plug.pull();
      const acknowledged = house.cloud.receipts.some((receipt) => receipt.version === version);
      dark(house);
      const opens = house.types("111111");
      assert.false(acknowledged && opens, `cut ${point} step ${step}`);
      house.plug.plug();
      house.clock.advance(70_000);
      assert.false(house.types("111111"), `cut ${point} step ${step}: when the cloud is back`);
      assert.is(house.cloud.events.filter(({ type, count }) => type === "lock-state" && count === LockState.lockDown).length >= 1, true);
    }
  },

  "N16, X5: the door's hours over a power cut: with a clock chip at once, without one when the time is signed again": (assert, { hashes }) => {
    for (const rtc of [true, false]) {
      const house = claimedHouse(hashes, { hoursRule: 0, firstInClasses: 1 << HolderClass.staff }, { rtc });
      house.clock.advanceTo(10 * HOUR);
      assert.true(house.types("111111"));
      assert.false(standsOpen(house));
      assert.true(house.types("222222"));
      assert.true(standsOpen(house));
      house.plug.pull();
      dark(house);
      assert.is(standsOpen(house), rtc, `clock chip: ${rtc}`);
      house.plug.plug();
      house.clock.advance(70_000);
      assert.true(standsOpen(house));
      house.plug.pull();
      house.clock.advanceTo(17 * HOUR + 1_000);
      assert.false(house.board.strike, "relocked offline");
      house.plug.plug();
      house.clock.advance(70_000);
      assert.deepEqual(told(house, "door-hours"), rtc ? [1, 0] : [1, 0, 1, 0]);
    }
  },

  "N16: hours ride in a delta's policy, and so does their end": (assert, { hashes }) => {
    const house = claimedHouse(hashes);
    house.clock.advanceTo(10 * HOUR);
    assert.false(house.board.strike);
    house.cloud.change({ policy: { ...DEFAULT_POLICY, hoursRule: 0 } });
    house.clock.advance(2_000);
    assert.true(standsOpen(house));
    house.cloud.change({ policy: { ...DEFAULT_POLICY, hoursRule: 0 }, lockState: LockState.lockDown });
    house.clock.advance(2_000);
    assert.false(house.board.strike);
    house.cloud.change({});
    house.clock.advance(2_000);
    assert.false(standsOpen(house));
  },

  "N14, X12: a remote unlock moves the outputs that it names, if the board has them and there is no lock-down": (assert, { hashes }) => {
    const house = claimedHouse(hashes);
    const unlock = (outputs: number): [ReplyStatus, boolean] => {
      house.cloud.unlock(outputs);
      house.clock.advance(1_000);
      const opened = house.board.strike;
      house.clock.advance(20_000);
      return [house.cloud.replies[house.cloud.replies.length - 1].status, opened];
    };
    assert.deepEqual(unlock(1), [ReplyStatus.done, true]);
    assert.deepEqual(unlock(2), [ReplyStatus.refused, false], "no such output here");
    assert.deepEqual(unlock(3), [ReplyStatus.refused, false], "not half of it");
    assert.deepEqual(unlock(0), [ReplyStatus.refused, false]);
    house.cloud.change({ lockState: LockState.lockDown });
    house.clock.advance(2_000);
    assert.deepEqual(unlock(1), [ReplyStatus.refused, false]);
    house.cloud.change({});
    house.clock.advance(2_000);
    assert.deepEqual(unlock(1), [ReplyStatus.done, true]);
    const opened = house.cloud.replies.filter(({ status }) => status === ReplyStatus.done);
    const named = opened.map(({ outputs, requestId }) => [outputs, toHex(requestId.subarray(0, TAG_BYTES))]);
    assert.deepEqual(house.cloud.events.filter(({ type }) => type === "remote-unlock").map(({ outputs, tag }) => [outputs, toHex(tag)]), named, "the log says which request it was");
  },

  "X12: a duress PIN is with the cloud at once, also while events before it wait to be acknowledged": (assert, { hashes }) => {
    const house = claimedHouse(hashes);
    house.clock.advance(EVENT_UPLOAD_RETRY_MS);
    house.cloud.acknowledges = false;
    house.board.keypad.type("111111");
    house.clock.advance(500);
    house.board.keypad.type("999999");
    house.clock.advance(500);
    assert.true(house.board.strike);
    assert.is(house.cloud.events.filter(({ duress }) => duress).length, 1);
    house.board.keypad.type("111111");
    house.clock.advance(500);
    assert.is(house.cloud.events.filter(({ type }) => type === "decision").length, 2, "the one after it waits its turn");
  },

  "X7: a cloud that acknowledges nothing is not sent the same events for ever at the same pace, and gets them when it does": (assert, { hashes }) => {
    const house = claimedHouse(hashes);
    house.clock.advance(EVENT_UPLOAD_RETRY_MS);
    house.cloud.acknowledges = false;
    let uploads = 0;
    const heard = house.network.broker.onPublish!;
    house.network.broker.onPublish = (topic, payload, retain, clientId) => {
      if (topic.endsWith("/events")) uploads += 1;
      heard(topic, payload, retain, clientId);
    };
    house.types("111111");
    house.clock.advance(HOUR);
    assert.true(uploads >= HOUR / EVENT_UPLOAD_RETRY_MAX_MS && uploads < HOUR / EVENT_UPLOAD_RETRY_MAX_MS + 10, `${uploads}`);
    house.cloud.acknowledges = true;
    house.clock.advance(EVENT_UPLOAD_RETRY_MAX_MS);
    uploads = 0;
    house.clock.advance(HOUR);
    assert.is(uploads, 0, "it has them");
  },
};
