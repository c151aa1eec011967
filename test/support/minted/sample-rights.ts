/** Who may open the vectors' door, and when: profiles, schedule rules and credentials of the sample list. */
import { sortRows } from "../../../protocol/access-list";
import { ascii, fromHex, toHex } from "../../../protocol/bytes";
import { CredentialKind, secondPinTag } from "../../../protocol/credential";
import { nobleHashes as hashes } from "../../../protocol/noble-hashes";
import { HolderClass, type Profile } from "../../../protocol/profile";
import { encodeRow, type Row } from "../../../protocol/row";
import { LAST_RULE, ON_HOLIDAYS, type ScheduleRule } from "../../../protocol/schedule";
import { RESIDENT } from "../mint";
import { DAY, DOOR_KEYS, mint, NOW } from "./vector-site";

const [MONDAY, FRIDAY, SATURDAY, SUNDAY] = [1, 16, 32, 64];
const WORKDAYS = 31;
const EVERY_DAY = 127;
const HOUR = 60;

export const RULES: ScheduleRule[] = [];
/** Windows of one schedule. @returns the index of the first. */
function schedule(...windows: Omit<ScheduleRule, "next">[]): number {
  const first = RULES.length;
  windows.forEach((window, index) => RULES.push({ ...window, next: index + 1 < windows.length ? first + index + 1 : LAST_RULE }));
  return first;
}

const NEVER = { days: 0, start: 0, end: 1 };
const Schedule = {
  office: schedule({ days: WORKDAYS, start: 8 * HOUR, end: 12 * HOUR }, { days: WORKDAYS, start: 12 * HOUR, end: 17 * HOUR }, { days: FRIDAY | SATURDAY, start: 22 * HOUR, end: 26 * HOUR }),
  holidays: schedule({ days: EVERY_DAY | ON_HOLIDAYS, start: 10 * HOUR, end: 11 * HOUR }, { days: EVERY_DAY, start: 9 * HOUR, end: 18 * HOUR }),
  sundayNight: schedule({ days: SUNDAY, start: 2 * HOUR, end: 3 * HOUR }),
  nights: schedule({ days: EVERY_DAY, start: 22 * HOUR, end: 30 * HOUR }),
  monday: schedule({ days: MONDAY, start: 0, end: 24 * HOUR }),
  long: schedule({ days: SUNDAY | MONDAY, start: 12 * HOUR, end: 48 * HOUR }),
  never: schedule(NEVER),
  changing: schedule({ days: EVERY_DAY | ON_HOLIDAYS, start: 6 * HOUR, end: 7 * HOUR }),
  chain: schedule(...Array.from({ length: 32 }, () => NEVER), { days: EVERY_DAY | ON_HOLIDAYS, start: 0, end: 24 * HOUR }),
};

export const PROFILES: Profile[] = [];
/** @returns the index of a profile: a resident's for ever, but for what is given. */
function profile(more: Partial<Profile> = {}): number {
  return PROFILES.push({ ...RESIDENT, ...more }) - 1;
}

const { guest, staff } = HolderClass;
export const Right = {
  resident: profile(),
  expired: profile({ notAfter: NOW - DAY }),
  noOutput: profile({ outputs: 0 }),
  guest: profile({ holderClass: guest }),
  staff: profile({ holderClass: staff }),
  never: profile({ schedule: Schedule.never }),
  future: profile({ notBefore: NOW + 365 * DAY }),
  office: profile({ schedule: Schedule.office }),
  once: profile({ maxUses: 1 }),
  garage: profile({ outputs: 0b0011 }),
  datedResident: profile({ notBefore: NOW, notAfter: NOW + DAY }),
  datedGuest: profile({ holderClass: guest, notBefore: NOW, notAfter: NOW + DAY }),
  guestOnce: profile({ holderClass: guest, maxUses: 1 }),
  thrice: profile({ maxUses: 3 }),
  holidays: profile({ schedule: Schedule.holidays }),
  sundayNight: profile({ schedule: Schedule.sundayNight }),
  nights: profile({ schedule: Schedule.nights }),
  monday: profile({ schedule: Schedule.monday }),
  long: profile({ schedule: Schedule.long }),
  noRule: profile({ schedule: 900 }),
  rule33: profile({ schedule: Schedule.chain }),
  rule32: profile({ schedule: Schedule.chain + 1 }),
  changing: profile({ schedule: Schedule.changing }),
  ending: profile({ notAfter: NOW + DAY }),
  plainAgain: profile(),
};

/** Somebody's credential: its tag, and the rows under it. */
export interface SampleCredential {
  name: string;
  kind: CredentialKind;
  value: Uint8Array;
  after?: string;
  tag: Uint8Array;
  rows: Row[];
  /** Its rows in the list `delta`, where they are others. */
  inDelta?: Row[];
}

type RowSpec = [profile: number, more?: Partial<Row>];

export const CREDENTIALS: SampleCredential[] = [];

function add(name: string, kind: CredentialKind, value: Uint8Array, tag: Uint8Array, rows: RowSpec[], inDelta?: RowSpec[]): void {
  const made = (specs: RowSpec[]): Row[] => specs.map(([index, more]) => ({ ...mint.pinRow("", index), kind, tag, ...more }));
  CREDENTIALS.push({ name, kind, value, tag, rows: made(rows), ...(inDelta && { inDelta: made(inDelta) }) });
}

function pin(digits: string, what: string, rows: RowSpec[], inDelta?: RowSpec[]): void {
  add(what === "" ? `PIN ${digits}` : `PIN ${digits}, ${what}`, CredentialKind.pin, ascii(digits), mint.tag(CredentialKind.pin, digits), rows, inDelta);
}

/** @param number in hexadecimal, as the others but PINs. */
function other(name: string, kind: CredentialKind, number: string, what: string, rows: RowSpec[]): void {
  const value = fromHex(number)!;
  add(what === "" ? `${name} ${number}` : `${name} ${number}, ${what}`, kind, value, mint.tag(kind, value), rows);
}

function secondPin(digits: string, card: string, rows: RowSpec[]): void {
  const first = CREDENTIALS.find(({ value }) => toHex(value) === card)!;
  add(`second PIN ${digits} after card ${card}`, CredentialKind.pin2, ascii(digits), secondPinTag(hashes, DOOR_KEYS.tag, first.tag, ascii(digits)), rows);
  CREDENTIALS.at(-1)!.after = first.name;
}

const SUSPENDED = { suspended: true };
const SECOND = { needsSecondPin: true };

pin("012345", "", [[Right.resident]]);
pin("999999", "of nobody", []);
add("unit 12, PIN 4711", CredentialKind.unitPin, ascii("12*4711"), mint.tag(CredentialKind.unitPin, "12*4711"), [[Right.resident]]);
other("card", CredentialKind.card, "04a1b2c3", "", [[Right.resident]]);
other("card", CredentialKind.card, "04d4e5f6", "needs a second PIN", [[Right.resident, SECOND]]);
secondPin("9876", "04d4e5f6", [[Right.expired]]);
other("card", CredentialKind.card, "04070809", "its second PIN is suspended", [[Right.resident, SECOND]]);
secondPin("9876", "04070809", []);
secondPin("5555", "04070809", [[Right.resident, SUSPENDED]]);
other("card", CredentialKind.card, "040a0b0c", "suspended and needs a second PIN", [[Right.resident, { ...SUSPENDED, ...SECOND }]]);
other("phone", CredentialKind.phone, "1011121314151617", "", [[Right.resident]]);
other("fob", CredentialKind.fob, "2021222324252627", "staff", [[Right.staff]]);
pin("100001", "suspended", [[Right.resident, SUSPENDED]]);
pin("100002", "duress", [[Right.resident, { duress: true }]]);
pin("100003", "guest, one use", [[Right.guestOnce]]);
pin("100004", "three uses under counter 2", [[Right.thrice, { useCounter: 2 }]]);
pin("100005", "one use", [[Right.once]]);
pin("100006", "guest", [[Right.guest]]);
pin("100007", "with dates", [[Right.datedResident]]);
pin("100008", "guest with dates", [[Right.datedGuest]]);
pin("100009", "output 1 as well", [[Right.garage]]);
pin("100010", "suspended and expired", [[Right.expired, SUSPENDED]]);
pin("100011", "office hours and two nights", [[Right.office]]);
pin("100012", "an hour of holidays too", [[Right.holidays]]);
pin("100013", "Sundays 02:00 to 03:00", [[Right.sundayNight]]);
pin("100014", "every night 22:00 to 06:00", [[Right.nights]]);
pin("100015", "all of Monday", [[Right.monday]]);
pin("100016", "36 hours from noon of Sunday and of Monday", [[Right.long]]);
pin("100017", "schedule that does not exist", [[Right.noRule]]);
pin("100018", "33 rules, the last holds", [[Right.rule33]]);
pin("100019", "32 rules, the last holds", [[Right.rule32]]);
pin("100020", "one expired, one for one use, one for three", [[Right.expired], [Right.once, { useCounter: 1 }], [Right.thrice, { useCounter: 2 }]]);
pin("100021", "one for one use, one without limit", [[Right.once], [Right.plainAgain]]);
const IN_VAIN = [0, 1, 2, 3].flatMap((useCounter): RowSpec[] => [[Right.expired, { useCounter }], [Right.expired, { useCounter, duress: true }]]);
pin("100022", "nine alternatives, the last without limit", [...IN_VAIN, [Right.plainAgain]]);
pin("100023", "its eighth alternative comes by delta", IN_VAIN.slice(1), [...IN_VAIN.slice(1), [Right.plainAgain]]);
pin("100024", "its ninth alternative comes by delta", IN_VAIN, [...IN_VAIN, [Right.plainAgain]]);
pin("100025", "gone by delta", [[Right.resident]], []);
/** Index of the profile that the delta adds. */
export const ADDED_PROFILE = PROFILES.length;
pin("100026", "new by delta", [], [[ADDED_PROFILE]]);
pin("100027", "suspended by delta", [[Right.resident]], [[Right.resident, SUSPENDED]]);
pin("100028", "its profile ends earlier by delta", [[Right.ending]]);
pin("100029", "its schedule changes by delta", [[Right.changing]]);
// Two alternatives each, so that it shows which of two refusals is told.
pin("200001", "guest or with a second PIN", [[Right.resident, SECOND], [Right.guest]]);
pin("200002", "guest or without output", [[Right.noOutput], [Right.guest]]);
pin("200003", "never or without output", [[Right.noOutput], [Right.never]]);
pin("200004", "never or office hours", [[Right.never], [Right.office]]);
pin("200005", "office hours or next year", [[Right.future], [Right.office]]);
pin("200006", "one use or next year", [[Right.future], [Right.once]]);
pin("200007", "suspended or one use", [[Right.resident, SUSPENDED], [Right.once]]);
pin("200008", "expired or suspended", [[Right.expired], [Right.guest, SUSPENDED]]);

/** Residents with PINs from 300000 on: a list of more than one page. */
const FILLERS = Array.from({ length: 440 }, (_, index) => mint.pinRow(String(300_000 + index), Right.resident));

export const BASE_ROWS: Row[] = [...CREDENTIALS.flatMap(({ rows }) => rows), ...FILLERS];
/** Six fillers are gone as well: the first and the last of them, and neighbours in the order of tags. */
export function deltaRows(): Row[] {
  const order = sortRows(BASE_ROWS).map(toHex);
  const fillers = FILLERS.toSorted((a, b) => order.indexOf(toHex(encodeRow(a))) - order.indexOf(toHex(encodeRow(b))));
  const gone = new Set([0, 1, 2, 220, 221, 439]);
  return [...CREDENTIALS.flatMap(({ rows, inDelta }) => inDelta ?? rows), ...fillers.filter((_, index) => !gone.has(index))];
}

/** What the delta changes in the pools: a profile and a rule replaced, one of each added. */
export const CHANGED_PROFILE: [index: number, profile: Profile] = [Right.ending, { ...RESIDENT, notAfter: NOW + DAY / 2 }];
export const CHANGED_RULE: [index: number, rule: ScheduleRule] = [Schedule.changing, { days: EVERY_DAY | ON_HOLIDAYS, start: 12 * HOUR, end: 13 * HOUR, next: LAST_RULE }];
export const NEW_RULE: [index: number, rule: ScheduleRule] = [RULES.length, { days: FRIDAY, start: 9 * HOUR, end: 10 * HOUR, next: LAST_RULE }];
export const NEW_PROFILE: [index: number, profile: Profile] = [ADDED_PROFILE, { ...RESIDENT, schedule: RULES.length }];
