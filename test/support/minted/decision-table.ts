/** SPEC 6: who is let in when, each expectation worked out by hand. */
import { toHex } from "../../../protocol/bytes";
import { CredentialKind } from "../../../protocol/credential";
import type { Reason } from "../../../protocol/decision";
import { CREDENTIALS, type SampleCredential } from "./sample-rights";
import type { DecisionEntry, DecisionGiven } from "./vector-format";
import { DAY, NOW, utc } from "./vector-site";

/** Credentials by the beginning of their names. */
function credential(name: string): SampleCredential {
  const found = CREDENTIALS.filter((entry) => entry.name === name || entry.name.startsWith(`${name},`));
  if (found.length !== 1) throw new Error(`${found.length} credentials are called ${name}`);
  return found[0];
}

export const DECISION_DEFAULTS: DecisionGiven = { list: "base", outputs: 1, floor: NOW - 3_600, lease: null, uses: {}, usesFull: false, keypadWaits: false };

type Options = Partial<Omit<DecisionEntry, "at" | "secondTag">> & { at?: string | number | null; second?: string };

export function decisionTable(): DecisionEntry[] {
  const table: DecisionEntry[] = [];
  /** @param options.at text = UTC without its Z. */
  const decide = (reason: Reason, who: string, name: string, { at = NOW, second, ...more }: Options = {}): void => {
    const { kind, tag } = credential(who);
    const secondTag = second === undefined ? undefined : toHex(credential(second).tag);
    table.push({ name, kind, tag: toHex(tag), ...(secondTag !== undefined && { secondTag }), at: typeof at === "string" ? utc(at) : at, ...more, reason });
  };
  for (const chapter of [credentials, dates, schedules, clockChanges, limits, leases, timeUnknown, alternatives, deltas]) chapter(decide);
  return table;
}

type Decide = (reason: Reason, who: string, name: string, options?: Options) => void;

function credentials(decide: Decide): void {
  decide("granted", "PIN 012345", "a resident's PIN");
  decide("granted", "unit 12, PIN 4711", "a PIN after a unit number");
  decide("granted", "card 04a1b2c3", "a card");
  decide("granted", "phone 1011121314151617", "a phone");
  decide("unknown-credential", "PIN 999999", "a PIN of nobody");
  decide("unknown-credential", "PIN 012345", "the tag of a PIN as that of a card", { kind: CredentialKind.card });
  decide("stale-list", "PIN 012345", "a door without a list", { list: null });
  decide("suspended", "PIN 100001", "a suspended PIN");
  decide("granted", "PIN 100002", "a duress PIN");
  decide("second-credential-needed", "card 04d4e5f6", "a card without its second PIN");
  decide("granted", "card 04d4e5f6", "a card with its second PIN, whatever that row's profile", { second: "second PIN 9876 after card 04d4e5f6" });
  decide("second-credential-needed", "card 04070809", "a card with another card's second PIN", { second: "second PIN 9876 after card 04070809" });
  decide("second-credential-needed", "card 04070809", "a card with a suspended second PIN", { second: "second PIN 5555 after card 04070809" });
  decide("second-credential-needed", "card 04d4e5f6", "a card with a first PIN for a second", { second: "PIN 012345" });
  decide("granted", "card 04a1b2c3", "a card that needs no second PIN, and one is given", { second: "PIN 999999" });
  decide("second-credential-needed", "card 040a0b0c", "a suspended card without its second PIN");
  decide("locked-down", "PIN 012345", "lock-down: a resident", { list: "lock-down" });
  decide("locked-down", "PIN 100001", "lock-down: somebody suspended", { list: "lock-down" });
  decide("unknown-credential", "PIN 999999", "lock-down: nobody", { list: "lock-down" });
  decide("granted", "PIN 012345", "hold-open: a resident", { list: "hold-open" });
  decide("suspended", "PIN 100001", "hold-open: somebody suspended", { list: "hold-open" });
  decide("locked-out", "PIN 012345", "the keypad waits: a PIN", { keypadWaits: true });
  decide("locked-out", "PIN 999999", "the keypad waits: a PIN of nobody", { keypadWaits: true });
  decide("locked-out", "unit 12, PIN 4711", "the keypad waits: a PIN after a unit number", { keypadWaits: true, list: null });
  decide("granted", "card 04a1b2c3", "the keypad waits: a card", { keypadWaits: true });
  decide("granted", "PIN 100009", "an output that the profile has", { outputs: 2, moves: 2 });
  decide("granted", "PIN 100009", "all outputs, two of which the profile has", { outputs: 15, moves: 3 });
  decide("granted", "PIN 100009", "two outputs, one of which the profile has", { outputs: 6, moves: 2 });
  decide("granted", "PIN 012345", "all outputs, and the profile has the strike", { outputs: 15 });
  decide("output-not-allowed", "PIN 100009", "outputs that the profile has not", { outputs: 12 });
  decide("output-not-allowed", "PIN 012345", "another output than the strike", { outputs: 2 });
}

function dates(decide: Decide): void {
  decide("not-yet-valid", "PIN 100007", "the second before not-before", { at: NOW - 1 });
  decide("granted", "PIN 100007", "not-before");
  decide("granted", "PIN 100007", "the second before not-after", { at: NOW + DAY - 1 });
  decide("expired", "PIN 100007", "not-after", { at: NOW + DAY });
  decide("granted", "PIN 012345", "a right without end at the end of time", { at: 0xffff_ffff });
  decide("suspended", "PIN 100010", "suspended and expired");
}

/** The door is one hour ahead of UTC; 2027-02-15 (a Monday) and 2027-03-26 (a Friday) are holidays. */
function schedules(decide: Decide): void {
  const all = (who: string, expected: Record<string, Reason>): void => {
    for (const [at, reason] of Object.entries(expected)) decide(reason, who, `${who.slice(4)} at ${at}Z`, { at });
  };
  const [inside, outside, holiday] = ["granted", "outside-schedule", "holiday"] as const;
  // Friday and the night after it, Saturday's night, Sunday, Monday.
  all("PIN 100011", { "2027-01-15T06:59:59": outside, "2027-01-15T07:00": inside, "2027-01-15T10:59:59": inside, "2027-01-15T11:00": inside, "2027-01-15T15:59:59": inside, "2027-01-15T16:00": outside });
  all("PIN 100011", { "2027-01-15T20:59:59": outside, "2027-01-15T21:00": inside, "2027-01-15T22:59:59": inside, "2027-01-15T23:00": inside, "2027-01-16T00:59:59": inside, "2027-01-16T01:00": outside });
  all("PIN 100011", { "2027-01-15T00:00": outside, "2027-01-16T08:00": outside, "2027-01-17T00:00": inside, "2027-01-17T21:30": outside, "2027-01-18T00:00": outside });
  all("PIN 100011", { "2027-02-15T06:00": outside, "2027-02-15T09:00": holiday, "2027-03-26T21:30": holiday, "2027-03-27T00:00": holiday, "2027-03-27T21:30": inside });
  // Midnight at both ends.
  all("PIN 100015", { "2027-01-17T22:59:59": outside, "2027-01-17T23:00": inside, "2027-01-18T22:59:59": inside, "2027-01-18T23:00": outside });
  // A night belongs to the day on which it begins.
  all("PIN 100014", { "2027-02-14T22:00": inside, "2027-02-15T04:00": inside, "2027-02-15T22:00": holiday, "2027-02-16T04:00": holiday, "2027-02-16T12:00": outside, "2027-02-16T21:00": inside });
  // Bit 7.
  all("PIN 100012", { "2027-02-15T08:30": holiday, "2027-02-15T09:00": inside, "2027-02-15T09:59:59": inside, "2027-02-15T10:00": holiday, "2027-02-15T18:00": outside, "2027-02-16T08:30": inside });
  // Sunday's 36 hours hold on the holiday as well, Monday's do not.
  all("PIN 100016", { "2027-02-14T10:59:59": outside, "2027-02-14T11:00": inside, "2027-02-15T09:00": inside, "2027-02-15T12:00": inside, "2027-02-16T09:00": holiday, "2027-02-16T22:59:59": holiday, "2027-02-16T23:00": outside });
  decide("outside-schedule", "PIN 100017", "a schedule that names no rule");
  decide("outside-schedule", "PIN 100018", "the 33rd rule of a schedule");
  decide("granted", "PIN 100019", "the 32nd rule of a schedule");
}

/** 2027-03-28 02:00 becomes 03:00, 2027-10-31 03:00 becomes 02:00. */
function clockChanges(decide: Decide): void {
  const sunday = (name: string, reason: Reason, at: string): void => decide(reason, "PIN 100013", `02:00 to 03:00: ${name}`, { at });
  sunday("a Sunday like any other", "granted", "2027-03-21T01:30");
  sunday("the second before the hour that is left out", "outside-schedule", "2027-03-28T00:59:59");
  sunday("the second after it", "outside-schedule", "2027-03-28T01:00");
  sunday("before the hour that comes twice", "outside-schedule", "2027-10-30T23:59:59");
  sunday("its first second", "granted", "2027-10-31T00:00");
  sunday("its last second, the first time", "granted", "2027-10-31T00:59:59");
  sunday("its first second once more", "granted", "2027-10-31T01:00");
  sunday("its last second once more", "granted", "2027-10-31T01:59:59");
  sunday("after it", "outside-schedule", "2027-10-31T02:00");
  const night = (name: string, reason: Reason, at: string): void => decide(reason, "PIN 100014", `22:00 to 06:00: ${name}`, { at });
  night("the last second of the short night", "granted", "2027-03-28T03:59:59");
  night("the short night is over", "outside-schedule", "2027-03-28T04:00");
  night("the last second of the long night", "granted", "2027-10-31T04:59:59");
  night("the long night is over", "outside-schedule", "2027-10-31T05:00");
  const west = (name: string, reason: Reason, who: string, at: string): void => decide(reason, who, `three and a half hours west: ${name}`, { at, list: "west" });
  west("Sunday 23:59:59", "outside-schedule", "PIN 100015", "2027-01-18T03:29:59");
  west("Monday 00:00", "granted", "PIN 100015", "2027-01-18T03:30");
  west("Monday 23:59:59", "granted", "PIN 100015", "2027-01-19T03:29:59");
  west("Monday in summer, 00:00", "granted", "PIN 100015", "2027-07-19T02:30");
}

function limits(decide: Decide): void {
  decide("granted", "PIN 100005", "one use, the first", { counts: 0 });
  decide("used-up", "PIN 100005", "one use, the second", { uses: { 0: 1 } });
  decide("granted", "PIN 100004", "three uses, the third", { uses: { 2: 2 }, counts: 2 });
  decide("used-up", "PIN 100004", "three uses, the fourth", { uses: { 2: 3 } });
  decide("granted", "PIN 100004", "uses under another counter", { uses: { 0: 3, 1: 3, 3: 3 }, counts: 2 });
  decide("used-up", "PIN 100005", "a first use, and the journal is full", { usesFull: true });
  decide("granted", "PIN 100004", "a second use, and the journal is full", { uses: { 2: 1 }, usesFull: true, counts: 2 });
  decide("granted", "PIN 012345", "no limit, and the journal is full", { usesFull: true });
}

function leases(decide: Decide): void {
  const end = NOW + 1_000;
  const lease = { guest: end, staff: end + DAY, resident: 0 };
  const at = (seconds: number): Options => ({ lease, at: end + seconds });
  decide("stale-list", "PIN 100006", "a guest, no lease");
  decide("granted", "PIN 100006", "a guest, the lease's last second", at(-1));
  decide("granted", "PIN 100006", "a guest, 59 s after the lease", at(59));
  decide("stale-list", "PIN 100006", "a guest, 60 s after the lease", at(60));
  decide("granted", "fob 2021222324252627", "staff has an end of its own", at(60));
  decide("stale-list", "fob 2021222324252627", "staff, 60 s after it", at(DAY + 60));
  decide("stale-list", "fob 2021222324252627", "staff, no lease");
  decide("stale-list", "PIN 012345", "a resident where residents need a lease, none", { list: "strict" });
  decide("stale-list", "PIN 012345", "a resident where residents need a lease, not bound by it", { list: "strict", lease });
  decide("granted", "PIN 012345", "a resident where residents need a lease, with one", { list: "strict", lease: { ...lease, resident: NOW - 59 } });
  decide("granted", "PIN 100006", "a guest where nobody needs a lease", { list: "west" });
  decide("used-up", "PIN 100003", "a guest used up, no lease", { uses: { 0: 1 } });
  decide("stale-list", "PIN 100006", "a guest for another output, no lease", { outputs: 2 });
  decide("expired", "PIN 100008", "a guest whose end has come, with a lease", { at: NOW + DAY, lease: { guest: NOW + 2 * DAY, staff: 0, resident: 0 } });
}

function timeUnknown(decide: Decide): void {
  const unknown = (reason: Reason, who: string, name: string, more: Options = {}): void => decide(reason, who, `time unknown: ${name}`, { at: null, ...more });
  unknown("granted", "PIN 012345", "a resident");
  unknown("granted", "PIN 012345", "a right without end, the floor at the end of time", { floor: 0xffff_ffff });
  unknown("time-unknown", "PIN 100015", "a resident with a schedule", { at: null, floor: utc("2027-01-18T12:00") });
  unknown("time-unknown", "PIN 100006", "a guest, in spite of a lease", { lease: { guest: 0xffff_ffff, staff: 0xffff_ffff, resident: 0xffff_ffff } });
  unknown("time-unknown", "PIN 100006", "a guest where nobody needs a lease", { list: "west" });
  unknown("time-unknown", "fob 2021222324252627", "staff");
  unknown("time-unknown", "PIN 012345", "a resident where residents need a lease", { list: "strict" });
  unknown("time-unknown", "PIN 100007", "the floor before not-before", { floor: NOW - 1 });
  unknown("granted", "PIN 100007", "the floor at not-before", { floor: NOW });
  unknown("granted", "PIN 100007", "the floor before not-after", { floor: NOW + DAY - 1 });
  unknown("expired", "PIN 100007", "the floor at not-after", { floor: NOW + DAY });
  unknown("time-unknown", "PIN 100008", "a guest, the floor before not-after", { floor: NOW + DAY - 1 });
  unknown("expired", "PIN 100008", "a guest, the floor at not-after", { floor: NOW + DAY });
  unknown("suspended", "PIN 100001", "somebody suspended");
  unknown("granted", "PIN 100005", "one use, the first", { counts: 0 });
  unknown("used-up", "PIN 100005", "one use, the second", { uses: { 0: 1 } });
  unknown("output-not-allowed", "PIN 012345", "another output", { outputs: 2 });
  unknown("unknown-credential", "PIN 999999", "nobody");
}

/** 200001 to 200008 have two rows each, and the reason of the one that comes first in SPEC 6 is told. */
function alternatives(decide: Decide): void {
  decide("granted", "PIN 100020", "alternatives: the first that is limited", { counts: 1 });
  decide("granted", "PIN 100020", "alternatives: the next one", { uses: { 1: 1 }, counts: 2 });
  decide("used-up", "PIN 100020", "alternatives: none is left", { uses: { 1: 1, 2: 3 } });
  decide("granted", "PIN 100021", "alternatives: the one without limit first");
  decide("expired", "PIN 100022", "alternatives: the ninth is not looked at");
  const holiday = "2027-02-15T09:00";
  const used = { uses: { 0: 1 } };
  decide("second-credential-needed", "PIN 200001", "told: a second PIN before the time", { at: null });
  decide("time-unknown", "PIN 200002", "told: the time before the output", { at: null });
  decide("second-credential-needed", "PIN 200001", "told: a second PIN before a lease");
  decide("stale-list", "PIN 200002", "told: a lease before the output");
  decide("output-not-allowed", "PIN 200003", "told: the output before the schedule");
  decide("outside-schedule", "PIN 200004", "told: the schedule before a holiday", { at: holiday });
  decide("holiday", "PIN 200005", "told: a holiday before not-before", { at: holiday });
  decide("not-yet-valid", "PIN 200006", "told: not-before before used up", used);
  decide("used-up", "PIN 200007", "told: used up before suspended", used);
  decide("suspended", "PIN 200008", "told: suspended before expired");
}

function deltas(decide: Decide): void {
  const both = (who: string, name: string, base: Reason, delta: Reason, options: Options = {}): void => {
    decide(base, who, `base: ${name}`, options);
    decide(delta, who, `delta: ${name}`, { ...options, list: "delta" });
  };
  both("PIN 012345", "somebody it does not name", "granted", "granted");
  both("PIN 100025", "somebody it takes away", "granted", "unknown-credential");
  both("PIN 100026", "somebody it adds, with a profile and a rule of its own", "unknown-credential", "granted");
  both("PIN 100027", "somebody it suspends", "granted", "suspended");
  both("PIN 100028", "somebody whose end it changes", "granted", "expired", { at: NOW + DAY / 2 });
  both("PIN 100029", "somebody whose old hours it changes", "granted", "outside-schedule", { at: "2027-01-15T05:00" });
  both("PIN 100029", "somebody whose new hours it sets", "outside-schedule", "granted", { at: "2027-01-15T11:30" });
  both("PIN 100023", "an eighth alternative that it adds", "expired", "granted");
  both("PIN 100024", "a ninth alternative that it adds", "expired", "expired");
  decide("outside-schedule", "PIN 100026", "delta: somebody it adds, after the rule that it adds", { list: "delta", at: "2027-01-15T09:00" });
}
