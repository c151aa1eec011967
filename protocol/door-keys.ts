import { ascii } from "./bytes";
import type { Hashes } from "./hashes";
import { hkdfSha256 } from "./hkdf";

/** A door's keys (DESIGN §3): each 32 bytes, each for one use only. */
export interface DoorKeys {
  /** Tags of credentials. */
  tag: Uint8Array;
  /** Per-phone BLE keys. */
  ble: Uint8Array;
  /** BLE handles. */
  handle: Uint8Array;
  /** Chain of the event log. */
  event: Uint8Array;
  receipt: Uint8Array;
  command: Uint8Array;
  acknowledgement: Uint8Array;
  courier: Uint8Array;
}

export const DOOR_KEY_NAMES = ["tag", "ble", "handle", "event", "receipt", "command", "acknowledgement", "courier"] as const;

/**
 * HKDF-SHA-256 (RFC 5869) of `K_door`, salt = door id, info = "latchkey/1/" and the key's name.
 * The door destroys `K_door` afterwards.
 */
export function deriveDoorKeys(hashes: Hashes, doorKey: Uint8Array, doorId: Uint8Array): DoorKeys {
  const keys = {} as DoorKeys;
  for (const name of DOOR_KEY_NAMES) keys[name] = hkdfSha256(hashes, doorKey, doorId, ascii(`latchkey/1/${name}`), 32);
  return keys;
}
