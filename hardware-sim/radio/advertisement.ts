import type { GattAdvertisement } from "../../firmware/device";
import { ascii } from "../../protocol/bytes";
import { uuidBytes } from "./att";

/** Bytes of an advertisement, and of the answer to a scan (Bluetooth Core 6.0, Vol 6, Part B, §2.3.1). */
const ADVERTISEMENT_BYTES_MAX = 31;

/** Types of the parts (Assigned Numbers, §2.3). */
const FLAGS = 0x01;
const UUIDS_128 = 0x07;
const NAME = 0x09;

/** @throws {Error} what a real stack refuses: more than 31 bytes. */
export function encodeAdvertisement({ flags, name, services = [] }: GattAdvertisement): Uint8Array {
  const parts: number[] = [];
  const add = (type: number, bytes: Iterable<number>): void => {
    const value = [...bytes];
    parts.push(1 + value.length, type, ...value);
  };
  if (flags !== undefined) add(FLAGS, [flags]);
  if (services.length > 0) add(UUIDS_128, services.flatMap((uuid) => [...uuidBytes(uuid)]));
  if (name !== undefined) add(NAME, ascii(name));
  if (parts.length > ADVERTISEMENT_BYTES_MAX) throw new Error(`advertisement of ${parts.length} bytes`);
  return Uint8Array.from(parts);
}
