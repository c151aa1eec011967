import type { Device } from "../../../firmware/device";

/** Where a door's firmware runs. */
export interface FirmwareEngine {
  readonly name: "XS" | "Node.js";
  /**
   * Starts the firmware on a board that has just got power.
   * @param onCrash the firmware threw, or its engine ended; called at most once.
   * @returns ends it at once, as a power cut does.
   */
  boot(device: Device, onCrash: (error: unknown) => void): () => void;
}

export type EngineChoice = "xs" | "node" | "auto";
