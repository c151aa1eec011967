import { RadioError } from "../door-radio";
import { systemClock, Unawaited, within } from "../phone-clock";
import type { Bluetooth, BluetoothCharacteristic, BluetoothDevice, BluetoothServer, BluetoothService } from "./web-bluetooth";

/** From asking for what is known to its service, ms; a phone that goes on looking tires its owner. */
const REACH_MS = 15_000;
/** Android's first attempt fails often and at once (its status 133), and the second one does not. */
const ATTEMPTS = 2;

/** What is connected to: a service, and the characteristics of it by our names for them. */
export interface GattService<Name extends string> {
  service: string;
  characteristics: Readonly<Record<Name, string>>;
}

/**
 * The browser's list, with one kind of device in it.
 * @throws {RadioError} `not-chosen`, `unavailable`.
 */
export async function chooseDevice(bluetooth: Bluetooth, filter: { services: string[]; name: string }): Promise<BluetoothDevice> {
  try {
    return await bluetooth.requestDevice({ filters: [filter] });
  } catch (error) {
    // NotFoundError: no adapter, or the list was closed. SecurityError: not allowed here, or not during a tap.
    const chosen = navigator.userActivation?.isActive !== false || named(error, "NotFoundError");
    if (chosen && !named(error, "NotFoundError", "AbortError")) throw new RadioError("unavailable", detail(error));
    throw new RadioError((await bluetooth.getAvailability()) ? "not-chosen" : "unavailable", detail(error));
  }
}

/** @throws {RadioError} `unavailable`, `not-found`. Also {@link Unawaited} `cancelled`, by the signal. */
export async function connectTo<Name extends string>(device: BluetoothDevice, { service, characteristics }: GattService<Name>, signal?: AbortSignal): Promise<WebBluetoothConnection<Name>> {
  const { gatt } = device;
  if (gatt === undefined) throw new RadioError("unavailable", "the page is not allowed this device");
  try {
    return new WebBluetoothConnection(device, gatt, await within(systemClock, REACH_MS, reach(gatt, service), signal), characteristics);
  } catch (error) {
    // Ends what still goes on, so that no connection is held that nobody uses.
    gatt.disconnect();
    if (error instanceof Unawaited && error.why === "cancelled") throw error;
    throw new RadioError("not-found", detail(error));
  }
}

async function reach(gatt: BluetoothServer, service: string): Promise<BluetoothService> {
  for (let attempt = 1; ; attempt++) {
    try {
      const server = await gatt.connect();
      return await server.getPrimaryService(service);
    } catch (error) {
      if (attempt === ATTEMPTS || !named(error, "NetworkError")) throw error;
    }
  }
}

/** A connection to one device; its calls come one after the other. */
export class WebBluetoothConnection<Name extends string> {
  readonly #device: BluetoothDevice;
  readonly #gatt: BluetoothServer;
  readonly #service: BluetoothService;
  readonly #uuids: Readonly<Record<Name, string>>;
  readonly #characteristics = new Map<Name, BluetoothCharacteristic>();
  readonly #ended = new AbortController();
  readonly #onEnded = (): void => this.#ended.abort();

  constructor(device: BluetoothDevice, gatt: BluetoothServer, service: BluetoothService, uuids: Readonly<Record<Name, string>>) {
    this.#device = device;
    this.#gatt = gatt;
    this.#service = service;
    this.#uuids = uuids;
    device.addEventListener("gattserverdisconnected", this.#onEnded);
  }

  async read(characteristic: Name): Promise<Uint8Array> {
    const { buffer, byteOffset, byteLength } = await this.#perform(characteristic, (found) => found.readValue());
    return new Uint8Array(buffer, byteOffset, byteLength).slice();
  }

  write(characteristic: Name, value: Uint8Array): Promise<void> {
    return this.#perform(characteristic, (found) => found.writeValueWithResponse(new Uint8Array(value)));
  }

  close(): void {
    this.#device.removeEventListener("gattserverdisconnected", this.#onEnded);
    this.#ended.abort();
    this.#gatt.disconnect();
  }

  /** A door or fob refuses no read and no write of what it offers (SPEC 20.4), so an error of any kind is the connection's. */
  async #perform<T>(name: Name, act: (characteristic: BluetoothCharacteristic) => Promise<T>): Promise<T> {
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

  async #characteristic(name: Name): Promise<BluetoothCharacteristic> {
    const known = this.#characteristics.get(name);
    if (known !== undefined) return known;
    const found = await this.#service.getCharacteristic(this.#uuids[name]);
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
