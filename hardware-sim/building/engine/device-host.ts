import type { Device, FirmwareUpdate, ReaderWiring, TimerHandle } from "../../../firmware/device";
import type { ResetReason } from "../../../protocol/door-state";
import { hostBlockCipher } from "../../xs/host-block-cipher";
import { hostHashes } from "../../xs/host-hashes";
import type { HostOperations } from "../../xs/xs-program";
import { hostGattServer, type GattCallbacks } from "./gatt-host";
import { packValue, unpackValue } from "./value-wire";

const codec = {
  toUtf8: (text: string): Uint8Array => Buffer.from(text, "utf8"),
  fromUtf8: (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8"),
};

/** What the guest must know of the board before its first call. */
export interface DeviceDescription {
  pin: Device["pin"];
  outputs: Device["outputs"];
  readers: ReaderDescription[];
  digital: Record<string, number>;
  mqtt: Record<string, number>;
  rtc: boolean;
  /** Why the board started; null where it cannot tell, nor start itself anew. */
  resetReason: ResetReason | null;
  watchdog: boolean;
  console: boolean;
  /** What the GATT server's class says of itself; null without Bluetooth. */
  bluetooth: { read: number; write: number } | null;
  /** All of it but what is done with it. */
  update: Pick<FirmwareUpdate, "target" | "version" | "onTrial" | "imageKey"> & { rolledBack: number | null } | null;
}

/** All of a reader but its class, and what that class says of itself. */
export type ReaderDescription = Record<string, unknown> & { kind: ReaderWiring["kind"]; constants: Record<string, number> };

/** An object of the board that the guest holds by a number. */
type Held = Record<string, (...args: unknown[]) => unknown>;

/**
 * Offers a Device to a firmware in another engine: what the firmware does there are calls that it waits for;
 * what the board tells (timers, edges, messages) are events that are delivered one after another.
 */
export class DeviceHost {
  #device: Device;
  #deliver: (event: Uint8Array) => void;
  #ask: (question: Uint8Array) => Promise<Uint8Array>;
  #held = new Map<number, Held>();
  #timers = new Map<number, TimerHandle>();

  /** @param ask for what the board cannot wait for, it is told later; comes to nothing where the firmware has ended. */
  constructor(device: Device, deliver: (event: Uint8Array) => void, ask: (question: Uint8Array) => Promise<Uint8Array>) {
    this.#device = device;
    this.#deliver = deliver;
    this.#ask = ask;
  }

  get operations(): HostOperations {
    const device = this.#device;
    const operation =
      (run: (...args: never[]) => unknown) =>
      (body: Uint8Array): Uint8Array =>
        packValue(run(...(unpackValue(body, codec) as never[])), codec);
    return {
      ...hostHashes,
      ...hostBlockCipher,
      describe: operation((): DeviceDescription => {
        const { Digital } = { Digital: device.io.Digital };
        const { Input, InputPullUp, Output, Rising, Falling } = Digital;
        const { CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK } = device.network.mqtt.io;
        return {
          pin: device.pin,
          outputs: device.outputs,
          readers: device.readers.map(describeReader),
          digital: { Input, InputPullUp, Output, Rising, Falling },
          mqtt: { CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK },
          rtc: device.rtc !== undefined,
          resetReason: device.system?.resetReason ?? null,
          watchdog: device.watchdog !== undefined,
          console: device.console !== undefined,
          bluetooth: device.bluetooth === undefined ? null : { ...device.bluetooth.io.properties },
          update: device.update === undefined ? null : describeUpdate(device.update),
        };
      }),
      ticks: () => {
        const ticks = device.ticks();
        return Uint8Array.of(ticks >>> 24, ticks >>> 16, ticks >>> 8, ticks);
      },
      trace: operation((line: string) => device.trace(line)),
      random: operation((length: number) => device.randomBytes(length)),
      getTime: operation(() => device.rtc?.time ?? null),
      setTime: operation((time: number | null) => {
        if (device.rtc) device.rtc.time = time ?? undefined;
      }),
      memoryUse: operation(() => device.system?.memoryUse() ?? null),
      restart: operation(() => device.system?.restart()),
      feed: operation(() => device.watchdog?.feed()),
      confirm: operation(() => device.update?.confirm()),
      setTimer: operation((id: number, milliseconds: number) => {
        const handle = device.timer.set(() => {
          this.#timers.delete(id);
          this.#event(0, "timer", [id]);
        }, milliseconds);
        this.#timers.set(id, handle);
      }),
      clearTimer: operation((id: number) => {
        const handle = this.#timers.get(id);
        this.#timers.delete(id);
        if (handle !== undefined) device.timer.clear(handle);
      }),
      open: operation((id: number, kind: string, options: Record<string, unknown>, callbacks: string[]) => {
        const told = this.#callbacks(id, callbacks);
        this.#held.set(id, kind === "bluetooth" ? this.#openBluetooth(id, options, told) : this.#open(kind, { ...options, ...told }));
      }),
      request: operation((id: number, client: number, options: object, callbacks: string[]) => {
        this.#held.set(id, this.#get(client).request({ ...options, ...this.#callbacks(id, callbacks) }) as Held);
      }),
      call: operation((id: number, method: string, ...args: unknown[]) => this.#get(id)[method](...args)),
      release: operation((id: number) => {
        this.#held.delete(id);
      }),
    };
  }

  #get(id: number): Held {
    const held = this.#held.get(id);
    if (!held) throw new Error(`device: no object ${id}`);
    return held;
  }

  #open(kind: string, options: Record<string, unknown>): Held {
    const { io, readers, network, flash, keyValue, console, update } = this.#device;
    switch (kind) {
      case "digital":
        return new io.Digital(options as never) as unknown as Held;
      case "reader": {
        const { reader, ...given } = options;
        const Reader = readers[reader as number].io as unknown as new (options: object) => Held;
        return new Reader(given);
      }
      case "console": {
        const { io: Port, ...provided } = console!;
        return new Port({ ...provided, ...options }) as unknown as Held;
      }
      case "image":
        return update!.begin(options.byteLength as number) as unknown as Held;
      case "mqtt": {
        const will = options.will as { message: Uint8Array } | undefined;
        const message = will && (will.message.buffer as ArrayBuffer);
        const { io: Client, ...provided } = network.mqtt;
        return new Client({ ...provided, ...options, ...(will && { will: { ...will, message } }) } as never) as unknown as Held;
      }
      case "http": {
        const { io: Client, ...provided } = network.http;
        return new Client({ ...provided, ...options } as never) as unknown as Held;
      }
      case "flash":
        return flash.open(options as never) as unknown as Held;
      case "keyValue":
        return keyValue.open(options as never) as unknown as Held;
      default:
        throw new Error(`device: cannot open ${kind}`);
    }
  }

  #openBluetooth(id: number, options: Record<string, unknown>, told: Record<string, unknown>): Held {
    const { io: Server, blockCipher: _blockCipher, ...provided } = this.#device.bluetooth!;
    const read = (args: unknown[], answer: (value: Uint8Array) => void): void => {
      // A firmware that has ended answers nothing; its board says so to whoever waits.
      this.#ask(packValue([id, "onRead", args], codec)).then((reply) => answer(unpackValue(reply, codec) as Uint8Array), () => {});
    };
    return hostGattServer(Server, { ...provided, ...options } as never, told as unknown as GattCallbacks, read) as unknown as Held;
  }

  #callbacks(id: number, names: string[]): Record<string, (...args: unknown[]) => void> {
    const told = (value: unknown): unknown => (value instanceof Error ? value.message : value);
    return Object.fromEntries(names.map((name) => [name, (...args: unknown[]) => this.#event(id, name, args.map(told))]));
  }

  #event(id: number, name: string, args: unknown[]): void {
    this.#deliver(packValue([id, name, args], codec));
  }
}

function describeUpdate({ target, version, onTrial, rolledBack, imageKey }: FirmwareUpdate): NonNullable<DeviceDescription["update"]> {
  return { target, version, onTrial, rolledBack: rolledBack ?? null, imageKey };
}

function describeReader(wiring: ReaderWiring): ReaderDescription {
  const { io, ...data } = wiring;
  if (wiring.kind !== "matrix") return { ...data, constants: {} };
  const { InputPullUp, Output, OutputOpenDrain } = io as typeof wiring.io;
  return { ...data, constants: { InputPullUp, Output, OutputOpenDrain } };
}
