/// <reference path="../typings/bluetoothle.d.ts" />
import { GATTServer } from "embedded:io/bluetoothle/peripheral";
import type { GattAdvertisement, GattConnection, GattServer, GattServerConstructor, GattServerOptions, Timers } from "../device";
import type { IoGuard } from "./io-guard";
import { RadioLink } from "./radio-link";

/** How often it is looked whether the board is on the air. */
const ADVERTISING_CHECK_MS = 10_000;

export interface GattServerDevice {
  guard: IoGuard;
  timers: Timers;
  trace(line: string): void;
}

/**
 * The SDK's GATT server (8.2.3, over NimBLE) as the firmware expects one:
 *
 * - `close` ends a connection by way of NimBLE (radio-link.c), since the server's own is not safe. Until the end has
 *   come the firmware hears nothing more of that connection.
 * - It goes on the air again by itself when a connection begins or ends, but not after one that failed to begin, hence
 *   the look every ten seconds.
 *
 * One fault remains that only the SDK can mend: its server learns of a connection by a message to JavaScript, and
 * looks it up in NimBLE's task without asking whether it is there. A peer that asks for a larger MTU, or for a value,
 * before JavaScript has had its turn ends the machine, which starts anew with the locks in their secure state. The
 * firmware keeps its slices short; a TLS handshake, an erase and a check of an image are the times when it may happen.
 */
export function gattServerClass({ guard, timers, trace }: GattServerDevice): GattServerConstructor {
  return class BoardGattServer implements GattServer {
    static readonly properties = GATTServer.properties;
    readonly #server: GATTServer;
    #onAir: [GattAdvertisement, GattAdvertisement | undefined] | undefined;

    constructor(options: GattServerOptions) {
      const { onReady, onConnect, onDisconnect, services, mtu } = options;
      /** The firmware's connections by the SDK's. */
      const connections = new Map<object, GattConnection>();
      this.#server = new GATTServer({
        ...(mtu !== undefined && { mtu }),
        services: services.map(({ uuid, characteristics }) => ({
          uuid,
          characteristics: characteristics.map(({ uuid: name, properties, onRead, onWrite }) => ({
            uuid: name,
            properties,
            ...(onRead && {
              onRead: guard.own((from: object) => {
                const connection = connections.get(from);
                return connection === undefined ? NOTHING : onRead(connection);
              }),
            }),
            ...(onWrite && {
              onWrite: guard.own((value: ArrayBuffer, from: object) => {
                const connection = connections.get(from);
                if (connection !== undefined) onWrite(value, connection);
              }),
            }),
          })),
        })),
        onReady: guard.own(() => {
          onReady?.();
          this.#watch();
        }),
        onConnect: guard.own((from: object) => {
          const connection = {
            close: () => {
              if (connections.delete(from)) RadioLink.end(from);
            },
          };
          connections.set(from, connection);
          onConnect?.(connection);
        }),
        onDisconnect: guard.own((from: object) => {
          const connection = connections.get(from);
          connections.delete(from);
          if (connection !== undefined) onDisconnect?.(connection);
        }),
      });
    }

    startAdvertising(scan: GattAdvertisement, response?: GattAdvertisement): void {
      this.#onAir = [scan, response];
      this.#advertise();
    }

    stopAdvertising(): void {
      this.#onAir = undefined;
      this.#server.stopAdvertising();
    }

    #watch(): void {
      timers.set(() => {
        this.#advertise();
        this.#watch();
      }, ADVERTISING_CHECK_MS);
    }

    #advertise(): void {
      if (this.#onAir === undefined || RadioLink.advertises()) return;
      try {
        this.#server.startAdvertising(...this.#onAir);
      } catch (error) {
        // Where all connections are in use NimBLE takes none: the next look tries again.
        trace(`radio: ${String(error)}`);
      }
    }
  };
}

const NOTHING = new Uint8Array(0);
