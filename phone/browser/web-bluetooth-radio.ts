import { DOOR_CHARACTERISTICS, DOOR_SERVICE, type DoorCharacteristic } from "../../protocol/gatt-names";
import { RadioError, type DoorConnection, type DoorRadio } from "../door-radio";
import { systemClock, Unawaited, within } from "../phone-clock";
import { webBluetooth, type Bluetooth, type BluetoothCharacteristic, type BluetoothDevice, type BluetoothServer, type BluetoothService } from "./web-bluetooth";

/** From asking for a door that is known to its service, ms; a phone that goes on looking tires its owner. */
const REACH_MS = 15_000;
/** Android's first attempt fails often and at once (its status 133), and the second one does not. */
const ATTEMPTS = 2;

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
    const { gatt } = device;
    if (gatt === undefined) throw new RadioError("unavailable", "the page is not allowed this device");
    const attempt = reach(gatt);
    try {
      const service = await within(systemClock, REACH_MS, attempt, signal);
      return new WebBluetoothConnection(device, gatt, service);
    } catch (error) {
      // Ends what still goes on, so that no connection is held that nobody uses.
      gatt.disconnect();
      if (error instanceof Unawaited && error.why === "cancelled") throw error;
      // Perhaps another one has its name, or it has another address: the next tap asks the person.
      this.#known.delete(radioName);
      throw new RadioError("not-found", detail(error));
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
    const device = (await this.#remembered(radioName)) ?? (await this.#choose(this.#bluetooth, radioName));
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

  async #choose(bluetooth: Bluetooth, radioName: string): Promise<BluetoothDevice> {
    try {
      return await bluetooth.requestDevice({ filters: [{ services: [DOOR_SERVICE], name: radioName }] });
    } catch (error) {
      // NotFoundError: no adapter, or the list was closed. SecurityError: not allowed here, or not during a tap.
      const chosen = navigator.userActivation?.isActive !== false || named(error, "NotFoundError");
      if (chosen && !named(error, "NotFoundError", "AbortError")) throw new RadioError("unavailable", detail(error));
      throw new RadioError((await bluetooth.getAvailability()) ? "not-chosen" : "unavailable", detail(error));
    }
  }
}

async function reach(gatt: BluetoothServer): Promise<BluetoothService> {
  for (let attempt = 1; ; attempt++) {
    try {
      const server = await gatt.connect();
      return await server.getPrimaryService(DOOR_SERVICE);
    } catch (error) {
      if (attempt === ATTEMPTS || !named(error, "NetworkError")) throw error;
    }
  }
}

class WebBluetoothConnection implements DoorConnection {
  readonly #device: BluetoothDevice;
  readonly #gatt: BluetoothServer;
  readonly #service: BluetoothService;
  readonly #characteristics = new Map<DoorCharacteristic, BluetoothCharacteristic>();
  readonly #ended = new AbortController();
  readonly #onEnded = (): void => this.#ended.abort();

  constructor(device: BluetoothDevice, gatt: BluetoothServer, service: BluetoothService) {
    this.#device = device;
    this.#gatt = gatt;
    this.#service = service;
    device.addEventListener("gattserverdisconnected", this.#onEnded);
  }

  async read(characteristic: DoorCharacteristic): Promise<Uint8Array> {
    const { buffer, byteOffset, byteLength } = await this.#perform(characteristic, (found) => found.readValue());
    return new Uint8Array(buffer, byteOffset, byteLength).slice();
  }

  write(characteristic: DoorCharacteristic, value: Uint8Array): Promise<void> {
    return this.#perform(characteristic, (found) => found.writeValueWithResponse(new Uint8Array(value)));
  }

  close(): void {
    this.#device.removeEventListener("gattserverdisconnected", this.#onEnded);
    this.#ended.abort();
    this.#gatt.disconnect();
  }

  /** A door refuses no read and no write of what it offers (SPEC 20.4), so an error of any kind is the connection's. */
  async #perform<T>(name: DoorCharacteristic, act: (characteristic: BluetoothCharacteristic) => Promise<T>): Promise<T> {
    const { signal } = this.#ended;
    // Not every platform settles what was under way when a connection ends.
    const lost = new Promise<never>((_, reject) => {
      const end = (): void => reject(new RadioError("lost"));
      if (signal.aborted) end();
      else signal.addEventListener("abort", end, { once: true });
    });
    try {
      return await Promise.race([lost, this.#characteristic(name).then(act)]);
    } catch (error) {
      throw error instanceof RadioError ? error : new RadioError("lost", detail(error));
    }
  }

  async #characteristic(name: DoorCharacteristic): Promise<BluetoothCharacteristic> {
    const known = this.#characteristics.get(name);
    if (known !== undefined) return known;
    const found = await this.#service.getCharacteristic(DOOR_CHARACTERISTICS[name]);
    this.#characteristics.set(name, found);
    return found;
  }
}

function named(error: unknown, ...names: string[]): boolean {
  return error instanceof DOMException && names.includes(error.name);
}

function detail(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
