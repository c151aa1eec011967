import type { Timers } from "../firmware/device";

/**
 * One power-on of a board. Whatever belongs to it (pins, timers, connections) enters the firmware through
 * `run` alone and is dead when it has ended.
 */
export interface BoardSession {
  readonly alive: boolean;
  /** Calls into the firmware; does nothing once the session has ended. */
  run(callback: () => void): void;
  /** What the firmware may not touch any more throws here. @throws PowerCut once the session has ended. */
  need(): void;
  /** Timers as the board counts them; they die with the session. */
  readonly timer: Timers;
  /**
   * Runs when the session ends; nothing then may call the firmware.
   * @returns takes it back.
   */
  onEnd(callback: () => void): () => void;
}
