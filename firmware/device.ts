/**
 * Everything that a controller touches of its board, in the shapes of ECMA-419 (2nd edition) as Moddable has
 * them: classes that are constructed with options and call back with `onReadable` and friends, and providers
 * (`{ io, ...options }`) for what needs more than a pin. firmware/esp32 makes the Device of a real board,
 * hardware-sim that of a virtual one; nothing else in the firmware knows where it runs.
 */
import type { Hashes } from "../protocol/hashes";

/** ECMA-419 §9.3 Digital. `mode` and `edge` are the numbers that the class itself offers. */
export interface Digital {
  read(): number;
  write(value: 0 | 1): void;
  close(): void;
}
export interface DigitalConstructor {
  new (options: { pin: number; mode: number; edge?: number; initialValue?: 0 | 1; onReadable?(): void }): Digital;
  readonly Input: number;
  readonly InputPullUp: number;
  readonly Output: number;
  readonly Rising: number;
  readonly Falling: number;
}

/** ECMA-419 §9.8 Serial, format "number": `read()` gives one byte, or undefined when there is none. */
export interface Serial {
  read(): number | undefined;
  write(value: number): void;
  close(): void;
}
export interface SerialConstructor {
  new (options: SerialOptions): Serial;
}
export interface SerialOptions {
  format?: "number";
  /** `count` bytes can be read now. */
  onReadable?(count: number): void;
  [boardOption: string]: unknown;
}

/** What arrives: `byteLength` of the whole message, `more` while parts of it are still to come. */
export interface MqttReadable {
  topic?: string;
  QoS?: number;
  byteLength?: number;
  more: boolean;
}
export interface MqttWrite {
  operation?: number;
  id?: number;
  topic?: string;
  QoS?: number;
  retain?: boolean;
  byteLength?: number;
  items?: { topic: string; QoS?: number }[];
}
export interface MqttOptions {
  host: string;
  port?: number;
  id?: string;
  user?: string;
  /** Bytes on the wire are its UTF-8. */
  password?: string;
  clean?: boolean;
  /** ms */
  keepAlive?: number;
  will?: { topic: string; message: ArrayBuffer; QoS?: number; retain?: boolean };
  onReadable?(count: number, options: MqttReadable): void;
  onWritable?(count: number): void;
  /** The SDK calls with the message alone, whatever its typings say. */
  onControl?(message: { operation: number; id?: number }): void;
  onError?(error?: unknown): void;
  [provided: string]: unknown;
}
/** ECMA-419 §17 MQTT client. `write` throws where more than the last `onWritable` count is written. */
export interface MqttClient {
  read(count?: number): ArrayBuffer | undefined;
  /** @returns how many bytes may be written now. */
  write(data: ArrayBuffer | Uint8Array | null, options?: MqttWrite): number;
  close(): void;
}
export interface MqttClientConstructor {
  new (options: MqttOptions): MqttClient;
  readonly CONNACK: number;
  readonly PUBLISH: number;
  readonly PUBACK: number;
  readonly SUBSCRIBE: number;
  readonly SUBACK: number;
}

export interface HttpRequest {
  read(count?: number): ArrayBuffer | undefined;
  write(data?: ArrayBuffer | Uint8Array): number | void;
}
export interface HttpRequestOptions {
  method?: string;
  path?: string;
  headers?: Map<string, string>;
  onHeaders?(this: HttpRequest, status: number, headers: Map<string, string>): void;
  onReadable?(this: HttpRequest, count: number): void;
  onWritable?(this: HttpRequest, count: number): void;
  onDone?(this: HttpRequest, error: unknown): void;
}
/** ECMA-419 §15 HTTP client. */
export interface HttpClient {
  request(options: HttpRequestOptions): HttpRequest;
  close(): void;
}
export interface HttpClientConstructor {
  new (options: { host: string; port?: number; onError?(error?: unknown): void; [provided: string]: unknown }): HttpClient;
}

/**
 * A flash partition (Moddable modules/io/flash). The firmware keeps to what an encrypted ESP32 partition can do:
 * writes start at and span multiples of 16 bytes, and no 16-byte unit is written twice between erases.
 */
export interface Flash {
  read(byteLength: number, byteOffset: number): ArrayBuffer;
  write(buffer: ArrayBuffer | Uint8Array, byteOffset: number): void;
  /** Erases blocks `start` (inclusive) to `stop` (exclusive; default start + 1). What an erased block reads is not defined. */
  eraseBlock(start: number, stop?: number): void;
  status(): { size: number; blocks: number; blockLength: number };
  close(): void;
}

/** ECMA-419 key-value storage, format "buffer": each write of a value is atomic and durable. */
export interface KeyValue {
  read(key: string): ArrayBuffer | undefined;
  write(key: string, value: ArrayBuffer | Uint8Array): void;
  delete(key: string): void;
  close(): void;
}

/** An opaque handle of `Timers.set`. */
export type TimerHandle = object | number;

/** Moddable's `timer` module; ECMA-419 leaves timers to the host. */
export interface Timers {
  set(callback: () => void, milliseconds: number): TimerHandle;
  clear(handle: TimerHandle): void;
}

/** ECMA-419 §14 real-time clock: ms since 1970 UTC; undefined where it lost its supply. */
export interface RealTimeClock {
  time: number | undefined;
}

/** A board. Pins are named for what is wired to them. */
export interface Device {
  readonly io: { readonly Digital: DigitalConstructor };
  readonly pin: {
    /** Relay of the lock; 1 energises it. */
    readonly strike: number;
    /** Door position switch: 1 = leaf closed. */
    readonly contact: number;
    /** Request-to-exit button: 0 = pressed (pull-up). */
    readonly requestToExit: number;
    /** Reader's LED (1 = green) and buzzer, where there are any. */
    readonly led?: number;
    readonly buzzer?: number;
  };
  readonly serial: {
    /** One byte per key, ASCII `0`–`9`, `*`, `#`. */
    readonly keypad: { readonly io: SerialConstructor; readonly [option: string]: unknown };
  };
  readonly network: {
    readonly mqtt: { readonly io: MqttClientConstructor; readonly [option: string]: unknown };
    readonly http: { readonly io: HttpClientConstructor; readonly [option: string]: unknown };
  };
  readonly flash: { open(options: { path: string }): Flash };
  readonly keyValue: { open(options: { path: string; format: "buffer" }): KeyValue };
  readonly timer: Timers;
  /** Monotonic milliseconds since boot as 32 bits that wrap; only differences mean anything. */
  ticks(): number;
  readonly rtc?: RealTimeClock;
  readonly hashes: Hashes;
  /** @param length bytes, from a true random number generator. */
  randomBytes(length: number): Uint8Array;
  /** A native Ed25519 check with the verdicts of protocol/ed25519, where the board has one. */
  readonly verifySignature?: (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean;
  /** One diagnostic line for a serial console; never a secret. */
  trace(line: string): void;
}
