/**
 * What the key-value store holds for an owner, and nobody else may find: all of it goes when the door is to be
 * claimed anew. `test/firmware-forgetting.test.ts` says when a part of the firmware keeps something under a name that
 * stands in neither list.
 */
export const OWNER_KEYS = [
  "claim",
  "enrolled",
  "keyset",
  "lease",
  "list",
  "clock",
  "pin-throttle",
  "uses",
  "event-log",
  "event-ack",
  "event-held",
  "receipts",
  "door-mode",
] as const;

/** What an installer set over the console; a factory reset forgets that too. */
export const INSTALLER_KEYS = ["cloud", "wifi", "ca"] as const;

/** What belongs to the board whoever owns it. */
export const BOARD_KEYS = ["identity", "forget", "service", "boots", "firmware"] as const;
