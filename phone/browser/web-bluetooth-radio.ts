import { RadioError, type DoorConnection, type DoorRadio } from "../door-radio";

/** Web Bluetooth, where the browser has it. */
export class WebBluetoothRadio implements DoorRadio {
  connect(): Promise<DoorConnection> {
    return Promise.reject(new RadioError("unavailable"));
  }
}
