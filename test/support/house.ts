import { startController } from "../../firmware/controller";
import { saveSettings } from "../../firmware/enrolment/settings";
import type { Device, KeyValue } from "../../firmware/device";
import { VirtualAir } from "../../hardware-sim/radio/virtual-air";
import { VirtualBoard, type VirtualBoardOptions } from "../../hardware-sim/virtual-board";
import { VirtualClock } from "../../hardware-sim/virtual-clock";
import type { VirtualCentralOptions } from "../../hardware-sim/radio/virtual-central";
import { VirtualNetwork, type NetworkPlug } from "../../hardware-sim/virtual-network";
import { VirtualRandom } from "../../hardware-sim/virtual-random";
import type { BlockCipher } from "../../protocol/block-cipher";
import type { Holder } from "../../protocol/handle";
import type { Hashes } from "../../protocol/hashes";
import { PaperCloud } from "./paper-cloud";
import { RadioPhone } from "./radio-phone";

export interface HouseOptions extends Partial<VirtualBoardOptions> {
  /** With one the board has Bluetooth. */
  blockCipher?: BlockCipher;
}

/** A board that an installer has told where its cloud is, and that cloud. */
export class House {
  readonly clock = new VirtualClock();
  readonly network = new VirtualNetwork(this.clock);
  readonly plug: NetworkPlug = this.network.plug();
  readonly board: VirtualBoard;
  readonly cloud: PaperCloud;
  readonly air = new VirtualAir({ clock: this.clock, random: new VirtualRandom("air") });
  readonly hashes: Hashes;
  readonly #blockCipher: BlockCipher | undefined;

  /** @param options of its board. @param boot what runs there. */
  constructor(hashes: Hashes, { blockCipher, ...options }: HouseOptions = {}, boot: (device: Device) => void = startController) {
    this.hashes = hashes;
    this.#blockCipher = blockCipher;
    const radio = blockCipher && { air: this.air, place: { x: 0, y: 0 }, blockCipher };
    this.board = new VirtualBoard({ hashes, ticksStart: 0xffff_f000, ...(radio && { radio }), ...options, clock: this.clock, network: this.plug });
    this.cloud = new PaperCloud(hashes, this.clock, this.network, () => this.board.keyValue.peek("latchkey", "identity")!.slice(8));
    const { keyValue } = this.board;
    const installer: KeyValue = {
      read: (key) => keyValue.peek("latchkey", key)?.buffer as ArrayBuffer | undefined,
      write: (key, value) => keyValue.preset("latchkey", key, new Uint8Array(value)),
      delete: (key) => keyValue.preset("latchkey", key, undefined),
      close: () => undefined,
    };
    saveSettings(installer, { cloudHost: "cloud.example", cloudPort: 80 });
    this.board.start(boot);
    this.clock.advance(5_000);
  }

  /** Types a PIN and lets a second pass. @returns whether the strike is open then. */
  types(pin: string): boolean {
    this.board.keypad.type(pin);
    this.clock.advance(1_000);
    const opened = this.board.strike;
    this.clock.advance(10_000);
    return opened;
  }

  /** A phone or fob with keys for this door, a metre away from it. Whether it opens is for the list to say. */
  phoneAt(holder: Holder, options: Partial<VirtualCentralOptions> = {}): RadioPhone {
    const { clock, air, cloud } = this;
    const door = { id: cloud.doorId, keys: cloud.keys };
    return new RadioPhone({ place: { x: 1, y: 0 }, ...options, clock, air, hashes: this.hashes, blockCipher: this.#blockCipher!, holder, door });
  }

  /** Units written and blocks erased so far. */
  get flashWear(): number {
    const { unitWrites, erases } = this.board.flash;
    return [...unitWrites, ...erases].reduce((sum, count) => sum + count, 0);
  }

  get lastTrace(): string {
    return this.board.trace[this.board.trace.length - 1].line;
  }
}
