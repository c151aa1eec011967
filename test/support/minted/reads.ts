/** What a message says, in the words of protocol/vectors.json: the same for who mints it and for who reads it. */
import type { Acknowledgement } from "../../../protocol/acknowledgement";
import { readU16, readU32, toHex } from "../../../protocol/bytes";
import type { Command, Reply } from "../../../protocol/command";
import type { DoorFrame, PhoneFrame } from "../../../protocol/courier-frame";
import type { CourierHeader } from "../../../protocol/courier-item";
import { PROFILE_ENTRY_BYTES, RULE_ENTRY_BYTES, type Delta } from "../../../protocol/delta";
import type { ProvedResponse } from "../../../protocol/door-proof";
import type { DoorState } from "../../../protocol/door-state";
import type { Hello, Login, Welcome } from "../../../protocol/enrolment";
import type { ReadEvent } from "../../../protocol/event-record";
import type { FobAssignment } from "../../../protocol/fob-assignment";
import type { FobFrame } from "../../../protocol/fob-frame";
import type { FobReport } from "../../../protocol/fob-report";
import type { FirmwareImage } from "../../../protocol/firmware-image";
import type { Keyset } from "../../../protocol/keyset";
import type { Lease } from "../../../protocol/lease";
import { ROW_BYTES } from "../../../protocol/limits";
import type { Manifest } from "../../../protocol/manifest";
import type { Need } from "../../../protocol/need";
import type { Challenge, Result } from "../../../protocol/phone-unlock";
import type { Profile } from "../../../protocol/profile";
import type { Receipt } from "../../../protocol/receipt";
import type { ScheduleRule } from "../../../protocol/schedule";
import type { SignedTime } from "../../../protocol/signed-time";
import type { Reads } from "./vector-format";

/** A flat object, with byte strings in hexadecimal. */
function plain(object: object): Reads {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, value instanceof Uint8Array ? toHex(value) : (value as Reads[string])]));
}

function pieces(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: bytes.length / size }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}

export const keysetReads = (keyset: Keyset): Reads => ({ ...plain(keyset), roots: keyset.roots.map(toHex) });

/** @param hash `hash8` of the payload. */
export function manifestReads({ policy, utcOffsets, holidays, ...rest }: Manifest, hash: Uint8Array): Reads {
  return {
    ...plain(rest),
    ...plain(policy),
    utcOffsets: pieces(utcOffsets, 5).map((entry) => [readU32(entry, 0), (entry[4] << 24) >> 24]),
    holidays: pieces(holidays, 2).map((day) => readU16(day, 0)),
    hash8: toHex(hash),
  };
}

/** @param hash `hash8` of the payload. */
export function deltaReads({ tombstones, added, profiles, rules, policy, ...rest }: Delta, hash: Uint8Array): Reads {
  return {
    ...plain(rest),
    ...(policy !== undefined && { policy: plain(policy) }),
    tombstones: [...tombstones],
    added: pieces(added, ROW_BYTES).map(toHex),
    profiles: pieces(profiles, PROFILE_ENTRY_BYTES).map((entry) => [readU16(entry, 0), toHex(entry.subarray(2))]),
    rules: pieces(rules, RULE_ENTRY_BYTES).map((entry) => [readU16(entry, 0), toHex(entry.subarray(2))]),
    hash8: toHex(hash),
  };
}

export const firmwareReads = (image: FirmwareImage, path: string): Reads => ({ ...plain(image), path });
export const leaseReads = (lease: Lease): Reads => plain(lease);
export const timeReads = (signed: SignedTime): Reads => plain(signed);
export const receiptReads = ({ alarms, ...rest }: Receipt): Reads => ({ ...plain(rest), alarms: plain(alarms) });
export const acknowledgementReads = (acknowledgement: Acknowledgement): Reads => plain(acknowledgement);
export const commandReads = (command: Command): Reads => plain(command);
export const replyReads = (reply: Reply): Reads => plain(reply);
export const stateReads = ({ refusedBy, ...rest }: DoorState): Reads => ({ ...plain(rest), refusedBy: refusedBy.map(({ code, count }) => [code, count]) });
export const helloReads = ({ door, doorNonce }: Hello): Reads => plain({ door, doorNonce });
export const welcomeReads = ({ cloudNonce, site, keysets }: Welcome): Reads => ({ ...plain({ cloudNonce, site }), keysets: keysets.length });
export const loginReads = (login: Login): Reads => plain(login);
export const profileReads = (profile: Profile): Reads => plain(profile);
export const ruleReads = (rule: ScheduleRule): Reads => plain(rule);

/** Of what was altered or is not known the number alone is read. */
export function eventsReads(enrolment: number, events: readonly ReadEvent[]): Reads {
  return { enrolment, records: events.map(({ sequence, altered, event }) => (altered ? { sequence, altered } : event === undefined ? { sequence, unknown: true } : plain(event))) };
}

export function needReads({ page, deltaBase, timeNonce }: Need): Reads {
  return { ...(page && { page: plain(page) }), ...(deltaBase !== undefined && { deltaBase }), ...(timeNonce && { timeNonce: toHex(timeNonce) }) };
}

export const challengeReads = (challenge: Challenge): Reads => plain(challenge);
export const responseReads = ({ holder, wish }: Omit<ProvedResponse, "key">): Reads => ({ ...plain(holder), ...(wish === "carry" ? { wish } : wish) });
export const resultReads = ({ status, seconds }: Result): Reads => ({ status, seconds });
export const itemReads = (header: CourierHeader, message: Uint8Array): Reads => ({ ...header, message: toHex(message) });
export const fobAssignmentReads = ({ sequence, buttons }: FobAssignment): Reads => ({ sequence, buttons: buttons.map((button): Reads => (button === undefined ? {} : { ...plain(button), handles: button.handles.map(toHex) })) });
export const fobFrameReads = (frame: FobFrame): Reads => plain(frame);
export const fobReportReads = (report: FobReport): Reads => plain(report);
export const frameReads = (frame: PhoneFrame | DoorFrame): Reads => ({ ...plain(frame), ...(frame.type === "offer" && { headers: frame.headers.map((header) => ({ ...header })) }) });
