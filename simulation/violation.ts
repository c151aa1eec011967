/**
 * What must hold after every event (DESIGN §10). Of phones: nothing that a courier or anybody else does by radio lets
 * somebody in whom the door's own list does not, or is taken for what it is not (I9), nor does it keep out who has a right, or
 * the truth (I10). X1, X8 are rows of FEATURES, "crash" an exception that left the firmware.
 */
export type Invariant = "I1" | "I2" | "I3" | "I4" | "I5" | "I6" | "I7" | "I8" | "I9" | "I10" | "X1" | "X8" | "crash";

export interface Violation {
  invariant: Invariant;
  /** Number of the step in whose wake it came. */
  step: number;
  /** ms of the world. */
  at: number;
  text: string;
}
