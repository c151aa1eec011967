/** What may happen in a world, beside what follows from it. A step's own seed makes all of its details. */
export const STEP_KINDS = [
  // People
  "present", // somebody with a right, or who had one, types
  "revoked", // somebody whose rights were taken back tries
  "edge", // in the second in which a right begins or ends
  "worn use", // a right with a limit, while the power goes
  "guess", // a wrong PIN
  "hammer", // many wrong PINs, with power cuts between
  "exit",
  "leaf",
  // The network
  "episode", // the door is connected for a while
  "broker restart",
  "courier", // a phone brings what it has, and takes what there is
  // Managers
  "grant",
  "revoke",
  "bulk", // many move in or out
  "lock state",
  "lift throttle",
  "rotate keys",
  "door policy", // times of its outputs, hours of its own
  "remote unlock",
  "upkeep",
  // Faults of power and memory
  "power cut",
  "armed cut", // in the middle of one of the next writes
  "bit flip",
  "old list restored",
  "event flood",
  // Clocks
  "clock chip",
  "time server", // its answers are wrong from now on
  // A hostile network
  "jam",
  "hold time",
  "replay",
  "tamper",
  "misdeliver",
  // Hostile phones
  "hostile radio",
  "hostile courier",
] as const;
export type StepKind = (typeof STEP_KINDS)[number];

export interface Step {
  /** Its place among all steps of its world. */
  number: number;
  /** ms of the world. */
  at: number;
  kind: StepKind;
  door: number;
  seed: number;
}
