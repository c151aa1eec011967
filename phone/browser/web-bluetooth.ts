/**
 * What is used here of Web Bluetooth (https://webbluetoothcg.github.io/web-bluetooth/, a draft of a community group:
 * TypeScript's DOM does not have it). What not every browser has is optional.
 */
export interface Bluetooth {
  getAvailability(): Promise<boolean>;
  /** Shows the browser's list; only while a tap is being answered. */
  requestDevice(options: { filters: { services: string[]; name: string }[] }): Promise<BluetoothDevice>;
  /** Those that this page was allowed before. */
  getDevices?(): Promise<BluetoothDevice[]>;
}

export interface BluetoothDevice extends EventTarget {
  readonly name?: string;
  readonly gatt?: BluetoothServer;
  /** The page is no longer allowed it. */
  forget?(): Promise<void>;
}

export interface BluetoothServer {
  connect(): Promise<BluetoothServer>;
  /** Also ends an attempt to connect. */
  disconnect(): void;
  getPrimaryService(uuid: string): Promise<BluetoothService>;
}

export interface BluetoothService {
  getCharacteristic(uuid: string): Promise<BluetoothCharacteristic>;
}

export interface BluetoothCharacteristic {
  /** The whole value: the platform asks for the parts of a long one. */
  readValue(): Promise<DataView>;
  /** At most 512 bytes; the platform sends a long one in parts. */
  writeValueWithResponse(value: Uint8Array<ArrayBuffer>): Promise<void>;
}

/** @returns undefined: this browser has none, or not for a page that came over plain HTTP. */
export function webBluetooth(): Bluetooth | undefined {
  return (navigator as { bluetooth?: Bluetooth }).bluetooth;
}
