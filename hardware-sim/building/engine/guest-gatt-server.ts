/** The GATT server of a firmware that runs in XS: the board's, by a host call. Runs in XS only. */
import type { GattAdvertisement, GattConnection, GattServer, GattServerConstructor, GattServerOptions } from "../../../firmware/device";
import type { DeviceDescription } from "./device-host";
import type { GattCallbacks } from "./gatt-host";

/** What it needs of the table of objects that the firmware holds. */
export interface GattHandles {
  open(kind: string, options: object, self: unknown): number;
  call(id: number, method: string, ...args: unknown[]): unknown;
}

export function guestGattServer(handles: GattHandles, properties: NonNullable<DeviceDescription["bluetooth"]>): GattServerConstructor {
  return class GuestGattServer implements GattServer {
    static readonly properties = properties;
    #id: number;
    #connections = new Map<number, GattConnection>();

    constructor({ services, mtu, onReady, onConnect, onDisconnect }: GattServerOptions) {
      const callbacks: GattCallbacks & { onRead(service: number, characteristic: number, connection: number): unknown } = {
        onReady: () => onReady?.(),
        onConnect: (number) => {
          const connection: GattConnection = {
            close: () => {
              if (this.#connections.delete(number)) handles.call(this.#id, "closeConnection", number);
            },
          };
          this.#connections.set(number, connection);
          onConnect?.(connection);
        },
        onDisconnect: (number) => {
          const connection = this.#connections.get(number);
          this.#connections.delete(number);
          if (connection) onDisconnect?.(connection);
        },
        onRead: (service, characteristic, number) => {
          const connection = this.#connections.get(number);
          return (connection && services[service].characteristics[characteristic].onRead?.(connection)) ?? new Uint8Array(0);
        },
        onWrite: (service, characteristic, value, number) => {
          const connection = this.#connections.get(number);
          if (connection) services[service].characteristics[characteristic].onWrite?.(value.buffer as ArrayBuffer, connection);
        },
      };
      // Functions of the characteristics stay here: they do not cross as JSON.
      this.#id = handles.open("bluetooth", { services, mtu, ...callbacks }, this);
    }

    startAdvertising(scan: GattAdvertisement, response?: GattAdvertisement): void {
      handles.call(this.#id, "startAdvertising", scan, response);
    }

    stopAdvertising(): void {
      handles.call(this.#id, "stopAdvertising");
    }
  };
}
