import { VirtualRandom } from "../../hardware-sim/virtual-random";
import { ascii, concat } from "../../protocol/bytes";
import { decodeDoorState, DOOR_STATE_BYTES_MAX, encodeDoorState, OFFLINE, type DoorState } from "../../protocol/door-state";
import { decodeFirmwareOffer, encodeFirmwareImage, encodeFirmwareOffer, type FirmwareImage } from "../../protocol/firmware-image";
import { U32_MAX } from "../../protocol/limits";
import { ProtocolError, REFUSALS } from "../../protocol/protocol-error";
import type { Cases } from "../support/cases";
import type { Assert } from "../support/portable-assert";
import { Mint, testKey } from "../support/mint";

const TARGET = ascii("virtual1");

/** Reads mutilated copies of a message: each is read, or refused by a name. @returns how many were read. */
function mutilate(assert: Assert, message: Uint8Array, read: (bytes: Uint8Array) => void): number {
  const random = new VirtualRandom("mutilate");
  const byte = (): number => random.bytes(1)[0];
  let taken = 0;
  const attempt = (bytes: Uint8Array): void => {
    try {
      read(bytes);
      taken += 1;
    } catch (error) {
      assert.true(error instanceof ProtocolError, String(error));
    }
  };
  for (let at = 0; at < message.length; at++) {
    attempt(message.subarray(0, at));
    const flipped = message.slice();
    flipped[at] ^= 1 << (byte() & 7);
    attempt(flipped);
    attempt(concat(message.subarray(0, at), random.bytes(1 + (byte() & 15)), message.subarray(at)));
    attempt(concat(message.subarray(0, at), message.subarray(at + 1 + (byte() & 7))));
  }
  for (let round = 0; round < 300; round++) attempt(random.bytes(byte()));
  return taken;
}

export const cases: Cases = {
  "formats: the largest state fits its bound, also with names of refusals to come": (assert) => {
    const numbers = { time: U32_MAX, refusals: U32_MAX, lastRefusal: 255, uptime: U32_MAX, resetReason: 255, boots: U32_MAX, chunkBytes: U32_MAX, slotBytes: U32_MAX, firmware: U32_MAX, rolledBack: U32_MAX, dropped: U32_MAX, unreadableFrames: U32_MAX };
    const state: DoorState = { ...OFFLINE, ...numbers, online: true, leafOpen: true, lockedOut: true, onTrial: true, refusedBy: Array.from({ length: 2 * REFUSALS.length }, (_, index) => ({ code: index + 1, count: U32_MAX })), target: new Uint8Array(8).fill(255) };
    const bytes = encodeDoorState(state);
    assert.true(bytes.length <= DOOR_STATE_BYTES_MAX, `${bytes.length} bytes`);
    assert.deepEqual(decodeDoorState(bytes), state);
    assert.is(encodeDoorState(OFFLINE).length, 3, "and what is nothing takes no bytes");
  },

  "formats: whatever bytes a state or an offer of firmware has, it is read or refused by name": (assert, { hashes }) => {
    const state = encodeDoorState({ ...OFFLINE, online: true, time: 1_800_000_000, boots: 300, refusedBy: [{ code: 2, count: 1 }, { code: 30, count: 70_000 }], target: new Uint8Array(8) });
    assert.true(mutilate(assert, state, (bytes) => void decodeDoorState(bytes)) > 0);
    const image: FirmwareImage = { target: TARGET, version: 300, minimumVersion: 2, size: 70_000, hash: new Uint8Array(32).fill(9) };
    const signed = new Mint(hashes).sign(encodeFirmwareImage(image), "firmware", testKey(41), TARGET);
    const offer = encodeFirmwareOffer(signed, ascii("/images/300"));
    assert.deepEqual(decodeFirmwareOffer(offer, TARGET).image, image);
    assert.is(decodeFirmwareOffer(offer, TARGET).path, "/images/300");
    // Most of it is signature and path, which form alone does not refuse.
    assert.true(mutilate(assert, offer, (bytes) => void decodeFirmwareOffer(bytes, TARGET)) > 0);
  },
};
