import { FIRMWARE_RETRY_MAX_MS, FIRMWARE_TRIAL_MS } from "../../firmware/limits";
import { virtualImage } from "../../hardware-sim/virtual-update";
import { equalBytes, readU32 } from "../../protocol/bytes";
import { LockState } from "../../protocol/delta";
import { imageHash, nextImageHash } from "../../protocol/firmware-image";
import { FIRMWARE_BYTES_MAX } from "../../protocol/limits";
import { REFUSALS } from "../../protocol/protocol-error";
import type { Cases } from "../support/cases";
import { ImageHouse, type OfferOptions } from "../support/image-house";
import { testKey } from "../support/mint";
import { TARGET } from "../support/signed-image";

const MINUTE_MS = 60_000;

export const cases: Cases = {
  "firmware: an image's hash is a chain over its pages": (assert, { hashes }) => {
    const image = virtualImage(7, 9_000);
    let hash: Uint8Array = new Uint8Array(32);
    for (const [from, to] of [[0, 4_096], [4_096, 8_192], [8_192, 9_000]]) hash = nextImageHash(hashes, hash, image.subarray(from, to));
    assert.deepEqual(imageHash(hashes, image), hash);
    assert.not(imageHash(hashes, image.subarray(0, 8_999))[0], hash[0]);
  },

  "firmware: a signed image is fetched, runs on trial, and stays once it has reached its cloud": (assert, { hashes }) => {
    const house = new ImageHouse(hashes);
    assert.is(house.state.firmware, 1);
    assert.deepEqual(house.state.target, TARGET);
    house.offer({ version: 2 });
    house.clock.advance(5_000);
    assert.is(house.version, 2);
    house.clock.advance(MINUTE_MS);
    assert.false(house.board.update!.onTrial);
    assert.is(house.fetches, 1);
    assert.deepEqual(house.firmwareEvents, ["firmware 2"]);
    assert.is(house.state.firmware, 2);
    assert.false(house.state.onTrial);
    assert.true(house.types("111111"));
    for (let cut = 0; cut < 3; cut++) {
      house.board.powerOff();
      house.board.powerOn();
      house.clock.advance(10_000);
      assert.is(house.version, 2);
    }
    house.offer({ version: 2 });
    house.clock.advance(MINUTE_MS);
    assert.is(house.fetches, 1, "what runs is not fetched again");
  },

  "firmware: what the image key did not sign, for this board and newer than what runs, is not even fetched": (assert, { hashes }) => {
    const house = new ImageHouse(hashes);
    const tries: [string, OfferOptions, (typeof REFUSALS)[number]][] = [
      ["another key", { version: 2, key: testKey(42) }, "wrong-key"],
      ["another kind of board", { version: 2, target: new Uint8Array(8) }, "wrong-target"],
      ["the version that runs", { version: 1 }, "old-version"],
      ["too large for any board", { version: 2, size: FIRMWARE_BYTES_MAX + 1 }, "too-large"],
    ];
    for (const [what, offer, code] of tries) {
      house.offer(offer);
      house.clock.advance(10_000);
      assert.is(house.state.lastRefusal, REFUSALS.indexOf(code) + 1, what);
    }
    const altered = (): Uint8Array => house.cloud.sent[house.cloud.sent.length - 1].payload.slice();
    house.offer({ version: 3, file: null });
    const flipped = altered();
    flipped[flipped.length - 60] ^= 1;
    house.clock.advance(1_000);
    assert.is(house.board.update!.begun, 1, "a good one is");
    house.cloud.send("firmware", flipped);
    house.clock.advance(1_000);
    assert.is(house.state.lastRefusal, REFUSALS.indexOf("bad-signature") + 1);
    assert.is(house.board.update!.begun, 1);
    assert.is(house.version, 1);
    assert.is(TARGET.length, 8);
  },

  "firmware: one that fits no slot of this board is given up": (assert, { hashes }) => {
    const house = new ImageHouse(hashes);
    house.offer({ version: 2, size: 65_537 });
    house.clock.advance(10_000);
    assert.is(house.fetches, 0);
    assert.is(house.version, 1);
    assert.true(house.types("111111"));
  },

  "firmware: bytes that are not the image never run; what is right later is fetched later": (assert, { hashes }) => {
    const right = virtualImage(2);
    const flipped = right.slice();
    flipped[9_999] ^= 1;
    const longer = new Uint8Array(right.length + 1);
    longer.set(right);
    const tries: [string, Uint8Array][] = [
      ["a bit", flipped],
      ["a byte short", right.slice(0, -1)],
      ["a byte long", longer],
      ["a page short", right.slice(0, 8_192)],
      ["nothing", new Uint8Array(0)],
    ];
    for (const [what, file] of tries) {
      const house = new ImageHouse(hashes);
      house.offer({ version: 2, file });
      house.clock.advance(10 * MINUTE_MS);
      assert.is(house.version, 1, what);
      assert.is(house.fetches, 1, `${what}: not again and again`);
      assert.false(house.board.update!.pending, what);
      assert.is(house.board.boots, 1, what);
      assert.true(house.types("111111"), what);
      house.offer({ version: 2, file: right });
      house.clock.advance(FIRMWARE_RETRY_MAX_MS + MINUTE_MS);
      assert.is(house.version, 2, what);
    }
  },

  "firmware: a server without the image, and a network that breaks off, are asked again from the beginning": (assert, { hashes }) => {
    const house = new ImageHouse(hashes);
    house.offer({ version: 2, file: null });
    house.clock.advance(10_000);
    assert.is(house.fetches, 1);
    house.cloud.files.set("/firmware/2.bin", virtualImage(2));
    house.plug.cable.latencyMs = 2_000;
    house.clock.advance(MINUTE_MS - 20_000);
    assert.is(house.fetches, 1);
    // The request is on its way; the answer does not come through.
    house.clock.runUntil(() => house.fetches === 2, MINUTE_MS);
    house.plug.pull();
    house.clock.advance(5 * MINUTE_MS);
    assert.is(house.version, 1);
    assert.true(house.types("111111"));
    house.plug.plug();
    house.plug.cable.latencyMs = 10;
    house.clock.advance(30 * MINUTE_MS);
    assert.is(house.version, 2);
    assert.false(house.board.update!.onTrial);
  },

  "firmware: whoever is at the door is not shut out by a restart, and no digit is lost to a download": (assert, { hashes }) => {
    const house = new ImageHouse(hashes);
    house.board.keypad.type("11");
    house.offer({ version: 2 });
    house.clock.advance(100);
    house.board.keypad.type("1111");
    house.clock.advance(1_000);
    assert.true(house.board.strike);
    house.clock.advance(3_000);
    assert.true(house.board.update!.pending, "the image is there");
    // Somebody else comes while the strike is still open, and types slowly.
    for (const digit of "11111") {
      house.board.keypad.type(digit);
      house.clock.advance(3_000);
      assert.is(house.board.boots, 1);
    }
    house.board.keypad.type("1");
    house.clock.advance(100);
    assert.true(house.board.strike);
    while (house.board.strike) {
      assert.is(house.board.boots, 1, "the strike is open");
      house.clock.advance(100);
    }
    house.clock.advance(MINUTE_MS);
    assert.is(house.version, 2);
  },

  "firmware: a door that is held open for days is started anew in the end": (assert, { hashes }) => {
    const house = new ImageHouse(hashes);
    house.cloud.change({ lockState: LockState.holdOpen });
    house.clock.advance(10_000);
    assert.true(house.board.strike);
    house.offer({ version: 2 });
    house.clock.advance(12 * 3_600_000);
    assert.is(house.version, 1);
    house.clock.advance(13 * 3_600_000);
    assert.is(house.version, 2);
    assert.true(house.board.strike, "and held open again");
  },

  "firmware: an image that crashes gives way to the last good one, is reported, and is not taken again": (assert, { hashes }) => {
    const house = new ImageHouse(hashes, [2]);
    house.offer({ version: 2 });
    house.clock.advance(MINUTE_MS);
    assert.is(house.version, 1);
    assert.is(house.board.boots, 3);
    assert.deepEqual(house.firmwareEvents, ["alarm 3"]);
    assert.is(house.state.rolledBack, 2);
    assert.is(house.state.firmware, 1);
    assert.true(house.types("111111"));
    house.offer({ version: 2 });
    house.clock.advance(MINUTE_MS);
    assert.is(house.fetches, 1);
    assert.is(house.state.lastRefusal, REFUSALS.indexOf("old-version") + 1);
    house.board.powerOff();
    house.board.powerOn();
    house.clock.advance(MINUTE_MS);
    assert.deepEqual(house.firmwareEvents, ["alarm 3"], "told once");
    house.offer({ version: 3 });
    house.clock.advance(MINUTE_MS);
    assert.is(house.version, 3);
    assert.deepEqual(house.firmwareEvents, ["alarm 3", "firmware 3"]);
  },

  "firmware: an image that hangs before it has proved itself gives way too": (assert, { hashes }) => {
    const house = new ImageHouse(hashes, [], { watchdogMs: 5_000 });
    house.offer({ version: 2 });
    house.clock.runUntil(() => house.board.boots === 2, MINUTE_MS);
    assert.is(house.version, 2);
    house.board.hang();
    house.clock.advance(MINUTE_MS);
    assert.is(house.version, 1);
    assert.is(house.state.rolledBack, 2);
    assert.is(house.state.resetReason, 4);
  },

  "firmware: without a cloud in reach ten minutes prove an image, and nothing less does": (assert, { hashes }) => {
    for (const minutes of [9, 11]) {
      const house = new ImageHouse(hashes);
      house.offer({ version: 2 });
      house.clock.runUntil(() => house.board.boots === 2, MINUTE_MS);
      house.plug.pull();
      house.clock.advance(minutes * MINUTE_MS);
      assert.is(house.board.update!.onTrial, minutes * MINUTE_MS < FIRMWARE_TRIAL_MS);
      house.board.powerOff();
      house.board.powerOn();
      house.plug.plug();
      house.clock.advance(MINUTE_MS);
      assert.is(house.version, minutes === 9 ? 1 : 2);
    }
  },

  "firmware: no image below the largest minimum ever taken, whatever became of that one": (assert, { hashes }) => {
    const house = new ImageHouse(hashes, [5]);
    house.offer({ version: 5, minimumVersion: 4 });
    house.clock.advance(MINUTE_MS);
    assert.is(house.version, 1, "it crashed");
    house.board.powerOff();
    house.board.powerOn();
    house.clock.advance(10_000);
    house.offer({ version: 3 });
    house.clock.advance(MINUTE_MS);
    assert.is(house.version, 1);
    assert.is(house.fetches, 1);
    house.offer({ version: 4 });
    house.clock.advance(MINUTE_MS);
    assert.is(house.version, 4);
  },

  "firmware: while an image is on trial, nothing is written over the last good one; a newer offer takes an older one's place": (assert, { hashes }) => {
    const house = new ImageHouse(hashes);
    house.offer({ version: 2, file: null });
    house.clock.advance(10_000);
    house.offer({ version: 3 });
    house.clock.runUntil(() => house.board.boots === 2, MINUTE_MS);
    assert.is(house.version, 3);
    house.cloud.files.set("/firmware/2.bin", virtualImage(2));
    const good = house.board.update!.otherImage;
    house.board.keyValue.preset("latchkey", "enrolled", house.board.keyValue.peek("latchkey", "enrolled"));
    house.plug.pull();
    house.clock.advance(MINUTE_MS);
    house.offer({ version: 4 });
    assert.true(house.board.update!.onTrial);
    assert.deepEqual(house.board.update!.otherImage, good);
    house.plug.plug();
    house.clock.advance(5 * MINUTE_MS);
    assert.false(house.board.update!.onTrial);
    house.offer({ version: 4 });
    house.clock.advance(MINUTE_MS);
    assert.is(house.version, 4);
  },

  "firmware: wherever the power fails, a whole image runs, and offered again the new one comes to run": (assert, { hashes }) => {
    // Signatures have cases of their own, and take XS long.
    const house = new ImageHouse(hashes, [], { encrypted: false, verifySignature: () => true });
    const { board, clock } = house;
    // How many steps there are from the offer to an image that stays.
    const start = board.supply.steps;
    house.offer({ version: 2 });
    clock.advance(MINUTE_MS);
    assert.is(house.version, 2);
    const steps = board.supply.steps - start;
    assert.true(steps > 8, `${steps} steps`);
    let version = 2;
    for (let step = 0; step < steps; step++) {
      for (const point of ["before", "inside", "after"] as const) {
        version += 1;
        const what = `cut ${point} step ${step} of ${version}`;
        board.cutAfter(step, point);
        house.offer({ version, minimumVersion: version });
        clock.advance(MINUTE_MS);
        if (!board.running) board.powerOn();
        clock.advance(30_000);
        // The bootloader itself may have lost its power.
        if (!board.running) board.powerOn();
        clock.advance(30_000);
        board.supply.cancelCut();
        const { image } = board.update!;
        assert.true(equalBytes(image, virtualImage(house.version)), what);
        const record = board.keyValue.peek("latchkey", "firmware");
        const minimum = record === undefined ? 0 : readU32(record, 4);
        assert.true(minimum >= house.version || house.version === 2, `${what}: what runs has left its minimum`);
        assert.true(house.types("111111"), what);
        if (house.version === version) continue;
        // One that lost its power on trial is not taken again: the next one is.
        version += 1;
        house.offer({ version, minimumVersion: version });
        clock.advance(2 * MINUTE_MS);
        assert.is(house.version, version, what);
      }
    }
  },
};
