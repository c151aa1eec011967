/** Every bound of the formats: unit in the name, consequence beside it. A board's own bounds are in firmware/limits.ts. */

export const U32_MAX = 0xffff_ffff; // epochs, versions, counters and Unix seconds (year 2106)

export const ID_BYTES = 8; // door and site ids
export const TAG_BYTES = 5; // false accept at 10,000 rows: 9e-9 an attempt
export const ROW_BYTES = 8;
export const PROFILE_BYTES = 12;
export const SCHEDULE_RULE_BYTES = 8;
export const PAGE_BYTES = 4_096; // what a door holds in RAM of a list that arrives
export const ROWS_MAX = 16_000; // row numbers in tombstones are 16 bits, a slot has 32 pages
export const PROFILES_MAX = 2_048;
export const SCHEDULE_RULES_MAX = 1_024;
export const PAGES_MAX = 32; // 131,072 bytes of body; more is refused before a page is asked for
export const ALTERNATIVES_MAX = 8; // rows under one tag that a door looks at; the cloud issues no more
export const SCHEDULE_CHAIN_MAX = 32; // windows of one schedule; longer chains (or loops) deny
export const USE_COUNTERS = 4; // limited alternatives under one tag

export const MANIFEST_BYTES_MAX = 1_024; // payload and signature
export const UTC_OFFSETS_MAX = 16; // entries: two years with four changes a year and some to spare
export const HOLIDAYS_MAX = 128; // days in one manifest
export const DELTA_BYTES_MAX = 4_000; // signed; with its header it fits one flash sector
export const DELTA_REBASE_BYTES = 2_048; // from here the cloud starts a new base
export const TOMBSTONES_MAX = 2_000; // 4 KB of RAM on the door
export const LEASE_BYTES_MAX = 192;
export const SIGNED_TIME_BYTES_MAX = 192;
export const KEYSET_BYTES_MAX = 2_048;
export const ROOT_KEYS_MAX = 8;
export const MESSAGE_BYTES_MAX = 8_192; // anything larger from the broker is dropped unread
export const FIRMWARE_DESCRIPTOR_BYTES_MAX = 256; // signed
export const FIRMWARE_PATH_BYTES_MAX = 128;
export const FIRMWARE_BYTES_MAX = 0x1f_0000; // two of them and everything else fill a module of 4 MB; a board's slot may be smaller

export const UNLOCK_SECONDS_MAX = 60;
export const PIN_DIGITS_MIN = 4; // digits; shorter ones are refused by the cloud, not asked for by the door
export const PIN_DIGITS_MAX = 12;
export const UNIT_DIGITS_MAX = 6; // of the unit number before a PIN, where a door asks for one

export const NONCE_BYTES = 16;
export const MAC_BYTES = 16; // receipts, commands, acknowledgements
export const EVENT_MAC_BYTES = 12;
export const EVENT_BYTES = 32;
export const EVENTS_PER_KEY = 128; // then the key evolves and the old one is gone
export const EVENTS_PER_UPLOAD_MAX = 96; // 3 KB: a message below the broker's and the heap's bounds

export const COMMAND_NONCE_MS = 10_000; // a command that is older acts never
export const TIME_NONCE_MS = 60_000; // a signed time that comes later may only raise the floor

export const LEASE_SECONDS_MAX = 31 * 86_400; // a longer one is refused
export const LEASE_GRACE_SECONDS = 60; // a door honours a lease this long after its end
export const SNTP_ALLOWANCE_SECONDS = 15 * 60; // what unsigned time may move a door's clock in all
export const TIME_ANSWER_SECONDS = 60; // age of a signed time when it is taken (TIME_NONCE_MS)
export const CLOCK_DRIFT_PPM = 100; // worst oscillator that the bounds allow for
