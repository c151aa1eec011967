import { fromHex } from "../../protocol/bytes";

/**
 * PDUs of the Attribute Protocol as far as doors, fobs and phones speak it (Bluetooth Core 6.0, Vol 3, Part F, §3.4):
 * what a sniffer of the virtual air sees, byte for byte. Numbers are little-endian.
 */
export const Att = {
  error: 0x01,
  mtuRequest: 0x02,
  mtuResponse: 0x03,
  readByTypeRequest: 0x08,
  readByTypeResponse: 0x09,
  readRequest: 0x0a,
  readResponse: 0x0b,
  readBlobRequest: 0x0c,
  readBlobResponse: 0x0d,
  writeRequest: 0x12,
  writeResponse: 0x13,
  prepareRequest: 0x16,
  prepareResponse: 0x17,
  executeRequest: 0x18,
  executeResponse: 0x19,
} as const;

/** §3.4.1.1 */
export const AttError = {
  invalidHandle: 0x01,
  readNotPermitted: 0x02,
  writeNotPermitted: 0x03,
  invalidPdu: 0x04,
  notSupported: 0x06,
  invalidOffset: 0x07,
  queueFull: 0x09,
  notFound: 0x0a,
  invalidLength: 0x0d,
} as const;

/** What every link begins with, and the least that any may have (Vol 3, Part G, §5.2.1). */
export const MTU_MIN = 23;
export const MTU_MAX = 517;
/** Attribute type of a characteristic's declaration (Vol 3, Part G, §3.3.1). */
export const CHARACTERISTIC = 0x2803;

export function u16(value: number): [number, number] {
  return [value & 0xff, value >> 8];
}

/** @returns 0 where the PDU is too short. */
export function u16At(pdu: Uint8Array, at: number): number {
  return at + 1 < pdu.length ? pdu[at] | (pdu[at + 1] << 8) : 0;
}

/** An opcode, 16-bit numbers, and bytes. */
export function pdu(opcode: number, numbers: readonly number[] = [], bytes: Uint8Array | readonly number[] = []): Uint8Array {
  const head = [opcode, ...numbers.flatMap(u16)];
  const whole = new Uint8Array(head.length + bytes.length);
  whole.set(head);
  whole.set(bytes, head.length);
  return whole;
}

export function errorPdu(request: Uint8Array, handle: number, code: number): Uint8Array {
  return Uint8Array.of(Att.error, request[0], ...u16(handle), code);
}

/** A 128-bit UUID as it is sent: its bytes from the last to the first. */
export function uuidBytes(uuid: string): Uint8Array {
  const bytes = fromHex(uuid.split("-").join(""));
  if (bytes?.length !== 16) throw new Error(`not a 128-bit UUID in lower case: ${uuid}`);
  return bytes.reverse();
}
