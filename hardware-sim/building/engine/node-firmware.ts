import type { Device } from "../../../firmware/device";
import type { FirmwareEngine } from "./firmware-engine";

/** Runs the firmware in this process; its exceptions come through the board. */
export class NodeFirmware implements FirmwareEngine {
  readonly name = "Node.js";
  #start: (device: Device) => void;

  constructor(start: (device: Device) => void) {
    this.#start = start;
  }

  boot(device: Device): () => void {
    this.#start(device);
    return () => {};
  }
}
