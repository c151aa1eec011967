import type { FobDevice } from "../../fob/fob-device";
import { FOB_DOMAIN, writeFobIdentity } from "../../fob/fob-memory";
import { FOB_BUTTONS } from "../../protocol/fob-assignment";
import { FOB_SECRET_BYTES, fobText, type FobIdentity } from "../../protocol/fob-identity";
import type { Hashes } from "../../protocol/hashes";
import { ID_BYTES } from "../../protocol/limits";
import { nobleHashes } from "../../protocol/noble-hashes";
import { attachKeyValue } from "../attached-memories";
import type { Place } from "./ether";
import { PowerOn } from "../power-on";
import { PowerSupply, type CutPoint } from "../power-supply";
import type { VirtualAir } from "./virtual-air";
import type { VirtualCentral } from "./virtual-central";
import type { VirtualClock } from "../virtual-clock";
import { VirtualPins } from "../virtual-digital";
import { gapClientClass, gattClientClass } from "./virtual-fob-radio";
import { VirtualKeyValue } from "../virtual-key-value";
import { VirtualRandom } from "../virtual-random";

/** Numbers mean nothing beyond telling pins apart. */
const PIN = { buttons: [1, 2, 3, 4], green: 5, red: 6 } as const;
const PRESS_MS = 100;
const HOLD_MS = 2_500;

export interface VirtualFobOptions {
  clock: VirtualClock;
  air: VirtualAir;
  place: Place;
  /** Makes its identity and its random bytes. */
  seed: string | number;
  /** The largest MTU of its radio. Default 517. */
  mtu?: number;
  hashes?: Hashes;
  onTrace?: (line: string) => void;
}

/**
 * A simulated fob: no such device has been built. It runs the fob's own logic (fob/) over the simulated air, with
 * buttons that can be pressed, two lights, and a memory that outlives its battery.
 */
export class VirtualFob {
  readonly identity: FobIdentity;
  readonly supply = new PowerSupply();
  readonly keyValue: VirtualKeyValue;
  readonly pins: VirtualPins;
  readonly place: Place;
  readonly central: VirtualCentral;
  /** What its logic traced, oldest first. */
  readonly trace: string[] = [];
  #options: VirtualFobOptions;
  #random: VirtualRandom;
  #session: PowerOn | undefined;
  #boot: ((device: FobDevice) => void) | undefined;

  constructor(options: VirtualFobOptions) {
    const { clock, air, place, seed, mtu } = options;
    this.#options = options;
    this.#random = new VirtualRandom(`fob ${seed}`);
    this.identity = { id: this.#random.bytes(ID_BYTES), secret: this.#random.bytes(FOB_SECRET_BYTES) };
    this.place = { ...place };
    this.central = air.central({ place: this.place, ...(mtu !== undefined && { mtu }) });
    this.keyValue = new VirtualKeyValue(this.supply);
    writeFobIdentity(this.#factory, this.identity);
    this.pins = new VirtualPins(clock);
    this.supply.onLost = () => this.#end();
    this.supply.turnOff();
  }

  /** The text of the QR code that comes with it. */
  get text(): string {
    return fobText(this.identity);
  }

  /** Gives it its logic, and a battery. */
  start(boot: (device: FobDevice) => void): void {
    this.#boot = boot;
    this.powerOn();
  }

  powerOn(): void {
    if (this.#session !== undefined || this.#boot === undefined) return;
    this.supply.restore();
    const session = new PowerOn(this.#options.clock, {}, (error) => {
      throw error;
    });
    this.#session = session;
    const boot = this.#boot;
    const device = this.#makeDevice(session);
    session.run(() => boot(device));
  }

  /** Takes the battery out. */
  powerOff(): void {
    this.supply.turnOff();
  }

  get running(): boolean {
    return this.#session !== undefined;
  }

  /** See PowerSupply.cutAfter. */
  cutAfter(steps: number, point?: CutPoint): void {
    this.supply.cutAfter(steps, point);
  }

  /** Presses a button, 1 to 4, and lets it go. Time must pass for it. */
  press(button: number): void {
    this.#hold([button], PRESS_MS);
  }

  /** Holds buttons 2 and 4 until it is in edit mode. Time must pass for it. */
  holdToEdit(): void {
    this.#hold([2, 4], HOLD_MS);
  }

  /** What its lights showed last: its own word for it. */
  get light(): string | undefined {
    const lines = this.trace.filter((line) => line.startsWith("light: "));
    return lines[lines.length - 1]?.slice("light: ".length);
  }

  /** Whether the green and the red one are on. */
  get lights(): [green: boolean, red: boolean] {
    return [this.pins.output(PIN.green) === 1, this.pins.output(PIN.red) === 1];
  }

  moveTo(place: Place): void {
    Object.assign(this.place, place);
    this.central.moveTo(this.place);
  }

  #hold(buttons: readonly number[], milliseconds: number): void {
    const drive = (level: 0 | 1) => buttons.forEach((button) => this.pins.drive(PIN.buttons[button - 1], level));
    drive(0);
    this.#options.clock.set(() => drive(1), milliseconds);
  }

  get #factory() {
    return { write: (key: string, value: ArrayBuffer | Uint8Array) => this.keyValue.preset(FOB_DOMAIN, key, value instanceof Uint8Array ? value : new Uint8Array(value)) };
  }

  #end(): void {
    const session = this.#session;
    this.#session = undefined;
    session?.end();
    this.central.powerOff();
  }

  #makeDevice(session: PowerOn): FobDevice {
    const { air, hashes = nobleHashes, onTrace } = this.#options;
    return {
      io: { Digital: this.pins.attach(session) },
      pin: { buttons: PIN.buttons.slice(0, FOB_BUTTONS), green: PIN.green, red: PIN.red },
      bluetooth: { scanner: gapClientClass(session, this.central), client: gattClientClass(session, this.central), server: air.gattServer(session, this.place) },
      keyValue: attachKeyValue(session, this.keyValue),
      timer: session.timer,
      hashes,
      randomBytes: (length) => this.#random.bytes(length),
      trace: (line) => {
        this.trace.push(line);
        onTrace?.(line);
      },
    };
  }
}
