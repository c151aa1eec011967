/** Every bound of a fob: unit in the name, consequence beside it. Those of the formats are in protocol/limits.ts. */

export const DEBOUNCE_MS = 20; // a button that changes and changes back within it has not moved
export const EDIT_HOLD_MS = 2_000; // buttons 2 and 4 together for this long: edit mode
export const EDIT_MS = 60_000; // then edit mode is over by itself
export const EDITED_MS = 3_000; // after an assignment is in force: time to fetch the acknowledgement, then edit mode is over

export const VISIT_MS = 8_000; // from the press to the answer; then the light says that there was none
export const MTU_BYTES = 64; // the longest message has 42 bytes, and the SDK's client reads and writes one packet
export const WAIT_MS_MAX = 2_000; // that a door may ask for

export const LIGHT_MS = 1_500; // an answer is shown this long
export const BLINK_MS = 150; // on, and off
