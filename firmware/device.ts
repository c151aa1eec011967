/**
 * Everything that a controller touches of its board, in the shapes of ECMA-419 (2nd edition) as Moddable has
 * them: classes that are constructed with options and call back with `onReadable` and friends, and providers
 * (`{ io, ...options }`) for what needs more than a pin. firmware/esp32 makes the Device of a real board,
 * hardware-sim that of a virtual one; nothing else in the firmware knows where it runs.
 */
import type { BlockCipher } from "../protocol/block-cipher";
import type { ResetReason } from "../protocol/door-state";
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
  /** `count` bytes can be written now; told once the port is open, and whenever there is room again after a write. */
  onWritable?(count: number): void;
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

/** ECMA-419 §9.4 DigitalBank: several pins as the bits of one number; `pins` is the mask of the bank's pins. */
export interface DigitalBank {
  read(): number;
  write(value: number): void;
  close(): void;
}
export interface DigitalBankConstructor {
  new (options: { pins: number; mode: number; rises?: number; falls?: number; bank?: number | string; onReadable?(triggers: number): void }): DigitalBank;
  readonly InputPullUp: number;
  readonly Output: number;
  readonly OutputOpenDrain: number;
}

/** What a Wiegand reader sent in one go, without a gap. */
export interface WiegandFrame {
  /** How many pulses; more than `data` holds where some were lost, or were too many to keep. */
  bits: number;
  /** The first is bit 7 of the first byte. */
  data: Uint8Array;
}
/** D0 and D1 captured by hardware or a native handler, which goes on while flash is erased; frames wait in its buffer. */
export interface Wiegand {
  read(): WiegandFrame | undefined;
  close(): void;
}
export interface WiegandConstructor {
  new (options: { onReadable?(count: number): void; [boardOption: string]: unknown }): Wiegand;
}

/** One relay. */
export interface OutputWiring {
  readonly pin: number;
  /** fail-secure: energised = open. fail-safe: energised = locked, so that a power cut opens it. */
  readonly lock: "fail-secure" | "fail-safe";
}

interface ReaderPlace {
  /** Mask of the outputs that this reader may move; default: all of the board's. */
  readonly outputs?: number;
  /** The reader's LED (1 = green) and buzzer, where there are any. */
  readonly led?: number;
  readonly buzzer?: number;
}
/** ASCII keys (`0`–`9`, `*`, `#`) and card numbers in STX frames, on one line. */
export interface SerialReaderWiring extends ReaderPlace {
  readonly kind: "serial";
  readonly io: SerialConstructor;
  readonly [option: string]: unknown;
}
/** Cards, and keys of 4 or 8 bits. */
export interface WiegandReaderWiring extends ReaderPlace {
  readonly kind: "wiegand";
  readonly io: WiegandConstructor;
  readonly [option: string]: unknown;
}
/** Twelve keys: four rows that are driven, three columns that are read. */
export interface MatrixReaderWiring extends ReaderPlace {
  readonly kind: "matrix";
  readonly io: DigitalBankConstructor;
  /** Pins of the rows 1–3, 4–6, 7–9, *0#. */
  readonly rows: readonly number[];
  /** Pins of the columns 147*, 2580, 369#. */
  readonly columns: readonly number[];
}
export type ReaderWiring = SerialReaderWiring | WiegandReaderWiring | MatrixReaderWiring;

/** The machine under the firmware. */
export interface System {
  readonly resetReason: ResetReason;
  /** Bytes of the JavaScript heap in use. */
  memoryUse(): { chunkBytes: number; slotBytes: number };
  /** Does not return on a board. */
  restart(): void;
}

/** Starts the board anew unless it is fed; the board chooses the time. */
export interface Watchdog {
  feed(): void;
}

/** Asks an unsigned time server once. */
export interface Sntp {
  /** @param onTime Unix ms; undefined where nobody answered. */
  request(onTime: (unixMs: number | undefined) => void): void;
}

/** A new firmware image on its way into the slot that does not run. */
export interface ImageWriter {
  /** Parts in order. */
  write(bytes: Uint8Array): void;
  /** The next start runs it, on trial. */
  complete(): void;
  abort(): void;
}
/** The two image slots of a board. */
export interface FirmwareUpdate {
  /** 8 bytes: the kind of board, which images name. */
  readonly target: Uint8Array;
  /** Of the image that runs. */
  readonly version: number;
  /** It runs for the first time: without `confirm` the next start goes back to the last good image. */
  readonly onTrial: boolean;
  /** Version of an image that failed its trial before this start. */
  readonly rolledBack: number | undefined;
  /** 32-byte Ed25519 key, part of the image, that signs the next ones. */
  readonly imageKey: Uint8Array;
  /** @param byteLength of the whole image. @throws Error where it does not fit. */
  begin(byteLength: number): ImageWriter;
  confirm(): void;
}

/** A peer of a GATT server; the same object for as long as it is connected. */
export interface GattConnection {
  /** Ends the connection. `onDisconnect` does not follow (the SDK's server forgets the connection at once). */
  close(): void;
}
export interface GattCharacteristic {
  /** 128 bits, lower-case hexadecimal with hyphens. */
  uuid: string;
  /** Sum of the class's `properties`. */
  properties: number;
  /** Asked once for each part of a long read: the same bytes until the last of them has gone. */
  onRead?(connection: GattConnection): ArrayBuffer | Uint8Array;
  /** A long write comes whole. */
  onWrite?(value: ArrayBuffer, connection: GattConnection): void;
}
export interface GattServerOptions {
  mtu?: number;
  services: { uuid: string; characteristics: GattCharacteristic[] }[];
  onReady?(): void;
  onConnect?(connection: GattConnection): void;
  onDisconnect?(connection: GattConnection): void;
}
export interface GattAdvertisement {
  flags?: number;
  name?: string;
  services?: string[];
}
/** Moddable's BLE peripheral (modules/io/ble/server), one on a board. None of its callbacks may throw. */
export interface GattServer {
  /** After `onReady`. Goes on by itself while there is room for another connection. At most 31 bytes each. */
  startAdvertising(scan: GattAdvertisement, response?: GattAdvertisement): void;
  stopAdvertising(): void;
}
export interface GattServerConstructor {
  new (options: GattServerOptions): GattServer;
  readonly properties: { readonly read: number; readonly write: number };
}

/** A board. Pins are named for what is wired to them. */
export interface Device {
  readonly io: { readonly Digital: DigitalConstructor };
  readonly pin: {
    /** Door position switch: 1 = leaf closed. */
    readonly contact: number;
    /** Request-to-exit button: 0 = pressed (pull-up). */
    readonly requestToExit: number;
    /** Service button on the board: 0 = pressed (pull-up). */
    readonly service?: number;
  };
  /** One to four, by their number; 0 is the door's own strike. */
  readonly outputs: readonly OutputWiring[];
  readonly readers: readonly ReaderWiring[];
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
  readonly sntp?: Sntp;
  readonly hashes: Hashes;
  /** @param length bytes, from a true random number generator. */
  randomBytes(length: number): Uint8Array;
  /** A native Ed25519 check with the verdicts of protocol/ed25519, where the board has one. */
  readonly verifySignature?: (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean;
  readonly system?: System;
  readonly watchdog?: Watchdog;
  /** Where an installer types commands, a line each. */
  readonly console?: { readonly io: SerialConstructor; readonly [option: string]: unknown };
  readonly update?: FirmwareUpdate;
  /** Where phones and fobs are heard. */
  readonly bluetooth?: { readonly io: GattServerConstructor; readonly blockCipher: BlockCipher; readonly [option: string]: unknown };
  /** One diagnostic line for a serial console; never a secret. */
  trace(line: string): void;
}
