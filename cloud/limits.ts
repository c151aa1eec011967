/** Every bound of the cloud: unit in the name, consequence beside it. Those of the formats are in protocol/limits.ts. */

export const HTTP_BODY_BYTES_MAX = 65_536; // larger: 413, and the rest is not read
export const ENROLMENT_BODY_BYTES_MAX = 1_024; // before a door has proved anything
export const ADMIN_TOKEN_CHARACTERS_MIN = 16; // a shorter one is a broken configuration

export const NAME_CHARACTERS_MAX = 120;
export const OWNERS_PER_DOOR_MAX = 20;
export const DOORS_PER_GRANT_MAX = 1_000;
export const GRANTS_PER_CREDENTIAL_MAX = 4; // alternatives under one tag that count uses apart (protocol USE_COUNTERS)
export const GROUPS_PER_PERSON_MAX = 4; // each is one more alternative under a tag; with a credential's own a door looks at no more (protocol ALTERNATIVES_MAX)
export const GROUPS_PER_PROPERTY_MAX = 200;
export const PEOPLE_PER_GROUP_MAX = 1_000; // a change of the group is one transaction over all of them
export const DOORS_PER_GROUP_MAX = 100;
export const CREDENTIALS_PER_PERSON_MAX = 32;
export const KEYS_PER_PERSON_MAX = 32; // pending ones too: each active one is a credential
export const KEYS_PER_GIVER_MAX = 100; // of somebody who does not run the property: nobody fills the doors of a house
export const CONTACT_ADDRESSES_MAX = 20; // of one contact of a phone
export const KEY_PENDING_SECONDS = 90 * 86_400; // a key that nobody has accepted, or sent anew, for so long has ended
export const KEY_LINK_SECONDS = 14 * 86_400; // an unanswered link is dead then; there can be another one
export const FOB_TEXT_CHARACTERS_MAX = 64; // of a fob's QR code
export const CARD_BYTES_MIN = 3; // Wiegand 26
export const CARD_BYTES_MAX = 10; // of any number that a reader gives
export const MAX_USES_MAX = 255; // of a right; a door's list has a byte for it
export const PAGE_ROWS_MAX = 200; // of one answer; the rest is behind `next`
export const ATTENTION_ROWS_MAX = 50; // of each list of what a manager may want to look at: more would not be looked at
export const ATTENTION_ALARM_DAYS = 7;
export const ATTENTION_LEASE_DAYS = 60;
export const REVOCATIONS_PAGE_MAX = 50; // of one answer: each is read with its truth at every door
export const GRANT_YEARS_MAX = 20; // an end further away is refused: it is a typing error

export const CONNECT_FRAME_BYTES_MAX = 2_048; // the first MQTT packet of a socket, before any login
export const DOOR_FRAME_BYTES_MAX = 8_192; // any later MQTT packet of a door: a socket that announces more is closed. The largest, an upload of events, has 3.2 KB
export const FRAME_BYTES_MAX = 65_536; // any MQTT packet of a broker that others run
export const CONNECT_MS = 10_000; // a socket that has not logged in by then, TLS and all, is closed
export const SOCKETS_RESERVED = 2_000; // of them for addresses from which a door has logged in since the start
export const PENDING_SOCKETS_MAX = 3_000; // before their login: then a stranger's oldest makes room
export const PENDING_OF_ADDRESS_MAX = { stranger: 100, known: 1_000 };
export const FAILED_LOGINS_OF_ADDRESS = { stranger: { burst: 100, perSecond: 10 }, known: { burst: 1_000, perSecond: 100 } }; // connections that log in are none
export const FAILED_LOGINS_OF_STRANGERS = { burst: 2_000, perSecond: 200 }; // a TLS handshake costs a millisecond of a core
export const ADDRESSES_REMEMBERED_MAX = 20_000; // 2 MB
export const LOGINS_AT_ONCE = 4; // look-ups of logins in the database
export const LOGINS_WAITING_MAX = 1_000; // beyond: "server unavailable", doors come again
export const DOOR_LOGINS = { burst: 30, perSecond: 0.2 }; // of one door with its right password; beyond: "server unavailable"
export const DOOR_PACKETS = { burst: 300, perSecond: 20 }; // of one connection: beyond, its bytes wait. A whole list is 32 requests, a full log 86 uploads
export const DOOR_BYTES = { burst: 524_288, perSecond: 16_384 };
export const DOOR_TASKS = { burst: 40, perSecond: 2 }; // messages of one door that are worked at once; beyond, it shares the next line with others like it
export const BUSY_DOORS_AT_ONCE = 4;
export const SUBSCRIPTIONS_MAX = 8; // of one connection; the firmware has one
export const REFUSAL_LOG_MS = 60_000; // more of the same refusals within it are one line
export const TLS_FRAGMENT_BYTES = 4_096; // of a TLS record to a board, which holds one whole in its heap
export const CERTIFICATE_LOOK_SECONDS = 30; // how soon a renewed certificate is taken
export const CERTIFICATE_WARNING_DAYS = 14; // before its end the log says so, once a day
export const DRAIN_MS = 5_000; // a door that does not read for this long is disconnected
export const KEEP_ALIVE_SECONDS_MAX = 600; // a login must promise to be heard of at least this often
export const SOCKETS_MAX = 20_000; // beyond: refused at once, the doors that are in stay in
export const DOOR_QUEUE_MESSAGES_MAX = 64; // waiting messages of one door; more are dropped, the door asks again
export const DOOR_QUEUES_MESSAGES_MAX = 4_096; // … of all doors; an external broker keeps the rest until half of them are worked off
export const BROKER_CONNECT_MS = 10_000; // an external broker that has not answered by then is tried again
export const BROKER_RECONNECT_MS = 1_000; // between attempts to reach it
export const BROKER_START_MS = 3_000; // how long a start waits for it; then doors come later
export const BROKER_KEEP_ALIVE_SECONDS = 20; // a connection that broke in silence is noticed after one and a half times that
export const BROKER_WAITING_BYTES_MAX = 16_777_216; // what may wait for a broker that takes it slowly; more is dropped, and said again
export const BROKER_ANSWER_MS = 30_000; // to a question to Mosquitto's dynamic security; with thousands of doors it takes its time
export const BROKER_LOGINS_AT_ONCE = 20; // of doors, told one after the other; then the broker has as long for its doors
export const BROKER_LOGINS_LOOK_SECONDS = 3_600; // how often it is looked whether the broker still knows all of them, and no other
export const BROKER_LOGINS_RETRY_SECONDS = 5; // after a failure; doubles up to the next line
export const BROKER_LOGINS_RETRY_SECONDS_MAX = 300;
export const ADMITTED_MS = 3_000; // how long a claim's answer waits for the broker to know the door's login
export const ADMITTED_LOOK_MS = 50;
export const PRESENCE_SECONDS = 1_260; // a door that an external broker does not call gone counts as gone when it has said nothing for so long: it speaks every 600 s
export const PRESENCE_LOOK_SECONDS = 30;
export const UNKNOWN_DOORS_PER_SECOND_MAX = 500; // looked up; what others say in the name of doors is dropped

export const COURIER_LEASE_SECONDS = 900; // what phones carry holds no lease that is older when they ask; below the shortest lease by far
export const COURIER_LIST_BYTES_MAX = 1_048_576; // of whole lists in what a phone carries of one property; what finds no room is given for one door at a time
export const COURIER_ITEMS_PER_UPLOAD_MAX = 40;
export const COURIER_UPLOADS_PER_ACCOUNT = { count: 600, seconds: 3_600 }; // whoever passes fifty doors an hour is far below it
export const COURIER_SEEN_SECONDS = 600; // how exact it is when a phone last asked what it is to carry
export const COURIER_KEPT_SECONDS = 31 * 86_400; // a phone that has not asked for so long counts as carrying nothing

export const LEASE_RENEWAL_SECONDS = 600; // how often connected doors get a new lease
export const RESEND_SECONDS = 30; // a connected door that has not acknowledged hears again
export const OUTBOX_RETRY_SECONDS = 5; // after a failure to compile or sign; doubles up to the next line
export const OUTBOX_RETRY_SECONDS_MAX = 300;
export const EVENTS_KEPT_SECONDS = 90 * 86_400; // older ones are deleted
export const CHANGED_CREDENTIALS_MAX = 500; // of one door's list, read one by one; more: all of its grants are read at once
export const ROWS_AT_ONCE = 500; // named in one statement: databases bound the number of parameters
export const EXPIRED_ROWS_SECONDS = 86_400; // rows whose end is this far behind leave the list

export const GUEST_LEASE_SECONDS = 24 * 3_600; // default and most: a guest's access ends this long after the last contact
export const STAFF_LEASE_SECONDS = 72 * 3_600; // default and most
export const LEASE_SECONDS_MIN = 3_600; // shorter ones would lock out over a router's restart
export const UNLOCK_SECONDS = 5; // default of a property

export const IDENTIFIER_CHARACTERS_MAX = 320; // as typed; what is stored is shorter
export const EMAIL_CHARACTERS_MAX = 254; // RFC 5321 §4.5.3.1.3, without the angle brackets
export const EMAIL_LOCAL_BYTES_MAX = 64; // RFC 5321 §4.5.3.1.1

export const RESIDENTS_PER_HOUSEHOLD_MAX = 50; // a manager may set less
export const GUESTS_PER_HOUSEHOLD_MAX = 50; // each is a row in every list of the house
export const AGENT_CHARACTERS_MAX = 120; // of a browser's name in the list of sessions
export const SESSION_IDLE_SECONDS = 30 * 86_400; // unused for this long: sign in again
export const SESSION_SECONDS_MAX = 180 * 86_400; // used or not: sign in again
export const SESSION_SEEN_SECONDS = 3_600; // how exact "last seen" is
export const RECENT_AUTHENTICATION_SECONDS = 600; // how long a proof of identity lets PINs be seen and contacts be changed
export const TOKENS_PER_PROPERTY_MAX = 50; // of programs; more are forgotten ones

export const MESSAGE_NAME_CHARACTERS_MAX = 60; // of a property's or person's name in a message; the rest is cut
export const MESSAGES_AT_ONCE = 4; // handed to one server at a time; the others wait
export const SEND_MS = 15_000; // a server that takes longer for one step is not reached
export const SEND_CLAIM_SECONDS = 120; // after a crash in mid-sending a message is tried again then; longer than all steps of SMTP take
export const MESSAGE_RETRY_SECONDS = 10; // after a failed attempt; doubles up to the next line
export const MESSAGE_RETRY_SECONDS_MAX = 3_600;
export const CODE_MESSAGE_SECONDS = 600; // a code that could not be sent by then is given up
export const MESSAGE_SECONDS = 3 * 86_400; // … any other message
export const OUTBOX_KEPT_SECONDS = 7 * 86_400; // the words of messages that nothing sends
export const MESSAGES_KEPT_SECONDS = 30 * 86_400; // who was written to, when

export const TRANSACTION_ATTEMPTS_MAX = 12; // of one that collides with another process's; then the request fails
export const TRANSACTION_BACKOFF_MS = 2; // at most, before the second attempt; doubles up to the next line
export const TRANSACTION_BACKOFF_MS_MAX = 200;
export const WRITES_AT_ONCE = 64; // committed together to SQLite, where so many wait …
export const WRITES_TOGETHER_MS = 20; // … and until the first of them has waited so long: one wait for the disk for all
export const DATABASE_CONNECTIONS_MAX = 8; // of one process to PostgreSQL: some write, the others read
export const DATABASE_DOOR_WRITERS = 3; // at once, of one process to PostgreSQL, of what doors say and get; commands come beside
export const DATABASE_CONNECT_MS = 10_000; // PostgreSQL that does not answer by then is not there
export const DATABASE_STATEMENT_MS = 30_000; // a statement that takes longer is ended
export const DATABASE_IDLE_IN_TRANSACTION_MS = 10_000; // a transaction that is left alone this long is rolled back: a process that was cut off holds up the others no longer
export const DATABASE_LOCK_MS = 60_000; // how long a start waits for another one's migration

export const IMPORT_BYTES_MAX = 4 * 1_024 * 1_024; // of a building's file; larger: 413
export const IMPORT_ROWS_MAX = 20_000; // its lines, with those that leave all as it is
export const IMPORT_CHANGES_MAX = 2_000; // lines that make or change something: one transaction, in which nobody else writes
export const IMPORT_FAULTS_MAX = 500; // told at once; the number of all is told too
export const TRANSFER_ROWS = 100; // read at once while a database is carried over: a list may have half a megabyte
export const TRANSFER_PARAMETERS_MAX = 10_000; // of one statement; SQLite takes 32,766, PostgreSQL 65,535

export const CODE_DIGITS = 8; // sent to prove an identifier: twenty guesses a day at five living ones have even odds after 1,900 years
export const CODE_SECONDS = 600; // the messages say so
export const CODE_ATTEMPTS_MAX = 5; // wrong ones after which a code is dead
export const CODES_PER_IDENTIFIER = { count: 5, seconds: 3_600 }; // more would be a nuisance in somebody's inbox
export const GUESSES_PER_IDENTIFIER = { count: 20, seconds: 86_400 }; // wrong codes; then only passkeys get in until the next day
export const CODES_PER_ACCOUNT = { count: 20, seconds: 3_600 }; // an account is no means to write to strangers, or to run up a bill for text messages
export const CODES_PER_ADDRESS = { count: 60, seconds: 3_600 }; // a whole house may sit behind one address
export const GUESSES_PER_ADDRESS = { count: 200, seconds: 3_600 };
export const CHALLENGES_PER_ADDRESS = { count: 600, seconds: 3_600 }; // each is a row until it expires
export const CHALLENGE_SECONDS = 300; // a passkey's answer comes within this time
export const IDENTIFIERS_PER_ACCOUNT_MAX = 10;
export const PASSKEYS_PER_ACCOUNT_MAX = 20;
export const PASSKEY_CHARACTERS_MAX = 1_364; // WebAuthn: a credential id has at most 1,023 bytes

export const INVITATION_SECONDS = 14 * 86_400; // an unanswered link is dead then; it can be sent again
export const INVITATIONS_PER_RECIPIENT = { count: 10, seconds: 86_400 }; // from one household
export const LEASE_LINK_SECONDS = 60 * 86_400; // from the signing of a lease to moving in there may be weeks
export const HOUSEHOLD_UPKEEP_SECONDS = 60; // how exactly places end that nobody ends
export const HOUSEHOLD_UPKEEP_ROWS_MAX = 200; // of one transaction; the rest follows a minute later
export const LEASEHOLDERS_MAX = 20; // of one request

export const AUDIT_PAGE_ROWS = 500; // read at once while the chain is verified
export const AUDIT_VERIFICATIONS = { count: 10, seconds: 3_600 }; // by one account: each follows the whole chain
export const AUDIT_DROP_SECONDS = 86_400; // old entries go this much later at most, so that drops are no entries of every hour
export const AUDIT_KEPT_DAYS = 1_095; // default; the setting says otherwise
export const AUDIT_KEPT_DAYS_MIN = 30;

export const DAYS_MAX = 3_660; // ten years, of anything that rules count in days
export const SHARE_DAYS_MAX = 366; // what members give to third parties ends within it (O12)
export const PROFILES_PER_OWNER_MAX = 100; // of a property, or of one account there; more are dates that belong into keys
export const MANAGERS_PER_PROPERTY_MAX = 50; // with those who are invited
export const MANAGER_INVITATION_SECONDS = 7 * 86_400; // the link works that long

export const ENDED_CODES_HELD_MAX = 8; // of one person at one door that has not heard of their end: no renewal beyond
export const STOLEN_OVERLAP_HOURS_MAX = 72; // for how long codes that a stolen door knew may still open others

export const LIVE_STREAMS_MAX = 200; // server-sent events; beyond: refused, readers ask again by ordinary requests
export const LIVE_STREAMS_PER_ACTOR_MAX = 10; // so that nobody takes them all
export const LIVE_HEARTBEAT_SECONDS = 15; // a stream says that it is still there, and looks for what only time changes
export const LIVE_SECONDS_MAX = 900; // then a stream ends, and its reader proves anew who they are

export const UNLOCK_ASK_SECONDS = 5; // how long a door may take to give a nonce; nothing leaves after that: whoever stood there has gone on
export const UNLOCK_REPLY_SECONDS = 12; // from the command's leaving: the door takes it for 10 s, and both ends of this are counted in whole seconds
export const UNLOCKS_AT_ONCE_MAX = 4; // under way at one door: it keeps so many nonces
export const UNLOCKS_PER_ACCOUNT_AT_ONCE_MAX = 2; // … of one person
export const UNLOCKS_PER_ACCOUNT = { count: 30, seconds: 60 }; // a finger that does not leave the button
export const UNLOCKS_KEPT_SECONDS = 90 * 86_400; // as long as the door's events

export const OCCURRENCES_AT_ONCE = 100; // of one transaction, in which it is worked out who is told
export const NOTIFICATION_RULES_PER_ACCOUNT_MAX = 50;
export const NOTIFICATIONS_PER_ACCOUNT_MAX = 1_000; // beyond: the oldest go
export const NOTIFICATIONS_KEPT_SECONDS = 30 * 86_400; // never longer than events
export const NOTIFICATION_JOIN_SECONDS = 300; // more of the same within it is counted, not told one by one
export const NEWS_PER_MESSAGE_MAX = 10; // of which it speaks; the rest is a number
export const NEWS_PAUSE = { count: 1, seconds: 60 }; // by e-mail or text message to one account; what comes meanwhile goes together
export const NEWS_MESSAGES = { email: { count: 12, seconds: 3_600 }, sms: { count: 4, seconds: 3_600 } }; // alarms have as many again of their own

export const WEBHOOKS_PER_PROPERTY_MAX = 20;
export const WEBHOOK_URL_CHARACTERS_MAX = 2_000;
export const WEBHOOKS_AT_ONCE = 16; // each sends one delivery at a time
export const WEBHOOK_MS = 10_000; // from looking up the name to the answer's head
export const WEBHOOK_CLAIM_SECONDS = 60; // after a crash in mid-sending a delivery is tried again then
export const WEBHOOK_RETRY_SECONDS = 10; // after a failed attempt; doubles up to the next line
export const WEBHOOK_RETRY_SECONDS_MAX = 3_600;
export const WEBHOOK_DELIVERY_SECONDS = 3 * 86_400; // older deliveries are given up
export const WEBHOOK_PAUSE_SECONDS = 5 * 86_400; // of nothing but failures: then a manager must look
export const WEBHOOK_WAITING_MAX = 5_000; // of one webhook; more are counted as missed
export const WEBHOOK_DELIVERIES_KEPT_SECONDS = 30 * 86_400;

export const PHONES_PER_ACCOUNT_MAX = 10; // that are signed in: more are forgotten ones
export const PHONES_KEPT_MAX = 50; // in an account's list with those that have signed out or were ended: the oldest of these go
export const PHONE_ENDINGS_PER_ACCOUNT = { count: 10, seconds: 86_400 }; // each is another row in the lists of all doors that the account opens
export const PHONE_REFILLS_PER_ACCOUNT = { count: 60, seconds: 3_600 }; // a phone asks when its handles run low
export const HANDLES_TO_OPEN = 64; // of each door that a phone opens: so often it gets in between two times online
export const HANDLES_AT_DOOR = 128; // … of all keys that open it together, where there are several
export const HANDLES_TO_OPEN_MIN = 24; // … of each of them at least: phones take 16 for few, and ask for more
export const HANDLES_TO_CARRY = 8; // … of one to which it only carries
export const PHONE_DOORS_MAX = 2_000; // of one answer; the rest by asking for one property

export const PROCESS_LEASE_SECONDS = 15; // a process that is gone keeps what it held for so long at most
export const PROCESS_LEASE_RENEWAL_SECONDS = 5; // two failures in a row lose nothing
export const DUTY_SLACK_SECONDS = 60; // a duty that is due later than this after its period was noted by a clock that was ahead
export const LEFT_WORK_SECONDS = 10; // how often a process looks for work that one which has ended left behind
export const NEWS_BYTES_MAX = 7_000; // of one notice; PostgreSQL takes less than 8,000
export const NEWS_WAITING_MAX = 5_000; // of a process; more are dropped: what others show is then up to a heartbeat old
export const NEWS_CHECK_MS = 15_000; // how often the line that news come by is tried out
export const NEWS_RETRY_MS = 500; // after a lost line; doubles up to the next line
export const NEWS_RETRY_MS_MAX = 10_000;

export const KEY_FILE_SCRYPT_LOG_N = 17; // 128 MB and half a second for each guess at an offline key's passphrase
export const KEY_FILE_SCRYPT_LOG_N_MAX = 20; // a file that asks for more than 1 GB is nobody's key
export const PASSPHRASE_CHARACTERS_MIN = 12;
export const KEYSET_REQUEST_SECONDS = 30 * 86_400; // doors take its time as theirs: an older one is made anew
export const SIGNING_MS_MAX = 10_000; // a token or service that takes longer counts as gone

export const IMAGE_KEYS_MAX = 8; // whose images the site takes; the old one stays while boards are moved to a new one
export const FIRMWARE_IMAGES_MAX = 50; // kept by the site: two megabytes each at most
export const FIRMWARE_PART_BYTES = 65_536; // of an image, read and handed to a door at once
export const FIRMWARE_DOWNLOADS_MAX = 32; // at once from one process; the others ask again a minute later
export const FIRMWARE_DOWNLOAD_SECONDS = 1_800; // one that takes longer is broken off: a slow network still has 9 kbit/s
export const FIRMWARE_FETCHES_PER_DOOR = { count: 12, seconds: 3_600 }; // a door whose network breaks off begins anew each time
export const FIRMWARE_TOLD_MAX = 20_000; // doors whose word of their firmware waits to be stored; more are heard again later
export const FIRMWARE_TOLD_AT_ONCE = 200; // of them, in one transaction
export const ROLLOUT_LOOK_SECONDS = 60; // how often roll-outs go on
export const ROLLOUT_STAGES_MAX = 10;
export const ROLLOUT_SETTLE_SECONDS = 12 * 3_600; // default; one stage a night
export const ROLLOUT_SETTLE_SECONDS_MAX = 30 * 86_400;
export const ROLLOUT_TOLERATED_PERCENT = 1; // default: of fewer than a hundred doors none may fail
export const ROLLOUT_AT_ONCE_MAX = 32; // doors that are between an offer and its proof, of one roll-out
export const ROLLOUT_REACHABLE_SECONDS = 7 * 86_400; // doors that were not heard over the network for so long are not counted
export const ROLLOUT_TAKE_SECONDS = 3_600; // a door that has not fetched it by then is left for another night
export const ROLLOUT_AGAIN_SECONDS = 20 * 3_600; // … of this much later
export const ROLLOUT_OFFER_SECONDS = 300; // a door that restarts forgets an offer: it is said again
export const ROLLOUT_SILENT_SECONDS = 1_800; // a door that fetched an image and is not heard of for so long has failed
export const ROLLOUT_UNPROVED_SECONDS = 25 * 3_600; // … or that is heard and does not run it: a door that nobody lets shut waits for a day
export const ROLLOUT_HOUSE_SECONDS = 600; // after one door of a house, before its next
export const ROLLOUT_RESTARTS_MAX = 4; // of a door with a new image, while it is watched; more is a failure
export const ROLLOUT_HOURS = { start: 120, end: 300 }; // default: 02:00 to 05:00 by the property's clock
export const ROLLOUT_HOURS_SLACK_SECONDS = 3_600; // a download that began in time may be taken up again

export const REQUESTS_AT_ONCE_MAX = 512; // beyond: 503 before anything is done for them; the writers behind them wait in line
export const READY_PROBE_SECONDS = 5; // how old the answer may be to whether the database takes writes
export const READY_PROBE_TIMEOUT_SECONDS = 3; // a write that takes longer is none, for whoever gives out work
export const FIGURES_SECONDS = 10; // how often metrics may have the database read
export const CLOCK_STEP_SECONDS = 30; // further from the monotonic clock than this within one look is a leap; less is being set right
export const CLOCK_DOUBT_SECONDS = 120; // for which a leap is not believed
export const STOP_SECONDS = 10; // an ordered end takes no longer
export const STOP_REQUESTS_MS = 5_000; // of these for requests that are under way

export const HOME_LOOK_SECONDS = 60; // how often it is looked whether Home Assistant knows all that no news told of
export const HOME_REPEAT_SECONDS = 2; // after Home Assistant has started everything is said anew; however often it says so
export const HOME_EVENTS_AT_ONCE = 64; // of one door's log: more in one piece is a flood, of which the newest are told
export const HOME_PRESS_SECONDS = 10; // a press that is older, by Home Assistant's clock, opens nothing: whoever stood there has gone on
export const HOME_UNLOCKS_AT_ONCE_MAX = 4; // under way for Home Assistant; what comes beyond is dropped
export const RESTORED_COUNTERS_AHEAD = 1_000_000; // what a lost cloud has counted out since its backup is less
