/** Every bound of the phone: unit in the name, consequence beside it. */

export const CONNECT_MS = 60_000; // a person may have to choose from a browser's list; then the door counts as out of reach
export const STEP_MS = 5_000; // one read or write; a door ends an idle connection after as long
export const ERRAND_MS = 90_000; // at one door in all: a door ends a connection sooner, and whatever poses as one drains no battery
export const AT_DOOR_REQUEST_MS = 3_000; // to the cloud while a door waits: well below its idle limit
export const REQUEST_MS = 30_000; // to the cloud otherwise
export const ANSWER_CHARACTERS_MAX = 16_000_000; // of the cloud; more is not ours
export const BRING_NEWS_MS = 15_000; // how long a person who taps waits for news to be handed over; then the door is asked as it is

export const HANDLES_FEW = 16; // from here down a phone that is online fetches new ones by itself
export const HANDLES_MAX = 256; // kept of one key, whatever the cloud sends
export const DOORS_MAX = 5_000; // of one phone

export const ROUNDS_AT_DOOR_MAX = 6; // of handing over and collecting in one visit: an answer of the cloud makes for another one
export const COLLECTED_ITEMS_MAX = 64; // kept of one door; what finds no room stays at the door, which keeps it anyway
export const COLLECTED_BYTES_MAX = 262_144; // … of all doors
export const WHOLE_LISTS_MAX = 8; // of doors that change to a new list, beside what fits one bundle: a megabyte at most
export const UPLOADED_ITEMS_MAX = 16; // in one request …
export const UPLOADED_BYTES_MAX = 32_768; // … and bytes of them: below what the cloud reads of a body, in base64url

export const RETRY_MS = 30_000; // after an upload or refill that failed; doubles up to the next line
export const RETRY_MS_MAX = 3_600_000;
