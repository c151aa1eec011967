import type { GattCharacteristic } from "../../firmware/device";
import { join } from "../../protocol/bytes";
import { GATT_VALUE_BYTES_MAX } from "../../protocol/gatt-names";
import { Att, AttError, errorPdu, MTU_MIN, pdu, u16At } from "./att";
import { PROPERTIES, type GattTable } from "./gatt-table";

/** Prepared parts that wait for an execute; NimBLE's BLE_ATT_SVR_MAX_PREP_ENTRIES. */
const PREPARED_MAX = 64;

export interface AttServerOptions {
  table: GattTable;
  /** The largest that this side takes. */
  mtu: number;
  /** The application's: it may answer later. */
  read(characteristic: GattCharacteristic, answer: (value: Uint8Array) => void): void;
  write(characteristic: GattCharacteristic, value: Uint8Array, done: () => void): void;
  send(pdu: Uint8Array): void;
}

/** A stack's half of one connection: it cuts values into parts, as NimBLE does, and knows nothing of what they say. */
export class AttServer {
  #options: AttServerOptions;
  #mtu = MTU_MIN;
  #prepared: { handle: number; offset: number; bytes: Uint8Array }[] = [];

  constructor(options: AttServerOptions) {
    this.#options = options;
  }

  receive(request: Uint8Array): void {
    const { table, send } = this.#options;
    const handle = u16At(request, 1);
    const refuse = (code: number): void => send(errorPdu(request, handle, code));
    switch (request[0]) {
      case Att.mtuRequest:
        send(pdu(Att.mtuResponse, [this.#options.mtu]));
        this.#mtu = Math.max(MTU_MIN, Math.min(handle, this.#options.mtu));
        return;
      case Att.readByTypeRequest: {
        const found = table.declarations(request, this.#mtu);
        return found === undefined ? refuse(AttError.notFound) : send(pdu(Att.readByTypeResponse, [], found));
      }
      case Att.readRequest:
        return this.#read(request, 0, Att.readResponse);
      case Att.readBlobRequest:
        return request.length === 5 ? this.#read(request, u16At(request, 3), Att.readBlobResponse) : refuse(AttError.invalidPdu);
      case Att.writeRequest: {
        const characteristic = this.#find(handle, PROPERTIES.write);
        if (typeof characteristic === "number") return refuse(characteristic);
        return this.#options.write(characteristic, request.slice(3), () => send(pdu(Att.writeResponse)));
      }
      case Att.prepareRequest:
        return this.#prepare(request, handle);
      case Att.executeRequest:
        return this.#execute(request);
      default:
        return refuse(AttError.notSupported);
    }
  }

  #find(handle: number, property: number): GattCharacteristic | number {
    const characteristic = this.#options.table.characteristics.get(handle);
    if (characteristic === undefined) return AttError.invalidHandle;
    if ((characteristic.properties & property) !== 0) return characteristic;
    return property === PROPERTIES.read ? AttError.readNotPermitted : AttError.writeNotPermitted;
  }

  #read(request: Uint8Array, offset: number, opcode: number): void {
    const { send, read } = this.#options;
    const handle = u16At(request, 1);
    const characteristic = this.#find(handle, PROPERTIES.read);
    if (typeof characteristic === "number") return send(errorPdu(request, handle, characteristic));
    // The application is asked anew for each part of a long value; it has to give the same bytes.
    read(characteristic, (value) => {
      if (offset > value.length) return send(errorPdu(request, handle, AttError.invalidOffset));
      send(pdu(opcode, [], value.subarray(offset, offset + this.#mtu - 1)));
    });
  }

  #prepare(request: Uint8Array, handle: number): void {
    const { send } = this.#options;
    if (request.length < 5) return send(errorPdu(request, handle, AttError.invalidPdu));
    const characteristic = this.#find(handle, PROPERTIES.write);
    if (typeof characteristic === "number") return send(errorPdu(request, handle, characteristic));
    if (this.#prepared.length === PREPARED_MAX) return send(errorPdu(request, handle, AttError.queueFull));
    this.#prepared.push({ handle, offset: u16At(request, 3), bytes: request.slice(5) });
    send(pdu(Att.prepareResponse, [], request.subarray(1)));
  }

  #execute(request: Uint8Array): void {
    const { send } = this.#options;
    const prepared = this.#prepared;
    this.#prepared = [];
    const done = (): void => send(pdu(Att.executeResponse));
    if (request[1] !== 1 || prepared.length === 0) return done();
    const [{ handle }] = prepared;
    const characteristic = this.#find(handle, PROPERTIES.write);
    let length = 0;
    for (const part of prepared) {
      // One value at a time and without gaps, or nothing at all.
      if (part.handle !== handle || part.offset !== length || typeof characteristic === "number") return send(errorPdu(request, part.handle, AttError.invalidOffset));
      length += part.bytes.length;
      if (length > GATT_VALUE_BYTES_MAX) return send(errorPdu(request, handle, AttError.invalidLength));
    }
    this.#options.write(characteristic as GattCharacteristic, join(prepared.map(({ bytes }) => bytes)), done);
  }
}
