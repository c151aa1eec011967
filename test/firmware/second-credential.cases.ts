import { FREE_PIN_ATTEMPTS, SECOND_PIN_MS } from "../../firmware/limits";
import { ascii } from "../../protocol/bytes";
import { CredentialKind, credentialTag, secondPinTag } from "../../protocol/credential";
import { LockState } from "../../protocol/delta";
import type { Hashes } from "../../protocol/hashes";
import { HolderClass, type Profile } from "../../protocol/profile";
import { readerPins } from "../../hardware-sim/board-pins";
import type { Cases } from "../support/cases";
import { cutPoints } from "../support/trial-memory";
import { TrialDoor, type TrialDoorOptions } from "../support/trial-door";
import { pinTag, TAG_KEY, trialList, type TrialGrant, type TrialListOptions } from "../support/trial-list";

const CARD = Uint8Array.of(1, 2, 3, 4, 5);
const OTHER_CARD = Uint8Array.of(9, 8, 7, 6, 5);
const PLAIN_CARD = Uint8Array.of(5, 5, 5, 5, 5);

function cardTag(hashes: Hashes, value: Uint8Array): Uint8Array {
  return credentialTag(hashes, TAG_KEY, CredentialKind.card, value);
}

function card(hashes: Hashes, value: Uint8Array, grant: Partial<TrialGrant> = {}): TrialGrant {
  return { value: "", kind: CredentialKind.card, tag: cardTag(hashes, value), ...grant };
}

function second(hashes: Hashes, firstTag: Uint8Array, pin: string, row: TrialGrant["row"] = {}): TrialGrant {
  return { value: pin, kind: CredentialKind.pin2, tag: secondPinTag(hashes, TAG_KEY, firstTag, ascii(pin)), row };
}

/** Two cards that need a PIN (471147, 888888), one that needs none, a PIN (222222), and one (333333) that needs another (444444). */
function people(hashes: Hashes, profile: Partial<Profile> = {}): TrialGrant[] {
  const needsSecondPin = { row: { needsSecondPin: true }, profile };
  return [
    card(hashes, CARD, needsSecondPin),
    second(hashes, cardTag(hashes, CARD), "471147"),
    second(hashes, cardTag(hashes, CARD), "911911", { duress: true }),
    card(hashes, OTHER_CARD, needsSecondPin),
    second(hashes, cardTag(hashes, OTHER_CARD), "888888"),
    card(hashes, PLAIN_CARD),
    { value: "222222" },
    { value: "333333", ...needsSecondPin },
    second(hashes, pinTag(hashes, "333333"), "444444"),
  ];
}

function hang(hashes: Hashes, options: Partial<TrialDoorOptions> = {}, profile?: Partial<Profile>): TrialDoor {
  return new TrialDoor(hashes, { list: trialList(hashes, people(hashes, profile)), ...options });
}

/** Puts a card to a reader. @returns how that ended, if it did. */
function put(trial: TrialDoor, value: Uint8Array, reader = 0): string | undefined {
  const before = trial.outcomes.length;
  trial.board.readers[reader].presentCard(value);
  // Longer than a card must be away to be another presentation.
  trial.settle(2_000);
  return trial.outcomes.slice(before).map(({ reason }) => reason).join(", ") || undefined;
}

/** Types at a reader. @returns how that ended, if it did. */
function type(trial: TrialDoor, keys: string, reader = 0): string | undefined {
  const before = trial.outcomes.length;
  trial.board.readers[reader].type(keys);
  trial.settle(1_000);
  return trial.outcomes.slice(before).map(({ reason }) => reason).join(", ") || undefined;
}

const logged = (trial: TrialDoor): unknown[] => trial.events().map(({ reason, kind, tag }) => [reason, kind, ...(tag.some((byte) => byte !== 0) ? [tag] : [])]);

export const cases: Cases = {
  "X12: a card that needs a PIN opens with its own, as one event"(assert, { hashes }) {
    const trial = hang(hashes);
    assert.is(put(trial, CARD), undefined, "nothing is decided yet");
    assert.false(trial.board.strike);
    assert.is(trial.events().length, 0);
    assert.is(trial.board.pins.timeline(readerPins(0).led).length > 0, true, "the reader asks");
    assert.is(type(trial, "471147"), "granted");
    assert.true(trial.board.strike);
    assert.deepEqual(logged(trial), [["granted", CredentialKind.card, cardTag(hashes, CARD)]]);
    assert.is(type(trial, "471147"), "unknown-credential", "alone it is no PIN");
    assert.is(put(trial, PLAIN_CARD), "granted", "a card that needs none");
    assert.is(type(trial, "333333"), undefined, "a PIN may need another as well");
    assert.is(type(trial, "444444"), "granted");
    assert.is(trial.throttle.count, 1, "of the one wrong PIN");
  },

  "X12: a stolen card with somebody else's PIN opens nothing, and is logged once"(assert, { hashes }) {
    const trial = hang(hashes);
    for (const pin of ["888888", "222222", "333333", "444444", "000000"]) {
      const before = trial.events().length;
      put(trial, CARD);
      assert.is(type(trial, pin), "second-credential-needed", pin);
      assert.deepEqual(logged(trial).slice(before), [["second-credential-needed", CredentialKind.card, cardTag(hashes, CARD)]]);
    }
    assert.is(trial.board.strikeTimes.length, 0);
  },

  "X12, X8: a second PIN is a guess like any other: charged before it is compared, and nothing is compared while the keypad waits"(assert, { hashes }) {
    const trial = hang(hashes);
    for (let attempt = 1; attempt <= FREE_PIN_ATTEMPTS; attempt++) {
      put(trial, CARD);
      assert.is(type(trial, "123456"), "second-credential-needed");
      assert.is(trial.throttle.count, attempt);
    }
    put(trial, CARD);
    assert.is(type(trial, "471147"), "locked-out", "not even the right one");
    put(trial, CARD);
    assert.is(type(trial, "471147"), "locked-out");
    assert.is(trial.events().filter(({ reason }) => reason === "locked-out").length, 1, "one event for a wait");
    assert.is(put(trial, PLAIN_CARD), "granted", "cards still open");
    trial.clock.advance(60_000);
    put(trial, CARD);
    assert.is(type(trial, "471147"), "granted");
    assert.is(trial.throttle.count, FREE_PIN_ATTEMPTS, "the right one takes its own charge back");
    for (let time = 0; time < 20; time++) {
      trial.clock.advance(60_000);
      put(trial, CARD);
      assert.is(type(trial, "471147"), "granted", "people who come and go lock nobody out");
    }
    assert.is(trial.throttle.count, FREE_PIN_ATTEMPTS);
  },

  "X12, X8: a power cut at any step of a wrong second PIN: never is a comparison free"(assert, host) {
    const { hashes } = host;
    let whole = false;
    for (let step = 0; !whole; step++) {
      for (const point of cutPoints(host, step)) {
        const trial = hang(hashes);
        put(trial, CARD);
        trial.board.cutAfter(step, point);
        type(trial, "123456");
        const told = trial.outcomes.length > 0;
        whole = trial.board.running;
        trial.board.supply.cancelCut();
        trial.board.powerOn();
        assert.true(!told || trial.throttle.count === 1, `cut ${point} step ${step}`);
        assert.is(type(trial, "471147"), "unknown-credential", "a card is forgotten with the power");
      }
    }
  },

  "X12: without its PIN in time the card opens nothing, and the log says once that it was there"(assert, { hashes }) {
    const trial = hang(hashes);
    put(trial, CARD);
    trial.clock.advance(SECOND_PIN_MS - 2_000 - 1);
    assert.is(trial.events().length, 0);
    trial.clock.advance(2);
    assert.deepEqual(logged(trial), [["second-credential-needed", CredentialKind.card, cardTag(hashes, CARD)]]);
    assert.is(type(trial, "471147"), "unknown-credential", "too late: now it is a first PIN, and none of the list");
    put(trial, CARD);
    assert.is(type(trial, "4711*"), "second-credential-needed", "cleared");
    assert.is(type(trial, "471147"), "unknown-credential");
    assert.is(trial.board.strikeTimes.length, 0);
    assert.is(trial.events().length, 4);
  },

  "X12: another credential takes the place of the one that waits"(assert, { hashes }) {
    const trial = hang(hashes);
    put(trial, CARD);
    assert.is(put(trial, OTHER_CARD), "second-credential-needed", "the first one opens nothing any more");
    assert.is(type(trial, "471147"), "second-credential-needed");
    put(trial, CARD);
    assert.is(put(trial, PLAIN_CARD), "second-credential-needed, granted");
    assert.is(type(trial, "471147"), "unknown-credential", "nobody waits for it");
    const before = trial.events().length;
    put(trial, CARD);
    put(trial, OTHER_CARD);
    assert.is(type(trial, "888888"), "granted");
    assert.deepEqual(
      trial.events().slice(before).map(({ reason, tag }) => [reason, tag]),
      [["second-credential-needed", cardTag(hashes, CARD)], ["granted", cardTag(hashes, OTHER_CARD)]],
    );
  },

  "X12: the PIN belongs to the reader that asked: at another one it is a first PIN"(assert, { hashes }) {
    const trial = hang(hashes, { readers: [{ kind: "serial" }, { kind: "serial" }] });
    put(trial, CARD, 0);
    put(trial, OTHER_CARD, 1);
    assert.is(type(trial, "471147", 1), "second-credential-needed");
    assert.is(type(trial, "888888", 1), "unknown-credential");
    assert.false(trial.board.strike);
    assert.is(type(trial, "471147", 0), "granted", "the first reader still waits for its own");
  },

  "X12: what changes between card and PIN counts: revoked, locked down, expired"(assert, { hashes }) {
    const after = (change: (trial: TrialDoor) => void): string | undefined => {
      const trial = hang(hashes, {}, { notAfter: 1_767_225_600 + 5 });
      put(trial, CARD);
      change(trial);
      return type(trial, "471147");
    };
    const replace = (grants: TrialGrant[], options?: TrialListOptions) => (trial: TrialDoor) => void (trial.list = trialList(hashes, grants, options));
    assert.is(after(() => undefined), "granted");
    assert.is(after(replace(people(hashes).slice(3))), "unknown-credential");
    assert.is(after(replace(people(hashes), { delta: { lockState: LockState.lockDown } })), "locked-down");
    assert.is(after((trial) => trial.clock.advance(5_000)), "expired");
    const locked = hang(hashes, { list: trialList(hashes, people(hashes), { delta: { lockState: LockState.lockDown } }) });
    assert.is(put(locked, CARD), "locked-down", "nobody is asked for a PIN in vain");
  },

  "X12, N12: who has another right under the same card is not asked"(assert, { hashes }) {
    const grants = [...people(hashes), card(hashes, CARD, { row: { useCounter: 1 }, profile: { maxUses: 1 } })];
    const trial = hang(hashes, { list: trialList(hashes, grants) });
    assert.is(put(trial, CARD), "granted");
    assert.is(put(trial, CARD), undefined, "its only use is gone: the other right needs the PIN");
    assert.is(type(trial, "471147"), "granted");
  },

  "X12: a duress PIN opens like the right one, also as a second PIN, and only the event differs"(assert, { hashes }) {
    const run = (pin: string): TrialDoor => {
      const trial = hang(hashes);
      put(trial, CARD);
      assert.is(type(trial, pin), "granted");
      trial.clock.advance(20_000);
      return trial;
    };
    const [free, forced] = [run("471147"), run("911911")];
    assert.deepEqual([free, forced].map((trial) => trial.events().map(({ duress }) => duress)), [[false], [true]]);
    assert.deepEqual([free, forced].map((trial) => trial.outcomes.map(({ duress }) => duress)), [[false], [true]]);
    assert.deepEqual(forced.board.strikeTimes, free.board.strikeTimes);
    for (const pin of [readerPins(0).led, readerPins(0).buzzer]) assert.deepEqual(forced.board.pins.timeline(pin), free.board.pins.timeline(pin));
    assert.deepEqual(forced.board.trace, free.board.trace);
  },

  "N8, X12: a one-time card with a PIN opens once, wherever the power is cut"(assert, host) {
    const { hashes } = host;
    let whole = false;
    for (let step = 0; !whole; step++) {
      for (const point of cutPoints(host, step)) {
        const trial = hang(hashes, {}, { maxUses: 1 });
        put(trial, CARD);
        trial.board.cutAfter(step, point);
        type(trial, "471147");
        whole = trial.board.running;
        trial.board.supply.cancelCut();
        trial.board.powerOn();
        trial.clock.advance(60_000);
        put(trial, CARD);
        type(trial, "471147");
        trial.clock.advance(60_000);
        const strikes = trial.board.strikeTimes.length;
        assert.true(strikes <= 1, `cut ${point} step ${step}: opened ${strikes} times`);
        assert.true(trial.events().filter(({ reason }) => reason === "granted").length >= strikes);
      }
    }
  },

  "X8: where PINs follow a unit number they open, and wrong ones lock out their unit alone"(assert, { hashes }) {
    const unitPin = (unit: string, pin: string, row: TrialGrant["row"] = {}): TrialGrant => ({ value: `${unit}*${pin}`, kind: CredentialKind.unitPin, row });
    const needing = credentialTag(hashes, TAG_KEY, CredentialKind.unitPin, ascii("34*471147"));
    const grants = [unitPin("12", "471147"), unitPin("34", "471147", { needsSecondPin: true }), second(hashes, needing, "888888"), card(hashes, PLAIN_CARD)];
    const trial = hang(hashes, { list: trialList(hashes, grants, { policy: { unitNumbers: true } }) });
    assert.is(type(trial, "12#471147"), "granted");
    assert.is(trial.events()[0].kind, CredentialKind.unitPin);
    assert.is(type(trial, "34#471147"), undefined);
    assert.is(type(trial, "888888"), "granted", "the second one stands without the unit");
    for (let attempt = 0; attempt < FREE_PIN_ATTEMPTS; attempt++) {
      assert.is(type(trial, "34#471147"), undefined);
      assert.is(type(trial, "123456"), "second-credential-needed", "counted for unit 34");
    }
    assert.is(type(trial, "34#471147"), "locked-out");
    assert.is(type(trial, "12#471147"), "granted", "unit 12 is not locked out");
    assert.is(put(trial, PLAIN_CARD), "granted");
  },

  "P1: a reader moves its own outputs and no others, and the log says which moved"(assert, { hashes }) {
    const grants = [
      { value: "111111", profile: { outputs: 0b001 } },
      { value: "222222", profile: { outputs: 0b111 } },
    ];
    const trial = hang(hashes, {
      list: trialList(hashes, grants, { policy: { unlockSeconds: 5, outputSeconds: [9, 0, 0] } }),
      locks: ["fail-secure", "fail-secure", "fail-secure"],
      readers: [{ kind: "serial" }, { kind: "serial", outputs: 0b010 }, { kind: "serial", outputs: 0b001 }],
    });
    const open = (): number => [0, 1, 2].reduce((mask, output) => mask | (trial.board.isOpen(output) ? 1 << output : 0), 0);
    const at = (reader: number, pin: string): [string | undefined, number] => {
      trial.clock.advance(20_000);
      return [type(trial, pin, reader), open()];
    };
    assert.deepEqual(at(0, "222222"), ["granted", 0b111]);
    trial.clock.advance(6_000);
    assert.is(open(), 0b010, "output 1 has a time of its own");
    assert.deepEqual(at(1, "222222"), ["granted", 0b010]);
    assert.deepEqual(at(2, "222222"), ["granted", 0b001]);
    assert.deepEqual(at(1, "111111"), ["output-not-allowed", 0]);
    assert.deepEqual(at(0, "111111"), ["granted", 0b001]);
    assert.deepEqual(trial.events().map(({ outputs }) => outputs), [0b111, 0b010, 0b001, 0, 0b001]);
  },

  "X4: uses over alternatives under one PIN are counted apart, over reboots and without a network"(assert, { hashes }) {
    const limited = (useCounter: number, maxUses: number): TrialGrant => ({ value: "111111", profile: { maxUses }, row: { useCounter } });
    const list = (...more: TrialGrant[]) => trialList(hashes, [limited(0, 1), limited(1, 2), ...more]);
    const trial = hang(hashes, { list: list() });
    for (let use = 0; use < 3; use++) {
      assert.is(type(trial, "111111"), "granted", `use ${use + 1}`);
      trial.board.restart();
    }
    assert.is(type(trial, "111111"), "used-up");
    trial.list = list(limited(2, 1));
    assert.is(type(trial, "111111"), "granted", "another right has come");
    trial.board.restart();
    assert.is(type(trial, "111111"), "used-up");
    trial.list = list({ value: "111111", row: { useCounter: 3 } });
    for (let time = 0; time < 5; time++) assert.is(type(trial, "111111"), "granted", "one without a limit");
  },

  "X3: guests, staff and residents of a strict house end with their own bounds, to the second, over a power cut"(assert, { hashes }) {
    const classes: [string, number][] = [["111111", HolderClass.resident], ["222222", HolderClass.guest], ["333333", HolderClass.staff]];
    const grants = classes.map(([value, holderClass]): TrialGrant => ({ value, profile: { holderClass: holderClass as HolderClass } }));
    const start = 1_767_225_600;
    const HOUR = 3_600;
    const trial = hang(hashes, { list: trialList(hashes, grants, { policy: { leasedClasses: 0b111 } }) });
    trial.lease = { epoch: 1, version: 100, issuedAt: start, guestNotAfter: start + 24 * HOUR, staffNotAfter: start + 72 * HOUR, residentNotAfter: start + 200 * HOUR };
    const open = (hours: number, seconds: number): string[] => {
      trial.clock.advanceTo((hours * HOUR + seconds) * 1_000);
      return classes.map(([pin]) => {
        trial.board.keypad.type(pin);
        trial.settle(1);
        return trial.outcomes[trial.outcomes.length - 1].reason;
      });
    };
    assert.deepEqual(open(24, 59), ["granted", "granted", "granted"], "the last second of the grace");
    trial.board.restart();
    assert.deepEqual(open(24, 60), ["granted", "stale-list", "granted"]);
    assert.deepEqual(open(72, 59), ["granted", "stale-list", "granted"]);
    assert.deepEqual(open(72, 60), ["granted", "stale-list", "stale-list"]);
    trial.board.restart();
    assert.deepEqual(open(200, 59), ["granted", "stale-list", "stale-list"]);
    assert.deepEqual(open(200, 60), ["stale-list", "stale-list", "stale-list"]);
    trial.timeKnown = false;
    trial.lease = { ...trial.lease, guestNotAfter: 0xffff_ffff, staffNotAfter: 0xffff_ffff, residentNotAfter: 0xffff_ffff };
    assert.deepEqual(open(201, 0), ["time-unknown", "time-unknown", "time-unknown"], "no lease holds without the time");
  },
};
