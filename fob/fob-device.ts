import type { DigitalConstructor, GattServerConstructor, KeyValue, Timers } from "../firmware/device";
import type { Hashes } from "../protocol/hashes";

/** One packet that a scan heard: an advertisement, or the answer to being asked for more, which names the door. */
export interface Advertisement {
  /** Opaque; for `GattClient`. */
  readonly address: string;
  readonly name?: string | undefined;
}

/** Moddable's BLE scanner (`embedded:io/bluetoothle/central`). */
export interface GapClient {
  /** One for each that `onReadable` has told of. */
  read(): Advertisement | undefined;
  close(): void;
}
export interface GapClientConstructor {
  new (options: { onReadable?(count: number): void; onError?(error?: unknown): void }): GapClient;
}

export interface GattClientService {
  readonly uuid: string;
}
export interface GattClientCharacteristic {
  readonly uuid: string;
}
/**
 * Moddable's BLE connection to a peripheral. Calls are queued; each callback gets an error or null first. In SDK 8.2.3
 * `read` and `write` are one packet each, so `mtu` must leave room for the longest value; and it connects, and scans,
 * under the chip's public address, by which a fob could be followed: a board has to use private ones (SPEC 23.3).
 */
export interface GattClient {
  getPrimaryServices(uuids: string[], callback: (error: unknown, services: GattClientService[]) => void): void;
  getCharacteristics(service: GattClientService, uuids: string[], callback: (error: unknown, characteristics: GattClientCharacteristic[]) => void): void;
  read(characteristic: GattClientCharacteristic, callback: (error: unknown, value: ArrayBuffer) => void): void;
  write(characteristic: GattClientCharacteristic, value: Uint8Array, options: { response: boolean }, callback: (error: unknown) => void): void;
  /** Ends the connection, or the attempt at one; what waits is answered with an error. */
  close(callback?: () => void): void;
}
export interface GattClientConstructor {
  /** `onError`: it could not connect, or the connection was lost. */
  new (options: { address: string; mtu?: number; onReady?(): void; onError?(error?: unknown): void }): GattClient;
}

/** Everything that a fob touches of its board, in the shapes of ECMA-419 as Moddable has them. */
export interface FobDevice {
  readonly io: { readonly Digital: DigitalConstructor };
  readonly pin: {
    /** Buttons 1 to 4: 0 = pressed (pull-up). */
    readonly buttons: readonly number[];
    /** 1 = lit. */
    readonly green: number;
    readonly red: number;
  };
  readonly bluetooth: {
    readonly scanner: GapClientConstructor;
    readonly client: GattClientConstructor;
    /** For edit mode. */
    readonly server: GattServerConstructor;
  };
  readonly keyValue: { open(options: { path: string; format: "buffer" }): KeyValue };
  readonly timer: Timers;
  readonly hashes: Hashes;
  /** @param length bytes, from a true random number generator. */
  randomBytes(length: number): Uint8Array;
  /** One diagnostic line; never a secret. */
  trace(line: string): void;
}
