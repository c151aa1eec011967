/** The GATT server of the Moddable SDK (modules/io/ble/server), which @moddable/typings 5.6.0 does not know; its types are in device.ts. */
declare module "embedded:io/bluetoothle/peripheral" {
  export class GATTServer {}
}
