/** The GATT server of the Moddable SDK (modules/io/ble/server), which @moddable/typings 5.6.0 does not know. */
declare module "embedded:io/bluetoothle/peripheral" {
  interface Connection {
    close(): void;
  }
  interface Characteristic {
    uuid: string;
    properties: number;
    onRead?(connection: Connection): ArrayBuffer | Uint8Array;
    onWrite?(value: ArrayBuffer, connection: Connection): void;
  }
  interface Advertisement {
    flags?: number;
    name?: string;
    services?: string[];
  }
  export class GATTServer {
    constructor(options: {
      mtu?: number;
      services: { uuid: string; characteristics: Characteristic[] }[];
      onReady?(): void;
      onConnect?(connection: Connection): void;
      onDisconnect?(connection: Connection): void;
    });
    /** Throws where the radio takes no such packet. */
    startAdvertising(scan: Advertisement, response?: Advertisement): void;
    stopAdvertising(): void;
    static readonly properties: { readonly read: number; readonly write: number };
  }
}
