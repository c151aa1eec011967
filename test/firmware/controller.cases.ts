import { startController } from "../../firmware/controller";
import { VirtualBoard } from "../../hardware-sim/virtual-board";
import type { Hashes } from "../../protocol/hashes";
import { encodeAcknowledgement } from "../../protocol/acknowledgement";
import { ALWAYS, HolderClass, NO_END, type Profile } from "../../protocol/profile";
import type { Cases } from "../support/cases";
import { House } from "../support/house";

const RESIDENT: Profile = { notBefore: 0, notAfter: NO_END, schedule: ALWAYS, holderClass: HolderClass.resident, outputs: 1, maxUses: 0 };
const GUEST: Profile = { ...RESIDENT, holderClass: HolderClass.guest };
const ONCE: Profile = { ...GUEST, maxUses: 1 };

function claimedHouse(hashes: Hashes, options: { rtc?: boolean } = {}): House {
  const house = new House(hashes, options);
  house.cloud.issue([
    { pin: "111111", profile: RESIDENT },
    { pin: "222222", profile: GUEST },
    { pin: "333333", profile: ONCE },
  ]);
  house.clock.advance(30_000);
  return house;
}

export const cases: Cases = {
  "controller: claims itself, fetches its list, and a PIN opens; with the network pulled too": (assert, { hashes }) => {
    const house = claimedHouse(hashes);
    assert.is(house.cloud.receipts[house.cloud.receipts.length - 1].version, house.cloud.version);
    assert.true(house.types("111111"));
    assert.false(house.types("999999"));
    house.plug.pull();
    house.clock.advance(120_000);
    assert.true(house.types("111111"));
    assert.true(house.types("222222"));
    assert.false(house.board.strike, "the strike has fallen again");
  },

  "controller: a revocation is refused at once, and acknowledged only then": (assert, { hashes }) => {
    const house = claimedHouse(hashes);
    const before = house.cloud.receipts.length;
    const version = house.cloud.revoke("222222");
    house.clock.advance(2_000);
    assert.false(house.types("222222"));
    assert.true(house.cloud.receipts.slice(before).some((receipt) => receipt.version === version));
    assert.true(house.types("111111"));
  },

  "X3: a guest's access ends with the lease at a door that hears nothing; a resident's does not": (assert, { hashes }) => {
    const house = claimedHouse(hashes);
    house.plug.pull();
    house.clock.advance(86_400_000 - 200_000);
    assert.true(house.types("222222"));
    house.clock.advance(400_000);
    assert.false(house.types("222222"));
    assert.is(house.lastTrace, "denied: stale-list");
    assert.true(house.types("111111"));
  },

  "X3: leases for a newer version do not prolong a list whose revocation is kept back": (assert, { hashes }) => {
    const house = claimedHouse(hashes);
    house.cloud.jammed = (what) => what.startsWith("delta");
    house.cloud.revoke("222222");
    for (let hour = 0; hour < 25; hour++) {
      house.cloud.sendLease();
      house.clock.advance(3_600_000);
    }
    assert.false(house.types("222222"));
    assert.is(house.lastTrace, "denied: stale-list");
    house.cloud.jammed = () => false;
    house.clock.advance(700_000);
    assert.false(house.types("222222"));
    assert.is(house.lastTrace, "denied: unknown-credential");
  },

  "N8: a one-time code opens once, also across a power cut": (assert, { hashes }) => {
    const house = claimedHouse(hashes, { rtc: true });
    assert.true(house.types("333333"));
    assert.false(house.types("333333"));
    house.board.powerOff();
    house.board.powerOn();
    house.clock.advance(5_000);
    assert.false(house.types("333333"));
    assert.is(house.lastTrace, "denied: used-up");
  },

  "X7: every decision is in the cloud once, in order, also those of a time without network": (assert, { hashes }) => {
    const house = claimedHouse(hashes);
    house.plug.pull();
    house.clock.advance(60_000);
    house.types("111111");
    house.types("222222");
    house.types("888888");
    house.plug.plug();
    house.clock.advance(120_000);
    const decisions = house.cloud.events.filter(({ type }) => type === "decision");
    assert.deepEqual(
      decisions.map(({ reason }) => reason),
      ["granted", "granted", "unknown-credential"],
    );
    house.clock.advance(60_000);
    assert.is(house.cloud.events.filter(({ type }) => type === "decision").length, 3);
  },

  "X7: a cloud that asks for events which the door has no more is told so once, not answered for ever": (assert, { hashes }) => {
    const house = claimedHouse(hashes);
    house.types("111111");
    house.clock.advance(60_000);
    const heard: string[] = [];
    const { broker } = house.network;
    const { onPublish } = broker;
    const back = encodeAcknowledgement(hashes, house.cloud.keys.acknowledgement, { enrolment: 1, sequence: 0 });
    broker.onPublish = (...message) => {
      const [topic] = message;
      const what = topic.slice(topic.lastIndexOf("/") + 1);
      heard.push(what);
      // As a database that was put back to an earlier state does.
      if (what === "events") house.cloud.send("ack", back);
      else onPublish?.(...message);
    };
    house.types("111111");
    house.clock.advance(60_000);
    assert.true(heard.filter((what) => what === "events").length <= 8, heard.join());
    const receipts = heard.filter((what) => what === "receipt").length;
    assert.true(receipts >= 1 && receipts <= 12, heard.join());
    broker.onPublish = onPublish;
    house.clock.advance(700_000);
    assert.is(house.cloud.events.filter(({ type }) => type === "decision").length, 2, "nothing is lost by it");
  },

  "X5: after a power cut without a clock chip, a guest waits for signed time, a resident does not": (assert, { hashes }) => {
    const house = claimedHouse(hashes);
    house.plug.pull();
    house.board.powerOff();
    house.board.powerOn();
    house.clock.advance(5_000);
    assert.true(house.types("111111"));
    assert.false(house.types("222222"));
    assert.is(house.lastTrace, "denied: time-unknown");
    house.plug.plug();
    house.clock.advance(120_000);
    assert.true(house.types("222222"));
  },

  "X5: a clock chip that is years ahead shuts guests out until the next signed time, and no longer": (assert, { hashes }) => {
    const house = claimedHouse(hashes, { rtc: true });
    house.plug.pull();
    house.board.rtc!.time = house.clock.unixMs + 10 * 365 * 86_400_000;
    house.board.restart();
    house.clock.advance(7_200_000);
    assert.false(house.types("222222"));
    house.plug.plug();
    house.clock.advance(900_000);
    assert.true(house.types("222222"));
    house.board.restart();
    house.clock.advance(60_000);
    assert.true(house.types("222222"), "nothing of it is kept");
  },

  "controller: whatever the broker repeats, mixes up or invents, the list stays and nothing is written": (assert, { hashes }) => {
    const house = claimedHouse(hashes);
    house.cloud.revoke("222222");
    house.clock.advance(20_000);
    const before = house.flashWear;
    const replay = [...house.cloud.sent];
    for (const { what, payload } of replay) {
      if (what === "time" || what === "ack" || what === "lease") continue;
      house.cloud.send(what, payload);
      const flipped = payload.slice();
      flipped[flipped.length >> 1] ^= 4;
      house.cloud.send(what, flipped);
      house.cloud.send(what, payload.slice(0, -1));
      house.clock.advance(3_000);
    }
    for (const what of ["manifest", "page/0", "page/31", "delta/1", "lease", "time", "keyset", "command", "ack"]) {
      house.cloud.send(what, new Uint8Array(5).fill(0x9f));
      house.cloud.send(what, new Uint8Array(9_000));
      house.clock.advance(3_000);
    }
    assert.is(house.flashWear, before, "no flash write");
    assert.false(house.types("222222"));
    assert.true(house.types("111111"));
  },

  "controller: digits typed while a list is verified and written are not lost": (assert, { hashes }) => {
    const house = claimedHouse(hashes);
    house.cloud.issue(Array.from({ length: 1_200 }, (_, index) => ({ pin: index === 0 ? "111111" : String(500_000 + index), profile: RESIDENT })));
    let opened = 0;
    for (let round = 0; round < 4; round++) {
      for (const digit of "111111") {
        house.board.keypad.type(digit);
        house.clock.advance(37);
      }
      house.clock.advance(300);
      if (house.board.strike) opened += 1;
      house.clock.advance(6_000);
    }
    assert.is(opened, 4);
    house.clock.advance(60_000);
    assert.is(house.cloud.receipts[house.cloud.receipts.length - 1].version, house.cloud.version);
    assert.true(house.types("501199"));
  },

  "controller: one can leave before any claim, and nothing opens from outside": (assert, { hashes }) => {
    const house = new House(hashes);
    const fresh = new VirtualBoard({ clock: house.clock, hashes });
    fresh.start((device) => void startController(device));
    house.clock.advance(1_000);
    fresh.keypad.type("111111#");
    house.clock.advance(1_000);
    assert.false(fresh.strike);
    fresh.pressExit(true);
    house.clock.advance(200);
    assert.true(fresh.strike);
    fresh.pressExit(false);
    house.clock.advance(10_000);
    assert.false(fresh.strike);
  },

  "controller: a bit that flips in the list's flash is found within a day and repaired": (assert, { hashes }) => {
    const house = claimedHouse(hashes);
    // The first list lies in slot 0; its first page follows the two heads.
    const page = (): Uint8Array => new Uint8Array(house.board.flash.read(64, 2 * 4_096));
    const sound = page();
    house.board.flash.flip(2 * 4_096 + 20, 3);
    assert.not(page()[20], sound[20]);
    house.clock.advance(86_400_000 + 60_000);
    assert.deepEqual(page().slice(0, 36), sound.slice(0, 36));
    for (const pin of ["111111", "222222"]) assert.true(house.types(pin));
    assert.false(house.cloud.receipts[house.cloud.receipts.length - 1].alarms.listDamaged);
  },
};
