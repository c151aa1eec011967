import type { FirmwareUpdate, ImageWriter } from "../firmware/device";
import { readU32 } from "../protocol/bytes";
import type { BoardSession } from "./board-session";
import type { PowerSupply } from "./power-supply";

/** What a bootloader knows of a slot: as ESP-IDF's otadata has it. */
type SlotState = "empty" | "new" | "trial" | "valid" | "aborted";

interface Slot {
  image: Uint8Array;
  state: SlotState;
}

export interface VirtualUpdateOptions {
  /** The image that the board left the factory with: `virtualImage`. */
  image: Uint8Array;
  /** 8 bytes. */
  target: Uint8Array;
  /** 32-byte Ed25519 key. */
  imageKey: Uint8Array;
  /** What a slot holds. Default 64 KB. */
  slotBytes?: number;
}

/** An image as virtual boards run it: its version (u32), and bytes that mean nothing. */
export function virtualImage(version: number, byteLength = 10_000): Uint8Array {
  const image = new Uint8Array(byteLength);
  for (let i = 0; i < byteLength; i++) image[i] = (i * 7 + version) & 0xff;
  new DataView(image.buffer).setUint32(0, version);
  return image;
}

/**
 * The two image slots of a board and its bootloader, on memory that can lose its power: a new image runs on trial,
 * and a start without its being confirmed goes back to the image before. Every write and every change of a slot's
 * state is a step of the supply.
 */
export class VirtualUpdate {
  /** Times an image was begun, so that a test sees a door fetching for ever. */
  begun = 0;
  #supply: PowerSupply;
  #options: VirtualUpdateOptions;
  #slots: [Slot, Slot];
  /** The slot that runs. */
  #running = 0;

  constructor(supply: PowerSupply, options: VirtualUpdateOptions) {
    this.#supply = supply;
    this.#options = options;
    this.#slots = [
      { image: options.image.slice(), state: "valid" },
      { image: new Uint8Array(0), state: "empty" },
    ];
  }

  /** The image that runs, or ran last. */
  get image(): Uint8Array {
    return this.#slots[this.#running].image;
  }
  get version(): number {
    return readU32(this.image, 0);
  }
  get onTrial(): boolean {
    return this.#slots[this.#running].state === "trial";
  }
  /** Whether the next start runs another image than this one. */
  get pending(): boolean {
    return this.#other.state === "new";
  }
  /** What the slot that does not run holds, whole or not. */
  get otherImage(): Uint8Array {
    return this.#other.image;
  }

  /** What a bootloader does before any image runs. @throws PowerCut in the middle of it. */
  boot(): void {
    if (this.#other.state === "new") {
      this.#change(this.#other, "trial");
      this.#running = 1 - this.#running;
    } else if (this.onTrial) {
      // It ran, and started anew without having proved itself.
      this.#running = 1 - this.#running;
      this.#change(this.#other, "aborted");
    } else if (this.#other.state === "trial") {
      // The supply failed between the mark and the first instruction: it had its chance.
      this.#running = 1 - this.#running;
      this.boot();
    }
  }

  /** The `update` of one power-on. */
  attach(session: BoardSession): FirmwareUpdate {
    const { target, imageKey, slotBytes = 65_536 } = this.#options;
    const other = this.#other;
    const running = this.#slots[this.#running];
    return {
      target,
      version: this.version,
      onTrial: this.onTrial,
      rolledBack: other.state === "aborted" ? readU32(other.image, 0) : undefined,
      imageKey,
      begin: (byteLength) => {
        session.need();
        if (byteLength > slotBytes) throw new Error(`update: ${byteLength} bytes in a slot of ${slotBytes}`);
        if (running.state === "trial") throw new Error("update: the image that runs is on trial");
        this.begun += 1;
        this.#change(other, "empty");
        other.image = new Uint8Array(0);
        return this.#writer(session, other, byteLength);
      },
      confirm: () => {
        session.need();
        if (running.state === "trial") this.#change(running, "valid");
      },
    };
  }

  #writer(session: BoardSession, slot: Slot, byteLength: number): ImageWriter {
    let open = true;
    const need = (): void => {
      session.need();
      if (!open) throw new Error("update: the image is finished");
    };
    return {
      write: (bytes) => {
        need();
        if (slot.image.length + bytes.length > byteLength) throw new Error("update: more bytes than announced");
        const fate = this.#supply.step();
        const kept = fate === "before" ? 0 : fate === "inside" ? bytes.length >> 1 : bytes.length;
        const image = new Uint8Array(slot.image.length + kept);
        image.set(slot.image);
        image.set(bytes.subarray(0, kept), slot.image.length);
        slot.image = image;
        if (fate !== "done") this.#supply.cut();
      },
      complete: () => {
        need();
        if (slot.image.length !== byteLength) throw new Error("update: fewer bytes than announced");
        open = false;
        this.#change(slot, "new");
      },
      abort: () => {
        open = false;
      },
    };
  }

  get #other(): Slot {
    return this.#slots[1 - this.#running];
  }

  /** One atomic write, as otadata's two sectors make it. */
  #change(slot: Slot, state: SlotState): void {
    const fate = this.#supply.step();
    if (fate === "done" || fate === "after") slot.state = state;
    if (fate !== "done") this.#supply.cut();
  }
}
