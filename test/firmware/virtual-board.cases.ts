/** The virtual board keeps what it promises: what a real one does, and no more. */
import type { Device, MqttClient, SerialReaderWiring } from "../../firmware/device";
import { PowerCut } from "../../hardware-sim/power-supply";
import { PIN } from "../../hardware-sim/board-pins";
import { VirtualBoard, type VirtualBoardOptions } from "../../hardware-sim/virtual-board";
import { VirtualClock } from "../../hardware-sim/virtual-clock";
import { VirtualNetwork } from "../../hardware-sim/virtual-network";
import { VirtualOscillator } from "../../hardware-sim/virtual-oscillator";
import { VirtualRandom } from "../../hardware-sim/virtual-random";
import { ascii, equalBytes } from "../../protocol/bytes";
import type { Cases } from "../support/cases";

function boardWith(options: Partial<VirtualBoardOptions> = {}): { clock: VirtualClock; board: VirtualBoard; device: () => Device } {
  const clock = options.clock ?? new VirtualClock();
  const board = new VirtualBoard({ ...options, clock, flashBlocks: 4 });
  let device: Device | undefined;
  board.start((made) => (device = made));
  return { clock, board, device: () => device as Device };
}

function text(data: Uint8Array): string {
  return String.fromCharCode(...data);
}

const bytes = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

/** A client that keeps what it hears. */
function listen(device: Device, options: { id?: string; keepAlive?: number; subscribe?: string } = {}) {
  const heard: string[] = [];
  const { io } = device.network.mqtt;
  let message = "";
  const client: MqttClient = new io({
    ...device.network.mqtt,
    host: "cloud",
    id: options.id ?? "door",
    keepAlive: options.keepAlive ?? 60_000,
    will: { topic: "up/gone", message: ascii("will").buffer as ArrayBuffer, QoS: 1, retain: true },
    onControl: ({ operation, id }) => {
      heard.push(`control ${operation}${id === undefined ? "" : ` ${id}`}`);
      if (operation === 2) {
        client.write(null, { operation: 8, id: 7, items: [{ topic: options.subscribe ?? "down/#", QoS: 1 }] });
      }
    },
    onReadable: (count, { topic, byteLength, more }) => {
      if (topic !== undefined) message = `${topic} ${byteLength}: `;
      message += text(new Uint8Array(client.read(count) as ArrayBuffer));
      if (!more) heard.push(message);
    },
    onWritable: (count) => heard.push(`writable ${count > 0}`),
    onError: () => heard.push("error"),
  });
  return { client, heard };
}

export const cases: Cases = {
  "the clock runs what is due in the order it was set, and time stands where it was asked to"(assert) {
    const clock = new VirtualClock();
    const ran: string[] = [];
    const log = (name: string) => () => void ran.push(`${name} ${clock.now}`);
    clock.set(log("b"), 20);
    clock.set(log("a"), 10);
    clock.set(log("c"), 20);
    const cleared = clock.set(log("never"), 15);
    clock.clear(cleared);
    clock.set(() => clock.set(log("nested"), 0), 20);
    clock.advance(20);
    assert.deepEqual(ran, ["a 10", "b 20", "c 20", "nested 20"]);
    clock.set(log("later"), 5_000);
    clock.runUntilIdle(1_000);
    assert.is(clock.now, 20);
    assert.is(clock.nextDue, 5_020);
    assert.true(clock.runUntil(() => ran.length === 5, 10_000));
    assert.is(clock.now, 5_020);
    assert.false(clock.runUntil(() => false, 100));
    assert.is(clock.now, 5_120);
  },

  "many timers come in order"(assert) {
    const clock = new VirtualClock();
    const random = new VirtualRandom(1);
    let last = 0;
    let count = 0;
    for (let i = 0; i < 500; i++) {
      clock.set(() => {
        if (clock.now < last) assert.fail("out of order");
        last = clock.now;
        count += 1;
      }, random.below(300));
    }
    clock.advance(300);
    assert.is(count, 500);
  },

  "ticks wrap, drift, and timers follow the board's own oscillator"(assert) {
    const clock = new VirtualClock();
    const exact = new VirtualOscillator(clock, { ticksStart: 0xffff_ffff });
    const fast = new VirtualOscillator(clock, { driftPpm: 100 });
    const slow = new VirtualOscillator(clock, { driftPpm: -100 });
    const before = exact.ticks();
    clock.advance(1_000_000);
    assert.is(before, -1);
    assert.is(exact.ticks(), 999_999);
    assert.is(fast.elapsed, 1_000_100);
    assert.is(slow.elapsed, 999_900);
    for (const oscillator of [exact, fast, slow]) {
      const start = oscillator.elapsed;
      clock.advance(oscillator.trueDelay(3_600_000) - 1);
      assert.true(oscillator.elapsed - start < 3_600_000);
      clock.advance(1);
      assert.is(oscillator.elapsed - start, 3_600_000);
    }
    const wrapping = new VirtualOscillator(clock);
    const first = wrapping.ticks();
    clock.advance(60_001);
    assert.true(first > 0 && wrapping.ticks() < 0);
    assert.is((wrapping.ticks() - first) | 0, 60_001);
  },

  "the same seed gives the same numbers under every engine"(assert) {
    const random = new VirtualRandom("latchkey");
    const numbers = [random.u32(), random.u32(), random.below(1000), random.u32()];
    assert.deepEqual(numbers, GOLDEN_RANDOM);
    const again = new VirtualRandom("latchkey");
    assert.is(again.u32(), numbers[0]);
    const state = again.state;
    const next = again.bytes(5);
    again.state = state;
    assert.deepEqual(again.bytes(5), next);
    assert.not(new VirtualRandom("other").u32(), numbers[0]);
  },

  "flash refuses what an encrypted partition cannot do"(assert) {
    for (const encrypted of [false, true]) {
      const { device } = boardWith({ encrypted });
      const flash = device().flash.open({ path: "latchkey" });
      assert.deepEqual(flash.status(), { size: 16_384, blocks: 4, blockLength: 4_096 });
      assert.throws(() => flash.write(bytes(16, 1), 8));
      assert.throws(() => flash.write(bytes(15, 1), 16));
      assert.throws(() => flash.write(bytes(32, 1), 16_384 - 16));
      assert.throws(() => flash.eraseBlock(4));
      flash.eraseBlock(0, 2);
      flash.write(bytes(32, 7), 4_080);
      assert.deepEqual(new Uint8Array(flash.read(34, 4_079)).slice(1, 33), bytes(32, 7));
      assert.throws(() => flash.write(bytes(16, 7), 4_096));
      flash.eraseBlock(1);
      flash.write(bytes(16, 9), 4_096);
      const erased = new Uint8Array(flash.read(4_096 - 16, 4_112));
      assert.is(erased.every((value) => value === 0xff), !encrypted);
      flash.eraseBlock(1);
      const erasedAgain = new Uint8Array(flash.read(4_096 - 16, 4_112));
      assert.is(erased.every((value, i) => value === erasedAgain[i]), !encrypted);
    }
  },

  "a cut comes at every step once, tears it, and ends everything volatile"(assert) {
    for (const encrypted of [false, true]) {
      for (const point of ["before", "inside", "after"] as const) {
        const reached: string[] = [];
        for (let n = 0; n < 6; n++) {
          const { board, clock, device } = boardWith({ encrypted });
          const flash = device().flash.open({ path: "latchkey" });
          const store = device().keyValue.open({ path: "door", format: "buffer" });
          flash.eraseBlock(0);
          store.write("version", bytes(4, 1));
          const { Digital } = device().io;
          const strike = new Digital({ pin: PIN.strike, mode: Digital.Output });
          let timerRan = false;
          board.cutAfter(n, point);
          let done = "";
          device().timer.set(() => {
            strike.write(1);
            flash.eraseBlock(0);
            done += "e";
            flash.write(bytes(48, 0x5a), 0);
            done += "w";
            store.write("version", bytes(4, 2));
            done += "k";
            store.delete("version");
            done += "d";
            device().timer.set(() => (timerRan = true), 5);
          }, 0);
          clock.advance(10);
          assert.false(timerRan || board.running || board.strike);
          assert.throws(() => flash.read(1, 0));
          assert.throws(() => strike.write(1));
          assert.true(assert.throws(() => store.read("version")) instanceof PowerCut);
          board.powerOn();
          const after = device().flash.open({ path: "latchkey" });
          const content = new Uint8Array(after.read(48, 0));
          const good = [0, 1, 2].map((unit) => content.slice(unit * 16, unit * 16 + 16).every((byte) => byte === 0x5a));
          const version = device().keyValue.open({ path: "door", format: "buffer" }).read("version");
          reached.push(`${done} ${good.map(Number).join("")} ${version ? new Uint8Array(version)[0] : "-"}`);
          assert.throws(() => flash.read(1, 0), undefined, "the handle of the last power-on");
        }
        const torn = [" 000 1", "e 000 1", "e 100 1", "e 110 1", "ew 111 1", "ewk 111 2"];
        const whole = [" 000 1", "e 100 1", "e 110 1", "e 111 1", "ew 111 2", "ewk 111 -"];
        assert.deepEqual(reached, point === "after" ? whole : torn, `${point} ${encrypted}`);
      }
    }
  },

  "what a cut tore can be written again, but only an erase makes it good"(assert) {
    for (const encrypted of [false, true]) {
      const { board, device } = boardWith({ encrypted, seed: 5 });
      device().flash.open({ path: "latchkey" }).eraseBlock(0);
      board.cutAfter(0);
      assert.throws(() => device().flash.open({ path: "latchkey" }).write(bytes(16, 0x0f), 0));
      board.powerOn();
      const flash = device().flash.open({ path: "latchkey" });
      flash.write(bytes(16, 0xf0), 0);
      assert.false(equalBytes(new Uint8Array(flash.read(16, 0)), bytes(16, 0xf0)));
      assert.throws(() => flash.write(bytes(16, 0xf0), 0));
      flash.eraseBlock(0);
      flash.write(bytes(16, 0xf0), 0);
      assert.deepEqual(new Uint8Array(flash.read(16, 0)), bytes(16, 0xf0));
      board.flash.flip(3, 0);
      assert.false(equalBytes(new Uint8Array(flash.read(16, 0)), bytes(16, 0xf0)));
      assert.is(board.flash.erases[0], 2);
      assert.is(board.flash.unitWrites[0], 3);
    }
  },

  "snapshots bring a board back, noise and all"(assert) {
    const { board, device } = boardWith({ seed: 9 });
    device().flash.open({ path: "latchkey" }).eraseBlock(0);
    device().keyValue.open({ path: "door", format: "buffer" }).write("a", bytes(3, 1));
    const memory = board.snapshot();
    const run = (): { content: ArrayBuffer; value: ArrayBuffer | undefined } => {
      const flash = device().flash.open({ path: "latchkey" });
      flash.write(bytes(16, 1), 0);
      flash.eraseBlock(1);
      return { content: flash.read(8_192, 0), value: device().keyValue.open({ path: "door", format: "buffer" }).read("a") };
    };
    const first = run();
    board.powerOff();
    board.restoreMemory(memory);
    board.powerOn();
    assert.deepEqual(run(), first);
    assert.throws(() => board.restoreMemory(memory));
  },

  "pins tell edges from the event loop, outputs fall to 0 without power"(assert) {
    const { board, clock, device } = boardWith();
    const { Digital } = device().io;
    const edges: string[] = [];
    const exit = new Digital({
      pin: PIN.requestToExit,
      mode: Digital.InputPullUp,
      edge: Digital.Falling,
      onReadable: () => edges.push(`exit ${exit.read()}`),
    });
    const contact: ReturnType<typeof exit.read>[] = [];
    const leaf = new Digital({
      pin: PIN.contact,
      mode: Digital.Input,
      edge: Digital.Rising | Digital.Falling,
      onReadable: () => contact.push(leaf.read()),
    });
    const strike = new Digital({ pin: PIN.strike, mode: Digital.Output });
    assert.throws(() => new Digital({ pin: PIN.strike, mode: Digital.Output }));
    assert.throws(() => exit.write(1));
    board.pressExit(true);
    board.pressExit(true);
    assert.deepEqual(edges, []);
    clock.advance(1);
    board.pressExit(false);
    board.setLeaf(true);
    clock.advance(1);
    board.setLeaf(false);
    clock.advance(1);
    assert.deepEqual(edges, ["exit 0"]);
    assert.deepEqual(contact, [0, 1]);
    strike.write(1);
    clock.advance(100);
    strike.write(0);
    strike.write(1);
    clock.advance(50);
    board.powerOff();
    assert.false(board.strike);
    assert.deepEqual(board.strikeTimes, [{ from: 3, to: 103 }, { from: 103, to: 153 }]);
    board.powerOn();
    assert.is(board.boots, 2);
    new (device().io.Digital)({ pin: PIN.strike, mode: Digital.Output });
    assert.false(board.strike);
  },

  "the keypad buffers, and keys without a listener or power are lost"(assert) {
    const { board, clock, device } = boardWith();
    board.keypad.type("9");
    const typed: string[] = [];
    const open = () => {
      const keypad = device().readers[0] as SerialReaderWiring;
      const serial = new keypad.io({
        ...keypad,
        format: "number",
        onReadable: (count) => {
          let keys = `${count}:`;
          for (let byte = serial.read(); byte !== undefined; byte = serial.read()) keys += String.fromCharCode(byte);
          typed.push(keys);
        },
      });
      return serial;
    };
    const serial = open();
    assert.throws(open);
    clock.advance(5);
    board.keypad.type("12#");
    board.keypad.type("34", 200);
    clock.advance(1_000);
    assert.deepEqual(typed, ["4:12#3", "1:4"]);
    serial.close();
    board.keypad.type("5");
    clock.advance(10);
    open();
    board.keypad.type("6");
    board.powerOff();
    clock.advance(10);
    assert.is(typed.length, 2);
  },

  "timers, callbacks and random numbers end with the power; an exception comes out, or restarts the board"(assert) {
    const { board, clock, device } = boardWith({ rtc: true, driftPpm: 50 });
    let ran = 0;
    device().timer.set(() => (ran += 1), 10);
    const cleared = device().timer.set(() => (ran += 100), 10);
    device().timer.clear(cleared);
    const old = device();
    const random = old.randomBytes(8);
    const time = old.rtc?.time as number;
    assert.is(time, clock.startUnixMs);
    board.restart();
    clock.advance(3_600_000);
    assert.is(ran, 0);
    assert.false(equalBytes(device().randomBytes(8), random));
    assert.is(device().rtc?.time, time + 3_600_000);
    board.rtc?.lose();
    assert.is(device().rtc?.time, undefined);
    old.trace("unheard");
    device().trace("heard");
    assert.deepEqual(board.trace, [{ at: 3_600_000, line: "heard" }]);
    device().timer.set(() => {
      throw new Error("bug");
    }, 1);
    assert.throws(() => clock.advance(5));

    const errors: unknown[] = [];
    const other = boardWith({
      onException: (error, crashed) => {
        errors.push(error);
        crashed.restart();
      },
    });
    other.device().timer.set(() => {
      throw new Error("bug");
    }, 1);
    other.clock.advance(5);
    assert.is(errors.length, 1);
    assert.is(other.board.boots, 2);
  },

  "MQTT: connect, subscribe, publish and acknowledge, with a latency"(assert) {
    const clock = new VirtualClock();
    const network = new VirtualNetwork(clock);
    const { device } = boardWith({ clock, network: network.plug(10) });
    const published: string[] = [];
    network.broker.onPublish = (topic, payload, retain, id) => published.push(`${id} ${topic} ${text(payload)} ${retain}`);
    const { client, heard } = listen(device());
    assert.throws(() => client.write(ascii("early"), { topic: "up/state" }));
    clock.advance(100);
    assert.deepEqual(heard, ["control 2", "writable true", "writable true", "control 9 7", "writable true"]);
    heard.length = 0;
    const left = client.write(ascii("hello"), { topic: "up/state", QoS: 1, id: 99, retain: true });
    assert.is(left, 5_744 - (2 + 2 + 8 + 2 + 5) - 8);
    network.broker.publish("down/list", ascii("list 1"));
    network.broker.publish("else/where", ascii("not for us"));
    clock.advance(100);
    assert.deepEqual(published, ["door up/state hello true"]);
    assert.deepEqual(heard.filter((line) => !line.startsWith("writable")), ["down/list 6: list 1", "control 4 99"]);
    assert.deepEqual(network.broker.retained("up/state"), ascii("hello"));
    client.close();
    client.close();
    assert.throws(() => client.write(ascii("late"), { topic: "up/state" }));
    clock.advance(100);
    assert.false(network.broker.connected("door"));
    assert.is(published[1], "door up/gone will true");
  },

  "MQTT: more than is writable throws, a large message may go out and comes in by parts"(assert) {
    const clock = new VirtualClock();
    const network = new VirtualNetwork(clock);
    const { device } = boardWith({ clock, network: network.plug(10) });
    const published: number[] = [];
    network.broker.onPublish = (_topic, payload) => published.push(payload.length);
    const { io } = device().network.mqtt;
    let writable = 0;
    const parts: string[] = [];
    const client: MqttClient = new io({
      ...device().network.mqtt,
      host: "cloud",
      id: "door",
      onControl: ({ operation }) => operation === 2 && client.write(null, { operation: 8, items: [{ topic: "down/#", QoS: 1 }] }),
      onWritable: (count) => (writable = count),
      onReadable: (count, { byteLength, more }) => {
        parts.push(`${count} ${byteLength ?? "-"} ${more}`);
        // Half now, the rest later: nothing else may come in between.
        client.read(Math.floor(count / 2));
        device().timer.set(() => client.read(), 50);
      },
    });
    clock.advance(200);
    assert.throws(() => client.write(bytes(6_000, 1), { topic: "up/big" }));
    client.write(bytes(5_000, 1), { topic: "up/big", byteLength: 9_000 });
    assert.throws(() => client.write(ascii("x"), { topic: "up/other" }));
    assert.throws(() => client.write(bytes(1_000, 1)));
    clock.advance(200);
    assert.is(published.length, 0);
    assert.true(writable >= 4_000);
    client.write(bytes(4_000, 1));
    client.write(ascii("x"), { topic: "up/other" });
    clock.advance(200);
    assert.deepEqual(published, [9_000, 1]);
    network.broker.publish("down/big", bytes(3_000, 1));
    network.broker.publish("down/small", bytes(2, 1));
    clock.advance(25);
    assert.deepEqual(parts, ["1436 3000 true"]);
    clock.advance(500);
    assert.deepEqual(parts, ["1436 3000 true", "1436 - true", "128 - false", "2 2 false"]);
  },

  "MQTT: a pulled plug is silent until keep-alive ends it, short gaps lose nothing"(assert) {
    const clock = new VirtualClock();
    const network = new VirtualNetwork(clock);
    const plug = network.plug(10);
    const { device } = boardWith({ clock, network: plug });
    const events: string[] = [];
    network.broker.onConnection = ({ clientId, connected }) => events.push(`${clientId} ${connected}`);
    network.broker.onPublish = (topic, payload) => events.push(`${topic} ${text(payload)}`);
    const { client, heard } = listen(device());
    clock.advance(100);
    heard.length = 0;
    plug.pull();
    client.write(ascii("1"), { topic: "up/a" });
    client.write(ascii("2"), { topic: "up/a" });
    network.broker.publish("down/a", ascii("3"));
    clock.advance(60_000);
    assert.deepEqual(heard, []);
    plug.plug();
    clock.advance(100);
    assert.deepEqual(events, ["door true", "up/a 1", "up/a 2"]);
    assert.true(heard.includes("down/a 1: 3"));
    plug.pull();
    clock.advance(89_000);
    assert.false(heard.includes("error"));
    clock.advance(2_000);
    assert.true(heard.includes("error"));
    assert.deepEqual(events.slice(3), ["door false", "up/gone will"]);
    const offline = listen(device());
    clock.advance(6_000);
    assert.deepEqual(offline.heard, ["error"]);
    plug.plug();
    const back = listen(device());
    clock.advance(100);
    assert.is(back.heard[0], "control 2");
  },

  "MQTT: a door without power is missed after its keep-alive, or at once when it comes back"(assert) {
    const clock = new VirtualClock();
    const network = new VirtualNetwork(clock);
    const { board, device } = boardWith({ clock, network: network.plug(10) });
    const events: string[] = [];
    network.broker.onConnection = ({ connected }) => events.push(`${connected} ${clock.now}`);
    const { heard } = listen(device());
    clock.advance(1_000);
    board.powerOff();
    const before = heard.length;
    clock.advance(200_000);
    assert.deepEqual(events, ["true 30", "false 91000"]);
    board.powerOn();
    listen(device());
    clock.advance(1_000);
    board.restart();
    listen(device());
    clock.advance(1_000);
    assert.deepEqual(events.slice(2), ["true 201030", "false 202030", "true 202030"]);
    assert.is(heard.length, before);
  },

  "MQTT: refused logins, forbidden topics, a broker that ends, messages lost, doubled and overtaken"(assert) {
    const clock = new VirtualClock();
    const network = new VirtualNetwork(clock);
    const { broker } = network;
    const { device } = boardWith({ clock, network: network.plug(10) });
    broker.authorize = (id) => (id === "door" ? 0 : 5);
    broker.allows = (_id, access, topic) => access === "publish" || topic === "down/#";
    const refused = listen(device(), { id: "burglar" });
    clock.advance(100);
    assert.deepEqual(refused.heard, ["error"]);
    const { client, heard } = listen(device());
    clock.advance(100);
    client.write(null, { operation: 8, id: 8, items: [{ topic: "#", QoS: 1 }] });
    const delays: Record<string, number[]> = { lost: [], twice: [0, 5], late: [50] };
    broker.faults = ({ payload }) => delays[text(payload)];
    clock.advance(100);
    heard.length = 0;
    for (const message of ["late", "lost", "twice", "plain"]) broker.publish("down/m", ascii(message));
    clock.advance(200);
    assert.deepEqual(heard.filter((line) => line.startsWith("down")), [
      "down/m 5: plain",
      "down/m 5: twice",
      "down/m 5: twice",
      "down/m 4: late",
    ]);
    broker.faults = undefined;
    broker.publish("down/empty", new Uint8Array(0));
    broker.publish("down/m", ascii("unheard"));
    clock.advance(91_000);
    assert.is(heard[heard.length - 1], "error", "an empty message stops Moddable's parser until keep-alive ends it");
    assert.false(heard.some((line) => line.includes("unheard")));
    const again = listen(device());
    clock.advance(100);
    broker.stop();
    clock.advance(100);
    assert.is(again.heard[again.heard.length - 1], "error");
    const down = listen(device());
    clock.advance(100);
    assert.deepEqual(down.heard, ["error"]);
    broker.start();
    const up = listen(device());
    clock.advance(100);
    assert.is(up.heard[0], "control 2");
  },

  "HTTP: a body goes out in parts, an answer comes in parts, requests run one after another"(assert) {
    const clock = new VirtualClock();
    const network = new VirtualNetwork(clock);
    const plug = network.plug(10);
    const { device } = boardWith({ clock, network: plug });
    const seen: string[] = [];
    network.respond = ({ method, path, headers, body, host, port }, reply) => {
      seen.push(`${method} ${host}:${port}${path} ${headers.get("content-type")} ${body.length}`);
      clock.set(() => reply({ status: path === "/claim" ? 200 : 404, body: bytes(path === "/claim" ? 2_000 : 0, 3) }), 100);
    };
    const log: string[] = [];
    const { io } = device().network.http;
    const client = new io({ ...device().network.http, host: "cloud", port: 8080, onError: () => log.push("client error") });
    const request = (path: string, length: number): void => {
      const body = bytes(length, 1);
      let at = 0;
      let received = 0;
      client.request({
        method: "POST",
        path,
        headers: new Map([["content-length", String(length)], ["content-type", "application/cbor"]]),
        onWritable(count) {
          this.write(body.subarray(at, at + count));
          at += count;
        },
        onHeaders: (status, headers) => log.push(`${path} ${status} ${headers.get("content-length")}`),
        onReadable(count) {
          received += (this.read(count) as ArrayBuffer).byteLength;
        },
        onDone: (error) => log.push(`${path} ${received} ${error === null ? "done" : "failed"}`),
      });
    };
    request("/claim", 4_000);
    request("/other", 10);
    clock.advance(1_000);
    assert.deepEqual(seen, ["POST cloud:8080/claim application/cbor 4000", "POST cloud:8080/other application/cbor 10"]);
    assert.deepEqual(log, ["/claim 200 2000", "/claim 2000 done", "/other 404 0", "/other 0 done"]);
    plug.pull();
    request("/claim", 10);
    request("/other", 10);
    clock.advance(10_000);
    assert.deepEqual(log.slice(4), ["/claim 0 failed", "/other 0 failed", "client error"]);
    assert.throws(() => client.request({}));
  },
};

const GOLDEN_RANDOM = [3627373171, 2392542541, 528, 700614030];
