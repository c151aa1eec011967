import type { VirtualRealTimeClock } from "../virtual-real-time-clock";

/**
 * Turns a board's clock chip. The firmware looks at it when it starts, and never believes it against what was signed.
 * @param turn by so many seconds; 0: it is set right; `lost`: its battery is taken out.
 * @returns what was done, for the log.
 */
export function turnClock(chip: VirtualRealTimeClock, turn: number | "lost"): string {
  if (turn === "lost") {
    chip.lose();
    return "takes the battery out of the clock chip";
  }
  chip.time = turn === 0 ? Date.now() : (chip.time ?? Date.now()) + turn * 1_000;
  return turn === 0 ? "sets the clock chip right" : `turns the clock chip by ${turn} s`;
}
