/** The whole controller inside XS, for test/bench/controller.ts; flash and key-value store lie outside, as on a board. */
import { Controller } from "../../firmware/controller";
import type { Device, GattConnection, GattServerOptions, MqttOptions, MqttReadable } from "../../firmware/device";
import { callHost } from "../../hardware-sim/xs/guest";
import { guestBlockCipher } from "../../hardware-sim/xs/guest-block-cipher";
import { type Measured, type MeterHost, MORE } from "../../hardware-sim/xs/measured";
import { ascii, concat, readU32, toHex, writeU32 } from "../../protocol/bytes";
import { DOOR_CHARACTERISTICS, type DoorCharacteristic } from "../../protocol/gatt-names";
import { ours as signatureCheck } from "./ed25519.measured";

const numbers = (...values: number[]): Uint8Array => {
  const bytes = new Uint8Array(4 * values.length);
  values.forEach((value, index) => writeU32(bytes, 4 * index, value));
  return bytes;
};

/** Pins at rest: leaf closed, exit button up. */
class RestingPin {
  static readonly Input = 0;
  static readonly InputPullUp = 1;
  static readonly Output = 2;
  static readonly Rising = 1;
  static readonly Falling = 2;
  read(): number {
    return 1;
  }
  write(): void {}
  close(): void {}
}

class SilentKeypad {
  read(): undefined {
    return undefined;
  }
  write(): void {}
  close(): void {}
}

/** A connection that is always there, writes into nothing, and delivers what the measurement hands it. */
class OpenConnection {
  static readonly CONNACK = 2;
  static readonly PUBLISH = 3;
  static readonly PUBACK = 4;
  static readonly SUBSCRIBE = 8;
  static readonly SUBACK = 9;
  readonly #options: MqttOptions;
  #message: Uint8Array | undefined;

  constructor(options: MqttOptions) {
    this.#options = options;
    bench.connection = this;
  }
  online(): void {
    this.#options.onWritable?.(4_096);
    this.#options.onControl?.({ operation: OpenConnection.CONNACK });
    this.#options.onControl?.({ operation: OpenConnection.SUBACK });
  }
  deliver(topic: string, message: Uint8Array): void {
    this.#message = message;
    const options: MqttReadable = { topic, QoS: 1, byteLength: message.length, more: false };
    this.#options.onReadable?.(message.length, options);
  }
  read(): ArrayBuffer {
    return this.#message!.slice().buffer;
  }
  write(): number {
    return 4_096;
  }
  close(): void {}
}

/** A radio on which whoever measures is connected. */
class QuietRadio {
  static readonly properties = { read: 2, write: 8 };
  readonly #options: GattServerOptions;

  constructor(options: GattServerOptions) {
    this.#options = options;
    bench.radio = this;
  }
  connect(): GattConnection {
    const connection = { close: () => {} };
    this.#options.onConnect?.(connection);
    return connection;
  }
  read(connection: GattConnection, from: DoorCharacteristic): Uint8Array {
    return new Uint8Array(this.#of(from).onRead!(connection));
  }
  write(connection: GattConnection, to: DoorCharacteristic, value: Uint8Array): void {
    this.#of(to).onWrite!(value.slice().buffer, connection);
  }
  startAdvertising(): void {}
  stopAdvertising(): void {}
  #of(name: DoorCharacteristic): GattServerOptions["services"][number]["characteristics"][number] {
    return this.#options.services[0].characteristics.find(({ uuid }) => uuid === DOOR_CHARACTERISTICS[name])!;
  }
}

const bench: { connection: OpenConnection | undefined; radio: QuietRadio | undefined; timers: (() => void)[] } = { connection: undefined, radio: undefined, timers: [] };

function makeDevice({ hashes }: MeterHost): Device {
  return {
    io: { Digital: RestingPin },
    pin: { contact: 2, requestToExit: 3 },
    outputs: [{ pin: 1, lock: "fail-secure" }],
    readers: [{ kind: "serial", io: SilentKeypad, led: 4, buzzer: 5 }],
    network: {
      mqtt: { io: OpenConnection },
      http: { io: OpenConnection as unknown as Device["network"]["http"]["io"] },
    },
    flash: {
      open: () => ({
        read: (length, offset) => callHost("read", numbers(length, offset)).slice().buffer,
        write: (bytes, offset) => void callHost("write", concat(numbers(offset), bytes as Uint8Array)),
        eraseBlock: (start) => void callHost("erase", numbers(start)),
        status: () => ({ size: 0, blocks: 0, blockLength: 4_096 }),
        close: () => {},
      }),
    },
    keyValue: {
      open: () => ({
        read(key) {
          const value = callHost("kept", ascii(key));
          return value.length === 0 ? undefined : value.slice().buffer;
        },
        write: (key, value) => void callHost("keep", concat(Uint8Array.of(key.length), ascii(key), value as Uint8Array)),
        delete: () => {},
        close: () => {},
      }),
    },
    timer: {
      set(callback, milliseconds) {
        // Work in slices; what waits for real time waits for ever here.
        if (milliseconds === 0) bench.timers.push(callback);
        return callback;
      },
      clear: () => {},
    },
    ticks: () => 0,
    hashes,
    randomBytes: (length) => new Uint8Array(length),
    bluetooth: { io: QuietRadio, blockCipher: guestBlockCipher },
    trace: () => {},
  };
}

function slice(): typeof MORE | undefined {
  const next = bench.timers.shift();
  next?.();
  return bench.timers.length > 0 ? MORE : undefined;
}

function start(host: MeterHost): Controller {
  callHost("begin", ascii(""));
  bench.timers = [];
  const controller = new Controller(makeDevice(host));
  bench.connection!.online();
  while (slice() === MORE);
  return controller;
}

const running: Measured = (host) => {
  let controller: Controller | undefined;
  return () => (controller ??= start(host));
};

/** A message goes in by the connection, its signature is checked, flash is written, a receipt goes out. */
function takes(topic: string, message: string): Measured {
  return (host) => {
    const controller = start(host);
    const bytes = callHost(message).slice();
    let delivered = false;
    return () => {
      if (!delivered) {
        delivered = true;
        bench.connection!.deliver(`latchkey/1/doors/${topic}`, bytes);
        return MORE;
      }
      return slice() ?? controller;
    };
  };
}

/** A phone's three messages, all that the door does for them: the relay moves and the log has it. @param says the host's: message 2 to a challenge. */
function unlock(says: string): Measured {
  return (host) => {
    const controller = start(host);
    const radio = bench.radio!;
    // No randomness here: a second connection reads the same challenge.
    const response = callHost(says, radio.read(radio.connect(), "challenge")).slice();
    const connection = radio.connect();
    return () => {
      radio.read(connection, "challenge");
      radio.write(connection, "response", response);
      const result = radio.read(connection, "result");
      if (result[1] !== (says === "opens" ? 0 : says === "carries" ? 0xfe : 0xff)) throw new Error(`another result: ${result[1]}`);
      return controller;
    };
  };
}

export const measured: Record<string, Measured> = {
  running,
  "phone opens": unlock("opens"),
  "phone carries": unlock("carries"),
  "phone forges": unlock("forges"),
  signature: signatureCheck,
 revocation: (host) => takes(`${toHex(callHost("door"))}/down/delta/${readU32(callHost("base"), 0)}`, "revocation")(host),
};
