/** Phones and fobs at a door (SPEC 20): what opens it, and everything that must not. */
import { RADIO_CONNECTIONS_MAX, RADIO_IDLE_MS, RADIO_SESSION_MS } from "../../firmware/limits";
import type { AirPacket } from "../../hardware-sim/radio/ether";
import type { VirtualLink } from "../../hardware-sim/radio/virtual-link";
import { concat, equalBytes, toHex } from "../../protocol/bytes";
import { CredentialKind, credentialTag } from "../../protocol/credential";
import { LockState } from "../../protocol/delta";
import { GATT_VALUE_BYTES_MAX } from "../../protocol/gatt-names";
import { encodeHandle } from "../../protocol/handle";
import { decodeChallenge, encodeResponseHead, responseProof, unansweredResult, type Response } from "../../protocol/phone-unlock";
import type { Cases } from "../support/cases";
import { RESIDENT } from "../support/mint";
import { fob, phone, PhoneHouse, RESIDENTS } from "../support/phone-house";
import type { RadioPhone } from "../support/radio-phone";

/** A right message 2 to this challenge. */
function proof(house: PhoneHouse, holder: RadioPhone, challenge: Uint8Array, response: Response, hashes = house.hashes): Uint8Array {
  const head = encodeResponseHead(response);
  return concat(head, hashes.hmacSha256(holder.key, responseProof(house.cloud.doorId, challenge, head)).subarray(0, 16));
}

const decisions = (house: PhoneHouse): unknown[] => house.cloud.events.filter(({ type }) => type === "decision").map(({ reason, kind, outputs }) => [reason, kind, outputs]);

export const cases: Cases = {
  "X2, O1: a phone and a fob open by three messages, and the log says who"(assert, host) {
    const house = new PhoneHouse(host);
    const packets: AirPacket[] = [];
    house.air.onPacket = (packet) => packets.push(packet);
    for (const mtu of [23, 185, 517]) {
      const answer = house.phoneAt(phone(1), { mtu }).taps()!;
      assert.true(answer.proved);
      assert.deepEqual({ ...answer, challenge: undefined }, { proved: true, status: "granted", seconds: 5, challenge: undefined });
      assert.is(answer.challenge.listVersion, house.cloud.version);
      assert.true(Math.abs(answer.challenge.wallTime - house.cloud.now) <= 1);
      assert.false(answer.challenge.offline);
      assert.true(house.board.strike, String(mtu));
      house.clock.advance(10_000);
      assert.false(house.board.strike);
    }
    assert.is(house.phoneAt(fob(4)).taps()!.proved, true);
    assert.true(house.board.strike);
    house.clock.advance(10_000);
    const tag = (kind: 3 | 4, id: number): Uint8Array => credentialTag(host.hashes, house.cloud.keys.tag, kind, new Uint8Array(8).fill(id));
    const logged = house.cloud.events.filter(({ type }) => type === "decision");
    assert.deepEqual(logged.map(({ reason, kind, outputs, tag: who }) => [reason, kind, outputs, who]), [
      ...[1, 2, 3].map(() => ["granted", CredentialKind.phone, 1, tag(3, 1)]),
      ["granted", CredentialKind.fob, 1, tag(4, 4)],
    ]);
    assert.deepEqual(house.refused(), {});
    // The door stays where it is: what it says of itself is the same each time, and fits its packets.
    const heard = packets.filter(({ kind }) => kind === "advertisement" || kind === "scan-response").map(({ bytes }) => toHex(bytes));
    assert.is(new Set(heard).size, 2);
    assert.true(heard.every((packet) => packet.length <= 62));
  },

  "X2, X9: without its cloud the door opens all the same, and says that it has none"(assert, host) {
    const house = new PhoneHouse(host);
    house.goOffline();
    const answer = house.phoneAt(phone(2)).taps()!;
    assert.true(answer.proved && answer.status === "granted" && answer.challenge.offline);
    assert.true(house.board.strike);
    house.board.restart("watchdog");
    house.clock.advance(5_000);
    const again = house.phoneAt(phone(2)).taps()!;
    assert.true(again.proved && again.status === "granted", "after a start, too");
    assert.is(again.challenge.wallTime, 0, "which it needs no clock for");
  },

  "O1, N12: whoever proves to be somebody is told why the door stays shut, under a MAC"(assert, host) {
    const grants = [...RESIDENTS, { holder: phone(5), profile: { ...RESIDENT, notAfter: 1_000 } }, { holder: phone(6), profile: RESIDENT, row: { suspended: true } }, { holder: phone(7), profile: { ...RESIDENT, maxUses: 1 }, row: { useCounter: 1 } }];
    const house = new PhoneHouse(host, grants);
    const told = (holder: RadioPhone, mask = 0): unknown => {
      const answer = holder.taps({ unlock: mask })!;
      house.clock.advance(10_000);
      return answer.proved ? answer.status : answer.why;
    };
    assert.is(told(house.phoneAt(phone(9))), "unknown-credential");
    assert.is(told(house.phoneAt(phone(5))), "expired");
    assert.is(told(house.phoneAt(phone(6))), "suspended");
    assert.is(told(house.phoneAt(phone(7))), "granted");
    assert.is(told(house.phoneAt(phone(7))), "used-up", "N8: once is once");
    assert.is(told(house.phoneAt(phone(1)), 2), "output-not-allowed");
    assert.is(told(house.phoneAt({ kind: CredentialKind.fob, credentialId: phone(1).credentialId })), "unknown-credential", "a phone's number is no fob's");
    house.cloud.change({ lockState: LockState.lockDown });
    house.clock.advance(5_000);
    assert.is(told(house.phoneAt(phone(1))), "locked-down");
    assert.is(house.openings, 1);
    assert.is(decisions(house).length, 8, "each is one event");
    assert.deepEqual(house.refused(), {}, "and none a refusal of the protocol");
    assert.is(house.shown, 2, "the reader shows openings, and no stranger's refusals");
  },

  "X2: a phone whose right is revoked is refused from the moment that the door has the delta"(assert, host) {
    const house = new PhoneHouse(host);
    const revoked = house.phoneAt(phone(1));
    assert.is(status(revoked.taps()), "granted");
    house.clock.advance(10_000);
    const link = revoked.connect()!;
    // Even where it has read its challenge before.
    const challenge = house.read(link, "challenge")!;
    house.cloud.revoke(phone(1));
    house.clock.advance(2_000);
    house.write(link, "response", proof(house, revoked, challenge, revoked.response()));
    assert.is(house.read(link, "result")![1], 1, "unknown-credential");
    assert.is(status(revoked.taps()), "unknown-credential");
    assert.is(status(house.phoneAt(phone(2)).taps()), "granted");
    assert.is(house.openings, 2);
  },

  "X12: a phone whose right needs a second PIN makes the keypad ask for it; whoever types there already is left alone"(assert, host) {
    const house = new PhoneHouse(host, [...RESIDENTS, { holder: phone(8), profile: RESIDENT, secondPin: "8888" }]);
    const two = house.phoneAt(phone(8));
    assert.is(status(two.taps()), "second-credential-needed", "now type your PIN");
    assert.is(house.openings, 0);
    assert.true(house.types("8888#"));
    assert.deepEqual(decisions(house), [["granted", CredentialKind.phone, 1]], "one event");
    assert.is(status(two.taps()), "second-credential-needed");
    assert.false(house.types("9999#"));
    // Somebody is in the middle of a PIN of their own.
    house.board.keypad.type("4711");
    house.clock.advance(500);
    assert.is(status(two.taps()), "second-credential-needed");
    assert.is(status(house.phoneAt(phone(9)).taps()), "unknown-credential");
    assert.true(house.types("47"), "their PIN is theirs");
    assert.false(house.types("8888#"), "and nobody was asked for another");
    // Somebody is being asked: a stranger's phone takes nothing from them.
    assert.is(status(two.taps()), "second-credential-needed");
    assert.is(status(house.phoneAt(phone(9)).taps()), "unknown-credential");
    assert.true(house.types("8888#"));
  },

  "X8: wrong PINs lock the keypad and no phone; typing is not disturbed by phones"(assert, host) {
    const house = new PhoneHouse(host);
    for (let attempt = 0; attempt < 8; attempt++) house.types("111111");
    assert.false(house.types("471147"), "locked out");
    assert.is(status(house.phoneAt(phone(1)).taps()), "granted");
  },

  "X2: replayed, spliced, aimed elsewhere, late: nothing of it opens, all of it looks alike, and all is counted"(assert, host) {
    const { hashes, blockCipher } = host;
    const house = new PhoneHouse(host);
    const holder = house.phoneAt(phone(1));
    const before = { wear: 0, events: 0 };
    const attempt = (what: string, run: (link: VirtualLink, challenge: Uint8Array) => Uint8Array | undefined): void => {
      const link = holder.connect()!;
      const bytes = run(link, house.read(link, "challenge")!);
      if (bytes !== undefined) {
        assert.true(house.write(link, "response", bytes), what);
        assert.deepEqual(house.read(link, "result"), unansweredResult(), what);
      }
      link.close();
      house.clock.advance(100);
    };
    // A whole session, recorded by somebody who listens.
    const link = holder.connect()!;
    const recorded = proof(house, holder, house.read(link, "challenge")!, holder.response());
    house.write(link, "response", recorded);
    assert.is(house.read(link, "result")![1], 0);
    // On the very connection, too: a challenge is good for one response.
    assert.true(house.write(link, "response", recorded));
    assert.deepEqual(house.read(link, "result"), unansweredResult());
    link.close();
    house.clock.advance(20_000);
    before.wear = house.flashWear;
    before.events = house.cloud.events.length;
    const opened = house.openings;
    const right = (given: Uint8Array, more: Partial<Response> = {}): Uint8Array => proof(house, holder, given, { ...holder.response(), ...more });
    const counted: Record<string, number> = { "unknown-nonce": 1 };
    const count = (code: string, times = 1): number => (counted[code] = (counted[code] ?? 0) + times);

    attempt("a recorded response on another connection", () => recorded);
    count("bad-mac");
    attempt("a right response without having read a challenge since the last", (to, given) => {
      house.write(to, "response", new Uint8Array(42));
      count("malformed");
      return right(given);
    });
    count("unknown-nonce");
    attempt("a challenge of another connection", () => {
      const other = house.phoneAt(phone(2)).connect()!;
      const theirs = house.read(other, "challenge")!;
      other.close();
      return right(theirs);
    });
    count("bad-mac");
    attempt("a challenge that is too old", (to, given) => {
      house.clock.advance(4_500);
      house.read(to, "result");
      house.clock.advance(1_000);
      return right(given);
    });
    count("unknown-nonce");
    attempt("another door's", (_, given) => {
      const head = encodeResponseHead(holder.response());
      return concat(head, hashes.hmacSha256(holder.key, responseProof(new Uint8Array(8).fill(7), given, head)).subarray(0, 16));
    });
    count("bad-mac");
    attempt("another's handle under one's own key", (_, given) => right(given, { handle: house.phoneAt(phone(2)).handle() }));
    count("bad-mac");
    attempt("a handle of a PIN", (_, given) => {
      const block = concat(phone(1).credentialId, new Uint8Array([0, 0, 0, 1, 1, 0, 0, 0]));
      return right(given, { handle: blockCipher.encrypt(house.cloud.keys.handle, block) });
    });
    count("unknown-handle");
    attempt("another door's handle", (_, given) => right(given, { handle: encodeHandle(blockCipher, new Uint8Array(32).fill(1), phone(1), 1) }));
    count("unknown-handle");
    attempt("the head of one, the MAC of another", (_, given) => concat(right(given).subarray(0, 26), right(given).subarray(26)));
    count("bad-mac");
    for (const length of [0, 1, 25, 26, 41, 43, 100, GATT_VALUE_BYTES_MAX]) {
      attempt(`${length} bytes`, (_, given) => concat(right(given), new Uint8Array(500)).subarray(0, length));
      count("malformed");
    }
    assert.is(house.openings, opened, "nothing has opened");
    assert.deepEqual(house.refused(), counted);
    assert.is(house.cloud.events.length, before.events, "and nothing stands in the log");
    assert.is(house.flashWear, before.wear, "nor anywhere else");
  },

  "X2: no bit of a response can be changed, and no bit of a challenge or result"(assert, host) {
    const house = new PhoneHouse(host);
    const holder = house.phoneAt(phone(1));
    const bits = host.thorough ? 42 * 8 : 42;
    let link = holder.connect()!;
    for (let at = 0; at < bits; at++) {
      if (!link.open) link = holder.connect()!;
      const bit = host.thorough ? at : at * 8 + (at % 8);
      const bytes = proof(house, holder, house.read(link, "challenge")!, holder.response());
      bytes[bit >> 3] ^= 1 << (bit & 7);
      house.write(link, "response", bytes);
      const result = house.read(link, "result");
      if (result !== undefined) assert.deepEqual(result, unansweredResult(), `bit ${bit}`);
    }
    assert.is(house.openings, 0);
    const { "bad-mac": macs = 0, malformed = 0, "unknown-handle": handles = 0, ...others } = house.refused();
    assert.is(macs + malformed + handles, bits);
    assert.true(macs > 0 && malformed > 0 && handles > 0);
    assert.deepEqual(others, {});
    // Who sits between them can change what the phone reads.
    for (const bit of [0, 9, 100, 17 * 8, 21 * 8, 25 * 8]) {
      link = holder.connect()!;
      const challenge = house.read(link, "challenge")!;
      challenge[bit >> 3] ^= 1 << (bit & 7);
      house.write(link, "response", proof(house, holder, challenge, holder.response()));
      assert.deepEqual(house.read(link, "result"), unansweredResult(), `challenge's bit ${bit}`);
      link.close();
    }
    assert.is(house.openings, 0);
  },

  "X2: the same challenge for every part of a long read; another after a response, after five seconds, and for each phone"(assert, host) {
    const house = new PhoneHouse(host);
    const holder = house.phoneAt(phone(1), { mtu: 23 });
    const link = holder.connect()!;
    const nonces: string[] = [];
    const read = (): Uint8Array => {
      const { nonce } = decodeChallenge(house.read(link, "challenge")!);
      nonces.push(toHex(nonce));
      return nonce;
    };
    const first = read();
    house.clock.advance(2_000);
    assert.deepEqual(read(), first);
    house.clock.advance(2_900);
    house.read(link, "result");
    house.clock.advance(1_000);
    const second = read();
    assert.false(equalBytes(first, second));
    house.write(link, "response", new Uint8Array(3));
    const third = read();
    assert.false(equalBytes(second, third));
    const other = house.phoneAt(phone(2)).connect()!;
    assert.false(equalBytes(decodeChallenge(house.read(other, "challenge")!).nonce, third));
  },

  "X2: three silent phones keep nobody out: a fourth opens, a PIN is typed, and the silent ones are ended"(assert, host) {
    const house = new PhoneHouse(host);
    for (let round = 0; round < 3; round++) {
      const lost: number[] = [];
      const silent = [1, 2, 3].map((number) => house.phoneAt(phone(9 + number), { mtu: 23 }).connect()!);
      house.read(silent[1], "challenge");
      // In the middle of a long write that is never executed.
      silent[2].request(Uint8Array.of(0x16, silent[2].handleOf("500471eb-746f-459d-bfa0-867fe1d25440")!, 0, 0, 0, 1, 2, 3), () => lost.push(1));
      const opened = house.openings;
      house.board.keypad.type("47");
      assert.is(status(house.phoneAt(phone(1)).taps()), "granted");
      house.board.keypad.type("1147");
      house.clock.advance(1_000);
      assert.is(decisions(house).filter((event) => (event as unknown[])[1] === CredentialKind.pin).length, round + 1, "and a PIN is typed");
      assert.true(house.openings > opened);
      house.clock.advance(RADIO_IDLE_MS + 1_000);
      assert.deepEqual(silent.map(({ open }) => open), [false, false, false]);
      house.clock.advance(10_000);
    }
    assert.deepEqual(house.refused(), {});
  },

  "X2: who holds connections without an end gives way, busy or not, proved or not"(assert, host) {
    const house = new PhoneHouse(host);
    const busy: VirtualLink[] = [];
    const keepBusy = (link: VirtualLink): void => link.read("500471ea-746f-459d-bfa0-867fe1d25440", (value) => void (value !== undefined && house.clock.set(() => keepBusy(link), 300)));
    for (let number = 0; number < RADIO_CONNECTIONS_MAX - 1; number++) {
      const holder = house.phoneAt(phone(20 + number));
      const link = holder.connect()!;
      holder.ask(link, holder.response("carry"));
      keepBusy(link);
      busy.push(link);
    }
    assert.is(status(house.phoneAt(phone(1)).taps()), "granted", "there is one place left");
    // And now that one, too, is taken by somebody who proves nothing.
    const fourth = house.phoneAt(phone(30)).connect()!;
    keepBusy(fourth);
    house.clock.advance(3_000);
    assert.false(fourth.open, "who has proved nothing goes first");
    assert.true(busy.every(({ open }) => open));
    const fifth = house.phoneAt(phone(31));
    const held = fifth.connect()!;
    fifth.ask(held, fifth.response("carry"));
    keepBusy(held);
    house.clock.advance(12_000);
    assert.is(status(house.phoneAt(phone(1)).taps()), "granted", "a courier gives way as well");
    house.clock.advance(RADIO_SESSION_MS);
    assert.true([...busy, held].every(({ open }) => !open), "and none stays for ever");
  },

  "X2: a phone that comes back has one connection, not two"(assert, host) {
    const house = new PhoneHouse(host);
    const [first, second] = [house.phoneAt(phone(1)), house.phoneAt(phone(1))];
    const [old, young] = [first.connect()!, second.connect()!];
    assert.is(status(first.ask(old)), "granted");
    assert.is(status(second.ask(young, { ...second.response(), phoneNonce: new Uint8Array(8).fill(9) })), "granted");
    house.clock.advance(500);
    assert.false(old.open);
    assert.true(young.open);
    assert.is(status(second.ask(young)), "granted", "and may ask again on it");
  },

  "X2: a power cut at any instant of a tap opens nothing that is not in the log, and the door is on the air again"(assert, host) {
    for (const step of host.thorough ? [0, 1, 2, 3, 4, 5] : [0, 2, 4]) {
      const house = new PhoneHouse(host);
      house.board.cutAfter(step, "inside");
      let answer: ReturnType<RadioPhone["taps"]>;
      try {
        answer = house.phoneAt(phone(1)).taps();
      } catch {
        // The link went with the power.
      }
      house.board.supply.cancelCut();
      house.board.powerOn();
      house.clock.advance(30_000);
      const logged = decisions(house).length;
      assert.true(house.openings <= logged, `step ${step}`);
      assert.true(answer === undefined || !answer.proved || logged === 1, `step ${step}`);
      assert.is(status(house.phoneAt(phone(1)).taps()), "granted", `step ${step}`);
    }
  },
};

function status(answer: ReturnType<RadioPhone["taps"]>): string {
  return answer === undefined ? "no door" : answer.proved ? answer.status : answer.why;
}
