import type { GattAdvertisement, GattCharacteristic, GattConnection, GattServerConstructor, GattServerOptions } from "../../../firmware/device";
import type { LateCharacteristic } from "../../radio/virtual-gatt-server";

/** What the firmware in the other engine is told; connections and characteristics go by their numbers. */
export interface GattCallbacks {
  onReady(): void;
  onConnect(connection: number): void;
  onDisconnect(connection: number): void;
  onWrite(service: number, characteristic: number, value: Uint8Array, connection: number): void;
}

/** What the firmware in the other engine may do. */
export interface HeldGattServer {
  startAdvertising(scan: GattAdvertisement, response?: GattAdvertisement): void;
  stopAdvertising(): void;
  closeConnection(connection: number): void;
}

/**
 * A GATT server for a firmware in another engine, which cannot answer a read at once.
 * @param read asks it for a value: by service, characteristic and connection.
 */
export function hostGattServer(
  Server: GattServerConstructor,
  options: GattServerOptions,
  told: GattCallbacks,
  read: (args: [number, number, number], answer: (value: Uint8Array) => void) => void,
): HeldGattServer {
  const numbers = new Map<GattConnection, number>();
  let next = 1;
  const late = (characteristic: GattCharacteristic, service: number, index: number): LateCharacteristic => ({
    ...characteristic,
    onReadLater: (connection, answer) => read([service, index, numbers.get(connection)!], answer),
    onWrite: (value, connection) => told.onWrite(service, index, new Uint8Array(value), numbers.get(connection)!),
  });
  const server = new Server({
    ...options,
    services: options.services.map(({ uuid, characteristics }, service) => ({ uuid, characteristics: characteristics.map((each, index) => late(each, service, index)) })),
    onReady: () => told.onReady(),
    onConnect: (connection) => {
      numbers.set(connection, next);
      told.onConnect(next++);
    },
    onDisconnect: (connection) => {
      told.onDisconnect(numbers.get(connection)!);
      numbers.delete(connection);
    },
  });
  return {
    startAdvertising: (scan, response) => server.startAdvertising(scan, response),
    stopAdvertising: () => server.stopAdvertising(),
    closeConnection: (number) => {
      for (const [connection, each] of numbers) {
        if (each !== number) continue;
        numbers.delete(connection);
        connection.close();
      }
    },
  };
}
