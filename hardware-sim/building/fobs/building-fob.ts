import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { Fob } from "../../../fob/fob";
import type { FobSignal } from "../../../fob/fob-lights";
import { FOB_BUTTONS } from "../../../protocol/fob-assignment";
import { FobEditor } from "../../../phone/fob-editor";
import type { PhoneFetch } from "../../../phone/phone-cloud";
import { toHex } from "../../../protocol/bytes";
import { SimulatedFobRadio } from "../../radio/simulated-fob-radio";
import type { VirtualAir } from "../../radio/virtual-air";
import { VirtualFob } from "../../radio/virtual-fob";
import { nodeHashes } from "../../xs/host-hashes";
import type { BuildingLog } from "../building-log";
import type { Journeys } from "../journeys";
import type { BuildingPhone } from "../phones/building-phone";
import type { RealTimeClock } from "../real-time-clock";
import type { FobAction, FobView } from "./fob-view";

export interface BuildingFobOptions {
  index: number;
  /** Whose fob it is: it is carried where they go. */
  owner: BuildingPhone;
  clock: RealTimeClock;
  air: VirtualAir;
  /** Makes its identity: the same fob comes back with it. */
  seed: string;
  /** Where its memory is kept. */
  file: string;
  log: BuildingLog;
  journeys: Journeys;
  /** Something that the view shows has changed. */
  onChange: () => void;
}

/** In the log: at no door. */
const NOWHERE = -1;
/** Until both lights blink. */
const EDIT_MS = 3_000;

/** Somebody's fob: its real logic over the simulated air, with a memory that outlives this process. */
export class BuildingFob {
  readonly index: number;
  #options: BuildingFobOptions;
  #fob: VirtualFob;
  #signal: FobSignal = "dark";
  #buttons: (string | null)[] = Array.from({ length: FOB_BUTTONS }, () => null);
  #stopFollowing: () => void;

  constructor(options: BuildingFobOptions) {
    const { index, owner, clock, air, seed, file } = options;
    this.index = index;
    this.#options = options;
    this.#fob = new VirtualFob({ clock, air, place: owner.place, seed, hashes: nodeHashes, onTrace: (line) => this.#traced(line) });
    if (existsSync(file)) this.#fob.keyValue.restore({ ...this.#fob.keyValue.snapshot(), values: load(file) });
    this.#fob.keyValue.onChange = () => save(file, this.#fob.keyValue.snapshot().values);
    this.#fob.pins.onOutput = () => options.onChange();
    this.#stopFollowing = owner.follow((place) => this.#fob.moveTo(place));
    this.#fob.start((device) => new Fob(device));
  }

  get view(): FobView {
    const [green, red] = this.#fob.lights;
    return { index: this.index, phone: this.#options.owner.index, green, red, signal: this.#signal, buttons: this.#buttons };
  }

  /** Text of the QR code that comes with it. */
  get text(): string {
    return this.#fob.text;
  }

  /** 16 hexadecimal digits. */
  get id(): string {
    return toHex(this.#fob.identity.id);
  }

  /** What a button is for, in words. @param button from 1. */
  name(button: number, what: string | null): void {
    this.#buttons = this.#buttons.map((before, at) => (at === button - 1 ? what : before));
    this.#options.onChange();
  }

  /** What its owner does. @returns false for what makes no sense. */
  act(action: FobAction): boolean {
    const { owner, journeys } = this.#options;
    if (action.action === "edit") {
      this.#log("holds buttons 2 and 4 of the fob");
      this.#fob.holdToEdit();
      return true;
    }
    if (!Number.isInteger(action.button) || action.button < 1 || action.button > FOB_BUTTONS) return false;
    this.#log(`presses button ${action.button} of the fob`);
    if (owner.door !== undefined && this.#buttons[action.button - 1] !== null) journeys.begin(owner.door, "fob", owner.name);
    this.#fob.press(action.button);
    return true;
  }

  /**
   * Brings it what the cloud has for it, in both phases (S8), as its owner's phone does: some seconds.
   * @param fetch the cloud, as somebody who may change the fob.
   * @throws {Error} it came to nothing.
   */
  async assign(fetch: PhoneFetch): Promise<void> {
    const central = this.#options.air.central({ place: this.#options.owner.place });
    const stop = this.#options.owner.follow((place) => central.moveTo(place));
    const editor = new FobEditor({ radio: new SimulatedFobRadio(central), fetch });
    try {
      for (const wanted of ["staged", "committed"]) {
        this.#fob.holdToEdit();
        await new Promise((resolve) => setTimeout(resolve, EDIT_MS));
        const outcome = await editor.visit(this.id);
        if (outcome.did === "nothing") throw new Error(`the fob: ${outcome.why}`);
        if (outcome.did === "committed" || wanted === "committed") return;
      }
    } finally {
      stop();
      central.powerOff();
    }
  }

  close(): void {
    this.#stopFollowing();
    this.#fob.keyValue.onChange = undefined;
    this.#fob.powerOff();
  }

  #traced(line: string): void {
    if (!line.startsWith("light: ")) return;
    this.#signal = line.slice("light: ".length) as FobSignal;
    const { owner, journeys, log, onChange } = this.#options;
    if (this.#signal === "nothing" && owner.door !== undefined) journeys.abandon(owner.door, "fob");
    if (this.#signal !== "dark" && this.#signal !== "busy") log.add(owner.door ?? NOWHERE, "phone", `${owner.name}'s fob says: ${this.#signal}`);
    onChange();
  }

  #log(text: string): void {
    const { owner, log } = this.#options;
    log.add(owner.door ?? NOWHERE, "phone", `${owner.name} ${text}`);
  }
}

function load(file: string): [string, Uint8Array][] {
  const entries = Object.entries(JSON.parse(readFileSync(file, "utf8")) as Record<string, string>);
  return entries.map(([name, hex]) => [name, Uint8Array.from(Buffer.from(hex, "hex"))]);
}

/** Old or new, never half; its keys are in there: owner only. */
function save(file: string, values: readonly (readonly [string, Uint8Array])[]): void {
  writeFileSync(`${file}.new`, JSON.stringify(Object.fromEntries(values.map(([name, value]) => [name, Buffer.from(value).toString("hex")])), null, 1), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
