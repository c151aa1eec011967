import { DOOR_CHARACTERISTICS, DOOR_SERVICE } from "../../protocol/gatt-names";
import { RadioError, type DoorConnection, type DoorRadio } from "../door-radio";
import { webBluetooth, type Bluetooth, type BluetoothDevice } from "./web-bluetooth";
import { chooseDevice, connectTo } from "./web-bluetooth-connection";

/**
 * Doors by Web Bluetooth: Chrome, Edge, Opera and Samsung Internet have it, on Android, Windows, macOS, ChromeOS and
 * Linux; Firefox and Safari have not, and on an iPhone no browser has.
 *
 * The first time, the browser shows a list with the one door in it, and wants a tap for that: `connect` is called
 * while one is being answered. From then on, until the page is left, the door is known; in a browser with `getDevices`
 * it stays so.
 */
export class WebBluetoothRadio implements DoorRadio {
  readonly #bluetooth: Bluetooth | undefined;
  /** By their names on the air. */
  readonly #known = new Map<string, BluetoothDevice>();

  constructor(bluetooth: Bluetooth | undefined = webBluetooth()) {
    this.#bluetooth = bluetooth;
  }

  /** Whether it is worth while to show a person a button. */
  async available(): Promise<boolean> {
    return (await this.#bluetooth?.getAvailability()) ?? false;
  }

  /** @throws {RadioError} Also {@link Unawaited} `cancelled`, by the signal. */
  async connect({ radioName }: { radioName: string }, signal?: AbortSignal): Promise<DoorConnection> {
    const device = await this.#device(radioName);
    try {
      return await connectTo(device, { service: DOOR_SERVICE, characteristics: DOOR_CHARACTERISTICS }, signal);
    } catch (error) {
      // Perhaps another one has its name, or it has another address: the next tap asks the person.
      if (error instanceof RadioError && error.code === "not-found") this.#known.delete(radioName);
      throw error;
    }
  }

  /** What answers under this name is not the door: the next tap asks the person. */
  async forget({ radioName }: { radioName: string }): Promise<void> {
    const device = await this.#remembered(radioName);
    this.#known.delete(radioName);
    await device?.forget?.().catch(() => undefined);
  }

  async #device(radioName: string): Promise<BluetoothDevice> {
    if (this.#bluetooth === undefined) throw new RadioError("unavailable", "this browser has no Web Bluetooth");
    const device = (await this.#remembered(radioName)) ?? (await chooseDevice(this.#bluetooth, { services: [DOOR_SERVICE], name: radioName }));
    this.#known.set(radioName, device);
    return device;
  }

  async #remembered(radioName: string): Promise<BluetoothDevice | undefined> {
    const known = this.#known.get(radioName);
    if (known !== undefined) return known;
    try {
      return (await this.#bluetooth?.getDevices?.())?.find(({ name }) => name === radioName);
    } catch {
      return undefined;
    }
  }
}
