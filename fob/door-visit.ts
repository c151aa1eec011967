import type { TimerHandle } from "../firmware/device";
import { DOOR_CHARACTERISTICS, DOOR_SERVICE, doorRadioName, type DoorCharacteristic } from "../protocol/gatt-names";
import { openDoor, type DoorAnswer, type HolderSession } from "../protocol/holder-session";
import { PHONE_NONCE_BYTES } from "../protocol/phone-unlock";
import { ProtocolError } from "../protocol/protocol-error";
import type { FobButton } from "../protocol/fob-assignment";
import type { FobDevice, GapClient, GattClient, GattClientCharacteristic } from "./fob-device";
import { MTU_BYTES, VISIT_MS, WAIT_MS_MAX } from "./limits";

/** How a press ended; `no-door`: it was not heard, went away, or does not speak this protocol. */
export type VisitEnd = DoorAnswer | "no-door";

/** The two characteristics and the one after them that an unlock uses: a fob carries nothing. */
const USED: readonly DoorCharacteristic[] = ["challenge", "response", "result"];

/** One press of a button: finds its door by name, opens it by three messages (SPEC 20.3), and goes. */
export class DoorVisit {
  #device: FobDevice;
  #button: FobButton;
  #session: HolderSession<DoorAnswer>;
  #onEnd: (end: VisitEnd) => void;
  #scanner: GapClient | undefined;
  #client: GattClient | undefined;
  #characteristics = new Map<string, GattClientCharacteristic>();
  #deadline: TimerHandle | undefined;
  #waiting: TimerHandle | undefined;
  #over = false;

  /**
   * @param handle the one of the ring whose turn it is.
   * @param onEnd called once after `start`; by then the connection is closed, or is being closed.
   */
  constructor(device: FobDevice, button: FobButton, handle: Uint8Array, onEnd: (end: VisitEnd) => void) {
    this.#device = device;
    this.#button = button;
    this.#onEnd = onEnd;
    this.#session = openDoor(button.door, { handle, phoneNonce: device.randomBytes(PHONE_NONCE_BYTES), wish: { unlock: button.outputs } });
  }

  start(): void {
    this.#deadline = this.#device.timer.set(() => this.#end("no-door"), VISIT_MS);
    this.#scan();
  }

  /** Gives it up. `onEnd` is told. */
  stop(): void {
    this.#end("no-door");
  }

  /**
   * For a name, and not for a service: the SDK's filter looks at one packet at a time, and a door says its service in
   * one and its name in the other.
   */
  #scan(): void {
    const name = doorRadioName(this.#button.door);
    this.#scanner = new this.#device.bluetooth.scanner({
      onReadable: (count) => {
        for (let left = count; left > 0 && this.#scanner !== undefined; left--) {
          const heard = this.#scanner.read();
          if (heard?.name === name) this.#connect(heard.address);
        }
      },
      onError: () => this.#end("no-door"),
    });
  }

  #connect(address: string): void {
    this.#scanner?.close();
    this.#scanner = undefined;
    const client = new this.#device.bluetooth.client({
      address,
      mtu: MTU_BYTES,
      onReady: () => this.#unlessOver(null, () => this.#discover(client)),
      onError: () => this.#end("no-door"),
    });
    this.#client = client;
  }

  #discover(client: GattClient): void {
    client.getPrimaryServices([DOOR_SERVICE], (error, services) =>
      this.#unlessOver(error, () => {
        if (services.length === 0) return this.#end("no-door");
        client.getCharacteristics(services[0], USED.map((name) => DOOR_CHARACTERISTICS[name]), (failure, found) =>
          this.#unlessOver(failure, () => {
            for (const characteristic of found) this.#characteristics.set(characteristic.uuid, characteristic);
            this.#step(client, undefined);
          }),
        );
      }),
    );
  }

  /** @param answer to the session's last step. */
  #step(client: GattClient, answer: Uint8Array | undefined): void {
    const step = this.#advance(answer);
    if (step === undefined) return;
    if (step.do === "prove") return this.#step(client, this.#device.hashes.hmacSha256(this.#button.key, step.bytes));
    if (step.do === "wait") {
      this.#waiting = this.#device.timer.set(() => this.#unlessOver(null, () => this.#step(client, undefined)), Math.min(step.milliseconds, WAIT_MS_MAX));
      return;
    }
    const characteristic = this.#characteristics.get(DOOR_CHARACTERISTICS[step.do === "read" ? step.from : step.to]);
    if (characteristic === undefined) return this.#end("no-door");
    if (step.do === "read") client.read(characteristic, (error, value) => this.#unlessOver(error, () => this.#step(client, new Uint8Array(value))));
    else client.write(characteristic, step.bytes, { response: true }, (error) => this.#unlessOver(error, () => this.#step(client, undefined)));
  }

  /** @returns undefined where the session has ended, one way or another. */
  #advance(answer: Uint8Array | undefined) {
    try {
      const next = this.#session.next(answer);
      if (next.done !== true) return next.value;
      this.#end(next.value);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#device.trace(`door: ${error.code}`);
      this.#end("no-door");
    }
    return undefined;
  }

  /** Callbacks still come after the end: the connection is closed behind them. */
  #unlessOver(error: unknown, then: () => void): void {
    if (this.#over) return;
    if (error) this.#end("no-door");
    else then();
  }

  #end(end: VisitEnd): void {
    if (this.#over) return;
    this.#over = true;
    const { timer } = this.#device;
    if (this.#deadline !== undefined) timer.clear(this.#deadline);
    if (this.#waiting !== undefined) timer.clear(this.#waiting);
    this.#scanner?.close();
    this.#scanner = undefined;
    this.#client?.close();
    this.#onEnd(end);
  }
}
