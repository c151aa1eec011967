/** What phones carry to a door and from it (SPEC 21, X2): honest couriers, and every other kind. */
import { COURIER_STALL_MS } from "../../firmware/limits";
import { runHolderSession } from "../../hardware-sim/radio/run-holder-session";
import type { VirtualLink } from "../../hardware-sim/radio/virtual-link";
import { concat } from "../../protocol/bytes";
import { decodeDoorFrame, encodePhoneFrame, OFFERED_ITEMS_MAX, type DoorFrame } from "../../protocol/courier-frame";
import { COURIER_HEADER_BYTES, CourierKind, courierKeys, decodeCourierHeader, openCourierItem, sealCourierItem } from "../../protocol/courier-item";
import { deliver } from "../../protocol/holder-session";
import type { Assert } from "../support/portable-assert";
import type { CaseHost, Cases } from "../support/cases";
import { GUEST, RESIDENT, testKey } from "../support/mint";
import { PaperCourier } from "../support/paper-courier";
import { phone, PhoneHouse, RESIDENTS } from "../support/phone-house";
import type { PaperGrant } from "../support/paper-cloud";
import type { RadioPhone } from "../support/radio-phone";

const lastReceipt = (house: PhoneHouse): { version: number; counter: number; wallTime: number; firstEvent: number; nextEvent: number; keysetNumber: number } => house.cloud.receipts[house.cloud.receipts.length - 1];

function status(answer: ReturnType<RadioPhone["taps"]>): string {
  return answer === undefined ? "no door" : answer.proved ? answer.status : answer.why;
}

/** An offline door, its couriers' cloud, and a phone in no list, which carries. */
function garage(host: CaseHost, grants?: readonly PaperGrant[]): { house: PhoneHouse; courier: PaperCourier; carrier: RadioPhone } {
  const house = new PhoneHouse(host, grants);
  house.goOffline();
  return { house, courier: new PaperCourier(house), carrier: house.phoneAt(phone(9)) };
}

/** A connection on which a phone has proved itself. */
function arrive(holder: RadioPhone): VirtualLink {
  const link = holder.connect()!;
  holder.ask(link, holder.response("carry"));
  return link;
}

/** Writes a frame as it is. @returns the door's answer; undefined where the link has ended. */
function say(house: PhoneHouse, link: VirtualLink, frame: Uint8Array): DoorFrame | undefined {
  house.write(link, "courier", frame);
  return hear(house, link);
}

function hear(house: PhoneHouse, link: VirtualLink): DoorFrame | undefined {
  const bytes = house.read(link, "courier");
  return bytes === undefined ? undefined : decodeDoorFrame(bytes);
}

/** Reads until the door has something to say. */
function patiently(house: PhoneHouse, link: VirtualLink, answer: DoorFrame | undefined): DoorFrame | undefined {
  let heard = answer;
  for (let times = 0; heard?.type === "wait" && times < 100; times++) {
    house.clock.advance(heard.milliseconds);
    heard = hear(house, link);
  }
  return heard;
}

const offer = (items: readonly Uint8Array[]): Uint8Array => encodePhoneFrame({ type: "offer", headers: items.map((item) => decodeCourierHeader(item.subarray(0, COURIER_HEADER_BYTES))) });
const data = (index: number, offset: number, bytes: Uint8Array): Uint8Array => encodePhoneFrame({ type: "data", index, offset, bytes });

/** What no courier may change but by what is true: list, lease, keyset, events, and that a resident gets in. */
function unmoved(assert: Assert, house: PhoneHouse, what: string, act: () => void): void {
  const wear = house.flashWear;
  const openings = house.openings;
  act();
  assert.is(house.flashWear, wear, `${what}: nothing is written`);
  assert.is(house.openings, openings, what);
}

export const cases: Cases = {
  "X2, X1: a revocation comes to an offline door with somebody else's phone, and its acknowledgement goes back with it"(assert, host) {
    const { house, courier, carrier } = garage(host);
    const version = house.cloud.revoke(phone(1));
    house.clock.advance(5_000);
    assert.is(status(house.phoneAt(phone(1)).taps()), "granted", "it has not heard of it");
    house.clock.advance(10_000);
    const receipts = house.cloud.receipts.length;
    assert.is(status(house.phoneAt(phone(2)).taps()), "granted");
    const delivery = house.phoneAt(phone(2)).carries(courier.items());
    assert.is(delivery.delivered, 2, "the delta and a lease; what the door has already it does not ask for");
    assert.deepEqual(delivery.refused, []);
    assert.is(status(house.phoneAt(phone(1)).taps()), "unknown-credential", "from the next tap on");
    assert.is(status(house.phoneAt(phone(2)).taps()), "granted");
    assert.is(house.cloud.receipts.length, receipts);
    const answers = courier.upload(delivery);
    assert.is(lastReceipt(house).version, version, "acknowledged, by a phone");
    assert.true(house.cloud.events.some(({ type, tag }) => type === "decision" && tag[0] !== 0), "and its events have come");
    // The answer goes to the door with whoever is there next.
    const known = house.cloud.events.length;
    const next = carrier.carries(answers);
    assert.true(next.delivered >= 1);
    const more = courier.upload(next);
    assert.true(house.cloud.events.length > known);
    courier.visit(carrier, more);
    assert.is(lastReceipt(house).firstEvent, house.cloud.events.length, "the door knows what the cloud has");
    house.goOnline();
    assert.deepEqual(house.refused(), {});
  },

  "X2: whoever stands in no list carries and opens nothing; nothing tells the phone what it carries"(assert, host) {
    const { house, courier, carrier } = garage(host);
    house.cloud.revoke(phone(1));
    assert.is(status(carrier.taps()), "unknown-credential");
    assert.is(status(carrier.taps("carry")), "carry");
    const items = courier.items();
    const { collected } = courier.visit(carrier, items);
    assert.is(status(house.phoneAt(phone(1)).taps()), "unknown-credential");
    for (const item of [...items, ...collected]) {
      const { header, message } = openCourierItem(host.hashes, courierKeys(host.hashes, house.cloud.keys.courier), item);
      const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
      assert.is(item.length, 28 + header.length);
      for (let at = 0; at + 8 <= message.length; at += 8) assert.false(hex(item.subarray(COURIER_HEADER_BYTES)).includes(hex(message.subarray(at, at + 8))));
    }
    assert.is(house.cloud.events.filter(({ type, kind }) => type === "decision" && kind === 3).length, 1, "carrying is no event");
  },

  "X2, X7: a long log leaves by several couriers, in order, none twice; acknowledgements come back by any"(assert, host) {
    const { house, courier, carrier } = garage(host);
    for (let time = 0; time < 150; time++) {
      carrier.taps();
      house.clock.advance(1_000);
    }
    const first = carrier.carries(courier.items());
    const kinds = first.collected.map((item) => decodeCourierHeader(item.subarray(0, COURIER_HEADER_BYTES)).kind);
    assert.deepEqual(kinds.slice(0, 3), [CourierKind.receipt, CourierKind.need, CourierKind.events]);
    assert.true(kinds.length >= 7 && kinds.slice(2).every((kind) => kind === CourierKind.events));
    // Another one takes the same along, and is faster; what is in an item of events is the same for both.
    const second = house.phoneAt(phone(2)).carries(courier.items());
    const answers = courier.upload(second);
    courier.upload(first);
    const sequences = house.cloud.events.map(({ sequence }) => sequence);
    assert.deepEqual(sequences, sequences.map((_, index) => index));
    assert.true(sequences.length >= 150);
    assert.true(lastReceipt(house).counter < house.cloud.receipts[house.cloud.receipts.length - 2].counter, "an older receipt is known by its counter");
    house.phoneAt(phone(3)).carries(answers);
    const third = courier.visit(house.phoneAt(phone(3)), []);
    assert.is(lastReceipt(house).firstEvent, sequences.length);
    assert.is(third.collected.length, 2, "nothing is left but a receipt and a question");
  },

  "X2, X5: the time comes by a phone that is quick; one that is slow, or comes with an old answer, turns nothing back"(assert, host) {
    const grants = [...RESIDENTS, { holder: phone(5), profile: { ...GUEST, notAfter: 1_800_000_000 } }];
    const { house, courier, carrier } = garage(host, grants);
    house.board.restart("watchdog");
    house.clock.advance(5_000);
    const guest = house.phoneAt(phone(5));
    assert.is(status(guest.taps()), "time-unknown");
    const link = arrive(carrier);
    const run = (items: readonly Uint8Array[]): ReturnType<typeof courier.upload> => {
      const outcome = carrier.run(link, deliver(items));
      return outcome.ok ? courier.upload(outcome.value) : assert.fail("the session ended");
    };
    const answers = run([]);
    // Online while it stands there: the answer goes to the door on the same connection.
    run(answers);
    assert.true(Math.abs(lastReceipt(house).wallTime - house.cloud.now) <= 1);
    link.close();
    house.clock.advance(1_000);
    assert.is(status(guest.taps()), "granted", "with the lease of before");
    // Two who ask within a minute ask the same: either answer will do.
    const one = carrier.carries([]);
    const two = house.phoneAt(phone(2)).carries([]);
    const late = courier.upload(one);
    assert.is(house.phoneAt(phone(2)).carries(courier.upload(two)).refused.length, 0);
    // Its question has been answered: nothing is asked for.
    assert.is(carrier.carries(late.filter((item) => item[1] === CourierKind.time)).delivered, 0);
    // One that comes after a minute raises the floor and sets nothing; a replay of it is refused.
    const slow = courier.upload(carrier.carries([]));
    const time = slow.filter((item) => item[1] === CourierKind.time);
    house.board.restart("watchdog");
    house.clock.advance(5_000);
    carrier.carries([]);
    assert.deepEqual(carrier.carries(time).refused, ["unknown-nonce"], "the question of before the start");
    assert.is(status(guest.taps()), "time-unknown");
    const asked = courier.upload(carrier.carries([])).filter((item) => item[1] === CourierKind.time);
    house.clock.advance(70_000);
    assert.is(carrier.carries(asked).delivered, 1);
    assert.is(status(guest.taps()), "time-unknown");
  },

  "X2: keysets, a whole new list and its delta come by phones; one that leaves in the middle has not come in vain"(assert, host) {
    const { house, courier, carrier } = garage(host);
    house.cloud.rotate(testKey(21), testKey(22));
    house.cloud.rotate(testKey(23), testKey(24));
    const many = Array.from({ length: 1_200 }, (_, index) => ({ pin: String(200_000 + index), profile: RESIDENT }));
    house.cloud.issue([...RESIDENTS, ...many]);
    const version = house.cloud.revoke(phone(1), "200003");
    const items = courier.items();
    assert.true(items.length >= 8);
    // It goes out of range after a while, and so does the next.
    for (const after of [600, 1_500]) {
      const link = arrive(carrier);
      let over = false;
      runHolderSession(deliver(items), { clock: house.clock, link, hashes: host.hashes, key: carrier.key }, () => (over = true));
      house.clock.advance(after);
      assert.false(over);
      link.close();
      house.clock.advance(8_000);
    }
    const asked = items.length;
    const delivery = courier.visit(carrier, items);
    assert.deepEqual(delivery.refused, []);
    assert.true(delivery.delivered > 0 && delivery.delivered < asked, "what had come is not asked for again");
    assert.is(lastReceipt(house).version, version);
    assert.is(lastReceipt(house).keysetNumber, 3);
    assert.is(status(house.phoneAt(phone(1)).taps()), "unknown-credential");
    assert.false(house.types("200003"));
    assert.true(house.types("200004"));
    assert.is(courier.visit(carrier, items).delivered, 0, "and then nothing is wanted any more");
  },

  "X2: reordered, doubled, mixed with another door's, or old: what is true comes through, the rest is refused or not asked for"(assert, host) {
    const { house, courier, carrier } = garage(host);
    const old = (house.cloud.revoke(phone(3)), courier.items());
    const version = house.cloud.revoke(phone(3), phone(1));
    const items = courier.items();
    const foreign = items.map((item) => sealCourierItem(host.hashes, courierKeys(host.hashes, new Uint8Array(32).fill(5)), decodeCourierHeader(item.subarray(0, 12)), new Uint8Array(item.length - 28)));
    // All of it, backwards and twice; one of another door among it.
    const delivery = carrier.carries([foreign[1], ...[...items, ...items].reverse(), ...old]);
    assert.deepEqual(delivery.refused, ["bad-mac"]);
    courier.upload(delivery);
    assert.is(lastReceipt(house).version, version);
    assert.is(status(house.phoneAt(phone(1)).taps()), "unknown-credential");
    assert.is(status(house.phoneAt(phone(3)).taps()), "unknown-credential");
    // Yesterday's bundle: no byte of it is asked for.
    unmoved(assert, house, "an old bundle", () => assert.is(carrier.carries(old).delivered, 0));
    // Nor does a header that promises more make it new: it is under the seal.
    const promised = old.map((item) => concat(item.slice(0, 8), Uint8Array.of(0x7f, 0xff, 0xff, 0xff), item.slice(12)));
    unmoved(assert, house, "a header that lies", () => {
      const link = arrive(carrier);
      const outcome = carrier.run(link, deliver(promised));
      assert.false(outcome.ok, "the second forgery ends the connection");
    });
    // Only who has the door's keys could make such an item, and then its own check refuses it.
    const lying = courier.seal("delta/1", house.cloud.sent.find(({ what }) => what.startsWith("delta"))!.payload, { number: house.cloud.baseVersion, version: 0x7fff_ffff });
    unmoved(assert, house, "an old delta, promised as new", () => assert.deepEqual(carrier.carries([lying]).refused, ["old-version"]));
    house.goOnline();
    const refused = house.refused();
    assert.deepEqual(refused, { "bad-mac": 3, "old-version": 1 });
  },

  "X2: no bit of an item can be changed; two forgeries end a connection, and state is unmoved"(assert, host) {
    const { house, courier, carrier } = garage(host);
    house.cloud.revoke(phone(1));
    const item = courier.items().find((candidate) => candidate[1] === CourierKind.delta)!;
    const bits = Array.from({ length: item.length * 8 }, (_, bit) => bit).filter((bit) => host.thorough || bit % 37 === 0 || bit < 16);
    unmoved(assert, house, "flipped bits", () => {
      let link = arrive(carrier);
      for (const bit of bits) {
        const forged = item.slice();
        forged[bit >> 3] ^= 1 << (bit & 7);
        let offered: Uint8Array;
        try {
          offered = offer([forged]);
        } catch {
          // Not even a header: as the phone would write it all the same.
          offered = concat(Uint8Array.of(1, 1), forged.subarray(0, COURIER_HEADER_BYTES));
        }
        let answer = patiently(house, link, say(house, link, offered));
        for (let times = 0; answer?.type === "want" && times < 4; times++) answer = patiently(house, link, say(house, link, data(0, answer.offset, forged.subarray(answer.offset, answer.offset + 500))));
        assert.true(answer === undefined || answer.type === "done" || (answer.type === "refused" && (answer.code === "bad-mac" || answer.code === "malformed")) || answer.type === "want", `bit ${bit}: ${JSON.stringify(answer)}`);
        if (link.open) continue;
        house.clock.advance(500);
        link = arrive(carrier);
      }
      link.close();
    });
    assert.is(status(house.phoneAt(phone(1)).taps()), "granted", "the old list holds");
    assert.deepEqual(carrier.carries([item]).refused, []);
    assert.is(status(house.phoneAt(phone(1)).taps()), "unknown-credential");
  },

  "X2: frames that make no sense, come unasked or from somebody who has proved nothing are counted and change nothing"(assert, host) {
    const house = new PhoneHouse(host);
    const courier = new PaperCourier(house);
    house.cloud.jammed = (what) => what !== "time";
    house.cloud.revoke(phone(1));
    const delta = courier.items().find((candidate) => candidate[1] === CourierKind.delta)!;
    const holder = house.phoneAt(phone(9));
    unmoved(assert, house, "frames", () => {
      const stranger = holder.connect()!;
      assert.deepEqual(say(house, stranger, offer([delta])), { type: "done" });
      assert.deepEqual(say(house, stranger, encodePhoneFrame({ type: "fetch", index: 0, offset: 0 })), { type: "done" });
      house.write(stranger, "response", new Uint8Array(42));
      assert.deepEqual(say(house, stranger, offer([delta])), { type: "done" }, "an attempt is no proof");
      stranger.close();
      const link = arrive(holder);
      for (const frame of [[], [0], [9, 9], [1], [1, 1], [1, 2, ...delta.subarray(0, 12)], [1, 41, ...new Uint8Array(492)], [2, 0, 0, 0], [3, 0], [3, 0, 0, 0, 0]]) {
        assert.deepEqual(say(house, link, Uint8Array.from(frame)), { type: "done" }, frame.slice(0, 4).join());
      }
      assert.deepEqual(say(house, link, data(0, 0, delta.subarray(0, 100))), { type: "done" }, "nothing was offered");
      assert.deepEqual(say(house, link, encodePhoneFrame({ type: "fetch", index: 3, offset: 0 })), { type: "done" });
      assert.deepEqual(say(house, link, encodePhoneFrame({ type: "fetch", index: 0, offset: 50 })), { type: "done" });
      const want = { type: "want", index: 0, offset: 0 };
      assert.deepEqual(say(house, link, offer([delta])), want);
      assert.deepEqual(say(house, link, data(0, 10, delta.subarray(10, 60))), want, "another offset");
      assert.deepEqual(say(house, link, data(1, 0, delta.subarray(0, 60))), want, "another item");
      assert.deepEqual(say(house, link, data(0, 0, concat(delta, delta))), want, "more than there is");
      assert.deepEqual(say(house, link, data(0, 0, delta.subarray(0, 60))), { ...want, offset: 60 });
      assert.deepEqual(say(house, link, data(0, 0, delta.subarray(0, 60))), { ...want, offset: 60 }, "once more the same");
      // A new offer begins anew, and what was half there is gone.
      assert.deepEqual(say(house, link, offer([delta])), want);
      link.close();
    });
    house.clock.advance(1_000);
    const refused = house.refused();
    assert.deepEqual(refused, { "unknown-nonce": 3, malformed: 11 });
    assert.is(status(house.phoneAt(phone(1)).taps()), "granted");
  },

  "X2: who offers and sends nothing, or trickles, keeps no other courier from the door, and no phone and no PIN"(assert, host) {
    const { house, courier, carrier } = garage(host);
    const version = house.cloud.revoke(phone(1));
    const items = courier.items();
    // Two that hold their turn, one silent and one with a byte a second.
    const hostile = [10, 11].map((number) => arrive(house.phoneAt(phone(number))));
    assert.is(say(house, hostile[0], offer(items))!.type, "want");
    assert.is(say(house, hostile[1], offer(items))!.type, "wait");
    let at = 0;
    const trickle = (): void => {
      const [silent, slow] = hostile;
      silent.read("500471ed-746f-459d-bfa0-867fe1d25440", () => undefined);
      slow.read("500471ed-746f-459d-bfa0-867fe1d25440", (bytes) => {
        const frame = bytes === undefined ? undefined : decodeDoorFrame(bytes);
        if (frame?.type === "want") slow.write("500471ed-746f-459d-bfa0-867fe1d25440", data(frame.index, at, items[frame.index].subarray(at, ++at)), () => undefined);
      });
      if (slow.open) house.clock.set(trickle, 1_000);
    };
    trickle();
    house.board.keypad.type("4711");
    house.clock.advance(COURIER_STALL_MS + 500);
    house.board.keypad.type("47");
    house.clock.advance(200);
    assert.is(house.openings, 1, "a PIN is typed");
    house.clock.advance(10_000);
    assert.is(status(house.phoneAt(phone(2)).taps()), "granted", "a phone opens");
    const honest = arrive(carrier);
    const outcome = carrier.run(honest, deliver(items));
    assert.true(outcome.ok);
    if (outcome.ok) courier.upload(outcome.value);
    assert.is(lastReceipt(house).version, version);
    assert.is(status(house.phoneAt(phone(1)).taps()), "unknown-credential");
  },

  "X2: three couriers at once take turns, an item each, and all come to their end"(assert, host) {
    const { house, courier } = garage(host);
    const many = Array.from({ length: 1_200 }, (_, index) => ({ pin: String(200_000 + index), profile: RESIDENT }));
    house.cloud.issue([...RESIDENTS, ...many]);
    house.cloud.revoke(phone(1));
    const items = courier.items();
    const deliveries: number[] = [];
    for (const number of [2, 3, 9]) {
      const holder = house.phoneAt(phone(number));
      const link = arrive(holder);
      runHolderSession(deliver(items), { clock: house.clock, link, hashes: host.hashes, key: holder.key }, (outcome) => {
        deliveries.push(outcome.ok ? outcome.value.delivered : -1);
        if (outcome.ok) courier.upload(outcome.value);
      });
    }
    house.clock.runUntil(() => deliveries.length === 3, 60_000);
    assert.is(deliveries.length, 3);
    assert.true(deliveries.every((delivered) => delivered >= 1), deliveries.join());
    assert.is(deliveries.reduce((sum, delivered) => sum + delivered), items.length - 1, "none brings what another has brought; the keyset is known");
    assert.is(lastReceipt(house).version, house.cloud.version);
    assert.true(house.types("200001"));
  },

  "X2: a door that is online takes what phones bring, too, and asks them for nothing"(assert, host) {
    const house = new PhoneHouse(host);
    const courier = new PaperCourier(house);
    house.cloud.jammed = (what) => what !== "time" && what !== "ack";
    const version = house.cloud.revoke(phone(1));
    const { collected, delivered } = courier.visit(house.phoneAt(phone(2)));
    assert.is(delivered, 2);
    assert.deepEqual(collected.map((item) => item[1]).slice(0, 1), [CourierKind.receipt]);
    assert.false(collected.some((item) => item[1] === CourierKind.need));
    assert.is(lastReceipt(house).version, version);
    assert.is(status(house.phoneAt(phone(1)).taps()), "unknown-credential");
  },

  "X2: an offer of more items than a door looks at is cut, and a list of offers has an end"(assert, host) {
    const { house, courier, carrier } = garage(host);
    house.cloud.revoke(phone(1));
    const item = courier.items().find((candidate) => candidate[1] === CourierKind.delta)!;
    const delivery = carrier.carries(Array.from({ length: 3 * OFFERED_ITEMS_MAX }, () => item));
    assert.deepEqual([delivery.delivered, delivery.refused], [1, []]);
  },

  "X2: a power cut at any instant of a delivery leaves the old list or the new one, and the next courier ends it"(assert, host) {
    for (let step = 0, whole = false; !whole && step < 400; step += host.thorough ? 3 : 17) {
      const { house, courier, carrier } = garage(host);
      const version = house.cloud.revoke(phone(1));
      const items = courier.items();
      const link = arrive(carrier);
      house.board.cutAfter(step, "inside");
      carrier.run(link, deliver(items));
      whole = house.board.running;
      house.board.supply.cancelCut();
      house.board.powerOn();
      house.clock.advance(20_000);
      const before = status(house.phoneAt(phone(1)).taps());
      assert.true(before === "granted" || before === "unknown-credential", `step ${step}: ${before}`);
      courier.visit(carrier, items);
      assert.is(lastReceipt(house).version, version, `step ${step}`);
      assert.is(status(house.phoneAt(phone(1)).taps()), "unknown-credential", `step ${step}`);
      assert.is(status(house.phoneAt(phone(2)).taps()), "granted", `step ${step}`);
    }
  },
};
