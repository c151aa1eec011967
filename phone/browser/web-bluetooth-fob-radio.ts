import { FOB_CHARACTERISTICS, FOB_RADIO_NAME, FOB_SERVICE } from "../../protocol/fob-frame";
import { RadioError } from "../door-radio";
import type { FobConnection, FobRadio } from "../fob-radio";
import { webBluetooth, type Bluetooth, type BluetoothDevice } from "./web-bluetooth";
import { chooseDevice, connectTo } from "./web-bluetooth-connection";

/**
 * Fobs in edit mode by Web Bluetooth. All of them have one name, and the same fob another address each time, so the
 * browser's list is shown at each visit: `connect` is called while a tap is answered. The fob of the visit before
 * is tried first: where its address has not changed, the person need not choose again.
 */
export class WebBluetoothFobRadio implements FobRadio {
  readonly #bluetooth: Bluetooth | undefined;
  #last: BluetoothDevice | undefined;

  constructor(bluetooth: Bluetooth | undefined = webBluetooth()) {
    this.#bluetooth = bluetooth;
  }

  /** @throws {RadioError} Also {@link Unawaited} `cancelled`, by the signal. */
  async connect(signal?: AbortSignal): Promise<FobConnection> {
    if (this.#bluetooth === undefined) throw new RadioError("unavailable", "this browser has no Web Bluetooth");
    const device = this.#last ?? (await chooseDevice(this.#bluetooth, { services: [FOB_SERVICE], name: FOB_RADIO_NAME }));
    try {
      const connection = await connectTo(device, { service: FOB_SERVICE, characteristics: FOB_CHARACTERISTICS }, signal);
      this.#last = device;
      return connection;
    } catch (error) {
      this.#last = undefined;
      throw error;
    }
  }
}
