import type { GattServerConstructor } from "../../firmware/device";
import type { BoardSession } from "../board-session";
import { Ether, type Place } from "./ether";
import { VirtualCentral, type VirtualCentralOptions } from "./virtual-central";
import { gattServerClass } from "./virtual-gatt-server";

/** Connections that a board has room for, as ours is configured. */
const CONNECTIONS = 4;

/**
 * The air of a simulated world: doors and fobs that advertise, phones that look for them, connections with range and
 * loss, and whoever listens (`onPacket`). The same seed gives the same packets at the same instants.
 */
export class VirtualAir extends Ether {
  /**
   * The GATT server class of one power-on of a board, as Device.bluetooth.io.
   * @param place looked at for each packet.
   * @param connections room for so many at once.
   */
  gattServer(session: BoardSession, place: Place, connections = CONNECTIONS): GattServerConstructor {
    return gattServerClass(this, session, place, connections);
  }

  /** A phone, or whoever poses as one. */
  central(options: VirtualCentralOptions): VirtualCentral {
    return new VirtualCentral(this, options);
  }
}
