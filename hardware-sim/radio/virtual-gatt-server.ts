import type { GattAdvertisement, GattCharacteristic, GattConnection, GattServer, GattServerConstructor, GattServerOptions } from "../../firmware/device";
import { GATT_VALUE_BYTES_MAX } from "../../protocol/gatt-names";
import { encodeAdvertisement } from "./advertisement";
import { MTU_MAX, MTU_MIN } from "./att";
import { AttServer } from "./att-server";
import type { BoardSession } from "../board-session";
import type { Advertiser, AirConnection, Ether, PeripheralEnd, Place } from "./ether";
import { GattTable, PROPERTIES } from "./gatt-table";

/**
 * A characteristic whose value comes from a firmware in another engine: instead of `onRead`, the answer is given when
 * it is there.
 */
export interface LateCharacteristic extends GattCharacteristic {
  onReadLater?(connection: GattConnection, answer: (value: Uint8Array) => void): void;
}

/**
 * The GATT server class of one power-on, as Moddable has it on an ESP32: one on a board, it advertises by itself while
 * there is room for another connection, and not after the application itself has closed one. A long read asks the
 * application once for each part.
 */
export function gattServerClass(air: Ether, session: BoardSession, place: Place, room: number): GattServerConstructor {
  let made = false;
  return class VirtualGattServer implements GattServer {
    static readonly properties = PROPERTIES;
    #options: GattServerOptions;
    #table: GattTable;
    #advertiser: Advertiser;
    #connections = new Set<GattConnection>();
    /** What is said again when there is room again. */
    #resume: Advertiser["packets"];

    constructor(options: GattServerOptions) {
      session.need();
      if (made) throw new Error("one GATT server on a board");
      made = true;
      this.#options = options;
      this.#table = new GattTable(options.services);
      // A static address: a door stays where it is.
      const address = air.random.bytes(6);
      address[0] |= 0xc0;
      this.#advertiser = { address, place, name: undefined, services: [], packets: undefined, accept: (link) => this.#accept(link) };
      session.onEnd(air.add(this.#advertiser));
      session.timer.set(() => options.onReady?.(), 0);
    }

    startAdvertising(scan: GattAdvertisement, response: GattAdvertisement = {}): void {
      session.need();
      const packets = { scan: encodeAdvertisement(scan), response: encodeAdvertisement(response) };
      Object.assign(this.#advertiser, { name: scan.name ?? response.name, services: [...(scan.services ?? []), ...(response.services ?? [])] });
      this.#advertiser.packets = this.#connections.size < room ? packets : undefined;
      this.#resume = packets;
    }

    stopAdvertising(): void {
      session.need();
      this.#advertiser.packets = this.#resume = undefined;
    }

    /** @returns the end of the link on this board. */
    #accept(link: AirConnection): PeripheralEnd {
      const { onConnect, onDisconnect, mtu = MTU_MAX } = this.#options;
      const connection: GattConnection = {
        close: () => {
          session.need();
          if (this.#connections.delete(connection)) link.close();
        },
      };
      const alive = (callback: () => void) => () => this.#connections.has(connection) && callback();
      this.#connections.add(connection);
      if (this.#connections.size >= room) this.#advertiser.packets = undefined;
      // From the event loop: it may close the connection at once.
      air.clock.set(() => session.run(alive(() => onConnect?.(connection))), 0);
      const server = new AttServer({
        table: this.#table,
        mtu: Math.max(MTU_MIN, Math.min(mtu, MTU_MAX)),
        send: (pdu) => link.send(pdu),
        read: (characteristic, answer) => session.run(alive(() => readValue(characteristic, connection, answer))),
        write: (characteristic, value, done) =>
          session.run(
            alive(() => {
              characteristic.onWrite?.(value.slice().buffer, connection);
              done();
            }),
          ),
      });
      return {
        onPdu: (pdu) => server.receive(pdu),
        onEnded: () => {
          if (!this.#connections.delete(connection)) return;
          this.#advertiser.packets = this.#resume;
          session.run(() => onDisconnect?.(connection));
        },
        onPowerLost: (lost) => session.onEnd(lost),
      };
    }
  };
}

function readValue(characteristic: LateCharacteristic, connection: GattConnection, answer: (value: Uint8Array) => void): void {
  if (characteristic.onReadLater) return characteristic.onReadLater(connection, answer);
  const value = characteristic.onRead?.(connection) ?? new Uint8Array(0);
  if (value.byteLength > GATT_VALUE_BYTES_MAX) throw new Error(`characteristic value of ${value.byteLength} bytes`);
  answer(new Uint8Array(value instanceof Uint8Array ? value.slice() : value));
}
