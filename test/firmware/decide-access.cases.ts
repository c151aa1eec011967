import { decideAccess, type AccessRequest, type Decision } from "../../firmware/decide-access";
import type { AccessList } from "../../protocol/access-list";
import { ascii } from "../../protocol/bytes";
import { CredentialKind, credentialTag, secondPinTag } from "../../protocol/credential";
import { encodePoolEntry, LockState } from "../../protocol/delta";
import type { Hashes } from "../../protocol/hashes";
import type { Lease } from "../../protocol/lease";
import { encodeProfile, HolderClass, NO_END, ALWAYS } from "../../protocol/profile";
import type { Cases } from "../support/cases";
import { addedRows, pinTag, TAG_KEY, trialList } from "../support/trial-list";

const NOON = 1_790_000_000;
const GRACE = 60;

function request(hashes: Hashes, list: AccessList | undefined, pin: string, more: Partial<AccessRequest> = {}): AccessRequest {
  return {
    list,
    kind: CredentialKind.pin,
    tag: pinTag(hashes, pin),
    outputs: 1,
    wallTime: NOON,
    timeFloor: NOON - 3_600,
    lease: undefined,
    usesOf: () => 0,
    usesFull: false,
    ...more,
  };
}

const told = (decision: Decision): string => (decision.granted ? "granted" : decision.reason);

function leaseUntil(guest: number, staff = guest, resident = 0): Lease {
  return { epoch: 1, version: 100, issuedAt: NOON - 100, guestNotAfter: guest, staffNotAfter: staff, residentNotAfter: resident };
}

export const cases: Cases = {
  "a PIN of the list opens, another one does not"(assert, { hashes }) {
    const list = trialList(hashes, [{ value: "123456" }]);
    const decision = decideAccess(request(hashes, list, "123456"));
    assert.true(decision.granted && decision.outputs === 1 && !decision.consumesUse);
    assert.is(told(decideAccess(request(hashes, list, "123457"))), "unknown-credential");
    assert.is(told(decideAccess(request(hashes, list, "123456", { kind: CredentialKind.card }))), "unknown-credential", "the same tag as another kind");
    assert.is(told(decideAccess(request(hashes, undefined, "123456"))), "stale-list", "no list");
  },

  "dates are half-open: from not-before to just before not-after"(assert, { hashes }) {
    const list = trialList(hashes, [{ value: "1111", profile: { notBefore: NOON, notAfter: NOON + 100 } }]);
    const at = (wallTime: number): string => told(decideAccess(request(hashes, list, "1111", { wallTime })));
    assert.is(at(NOON - 1), "not-yet-valid");
    assert.is(at(NOON), "granted");
    assert.is(at(NOON + 99), "granted");
    assert.is(at(NOON + 100), "expired");
  },

  "suspended, used up, another output: each its own reason"(assert, { hashes }) {
    const list = trialList(hashes, [
      { value: "1111", row: { suspended: true } },
      { value: "2222", profile: { maxUses: 2 } },
      { value: "3333", profile: { outputs: 2 } },
    ]);
    assert.is(told(decideAccess(request(hashes, list, "1111"))), "suspended");
    assert.is(told(decideAccess(request(hashes, list, "2222", { usesOf: () => 1 }))), "granted");
    assert.is(told(decideAccess(request(hashes, list, "2222", { usesOf: () => 2 }))), "used-up");
    assert.is(told(decideAccess(request(hashes, list, "2222", { usesFull: true }))), "used-up", "a full journal could not remember it");
    assert.is(told(decideAccess(request(hashes, list, "2222", { usesFull: true, usesOf: () => 1 }))), "granted", "one that is in the journal still counts there");
    assert.is(told(decideAccess(request(hashes, list, "3333"))), "output-not-allowed");
  },

  "P1: of the outputs that the reader may move those move that the profile opens, and none is a refusal"(assert, { hashes }) {
    const list = trialList(hashes, [
      { value: "1111" },
      { value: "2222", profile: { outputs: 0b0110 } },
      { value: "3333", profile: { outputs: 0b1111 } },
      { value: "4444", profile: { outputs: 0 } },
    ]);
    const moved = (pin: string, outputs: number): number | string => {
      const decision = decideAccess(request(hashes, list, pin, { outputs }));
      return decision.granted ? decision.outputs : decision.reason;
    };
    assert.deepEqual(["1111", "2222", "3333", "4444"].map((pin) => moved(pin, 0b1111)), [0b0001, 0b0110, 0b1111, "output-not-allowed"]);
    assert.deepEqual(["1111", "2222", "3333", "4444"].map((pin) => moved(pin, 0b0101)), [0b0001, 0b0100, 0b0101, "output-not-allowed"]);
    assert.deepEqual(["1111", "2222", "3333", "4444"].map((pin) => moved(pin, 0b0010)), ["output-not-allowed", 0b0010, 0b0010, "output-not-allowed"]);
    assert.is(moved("3333", 0), "output-not-allowed", "a reader that may move nothing");
  },

  "X3: guests and staff need a lease of their class, residents only where the manager says so"(assert, { hashes }) {
    const grants = [
      { value: "1111", profile: { holderClass: HolderClass.resident } },
      { value: "2222", profile: { holderClass: HolderClass.guest } },
      { value: "3333", profile: { holderClass: HolderClass.staff } },
    ];
    const list = trialList(hashes, grants);
    const lease = leaseUntil(NOON + 10, NOON + 1_000);
    const outcome = (pin: string, more: Partial<AccessRequest>, of = list): string => told(decideAccess(request(hashes, of, pin, more)));
    assert.is(outcome("1111", {}), "granted");
    assert.is(outcome("2222", {}), "stale-list", "no lease");
    assert.is(outcome("3333", {}), "stale-list", "no lease");
    assert.is(outcome("2222", { lease }), "granted");
    assert.is(outcome("2222", { lease, wallTime: NOON + 10 + GRACE - 1 }), "granted", "the last second of the grace");
    assert.is(outcome("2222", { lease, wallTime: NOON + 10 + GRACE }), "stale-list", "the lease's end");
    assert.is(outcome("3333", { lease, wallTime: NOON + 10 + GRACE }), "granted", "staff has an end of its own");
    assert.is(outcome("3333", { lease, wallTime: NOON + 1_000 + GRACE }), "stale-list");
    const strict = trialList(hashes, grants, { policy: { leasedClasses: 7 } });
    assert.is(outcome("1111", { lease }, strict), "stale-list", "a lease without an end for residents carries none");
    assert.is(outcome("1111", { lease: leaseUntil(0, 0, NOON + 1) }, strict), "granted");
    const lax = trialList(hashes, grants, { policy: { leasedClasses: 0 } });
    assert.is(outcome("2222", {}, lax), "granted");
  },

  "X5: with the time unknown only residents without a schedule open, and nobody whose end has passed"(assert, { hashes }) {
    const list = trialList(hashes, [
      { value: "1111" },
      { value: "2222", windows: [{ days: 127, start: 0, end: 1440 }] },
      { value: "3333", profile: { holderClass: HolderClass.guest } },
      { value: "4444", profile: { notAfter: NOON } },
      { value: "5555", profile: { notBefore: NOON + 1 } },
      { value: "6666", profile: { holderClass: HolderClass.guest, notAfter: NOON } },
    ]);
    const unknown = (pin: string, timeFloor: number): string =>
      told(decideAccess(request(hashes, list, pin, { wallTime: undefined, timeFloor, lease: leaseUntil(NOON + 10) })));
    assert.is(unknown("1111", NOON), "granted");
    assert.is(unknown("2222", NOON), "time-unknown", "a schedule, even of all hours");
    assert.is(unknown("3333", NOON), "time-unknown", "a guest, in spite of a lease");
    assert.is(unknown("4444", NOON - 1), "granted", "it may have ended, but that is not certain");
    assert.is(unknown("4444", NOON), "expired");
    assert.is(unknown("5555", NOON), "time-unknown", "it may not have begun");
    assert.is(unknown("5555", NOON + 1), "granted");
    assert.is(unknown("6666", NOON), "expired");
  },

  "N12: any alternative under a tag may grant, one without limit first"(assert, { hashes }) {
    const list = trialList(hashes, [
      { value: "1111", profile: { notAfter: NOON - 1 } },
      { value: "1111", profile: { maxUses: 1 }, row: { useCounter: 1 } },
      { value: "1111", profile: { maxUses: 1 }, row: { useCounter: 2 } },
      { value: "2222", profile: { maxUses: 1 }, row: { useCounter: 1 } },
      { value: "2222" },
    ]);
    const used = new Set<number>();
    const next = (): Decision => decideAccess(request(hashes, list, "1111", { usesOf: (_, useCounter) => (used.has(useCounter) ? 1 : 0) }));
    for (let use = 0; use < 2; use++) {
      const decision = next();
      assert.true(decision.granted && decision.consumesUse);
      if (decision.granted) used.add(decision.row.useCounter);
    }
    assert.deepEqual([...used].sort(), [1, 2], "each alternative counts apart");
    assert.is(told(next()), "used-up", "more useful than the one that expired");
    const unlimited = decideAccess(request(hashes, list, "2222"));
    assert.true(unlimited.granted && !unlimited.consumesUse, "no use is wasted");
  },

  "of several refusals the one that ends soonest is told"(assert, { hashes }) {
    const night = [{ days: 0, start: 0, end: 1 }];
    const list = trialList(hashes, [
      { value: "1111", profile: { notAfter: NOON - 1 } },
      { value: "1111", row: { suspended: true } },
      { value: "1111", windows: night },
      { value: "2222", profile: { notBefore: NOON + 1 } },
      { value: "2222", profile: { holderClass: HolderClass.guest } },
    ]);
    assert.is(told(decideAccess(request(hashes, list, "1111"))), "outside-schedule");
    assert.is(told(decideAccess(request(hashes, list, "2222"))), "stale-list");
  },

  "X12: lock-down refuses whoever is known, hold-open changes no decision"(assert, { hashes }) {
    const grants = [{ value: "1111" }];
    const locked = trialList(hashes, grants, { delta: { lockState: LockState.lockDown } });
    assert.is(told(decideAccess(request(hashes, locked, "1111"))), "locked-down");
    assert.is(told(decideAccess(request(hashes, locked, "9999"))), "unknown-credential");
    const held = trialList(hashes, grants, { delta: { lockState: LockState.holdOpen } });
    assert.is(told(decideAccess(request(hashes, held, "1111"))), "granted");
  },

  "X12: a row that needs a second PIN opens with that one alone, and a duress row opens"(assert, { hashes }) {
    const card = credentialTag(hashes, TAG_KEY, CredentialKind.card, ascii("card-1"));
    const other = credentialTag(hashes, TAG_KEY, CredentialKind.card, ascii("card-2"));
    const list = trialList(hashes, [
      { value: "card-1", kind: CredentialKind.card, row: { needsSecondPin: true } },
      { value: "card-2", kind: CredentialKind.card, row: { needsSecondPin: true } },
      { value: "", kind: CredentialKind.pin2, tag: secondPinTag(hashes, TAG_KEY, card, ascii("4711")) },
      { value: "9110", row: { duress: true } },
    ]);
    const present = (tag: Uint8Array, secondTag?: Uint8Array): string => told(decideAccess(request(hashes, list, "", { kind: CredentialKind.card, tag, secondTag })));
    assert.is(present(card), "second-credential-needed");
    assert.is(present(card, secondPinTag(hashes, TAG_KEY, card, ascii("4712"))), "second-credential-needed");
    assert.is(present(card, secondPinTag(hashes, TAG_KEY, card, ascii("4711"))), "granted");
    assert.is(present(other, secondPinTag(hashes, TAG_KEY, other, ascii("4711"))), "second-credential-needed", "a stolen card with somebody else's PIN");
    const duress = decideAccess(request(hashes, list, "9110"));
    assert.true(duress.granted && duress.row.duress);
  },

  "what a delta takes away, adds and changes holds at once"(assert, { hashes }) {
    const grants = [{ value: "1111" }, { value: "2222" }, { value: "3333" }];
    const base = trialList(hashes, grants);
    // Rows are sorted by tag: find where 1111 stands.
    const wanted = pinTag(hashes, "1111");
    let row = 0;
    while (base.body.read(row * 8, 5).some((byte, index) => byte !== wanted[index])) row += 1;
    const added = addedRows([{ tag: pinTag(hashes, "4444"), profile: 3, kind: CredentialKind.pin, needsSecondPin: false, duress: false, suspended: false, useCounter: 0 }]);
    const always = { notBefore: 0, notAfter: NO_END, schedule: ALWAYS, holderClass: HolderClass.resident, outputs: 1, maxUses: 0 };
    const profiles = new Uint8Array([...encodePoolEntry(1, encodeProfile({ ...always, notAfter: NOON })), ...encodePoolEntry(3, encodeProfile(always))]);
    const list = trialList(hashes, grants, { delta: { tombstones: Uint16Array.of(row), added, profiles } });
    const outcome = (pin: string): string => told(decideAccess(request(hashes, list, pin)));
    assert.is(outcome("1111"), "unknown-credential", "revoked");
    assert.is(outcome("2222"), "expired", "its profile was replaced");
    assert.is(outcome("3333"), "granted");
    assert.is(outcome("4444"), "granted", "added, with a profile of its own");
  },

  "rows of a damaged page open nothing, and neither does a row whose profile is damaged"(assert, { hashes }) {
    const grants = Array.from({ length: 600 }, (_, index) => ({ value: `${100_000 + index}` }));
    const whole = trialList(hashes, grants);
    const granted = (list: AccessList): number => grants.filter(({ value }) => decideAccess(request(hashes, list, value)).granted).length;
    assert.is(granted(whole), 600);
    assert.is(granted(trialList(hashes, grants, { damaged: [0] })), 600 - 512);
    const profiles = trialList(hashes, grants, { damaged: [2] });
    const outcomes = new Set(grants.map(({ value }) => told(decideAccess(request(hashes, profiles, value)))));
    assert.deepEqual([...outcomes].sort(), ["granted", "stale-list"]);
  },
};
