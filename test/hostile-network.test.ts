/** Whoever can reach the broker or the API, and doors that have a login and misbehave: what each may cost the others. */
import type { Socket } from "node:net";
import test, { type ExecutionContext } from "ava";
import pino from "pino";
import { BROKER_LIMITS } from "../cloud/broker/broker-limits";
import { DOOR_LIMITS } from "../cloud/broker/door-allowances";
import { addressGroup } from "../cloud/network/address-group";
import { ConnectionGuard, type ConnectionLimits, type GuardRefusal } from "../cloud/network/connection-guard";
import { RefusalTally } from "../cloud/network/refusal-tally";
import { TokenBucket } from "../cloud/network/token-bucket";
import { upTopic } from "../protocol/topics";
import { BareBroker, doorId, passwordOf } from "./support/bare-broker";
import { connectPacket, hostile, packet, rawDoor, subscribePacket } from "./support/hostile-door";
import { FakeSocket } from "./support/fake-socket";

function guardOf(changes: Partial<ConnectionLimits>): { guard: ConnectionGuard; refused: GuardRefusal[]; pass(ms: number): void; knock(address: string): FakeSocket & { admitted: boolean; proved(): void } } {
  let now = 0;
  const refused: GuardRefusal[] = [];
  const guard = new ConnectionGuard({ ...BROKER_LIMITS, ...changes }, (reason) => void refused.push(reason), () => now);
  return {
    guard,
    refused,
    pass: (ms) => void (now += ms),
    knock(address) {
      const socket = new FakeSocket(address);
      const admission = guard.admit(socket as unknown as Socket);
      return Object.assign(socket, { admitted: admission !== undefined, proved: () => admission?.proved() });
    },
  };
}

test("connections: what logs in costs nothing, what does not is bounded for each address and for all strangers", (t) => {
  const { guard, refused, pass, knock } = guardOf({ failuresOfStranger: { burst: 3, perSecond: 1 }, failuresOfStrangers: { burst: 5, perSecond: 1 } });
  for (let i = 0; i < 50; i++) {
    const door = knock("192.0.2.1");
    t.true(door.admitted);
    door.proved();
    door.destroy();
  }
  const rude = [1, 2, 3, 4].map(() => knock("192.0.2.9"));
  t.deepEqual(rude.map(({ admitted }) => admitted), [true, true, true, false]);
  for (const socket of rude) socket.destroy();
  t.false(knock("192.0.2.9").admitted, "closing it does not give the token back");
  t.false(knock("::ffff:192.0.2.9").admitted, "nor does writing the address as IPv6");
  t.true(knock("2001:db8:1:2::1").admitted && knock("2001:db8:1:2:9:9:9:9").admitted);
  t.false(knock("198.51.100.7").admitted, "all strangers together have had their five");
  t.true(knock("192.0.2.1").admitted, "an address from which a door has logged in is none");
  t.deepEqual([...new Set(refused)], ["too many failed logins"]);
  pass(2_000);
  t.true(knock("192.0.2.9").admitted);
  t.is(guard.open, guard.pending, "only those wait that have not proved anything");
});

test("connections: a full house keeps room for those that it knows, and a stranger's oldest half-open one makes room", (t) => {
  const { refused, knock } = guardOf({ sockets: 7, reserved: 2, pending: 3 });
  const known = knock("192.0.2.1");
  known.proved();
  const waiting = [2, 3, 4].map((host) => knock(`192.0.2.${host}`));
  const newest = knock("192.0.2.5");
  t.true(newest.admitted);
  t.deepEqual(waiting.map(({ destroyed }) => destroyed), [true, false, false]);
  newest.proved();
  t.true(knock("192.0.2.6").admitted);
  t.false(knock("192.0.2.7").admitted, "5 are open, and 2 places are kept");
  t.true(knock("192.0.2.1").admitted);
  t.deepEqual(refused, ["made room for another one", "too many connections", "made room for another one"]);
  const { knock: again } = guardOf({ pendingOfStranger: 2 });
  t.deepEqual([again("192.0.2.1"), again("192.0.2.1"), again("192.0.2.1")].map(({ admitted }) => admitted), [true, true, false]);
  // However many addresses come, those that are remembered are bounded.
  const { guard, knock: flood } = guardOf({ addresses: 100, failuresOfStrangers: { burst: 5_000, perSecond: 1 }, sockets: 10_000, pending: 10_000 });
  for (let i = 0; i < 5_000; i++) flood(`2001:db8:${i.toString(16)}::1`).destroy();
  t.is(guard.open, 0);
});

test("addresses: an IPv6 network of 64 bits is one caller, and so is IPv4 in either form", (t) => {
  t.is(addressGroup("2001:db8:0:7::1"), addressGroup("2001:DB8::7:ffff:0:0:9"));
  t.not(addressGroup("2001:db8:0:7::1"), addressGroup("2001:db8:0:8::1"));
  t.is(addressGroup("::ffff:192.0.2.1"), "192.0.2.1");
  t.is(addressGroup("fe80::1%eth0"), "fe80:0:0:0");
});

test("a flood of refusals is one line in the log, and a number", (t) => {
  let log = "";
  const tally = new RefusalTally(pino({}, { write: (line) => void (log += line) }));
  for (let i = 0; i < 10_000; i++) tally.count("too many", { address: `192.0.2.${i % 256}` });
  t.is(log.split("\n").length - 1, 1);
  t.is(tally.counts["too many"], 10_000);
  tally.stop();
  const bucket = new TokenBucket({ burst: 2, perSecond: 4 }, () => 0);
  bucket.charge(6);
  t.is(bucket.wait(1), 1_250, "a debt is paid first");
});

test("before a login: slow handshakes, what is no MQTT, frames of 256 MB and half a CONNECT all end, and a door gets in meanwhile", async (t) => {
  const bare = await BareBroker.start(t, { limits: { connections: { ...BROKER_LIMITS, loginMs: 1_000 } } });
  const began = performance.now();
  const [silent, half] = [await rawDoor(bare.port), await rawDoor(bare.port, connectPacket(doorId(1), passwordOf(doorId(1))).subarray(0, 9))];
  const at = async (socket: Socket): Promise<number> => {
    await new Promise((resolve) => (socket.closed ? resolve(undefined) : socket.once("close", resolve)));
    return performance.now() - began;
  };
  const garbage = [Buffer.from("GET / HTTP/1.1\r\n\r\n"), Buffer.of(0x16, 3, 1, 2, 0), Buffer.of(0x10, 0xff, 0xff, 0xff, 0x7f), Buffer.of(0x10, 0x80, 0x80, 0x80, 0x80, 1), packet(0x30, Buffer.alloc(20))];
  for (const bytes of garbage) await at(await rawDoor(bare.port, bytes));
  t.is((await bare.door(doorId(2))).connected, true);
  await Promise.all([at(silent), at(half)]);
  t.true(performance.now() - began >= 900);
  t.is(bare.broker.refusals["closed a connection that sent what no door sends"], garbage.length);
  t.is(bare.broker.refusals["closed a door's connection: no login in time"], 2);
  await bare.until(() => bare.broker.load.pending === 0);
});

test("wrong logins reach the database a few at a time, whoever is known first, and never shut a door out", async (t) => {
  const bare = await BareBroker.start(t);
  const mine = doorId(7);
  await (await bare.door(mine)).endAsync(true);
  let atOnce = 0;
  let most = 0;
  bare.onLogin = async () => {
    most = Math.max(most, ++atOnce);
    await new Promise((resolve) => setTimeout(resolve, 2));
    atOnce -= 1;
  };
  const flood = Array.from({ length: 200 }, () => rawDoor(bare.port, connectPacket(mine, Buffer.from("wrong"))));
  const door = await bare.door(mine);
  t.true(door.connected);
  const closed = await Promise.all((await Promise.all(flood)).map((socket) => new Promise((resolve) => (socket.closed ? resolve(true) : socket.once("close", () => resolve(true))))));
  t.is(closed.length, 200);
  t.true(most <= 4, `${most}`);
  t.false(bare.log.includes("wrong\""), "what they tried is not written down");
  // From 127.0.0.1 a door has logged in; others may fail a hundred times and then ten times a second.
  t.true(bare.logins <= 202);
});

test("a door that logs in again and again is turned away for a while, keeps the connection that it has, and nobody else can do that to it", async (t) => {
  const bare = await BareBroker.start(t, { limits: { doors: { ...DOOR_LIMITS, logins: { burst: 5, perSecond: 0.001 } } } });
  const storming = doorId(1);
  for (let i = 0; i < 50; i++) (await rawDoor(bare.port, connectPacket(storming, Buffer.from("guess")))).destroy();
  let last = await bare.door(storming);
  for (let i = 1; i < 5; i++) last = await bare.door(storming);
  await t.throwsAsync(bare.door(storming), { message: /Server unavailable/ });
  t.true(last.connected, "the one before goes on");
  t.true((await bare.door(doorId(2))).connected);
});

test("subscriptions are bounded, and other doors' are not there", async (t) => {
  const bare = await BareBroker.start(t);
  const door = await rawDoor(bare.port, connectPacket(doorId(1), passwordOf(doorId(1))));
  const granted: number[] = [];
  door.on("data", (chunk: Buffer) => {
    // SUBACK: type, length, id (2), and a byte for each.
    if (chunk[0] === 0x90) granted.push(...chunk.subarray(4));
  });
  door.write(subscribePacket(Array.from({ length: 100 }, (_, index) => `latchkey/1/doors/${doorId(1)}/down/page/${index}`)));
  await bare.until(() => granted.length === 100);
  t.is(granted.filter((code) => code === 0).length, 8);
  door.destroy();
});

test("a door that floods is read slower, whatever it sends; its bytes wait at its end and nothing is closed", async (t) => {
  const bare = await BareBroker.start(t);
  const [flooding, pinging, good] = [doorId(1), doorId(2), doorId(3)];
  const bytes = Buffer.alloc(76, 1);
  const message = packet(0x30, Buffer.concat([Buffer.of(0, upTopic(flooding, "receipt").length), Buffer.from(upTopic(flooding, "receipt")), bytes]));
  const one = await hostile(bare.port, flooding, Buffer.concat(new Array<Buffer>(2_000).fill(message)), passwordOf(flooding));
  const two = await hostile(bare.port, pinging, Buffer.concat(new Array<Buffer>(50_000).fill(Buffer.of(0xc0, 0))), passwordOf(pinging));
  const door = await bare.door(good);
  const trip = async (): Promise<number> => {
    const began = performance.now();
    const before = bare.received.length;
    await door.publishAsync(upTopic(good, "need"), Buffer.of(1));
    await bare.until(() => bare.received.slice(before).some((received) => received.door === good));
    return performance.now() - began;
  };
  const trips: number[] = [];
  for (let i = 0; i < 20; i++) trips.push(await trip());
  const heard = bare.received.filter((received) => received.door === flooding).length;
  t.true(heard >= 250 && heard <= 300 + 20 * 30, `${heard} messages of the flood`);
  t.true(trips.sort((a, b) => a - b)[10] < 200, `${trips[10]} ms`);
  t.false(one.closed || two.closed);
  for (const socket of [one, two]) socket.destroy();
  await door.endAsync(true);
});

test("readers that freeze hold up nobody, and are let go", async (t) => {
  const bare = await BareBroker.start(t);
  const good = await bare.door(doorId(1));
  const arrived: number[] = [];
  good.on("message", (_topic, payload) => void arrived.push(payload.length));
  const frozen = await Promise.all([2, 3, 4, 5].map((index) => hostile(bare.port, doorId(index), Buffer.alloc(0), passwordOf(doorId(index)))));
  for (const socket of frozen) socket.pause();
  await bare.until(() => [...bare.broker.connected()].length === 5);
  const pages = new Uint8Array(8_000);
  // What the kernel takes for them is some megabytes; then they stand.
  const stuck = [2, 3, 4, 5].map(async (index) => {
    while (await bare.broker.send(doorId(index), "page/0", pages));
  });
  const trips: number[] = [];
  for (let i = 0; i < 20; i++) {
    const began = performance.now();
    t.true(await bare.broker.send(doorId(1), "lease", Uint8Array.of(1)));
    await bare.until(() => arrived.length === i + 1);
    trips.push(performance.now() - began);
  }
  t.true(Math.max(...trips) < 2_000, `${Math.max(...trips)} ms`);
  await Promise.all(stuck);
  await bare.until(() => bare.disconnected.length === 4);
  t.deepEqual([...bare.broker.connected()], [doorId(1)]);
  await good.endAsync(true);
});

test("garbage from a door with a login ends its connection at most", async (t: ExecutionContext) => {
  const bare = await BareBroker.start(t);
  let seed = 1;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  const topic = upTopic(doorId(1), "state");
  const samples = [packet(0x30, Buffer.concat([Buffer.of(0, topic.length), Buffer.from(topic), Buffer.of(1, 2, 3)])), packet(0x34, Buffer.concat([Buffer.of(0, topic.length), Buffer.from(topic), Buffer.of(0, 9, 1)])), subscribePacket(["a/#", `latchkey/1/doors/${doorId(1)}/down/#`]), packet(0xa2, Buffer.of(0, 1, 0, 1, 97)), packet(0x62, Buffer.of(0, 9)), packet(0xe0, Buffer.alloc(0)), packet(0x40, Buffer.of(0, 1))];
  for (let round = 0; round < 200; round++) {
    const bytes = Buffer.concat([connectPacket(doorId(random(40)), Buffer.from("x")), ...Array.from({ length: 4 }, () => Buffer.from(samples[random(samples.length)]))]);
    const login = Buffer.from(connectPacket(doorId(round % 40), passwordOf(doorId(round % 40))));
    for (let change = random(6); change > 0; change--) bytes[random(bytes.length)] = random(256);
    const socket = await rawDoor(bare.port, round % 2 === 0 ? Buffer.concat([login, bytes.subarray(40)]) : bytes);
    socket.once("data", () => setImmediate(() => socket.destroy()));
    setTimeout(() => socket.destroy(), 100);
  }
  t.true((await bare.door(doorId(99))).connected);
  t.false(bare.log.includes("the broker failed"));
});
