/** The virtual air keeps what it promises: doors' GATT servers, phones, and what lies between them. */
import type { GattConnection, GattServer } from "../../firmware/device";
import { Att } from "../../hardware-sim/radio/att";
import type { AirPacket } from "../../hardware-sim/radio/ether";
import { VirtualAir } from "../../hardware-sim/radio/virtual-air";
import { VirtualBoard } from "../../hardware-sim/virtual-board";
import type { VirtualCentral } from "../../hardware-sim/radio/virtual-central";
import { VirtualClock } from "../../hardware-sim/virtual-clock";
import type { VirtualLink } from "../../hardware-sim/radio/virtual-link";
import { VirtualRandom } from "../../hardware-sim/virtual-random";
import { toHex } from "../../protocol/bytes";
import type { BlockCipher } from "../../protocol/block-cipher";
import { DOOR_CHARACTERISTICS, doorRadioName } from "../../protocol/gatt-names";
import type { CaseHost, Cases } from "../support/cases";
import { phone as holder, PhoneHouse } from "../support/phone-house";

const SERVICE = "00000000-0000-4000-8000-000000000001";
const VALUE = "00000000-0000-4000-8000-000000000002";
const INBOX = "00000000-0000-4000-8000-000000000003";

/** A board whose firmware gives a value of so many bytes and keeps what is written. */
class Rig {
  readonly clock = new VirtualClock();
  readonly air: VirtualAir;
  readonly board: VirtualBoard;
  readonly packets: AirPacket[] = [];
  readonly told: string[] = [];
  readonly written: string[] = [];
  readonly connections: GattConnection[] = [];
  server!: GattServer;
  value: Uint8Array = Uint8Array.from({ length: 26 }, (_, at) => at + 1);
  reads = 0;

  constructor(blockCipher: BlockCipher, seed: string | number = 1, connections?: number) {
    this.air = new VirtualAir({ clock: this.clock, random: new VirtualRandom(seed) });
    this.air.onPacket = (packet) => this.packets.push(packet);
    const radio = { air: this.air, place: { x: 0, y: 0 }, blockCipher, ...(connections !== undefined && { connections }) };
    this.board = new VirtualBoard({ clock: this.clock, flashBlocks: 4, radio });
    this.board.start((device) => {
      const { io: Server } = device.bluetooth!;
      const { read, write } = Server.properties;
      this.server = new Server({
        services: [
          {
            uuid: SERVICE,
            characteristics: [
              { uuid: VALUE, properties: read, onRead: () => ((this.reads += 1), this.value) },
              { uuid: INBOX, properties: write, onWrite: (value) => void this.written.push(toHex(new Uint8Array(value))) },
            ],
          },
        ],
        onReady: () => this.server.startAdvertising({ flags: 6, services: [SERVICE] }, { name: "Door" }),
        onConnect: (connection) => (this.connections.push(connection), this.told.push("connect")),
        onDisconnect: () => this.told.push("disconnect"),
      });
    });
  }

  phone(options: { mtu?: number; loss?: number; x?: number } = {}): VirtualCentral {
    const { x = 1, ...rest } = options;
    return this.air.central({ ...rest, place: { x, y: 0 } });
  }

  /** Connects and lets time pass until that has ended either way. */
  connect(phone: VirtualCentral, name = "Door"): VirtualLink | undefined {
    let link: VirtualLink | undefined;
    let over = false;
    phone.connect(name, {
      onConnected: (made) => ((link = made), (over = true)),
      onFailed: (why) => (this.told.push(why), (over = true)),
      onLost: () => this.told.push("lost"),
    });
    this.clock.runUntil(() => over, 60_000);
    return link;
  }

  read(link: VirtualLink): string | undefined {
    let value: Uint8Array | undefined;
    let over = false;
    link.read(VALUE, (bytes) => ((value = bytes), (over = true)));
    this.clock.runUntil(() => over, 60_000);
    return value && toHex(value);
  }

  write(link: VirtualLink, value: Uint8Array): boolean | undefined {
    let done: boolean | undefined;
    link.write(INBOX, value, (ok) => (done = ok));
    this.clock.runUntil(() => done !== undefined, 60_000);
    return done;
  }

  /** Opcodes of the connection's requests so far. */
  requests(): number[] {
    return this.packets.filter(({ kind, bytes }) => kind === "att" && (bytes[0] & 1) === 0).map(({ bytes }) => bytes[0]);
  }
}

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => at);
const rig = ({ blockCipher }: CaseHost, seed?: number, connections?: number): Rig => new Rig(blockCipher, seed, connections);

export const cases: Cases = {
  "radio: values of every length go through every MTU, in parts as ATT cuts them"(assert, host) {
    for (const mtu of [23, 24, 27, 185, 517]) {
      const world = rig(host);
      const link = world.connect(world.phone({ mtu }))!;
      assert.is(link.mtu, mtu);
      for (const length of [0, 1, mtu - 3, mtu - 2, mtu - 1, 26, 511, 512]) {
        if (length > 512) continue;
        world.value = bytes(length);
        world.reads = 0;
        assert.is(world.read(link), toHex(world.value), `read ${length} at ${mtu}`);
        // A part that fills its PDU calls for another, which may be empty.
        assert.is(world.reads, Math.floor(length / (mtu - 1)) + 1, `parts of ${length} at ${mtu}`);
        assert.true(world.write(link, world.value));
        assert.is(world.written[world.written.length - 1], toHex(world.value), `write ${length} at ${mtu}`);
      }
    }
    const world = rig(host);
    const link = world.connect(world.phone({ mtu: 23 }))!;
    world.packets.length = 0;
    world.read(link);
    world.write(link, bytes(42));
    assert.deepEqual(world.requests(), [Att.readRequest, Att.readBlobRequest, Att.prepareRequest, Att.prepareRequest, Att.prepareRequest, Att.executeRequest]);
  },

  "radio: what is too long, in pieces that do not fit together, or not allowed never reaches the firmware"(assert, host) {
    const world = rig(host);
    const link = world.connect(world.phone({ mtu: 60 }))!;
    assert.false(world.write(link, bytes(513)));
    const answers: number[][] = [];
    const ask = (...request: number[]): void => link.request(Uint8Array.from(request), (answer) => answers.push([...answer!]));
    const inbox = link.handleOf(INBOX)!;
    const value = link.handleOf(VALUE)!;
    ask(Att.prepareRequest, inbox, 0, 0, 0, 1, 2);
    ask(Att.prepareRequest, inbox, 0, 3, 0, 9);
    ask(Att.executeRequest, 1);
    ask(Att.prepareRequest, inbox, 0, 0, 0, 1, 2);
    ask(Att.executeRequest, 0);
    ask(Att.writeRequest, value, 0, 1);
    ask(Att.readRequest, inbox, 0);
    ask(Att.readRequest, 99, 0);
    ask(Att.readBlobRequest, value, 0, 27, 0);
    ask(0x52, 1);
    world.clock.advance(5_000);
    const codes = answers.map(([opcode, , , , code]) => (opcode === Att.error ? code : -opcode));
    assert.deepEqual(codes, [-Att.prepareResponse, -Att.prepareResponse, 7, -Att.prepareResponse, -Att.executeResponse, 3, 2, 1, 7, 6]);
    assert.deepEqual(world.written, []);
    assert.true(world.write(link, bytes(3)));
    assert.deepEqual(world.written, ["000102"]);
  },

  "radio: so many connections as there is room for, and the next when one leaves"(assert, host) {
    const world = rig(host, 1, 2);
    const first = world.connect(world.phone())!;
    const second = world.connect(world.phone());
    assert.true(second !== undefined);
    assert.is(world.connect(world.phone()), undefined);
    assert.deepEqual(world.told, ["connect", "connect", "not-found"]);
    first.close();
    const third = world.connect(world.phone())!;
    assert.deepEqual(world.told.slice(3), ["disconnect", "connect"]);
    // The SDK's server tells nobody when it closes a connection itself, and does not advertise again.
    world.connections[2].close();
    world.clock.advance(1_000);
    assert.is(third.open, false);
    assert.deepEqual(world.told.slice(5), ["lost"]);
    assert.is(world.connect(world.phone()), undefined);
    world.server.startAdvertising({ flags: 6, services: [SERVICE] }, { name: "Door" });
    assert.true(world.connect(world.phone()) !== undefined);
  },

  "radio: out of range nobody is heard, and a connection lives as long as its supervision"(assert, host) {
    const world = rig(host);
    const phone = world.phone({ x: 50 });
    assert.is(world.connect(phone), undefined);
    assert.is(world.connect(world.phone(), "Another door"), undefined);
    phone.moveTo({ x: 3, y: 4 });
    const link = world.connect(phone)!;
    let value: Uint8Array | undefined;
    // Behind a wall for three seconds: what was sent waits.
    phone.moveTo({ x: 50, y: 0 });
    link.read(VALUE, (read) => (value = read));
    world.clock.advance(3_000);
    assert.is(value, undefined);
    phone.moveTo({ x: 1, y: 0 });
    world.clock.advance(200);
    assert.is(value?.length, 26);
    phone.moveTo({ x: 50, y: 0 });
    world.clock.advance(5_000);
    assert.false(link.open);
    assert.deepEqual(world.told, ["not-found", "not-found", "connect", "lost", "disconnect"]);
  },

  "radio: a board without power is silent, and advertises again after its start"(assert, host) {
    const world = rig(host);
    const link = world.connect(world.phone())!;
    const answers: unknown[] = [];
    link.read(VALUE, (value) => answers.push(value));
    world.board.powerOff();
    world.clock.advance(3_900);
    assert.true(link.open);
    world.clock.advance(200);
    assert.false(link.open);
    assert.deepEqual([answers, world.told], [[undefined], ["connect", "lost"]]);
    assert.is(world.connect(world.phone()), undefined);
    world.board.powerOn();
    assert.true(world.connect(world.phone()) !== undefined);
    // A phone whose battery ends says nothing either.
    const dying = world.phone();
    world.connect(dying);
    dying.powerOff();
    world.clock.advance(5_000);
    assert.deepEqual(world.told.slice(3), ["connect", "connect", "disconnect"]);
  },

  "radio: a firmware that stands still is waited for; after 30 s of silence the phone ends it"(assert, host) {
    const world = rig(host);
    const link = world.connect(world.phone())!;
    world.board.hang();
    assert.is(world.read(link), undefined);
    assert.false(link.open);
    assert.is(world.told.indexOf("lost"), 1);
  },

  "radio: packets get lost and cost time, nothing else; the same seed gives the same packets"(assert, host) {
    const once = (seed: number, loss: number): { packets: string[]; took: number } => {
      const world = rig(host, seed);
      const phones = [0, 1, 2].map(() => world.phone({ mtu: 23, loss }));
      const links = phones.map((phone) => world.connect(phone)!);
      const started = world.clock.now;
      let left = 3;
      for (const link of links) {
        link.read(VALUE, (value) => assert.is(value && toHex(value), toHex(world.value), "whole"));
        link.write(INBOX, bytes(42), (ok) => (assert.true(ok), (left -= 1)));
      }
      world.clock.runUntil(() => left === 0, 60_000);
      assert.deepEqual(world.written, [toHex(bytes(42)), toHex(bytes(42)), toHex(bytes(42))]);
      return { packets: world.packets.map(({ at, kind, from, bytes: sent }) => `${at} ${kind} ${toHex(from)} ${toHex(sent)}`), took: world.clock.now - started };
    };
    const clean = once(7, 0);
    const lossy = once(7, 0.4);
    assert.deepEqual(once(7, 0), clean);
    assert.deepEqual(once(7, 0.4), lossy);
    assert.true(lossy.took > clean.took, `${lossy.took} > ${clean.took}`);
    assert.true(lossy.packets.length > clean.packets.length);
    // Connections take turns as their own clocks have it, and other seeds mix them otherwise.
    const order = ({ packets }: { packets: string[] }): string => packets.map((packet) => packet.split(" ")[2].slice(0, 4)).join();
    const orders = [1, 2, 3, 4].map((seed) => order(once(seed, 0)));
    assert.is(orders.filter((each, at) => orders.indexOf(each) === at).length, 4);
  },

  "radio: a sniffer has every byte; a phone's address is another one each time"(assert, host) {
    const world = rig(host);
    const phone = world.phone();
    for (let time = 0; time < 3; time++) {
      const link = world.connect(phone)!;
      world.write(link, bytes(42));
      link.close();
      world.clock.advance(100);
    }
    const connects = world.packets.filter(({ kind }) => kind === "connect");
    const addresses = connects.map(({ from }) => toHex(from));
    assert.is(addresses.filter((each, at) => addresses.indexOf(each) === at).length, 3);
    assert.true(connects.every(({ to }) => toHex(to!) === toHex(connects[0].to!)));
    assert.is(world.packets.filter(({ kind, bytes: sent }) => kind === "att" && toHex(sent).indexOf(toHex(bytes(42))) > 0).length, 3);
    const names = world.packets.filter(({ kind }) => kind === "scan-response").map(({ bytes: sent }) => toHex(sent));
    assert.is(names[0], "0509446f6f72");
    assert.is(world.packets.filter(({ kind }) => kind === "terminate").length, 3);
    assert.throws(() => world.server.startAdvertising({ name: "A name that is too long to be one", services: [SERVICE] }));
  },

  "X2: whatever is done on the air, a phone then opens at its first try, and so does a PIN"(assert, host) {
    for (const seed of [1, 2, 3]) {
      const house = new PhoneHouse(host);
      const { clock, board, cloud, air } = house;
      const random = new VirtualRandom(`anything ${seed}`);
      const near = { x: 1, y: 0 };
      const uuids = Object.values(DOOR_CHARACTERISTICS);
      const strangers = Array.from({ length: 6 }, (_, at) => air.central({ place: near, mtu: [23, 24, 40, 185, 512, 517][at] }));
      const links: VirtualLink[] = [];
      for (let step = 0; step < 250; step++) {
        const stranger = strangers[random.below(strangers.length)];
        const link = links.length > 0 ? links[random.below(links.length)] : undefined;
        const uuid = uuids[random.below(uuids.length)];
        switch (random.below(9)) {
          case 0:
          case 1:
            stranger.connect(doorRadioName(cloud.doorId), { onConnected: (made) => links.push(made), onFailed: () => undefined }, 2_000);
            break;
          case 2:
            link?.read(uuid, () => undefined);
            break;
          case 3:
            link?.write(uuid, random.bytes([0, 1, 3, 42, 513, 1 + random.below(520)][random.below(6)]), () => undefined);
            break;
          case 4:
            // Any request, to any handle, well-formed or not.
            link?.request(Uint8Array.of(random.below(0x20) & 0xfe, random.below(12), 0, ...random.bytes(random.below(24))), () => undefined);
            break;
          case 5:
            stranger.moveTo(random.chance(0.5) ? near : { x: 50, y: 0 });
            break;
          case 6:
            stranger.loss = random.below(10) / 10;
            break;
          case 7:
            if (random.chance(0.3)) stranger.powerOff();
            else link?.close();
            break;
          case 8:
            if (random.chance(0.1)) board.restart("watchdog");
            break;
        }
        clock.advance(random.below(400));
      }
      assert.is(house.openings, 0, `seed ${seed}`);
      assert.true(links.length > 10, `seed ${seed}: ${links.length} connections`);
      // They are gone; those who fell silent are noticed within the supervision timeout.
      for (const stranger of strangers) stranger.moveTo({ x: 50, y: 0 });
      clock.advance(10_000);
      const answer = house.phoneAt(holder(1), { mtu: 23 + random.below(495) }).taps()!;
      assert.true(answer.proved && answer.status === "granted", `seed ${seed}: ${JSON.stringify(answer)}`);
      clock.advance(10_000);
      assert.true(house.types("471147#"), `seed ${seed}: a PIN`);
      assert.is(house.openings, 2);
    }
  },
};
