import { GATTServer as ModdableServer } from "embedded:io/bluetoothle/peripheral";
import type { GattAdvertisement, GattConnection, GattServer, GattServerConstructor, GattServerOptions, Timers } from "../device";
import type { IoGuard } from "./io-guard";
import { RadioLink } from "./radio-link";

/** How often it is looked whether the board is on the air. */
const ADVERTISING_CHECK_MS = 10_000;

/** The SDK's own typings, and ours for where there is no SDK, say it with other words. */
const GATTServer = ModdableServer as unknown as GattServerConstructor;

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
 * - It looks up a connection for each request, in NimBLE's task, before JavaScript may have heard of it, and where it
 *   is not there the machine ends and starts anew, with the locks in their secure state. NimBLE is made to wait. One gap
 *   is left that only the SDK can mend: what a peer has sent before NimBLE itself had its turn, while flash was erased,
 *   and that is no request for an MTU, with which phones begin.
 */
export function gattServerClass({ guard, timers, trace }: GattServerDevice): GattServerConstructor {
  return class BoardGattServer implements GattServer {
    static readonly properties = GATTServer.properties;
    readonly #server: GattServer;
    #onAir: [GattAdvertisement, GattAdvertisement | undefined] | undefined;

    constructor(options: GattServerOptions) {
      const { onReady, onConnect, onDisconnect, services, mtu } = options;
      /** The firmware's connections by the SDK's. */
      const connections = new Map<GattConnection, GattConnection>();
      this.#server = new GATTServer({
        ...(mtu !== undefined && { mtu }),
        services: services.map(({ uuid, characteristics }) => ({
          uuid,
          characteristics: characteristics.map(({ uuid: name, properties, onRead, onWrite }) => ({
            uuid: name,
            properties,
            ...(onRead && {
              onRead: guard.own((from: GattConnection) => {
                const connection = connections.get(from);
                return connection === undefined ? NOTHING : onRead(connection);
              }),
            }),
            ...(onWrite && {
              onWrite: guard.own((value: ArrayBuffer, from: GattConnection) => {
                const connection = connections.get(from);
                if (connection !== undefined) onWrite(value, connection);
              }),
            }),
          })),
        })),
        onReady: guard.own(() => {
          RadioLink.begin();
          onReady?.();
          this.#watch();
        }),
        onConnect: guard.own((from: GattConnection) => {
          RadioLink.known();
          const connection = {
            close: () => {
              if (connections.delete(from)) RadioLink.end(from);
            },
          };
          connections.set(from, connection);
          onConnect?.(connection);
        }),
        onDisconnect: guard.own((from: GattConnection) => {
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
