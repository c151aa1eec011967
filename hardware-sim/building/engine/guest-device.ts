/** The Device of a firmware that runs in XS: every part of it is a call to the board on the PC. Runs in XS only. */
import type {
  Device,
  Digital,
  Flash,
  HttpClient,
  HttpRequest,
  HttpRequestOptions,
  ImageWriter,
  KeyValue,
  MqttClient,
  ReaderWiring,
  Serial,
  SerialConstructor,
  SerialOptions,
  System,
} from "../../../firmware/device";
import { callHost, fromUtf8, serve, toUtf8 } from "../../xs/guest";
import { guestBlockCipher } from "../../xs/guest-block-cipher";
import { guestHashes } from "../../xs/guest-hashes";
import type { DeviceDescription } from "./device-host";
import { guestGattServer } from "./guest-gatt-server";
import { packValue, unpackValue } from "./value-wire";

const codec = { toUtf8, fromUtf8 };

type Callbacks = Record<string, unknown>;

function ask(operation: string, ...args: unknown[]): unknown {
  return unpackValue(callHost(operation, packValue(args, codec)), codec);
}

function toBuffer(bytes: unknown): ArrayBuffer | undefined {
  return bytes instanceof Uint8Array ? (bytes.buffer as ArrayBuffer) : undefined;
}

/** Objects of the board that this firmware holds, and what they call back. */
class Handles {
  #next = 1;
  #targets = new Map<number, { options: Callbacks; self: unknown }>();
  #timers = new Map<number, () => void>();

  /** Splits the callbacks off the options: data goes to the board, functions stay. */
  open(kind: string, options: object, self: unknown, client?: number): number {
    const id = this.#next++;
    const data: Record<string, unknown> = {};
    const callbacks: string[] = [];
    for (const [name, value] of Object.entries(options)) {
      if (typeof value === "function") callbacks.push(name);
      else if (value !== undefined) data[name] = value;
    }
    // Before the call: the board may have something to tell at once.
    this.#targets.set(id, { options: options as Callbacks, self });
    try {
      if (client === undefined) ask("open", id, kind, data, callbacks);
      else ask("request", id, client, data, callbacks);
    } catch (error) {
      this.#targets.delete(id);
      throw error;
    }
    return id;
  }

  call(id: number, method: string, ...args: unknown[]): unknown {
    return ask("call", id, method, ...args);
  }

  /** After this nothing is called back. */
  release(id: number): void {
    if (this.#targets.delete(id)) ask("release", id);
  }

  close(id: number): void {
    if (!this.#targets.has(id)) return;
    this.call(id, "close");
    this.release(id);
  }

  setTimer(callback: () => void, milliseconds: number): number {
    const id = this.#next++;
    this.#timers.set(id, callback);
    ask("setTimer", id, milliseconds);
    return id;
  }

  clearTimer(id: number): void {
    if (this.#timers.delete(id)) ask("clearTimer", id);
  }

  event(id: number, name: string, args: unknown[]): void {
    if (name === "timer") {
      const timer = args[0] as number;
      const callback = this.#timers.get(timer);
      this.#timers.delete(timer);
      callback?.();
      return;
    }
    const target = this.#targets.get(id);
    if (!target) return;
    if (name === "onDone") this.release(id);
    (target.options[name] as (...args: unknown[]) => void).apply(target.self, args);
    // ECMA-419 clients close themselves on an error.
    if (name === "onError") this.release(id);
  }

  /** As an event, but the board waits for what is given. */
  question(id: number, name: string, args: unknown[]): unknown {
    const target = this.#targets.get(id);
    return target && (target.options[name] as (...args: unknown[]) => unknown).apply(target.self, args);
  }
}

/** The board's serial console. */
function guestConsole(handles: Handles): SerialConstructor {
  return class GuestConsole implements Serial {
    #id: number;
    constructor({ io: _io, ...options }: SerialOptions) {
      this.#id = handles.open("console", options, this);
    }
    read(): number | undefined {
      return (handles.call(this.#id, "read") as number | null) ?? undefined;
    }
    write(value: number): void {
      handles.call(this.#id, "write", value);
    }
    close(): void {
      handles.close(this.#id);
    }
  };
}

/** The class of a reader: a serial line, a Wiegand capture or a bank of pins, which differ in what crosses. */
function guestReader(handles: Handles, reader: number): new (options: object) => object {
  return class GuestReader {
    #id: number;
    constructor(options: object) {
      const { io: _io, ...given } = options as { io?: unknown };
      this.#id = handles.open("reader", { ...given, reader }, this);
    }
    read(): unknown {
      return handles.call(this.#id, "read") ?? undefined;
    }
    write(value: number): void {
      handles.call(this.#id, "write", value);
    }
    close(): void {
      handles.close(this.#id);
    }
  };
}

function makeDevice(handles: Handles): Device {
  const description = ask("describe") as DeviceDescription;

  class GuestDigital implements Digital {
    #id: number;
    constructor(options: object) {
      this.#id = handles.open("digital", options, this);
    }
    read(): number {
      return handles.call(this.#id, "read") as number;
    }
    write(value: 0 | 1): void {
      handles.call(this.#id, "write", value);
    }
    close(): void {
      handles.close(this.#id);
    }
  }

  class GuestMqttClient implements MqttClient {
    #id: number;
    constructor({ io: _io, ...options }: { io?: unknown }) {
      this.#id = handles.open("mqtt", options, this);
    }
    read(count?: number): ArrayBuffer | undefined {
      return toBuffer(handles.call(this.#id, "read", count));
    }
    write(data: ArrayBuffer | Uint8Array | null, options?: object): number {
      return handles.call(this.#id, "write", data, options) as number;
    }
    close(): void {
      handles.close(this.#id);
    }
  }

  class GuestHttpClient implements HttpClient {
    #id: number;
    constructor({ io: _io, ...options }: { io?: unknown }) {
      this.#id = handles.open("http", options, this);
    }
    request(options: HttpRequestOptions): HttpRequest {
      const request: HttpRequest = {
        read: (count) => toBuffer(handles.call(id, "read", count)),
        write: (data) => handles.call(id, "write", data) as number,
      };
      const { onDone } = options;
      const id = handles.open(
        "request",
        {
          ...options,
          onDone(this: HttpRequest, error: unknown) {
            // An error crossed as its message.
            onDone?.call(this, error === null ? null : new Error(error as string));
          },
        },
        request,
        this.#id,
      );
      return request;
    }
    close(): void {
      handles.close(this.#id);
    }
  }

  return {
    io: { Digital: Object.assign(GuestDigital, description.digital) as unknown as Device["io"]["Digital"] },
    pin: description.pin,
    outputs: description.outputs,
    readers: description.readers.map(({ constants, ...wiring }, index) => {
      const io = Object.assign(guestReader(handles, index), constants);
      return { ...wiring, io } as unknown as ReaderWiring;
    }),
    network: {
      mqtt: { io: Object.assign(GuestMqttClient, description.mqtt) as unknown as Device["network"]["mqtt"]["io"] },
      http: { io: GuestHttpClient as unknown as Device["network"]["http"]["io"] },
    },
    flash: {
      open(options): Flash {
        const id = handles.open("flash", options, undefined);
        return {
          read: (byteLength, byteOffset) => toBuffer(handles.call(id, "read", byteLength, byteOffset)) as ArrayBuffer,
          write: (buffer, byteOffset) => void handles.call(id, "write", buffer, byteOffset),
          eraseBlock: (start, stop) => void handles.call(id, "eraseBlock", start, stop),
          status: () => handles.call(id, "status") as ReturnType<Flash["status"]>,
          close: () => handles.close(id),
        };
      },
    },
    keyValue: {
      open(options): KeyValue {
        const id = handles.open("keyValue", options, undefined);
        return {
          read: (key) => toBuffer(handles.call(id, "read", key)),
          write: (key, value) => void handles.call(id, "write", key, value),
          delete: (key) => void handles.call(id, "delete", key),
          close: () => handles.close(id),
        };
      },
    },
    timer: {
      set: (callback, milliseconds) => handles.setTimer(callback, milliseconds),
      clear: (handle) => handles.clearTimer(handle as number),
    },
    ticks() {
      const bytes = callHost("ticks");
      return (bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3];
    },
    ...(description.rtc && {
      rtc: {
        get time(): number | undefined {
          return (ask("getTime") as number | null) ?? undefined;
        },
        set time(value: number | undefined) {
          ask("setTime", value ?? null);
        },
      },
    }),
    ...(description.resetReason !== null && {
      system: {
        resetReason: description.resetReason,
        memoryUse: () => ask("memoryUse") as ReturnType<System["memoryUse"]>,
        restart: () => void ask("restart"),
      },
    }),
    ...(description.watchdog && { watchdog: { feed: () => void ask("feed") } }),
    ...(description.console && { console: { io: guestConsole(handles) } }),
    ...(description.bluetooth !== null && { bluetooth: { io: guestGattServer(handles, description.bluetooth), blockCipher: guestBlockCipher } }),
    ...(description.update !== null && {
      update: {
        ...description.update,
        rolledBack: description.update.rolledBack ?? undefined,
        begin: (byteLength) => guestWriter(handles, byteLength),
        confirm: () => void ask("confirm"),
      },
    }),
    hashes: guestHashes,
    randomBytes: (length) => ask("random", length) as Uint8Array,
    trace: (line) => void ask("trace", line),
  };
}

function guestWriter(handles: Handles, byteLength: number): ImageWriter {
  const id = handles.open("image", { byteLength }, undefined);
  return {
    write: (bytes) => void handles.call(id, "write", bytes),
    complete: () => void handles.call(id, "complete"),
    abort: () => void handles.call(id, "abort"),
  };
}

/** Makes this program a board: `boot` starts its firmware when the host says so. */
export function serveFirmware(boot: (device: Device) => void): void {
  const handles = new Handles();
  serve({
    boot() {
      boot(makeDevice(handles));
    },
    event(body) {
      const [id, name, args] = unpackValue(body, codec) as [number, string, unknown[]];
      handles.event(id, name, args);
    },
    ask(body) {
      const [id, name, args] = unpackValue(body, codec) as [number, string, unknown[]];
      return packValue(handles.question(id, name, args), codec);
    },
  });
}
