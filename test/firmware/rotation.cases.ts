import type { VirtualBoardOptions } from "../../hardware-sim/virtual-board";
import { decodeDoorState } from "../../protocol/door-state";
import type { Hashes } from "../../protocol/hashes";
import { REFUSALS } from "../../protocol/protocol-error";
import type { Cases } from "../support/cases";
import { House } from "../support/house";
import { GUEST, RESIDENT, testKey } from "../support/mint";

const GRANTS = [
  { pin: "111111", profile: RESIDENT },
  { pin: "222222", profile: GUEST },
];

/** A door with a list and a lease. */
function claimed(hashes: Hashes, options: Partial<VirtualBoardOptions> = {}): House {
  const house = new House(hashes, options);
  house.cloud.issue(GRANTS);
  house.clock.advance(30_000);
  return house;
}

/** The cloud's keys change while the door hears nothing; each time the list is issued anew, and then somebody is revoked. */
function rotateTwice(house: House): void {
  house.plug.pull();
  house.clock.advance(3_600_000);
  house.cloud.rotate(testKey(11), testKey(12));
  house.clock.advance(3_600_000);
  house.cloud.rotate(testKey(13), testKey(14));
  house.cloud.issue(GRANTS.slice(0, 1));
  house.clock.advance(60_000);
}

const lastOf = (house: House): (typeof house.cloud.receipts)[number] => house.cloud.receipts[house.cloud.receipts.length - 1];
const sentKeysets = (house: House): number => house.cloud.sent.filter(({ what }) => what === "keyset").length;

export const cases: Cases = {
  "keysets: a door that missed two rotations walks the chain, and then takes the list under the newest keys": (assert, { hashes }) => {
    const house = claimed(hashes);
    rotateTwice(house);
    assert.true(house.types("222222"), "it has heard nothing yet");
    house.plug.plug();
    house.clock.advance(120_000);
    assert.is(lastOf(house).keysetNumber, 3);
    assert.is(lastOf(house).version, house.cloud.version);
    assert.false(house.types("222222"));
    assert.true(house.types("111111"));
    assert.is(house.cloud.events.filter(({ type }) => type === "keyset-accepted").length, 2);
    const numbers = house.cloud.receipts.map(({ keysetNumber }) => keysetNumber);
    assert.deepEqual(
      numbers.filter((number, index) => number !== numbers[index - 1]),
      [1, 2, 3],
    );
  },

  "keysets: out of order, twice, or the newest alone, the chain is walked all the same, and refusals are told": (assert, { hashes }) => {
    const house = claimed(hashes);
    rotateTwice(house);
    house.cloud.jammed = (what) => what === "keyset";
    house.plug.plug();
    house.clock.advance(120_000);
    assert.is(lastOf(house).keysetNumber, 1);
    assert.true(sentKeysets(house) > 0);
    house.cloud.jammed = () => false;
    for (const number of [3, 1, 3, 2, 2, 1, 3, 3, 2]) {
      house.cloud.send("keyset", house.cloud.keyset(number));
      house.clock.advance(500);
    }
    house.clock.advance(60_000);
    assert.is(lastOf(house).keysetNumber, 3);
    assert.is(house.cloud.events.filter(({ type }) => type === "keyset-accepted").length, 2);
    assert.false(house.types("222222"));
    assert.true(house.types("111111"));
    const state = decodeDoorState(house.network.broker.retained(`latchkey/1/doors/${house.cloud.door}/up/state`)!);
    assert.true(state.refusedBy.some(({ code }) => code === REFUSALS.indexOf("wrong-keyset-number") + 1));
  },

  "keysets: all of the chain at once, as a burst, is walked too": (assert, { hashes }) => {
    const house = claimed(hashes);
    rotateTwice(house);
    house.cloud.jammed = (what) => what === "keyset";
    house.plug.plug();
    house.clock.advance(120_000);
    house.cloud.jammed = () => false;
    for (const number of [2, 3]) house.cloud.send("keyset", house.cloud.keyset(number));
    house.clock.advance(60_000);
    assert.is(lastOf(house).keysetNumber, 3);
    assert.is(lastOf(house).version, house.cloud.version);
  },

  "keysets: wherever the power fails on the way, the chain is walked to its end": (assert, { hashes }) => {
    // Signatures have cases of their own, and take XS long.
    const house = claimed(hashes, { verifySignature: () => true, encrypted: false });
    rotateTwice(house);
    house.board.powerOff();
    const memory = house.board.snapshot();
    const walk = (cut?: () => void): void => {
      if (house.board.running) house.board.powerOff();
      house.board.restoreMemory(memory);
      house.board.powerOn();
      cut?.();
      house.plug.plug();
      house.clock.advance(60_000);
      if (!house.board.running) {
        house.board.powerOn();
        house.clock.advance(60_000);
      }
      house.plug.pull();
      house.clock.advance(1_000);
    };
    const before = house.board.supply.steps;
    walk();
    const steps = house.board.supply.steps - before;
    assert.true(steps > 10, `${steps} steps`);
    for (let step = 0; step < steps; step += 2) {
      for (const point of ["inside", "after"] as const) {
        const what = `cut ${point} step ${step}`;
        // An older one would not do: the door must not take back what it has.
        walk(() => house.board.cutAfter(step, point));
        house.board.supply.cancelCut();
        assert.is(lastOf(house).keysetNumber, 3, what);
        assert.is(lastOf(house).version, house.cloud.version, what);
        assert.true(house.types("111111"), what);
        assert.false(house.types("222222"), what);
      }
    }
  },
};
