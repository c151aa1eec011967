import type { GattCharacteristic } from "../../firmware/device";
import { CHARACTERISTIC, u16, u16At, uuidBytes } from "./att";

/** Sums of these say what may be done with a characteristic (Bluetooth Core 6.0, Vol 3, Part G, §3.3.1.1). */
export const PROPERTIES = { read: 0x02, write: 0x08 } as const;

/** The attributes of a server by their handles: per service its declaration, then two for each characteristic. */
export class GattTable {
  /** By the handle of the value. */
  readonly characteristics = new Map<number, GattCharacteristic>();

  constructor(services: readonly { characteristics: readonly GattCharacteristic[] }[]) {
    let handle = 1;
    for (const { characteristics } of services) {
      handle += 1;
      for (const characteristic of characteristics) {
        this.characteristics.set(handle + 1, characteristic);
        handle += 2;
      }
    }
  }

  /** Body of a Read By Type response with as many declarations from `start` on as fit; undefined for none. */
  declarations(request: Uint8Array, mtu: number): Uint8Array | undefined {
    const [start, end, type] = [u16At(request, 1), u16At(request, 3), u16At(request, 5)];
    if (type !== CHARACTERISTIC || request.length !== 7) return undefined;
    const found: number[] = [];
    const room = Math.floor((mtu - 2) / DECLARATION_BYTES) * DECLARATION_BYTES;
    for (const [value, { uuid, properties }] of this.characteristics) {
      const handle = value - 1;
      if (handle < start || handle > end || found.length === room) continue;
      found.push(...u16(handle), properties, ...u16(value), ...uuidBytes(uuid));
    }
    return found.length === 0 ? undefined : Uint8Array.of(DECLARATION_BYTES, ...found);
  }
}

/** Handle, properties, handle of the value, UUID. */
export const DECLARATION_BYTES = 21;
