import type { AccessRequest } from "../../firmware/decide-access";
import { ascii, toHex } from "../../protocol/bytes";
import { CredentialKind, credentialTag, secondPinTag } from "../../protocol/credential";
import { LockState } from "../../protocol/delta";
import type { Hashes } from "../../protocol/hashes";
import { HolderClass, NO_END } from "../../protocol/profile";
import { ON_HOLIDAYS } from "../../protocol/schedule";
import { encodeUtcOffsets } from "../../protocol/utc-offsets";
import type { ReferenceClass, ReferenceKind, ReferenceRight } from "../../simulation/reference/reference-list";
import { dateOf } from "../../simulation/reference/wall-clock";
import type { DrawnAttempt } from "./reference-draw";
import { TAG_KEY, trialList, type TrialGrant } from "./trial-list";

const KINDS: Record<ReferenceKind, CredentialKind> = { pin: CredentialKind.pin, card: CredentialKind.card, phone: CredentialKind.phone, fob: CredentialKind.fob, "unit-pin": CredentialKind.unitPin };
const LOCKS = { normal: LockState.normal, "lock-down": LockState.lockDown, "hold-open": LockState.holdOpen };

/** What the firmware is asked where the reference model is asked this. */
export function requestOf(hashes: Hashes, { list, attempt, uses }: DrawnAttempt): AccessRequest {
  const tagOf = (kind: ReferenceKind, secret: string): Uint8Array => credentialTag(hashes, TAG_KEY, KINDS[kind], kind === "pin" || kind === "unit-pin" ? ascii(secret) : fromHexDigits(secret));
  const counters = new Map<string, number>();
  const used = new Map<string, number>();
  const counterOf = (right: ReferenceRight, tag: Uint8Array): number => {
    if (right.maxUses === undefined) return 0;
    const counter = counters.get(toHex(tag)) ?? 0;
    counters.set(toHex(tag), counter + 1);
    used.set(`${toHex(tag)} ${counter}`, uses.get(right.id) ?? 0);
    return counter;
  };
  const grants = list.rights.map((right): TrialGrant => {
    const tag = tagOf(right.kind, right.secret);
    return {
      value: right.secret,
      tag,
      kind: KINDS[right.kind],
      profile: {
        notBefore: right.from,
        notAfter: right.until ?? NO_END,
        holderClass: HolderClass[right.holderClass],
        outputs: maskOf(right.outputs),
        maxUses: right.maxUses ?? 0,
      },
      windows: right.windows.map(({ days, start, end, onHolidays }) => ({ days: maskOf(days) | (onHolidays ? ON_HOLIDAYS : 0), start, end })),
      row: { needsSecondPin: right.needsSecondPin, duress: right.duress, suspended: right.suspended, useCounter: counterOf(right, tag) },
    };
  });
  const seconds = list.secondPins.map((second): TrialGrant => {
    const tag = secondPinTag(hashes, TAG_KEY, tagOf(second.kind, second.secret), ascii(second.digits));
    return { value: second.digits, tag, kind: CredentialKind.pin2, row: { suspended: second.suspended } };
  });
  const tag = tagOf(attempt.kind, attempt.secret);
  const end = (holderClass: ReferenceClass): number => attempt.leaseEnds[holderClass] ?? 0;
  return {
    list: trialList(hashes, [...grants, ...seconds], {
      policy: { leasedClasses: maskOf(list.leasedClasses.map((holderClass) => HolderClass[holderClass])) },
      utcOffsets: encodeUtcOffsets(list.offsets.map(({ from, minutes }) => ({ since: from, offsetSeconds: minutes * 60 }))),
      holidays: list.holidays.map(dayOf),
      ...(list.lock !== "normal" && { delta: { lockState: LOCKS[list.lock] } }),
    }),
    kind: KINDS[attempt.kind],
    tag,
    secondTag: attempt.secondPin === undefined ? undefined : secondPinTag(hashes, TAG_KEY, tag, ascii(attempt.secondPin)),
    outputs: maskOf(attempt.outputs),
    wallTime: attempt.time,
    timeFloor: attempt.floor,
    lease: attempt.leaseEnds.guest === undefined ? undefined : { epoch: 1, version: 100, issuedAt: 0, guestNotAfter: end("guest"), staffNotAfter: end("staff"), residentNotAfter: end("resident") },
    usesOf: (of, counter) => used.get(`${toHex(of)} ${counter}`) ?? 0,
    usesFull: attempt.usesFull,
  };
}

/** Bit mask of numbers. */
export function maskOf(numbers: readonly number[]): number {
  return numbers.reduce((mask, number) => mask | (1 << number), 0);
}

function fromHexDigits(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, index) => parseInt(text.slice(2 * index, 2 * index + 2), 16));
}

/** Of a date within a few years: the day whose date it is. */
function dayOf(date: string): number {
  for (let day = 20_000; ; day++) if (dateOf(day) === date) return day;
}
