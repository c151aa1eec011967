/** Bounds of the controller; those of the formats are in protocol/limits.ts. Unit in the name, consequence beside it. */

export const SECTOR_BYTES = 4_096; // what flash erases at once
export const FLASH_UNIT_BYTES = 16; // smallest write of an encrypted partition; each unit is written once per erase

export const WORKS_MAX = 16; // works waiting for their slices; more are refused and counted
export const TYPING_HOLD_MAX_MS = 10_000; // work waits so long for somebody who types; then it goes on, and nobody stops a revocation by typing
export const TYPING_HOLD_STEP_MS = 50; // how often work that waits looks again

export const DIGIT_TIMEOUT_MS = 5_000; // between two keys; then the entry is forgotten
export const SECOND_PIN_MS = 15_000; // from the first credential to the whole of the second PIN; then both are forgotten
export const CARD_ABSENT_MS = 1_000; // a card that a reader reports again within this has not left it: one presentation
export const SERIAL_PAUSE_MS = 200; // silence inside a card frame that takes 17 ms; then it is unreadable
export const MATRIX_SCAN_MS = 10; // two scans make a key press: longer than contacts bounce
export const DECISION_LED_MS = 1_000;
export const HELD_OPEN_ALARM_MS = 30_000; // leaf open after the strike fell

export const FREE_PIN_ATTEMPTS = 5;
export const PIN_WAIT_MS = 30_000; // after the free attempts; doubles with each further one …
export const PIN_WAIT_MAX_MS = 3_600_000; // … up to here
export const PIN_ATTEMPTS_MAX = 100; // hard stop: only the cloud or an administrator's phone lifts it
export const PIN_FORGIVE_MS = 60_000; // a good PIN takes back one failure that is not older …
export const PIN_FORGIVE_AFTER_BOOT_MS = 86_400_000; // … but none in the first day after boot
export const PIN_DECAY_MS = 21_600_000; // time takes back one failure
export const UNITS_COUNTED_MAX = 32; // units with failures that are counted one by one; one more makes the count of all others stricter
export const KEYPAD_FREE_ATTEMPTS = 20; // over all units; then the keypad waits for each further one …
export const KEYPAD_WAIT_MAX_MS = 900_000; // … from 30 s up to here: what a vandal can cost those who have nothing but a PIN
export const KEYPAD_ATTEMPTS_MAX = 25; // counted over all units; more would not prolong the wait
export const KEYPAD_DECAY_MS = 3_600_000; // time takes back one of them

export const RECEIPT_COUNTER_STEP = 64; // receipts between two writes of the counter's ceiling
export const TIME_FLOOR_INTERVAL_MS = 3_600_000; // how often the time floor is kept
export const RECEIPT_INTERVAL_MS = 600_000; // a receipt goes out at least this often while connected
export const RECEIPT_PAUSE_MS = 5_000; // after a message that shows that the cloud has not heard what this door has
export const TIME_REQUEST_INTERVAL_MS = 600_000; // and a question for the time
export const RECONNECT_MIN_MS = 1_000;
export const RECONNECT_MAX_MS = 60_000;
export const KEEP_ALIVE_MS = 30_000;
export const SCRUB_INTERVAL_MS = 86_400_000; // how often every page of the list is held against its hash
export const ENROLMENT_RETRY_MS = 5_000;
export const HTTP_ANSWER_MS = 30_000; // a server that takes a request and stays silent is given up after this
export const INBOX_BYTES_MAX = 16_384; // messages that wait or are worked on, all together; what finds no room is dropped and said again
export const INBOX_MESSAGES_MAX = 16;
export const INBOX_RETRY_MS = 50; // where the work queue is full of other work
export const COMMAND_NONCES_MAX = 4; // open at once; the oldest gives way
export const OUTBOX_MESSAGES_MAX = 16; // waiting for the connection; more are dropped and said again with the next receipt
export const NEED_RETRY_MS = 10_000; // a page or delta that was asked for and did not come is asked for again
export const EVENT_UPLOAD_RETRY_MS = 10_000; // events that nobody acknowledged go out again

export const DEFAULT_UNLOCK_SECONDS = 5; // a press of the exit button while there is no list
export const CONTACT_SETTLE_MS = 50; // contacts bounce; a change counts once it has stood this long
export const EXIT_STUCK_MS = 60_000; // an exit button that is down for so long is wedged: an alarm says so, and the door does not stay open for it
export const OUTPUT_OPEN_MIN_MS = 500; // a relay that has opened locks no sooner: it moves at most twice in this time, and is locked within 1 s of its time
export const HOURS_CHECK_SECONDS = 900; // a door with hours of its own looks at the clock at their limits, and at least this often: UTC offsets change on such quarters
export const HOURS_BEGUN_MAX = 8; // windows at one time whose first entry is kept; of more, those that end last
export const OPENING_GRACE_MS = 1_000; // a leaf that opens this soon after the strike fell was not forced
export const FORGIVEN_ROWS_MAX = 64; // rows whose holder had a failure taken back today; more get none
export const USE_ENTRIES_MAX = 224; // counters of limited rights; with more, new limited rights are refused
export const USE_SPARE_UNITS = 64; // fewer unwritten records than this: the journal is compacted while idle
export const ERASE_AHEAD_EVENTS = 32; // fewer free records than this: the next sector is erased while idle
export const CROWDED_EVENTS = 2_048; // unsent; from here refusals and starts are counted only, and three quarters of the log are left for grants
export const HELD_EXACTLY_MAX = 256; // counted refusals that are kept one by one …
export const HELD_STEP = 16; // … and after that every so many: a power cut loses fewer
export const HELD_EVENTS_MAX = 0xffff; // counted at most in one record; then it is written
export const EVENT_WRITE_ATTEMPTS = 8; // slots that may refuse a record one after the other; then the flash is broken
export const USE_WRITE_ATTEMPTS = 4; // units that may refuse a record; then the use cannot be remembered and the door stays shut

export const RECLAIM_HOLD_MS = 5_000; // the service button, while the door runs
export const FACTORY_RESET_HOLD_MS = 15_000; // the service button, from power-on
export const SERVICE_EVENT_WAIT_MS = 10_000; // for the old owner's cloud to take the last event; then the next log begins with it
export const SERVICE_EVENT_POLL_MS = 250;
export const WATCHDOG_FEED_MS = 1_000; // a board's watchdog must be more patient than this
export const WORK_STALLED_MS = 30_000; // waiting work that gets no slice for so long: the board starts anew
export const WORK_ENDLESS_MS = 600_000; // so does one whose work goes on for so long; the longest honest one (16 signatures) takes two minutes
export const FIRMWARE_TRIAL_MS = 600_000; // an image that ran for so long stays, cloud or not
export const FIRMWARE_RETRY_MIN_MS = 60_000; // between two attempts at an image; doubles …
export const FIRMWARE_RETRY_MAX_MS = 3_600_000; // … up to here, where it also begins if what came was wrong
export const DOWNLOAD_QUEUE_RETRY_MS = 250;
export const RESTART_POLL_MS = 5_000; // a new image waits until nobody is at the door …
export const RESTART_WAIT_MAX_MS = 86_400_000; // … for a day at most
export const CONSOLE_LINE_CHARACTERS_MAX = 160; // what is longer is not read at all
export const CONSOLE_OUTPUT_CHARACTERS_MAX = 6_144; // waiting to be printed; what comes on top is dropped
export const CA_BYTES_MAX = 2_048; // DER
