import { toHex } from "./bytes";

/** The door's GATT service (SPEC 20.4). Values are read and written; nothing is notified. */
export const DOOR_SERVICE = "500471e9-746f-459d-bfa0-867fe1d25440";

/** The characteristics of a door's service. */
export const DOOR_CHARACTERISTICS = {
  /** Read: message 1. */
  challenge: "500471ea-746f-459d-bfa0-867fe1d25440",
  /** Write: message 2. */
  response: "500471eb-746f-459d-bfa0-867fe1d25440",
  /** Read: message 3. */
  result: "500471ec-746f-459d-bfa0-867fe1d25440",
  /** Write and read: frames of couriers (SPEC 21). */
  courier: "500471ed-746f-459d-bfa0-867fe1d25440",
} as const;
export type DoorCharacteristic = keyof typeof DOOR_CHARACTERISTICS;

/** Bytes of a characteristic's value (Bluetooth Core 6.0, Vol 3, Part F, §3.2.9): what is longer cannot be written. */
export const GATT_VALUE_BYTES_MAX = 512;

/**
 * The name that a door goes by on the air: its holders know which it is, and a browser can ask for this very door.
 * A door stays where it is, so the name tracks nobody; phones send none.
 */
export function doorRadioName(doorId: Uint8Array): string {
  return `Latchkey ${toHex(doorId.subarray(0, 4))}`;
}
