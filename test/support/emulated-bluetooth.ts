import type { Browser, CDPSession, Page } from "playwright-core";
import type { VirtualCentral } from "../../hardware-sim/radio/virtual-central";
import type { VirtualLink } from "../../hardware-sim/radio/virtual-link";
import { FOB_CHARACTERISTICS, FOB_RADIO_NAME, FOB_SERVICE } from "../../protocol/fob-frame";
import { DOOR_CHARACTERISTICS, DOOR_SERVICE } from "../../protocol/gatt-names";

/** Chromium falls over an advertisement without any. */
const MANUFACTURER_DATA = [{ key: 0xffff, data: Buffer.from([1]).toString("base64") }];
/** Error codes of HCI (Bluetooth Core 6.0, Vol 1, Part F, §1.3) and ATT (Vol 3, Part F, §3.4.1.1). */
const Code = { ok: 0, connectionTimeout: 0x08, unlikelyError: 0x0e };

/** What it offers, and the UUIDs of its characteristics. */
const DOOR = { service: DOOR_SERVICE, characteristics: Object.values<string>(DOOR_CHARACTERISTICS) };
const FOB = { service: FOB_SERVICE, characteristics: Object.values<string>(FOB_CHARACTERISTICS) };

/** A door or a fob as Chromium's emulated adapter has it, and the connection to it through the simulated air. */
interface Peripheral {
  address: string;
  radioName: string;
  offers: typeof DOOR;
  link: VirtualLink | undefined;
  /** Something is asked of it that has not been answered. */
  busy: boolean;
  /** Chromium knows it and its services no longer. */
  forgotten: boolean;
}

/**
 * Chromium's emulated Bluetooth adapter (CDP's BluetoothEmulation, on the browser's session), whose peripherals are
 * doors in a simulated world: what a page reads and writes goes through a phone's radio there. Virtual time goes on
 * only while something is under way, so that a slow computer changes nothing.
 *
 * The emulation says nothing of a page that disconnects; the door then hears of it as of a phone that fell silent, or
 * when the page connects anew.
 */
export class EmulatedBluetooth {
  readonly #session: CDPSession;
  readonly #central: VirtualCentral;
  readonly #turn: () => Promise<void>;
  readonly #peripherals = new Map<string, Peripheral>();
  readonly #characteristics = new Map<string, { of: Peripheral; uuid: string }>();
  /** What the person does with the browser's list: takes the door, or closes it. */
  person: "chooses" | "closes" = "chooses";
  /** How often a list was shown. */
  prompts = 0;
  /** Values read and written so far. */
  operations = 0;
  /** What became of operations that failed in the emulation itself. */
  readonly problems: string[] = [];

  private constructor(session: CDPSession, central: VirtualCentral, turn: () => Promise<void>) {
    this.#session = session;
    this.#central = central;
    this.#turn = turn;
  }

  /**
   * @param central the radio of the phone on which the browser runs.
   * @param turn lets a little virtual time pass, and this process do what is due.
   */
  static async start(browser: Browser, { central, turn }: { central: VirtualCentral; turn: () => Promise<void> }): Promise<EmulatedBluetooth> {
    const session = await browser.newBrowserCDPSession();
    const bluetooth = new EmulatedBluetooth(session, central, turn);
    session.on("BluetoothEmulation.gattOperationReceived", ({ address, type }) => void bluetooth.#connectOrDiscover(address, type));
    session.on("BluetoothEmulation.characteristicOperationReceived", (event) => void bluetooth.#readOrWrite(event));
    await session.send("BluetoothEmulation.enable", { state: "powered-on", leSupported: true });
    return bluetooth;
  }

  /** Without a page that uses it Chromium drops the emulated adapter for good, as when the only page is loaded anew. @param url of any page at localhost. */
  async hold(browser: Browser, url: string): Promise<void> {
    const page = await browser.newPage();
    await page.goto(url);
    await page.evaluate("navigator.bluetooth.getAvailability()");
  }

  /** A door that the browser has heard of, whether it is in range or not. */
  addDoor(radioName: string): Promise<void> {
    return this.#add(radioName, DOOR);
  }

  /** Any fob that is in edit mode when it is asked for: all have one name. */
  addFob(): Promise<void> {
    return this.#add(FOB_RADIO_NAME, FOB);
  }

  async #add(radioName: string, offers: Peripheral["offers"]): Promise<void> {
    const address = `AA:BB:CC:00:00:${(this.#peripherals.size + 16).toString(16).toUpperCase()}`;
    const peripheral: Peripheral = { address, radioName, offers, link: undefined, busy: false, forgotten: false };
    this.#peripherals.set(address, peripheral);
    await this.#announce(peripheral);
  }

  /** Chromium forgets a door that could not be reached or has hung up; this is as if it had been heard again. */
  async hearAgain(): Promise<void> {
    for (const peripheral of this.#peripherals.values()) if (peripheral.forgotten) await this.#announce(peripheral);
  }

  /** The person in front of a page: takes the door in the browser's list, or closes a list that is empty. */
  async answerPrompts(page: Page): Promise<void> {
    const session = await page.context().newCDPSession(page);
    const answered = new Set<string>();
    session.on("DeviceAccess.deviceRequestPrompted", ({ id, devices: [device] }) => {
      // Each one once, though it is told several times: an answer more brings Chromium down.
      if (answered.has(id)) return;
      answered.add(id);
      this.prompts += 1;
      const answer = device === undefined || this.person === "closes" ? session.send("DeviceAccess.cancelPrompt", { id }) : session.send("DeviceAccess.selectPrompt", { id, deviceId: device.id });
      void this.#send(answer);
    });
    await session.send("DeviceAccess.enable");
  }

  /** The phone's Bluetooth as its owner has it. */
  async setAdapter(state: "absent" | "powered-off" | "powered-on"): Promise<void> {
    await this.#session.send("BluetoothEmulation.setSimulatedCentralState", { state });
  }

  /** The page is gone, or has nothing more to say: its connections end, as the emulation does not tell. */
  hangUp(): void {
    for (const peripheral of this.#peripherals.values()) {
      peripheral.link?.close();
      peripheral.link = undefined;
    }
  }

  /** Not by an advertisement: Chromium 156 takes those and shows them in no list. */
  async #announce(peripheral: Peripheral): Promise<void> {
    const { address, radioName: name, offers } = peripheral;
    peripheral.forgotten = false;
    await this.#session.send("BluetoothEmulation.simulatePreconnectedPeripheral", { address, name, manufacturerData: MANUFACTURER_DATA, knownServiceUuids: [offers.service] });
    const { serviceId } = await this.#session.send("BluetoothEmulation.addService", { address, serviceUuid: offers.service });
    for (const uuid of offers.characteristics) {
      const { characteristicId } = await this.#session.send("BluetoothEmulation.addCharacteristic", { serviceId, characteristicUuid: uuid, properties: { read: true, write: true } });
      this.#characteristics.set(characteristicId, { of: peripheral, uuid });
    }
  }

  async #connectOrDiscover(address: string, type: "connection" | "discovery"): Promise<void> {
    const peripheral = this.#peripherals.get(address)!;
    const connected = type === "discovery" ? peripheral.link !== undefined : await this.#connect(peripheral);
    // Nor does it remember the services of a door that has hung up.
    if (connected && peripheral.forgotten) await this.#send(this.#announce(peripheral));
    if (!connected) peripheral.forgotten = true;
    await this.#send(this.#session.send("BluetoothEmulation.simulateGATTOperationResponse", { address, type, code: connected ? Code.ok : Code.connectionTimeout }));
  }

  async #connect(peripheral: Peripheral): Promise<boolean> {
    peripheral.link?.close();
    peripheral.link = undefined;
    const link = await this.#outcome<VirtualLink | undefined>((done) => {
      this.#central.connect(peripheral.radioName, {
        onConnected: done,
        onFailed: () => done(undefined),
        onLost: () => void this.#lost(peripheral),
      });
    });
    peripheral.link = link?.open === true ? link : undefined;
    return peripheral.link !== undefined;
  }

  async #readOrWrite({ characteristicId, type, data }: { characteristicId: string; type: string; data?: string }): Promise<void> {
    const { of: peripheral, uuid } = this.#characteristics.get(characteristicId)!;
    const { link } = peripheral;
    this.operations += 1;
    peripheral.busy = true;
    let value: Uint8Array | undefined;
    let ok = false;
    if (type === "read") {
      value = link && (await this.#outcome<Uint8Array | undefined>((done) => link.read(uuid, done)));
      ok = value !== undefined;
    } else if (type === "write") ok = link !== undefined && (await this.#outcome<boolean>((done) => link.write(uuid, Buffer.from(data ?? "", "base64"), done)));
    peripheral.busy = false;
    const answer = ok ? { code: Code.ok, ...(value && { data: Buffer.from(value).toString("base64") }) } : { code: Code.unlikelyError };
    // Both at once, in this order: a page that hears of the failure must not connect anew before the door has gone.
    const answered = this.#send(this.#session.send("BluetoothEmulation.simulateCharacteristicOperationResponse", { characteristicId, type: type as "read" | "write", ...answer }));
    if (!ok) await this.#lost(peripheral);
    await answered;
  }

  /** A disconnection while an operation waits leaves that waiting for ever in Chromium 156, so its answer goes first. */
  async #lost(peripheral: Peripheral): Promise<void> {
    peripheral.link = undefined;
    if (peripheral.busy) return;
    peripheral.forgotten = true;
    await this.#send(this.#session.send("BluetoothEmulation.simulateGATTDisconnection", { address: peripheral.address }));
  }

  /** What was begun in the simulated world comes to its end as virtual time goes on. */
  async #outcome<T>(begin: (done: (outcome: T) => void) => void): Promise<T> {
    let outcome: { value: T } | undefined;
    begin((value) => (outcome = { value }));
    while (outcome === undefined) await this.#turn();
    return outcome.value;
  }

  /** The page may have gone meanwhile. */
  async #send(sent: Promise<unknown>): Promise<void> {
    await sent.catch((error: unknown) => this.problems.push(String(error)));
  }
}
