import { latestOpening } from "../../cloud/truth/latest-opening";
import { startController } from "../../firmware/controller";
import { decideAccess } from "../../firmware/decide-access";
import type { VirtualBoardOptions } from "../../hardware-sim/virtual-board";
import { CredentialKind } from "../../protocol/credential";
import type { Hashes } from "../../protocol/hashes";
import { CLOCK_DRIFT_PPM, SNTP_ALLOWANCE_SECONDS, TIME_ANSWER_SECONDS } from "../../protocol/limits";
import { ALWAYS, HolderClass, NO_END, type Profile } from "../../protocol/profile";
import { LAST_RULE } from "../../protocol/schedule";
import type { Cases } from "../support/cases";
import { House } from "../support/house";
import type { Assert } from "../support/portable-assert";
import { pinTag, trialList } from "../support/trial-list";

const SECOND = 1_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const RESIDENT: Profile = { notBefore: 0, notAfter: NO_END, schedule: ALWAYS, holderClass: HolderClass.resident, outputs: 1, maxUses: 0 };
const STAFF: Profile = { ...RESIDENT, holderClass: HolderClass.staff };
const STAFF_PIN = "333333";

interface Plot {
  options?: Partial<VirtualBoardOptions>;
  liar: Liar;
  /** Some hours without power, and some with. */
  hours: [off: number, on: number];
}

/** What a time server on the door's network says of the true time, ms; undefined = nothing. */
type Liar = (trueMs: number) => number | undefined;

class LiedToHouse extends House {
  liar: Liar = () => undefined;
  asked = 0;

  constructor(hashes: Hashes, options: Partial<VirtualBoardOptions>) {
    super(hashes, options, (device) => {
      const request = (onTime: (unixMs: number | undefined) => void): void => {
        this.asked += 1;
        device.timer.set(() => onTime(this.liar(this.clock.unixMs)), 100);
      };
      startController({ ...device, sntp: { request } });
    });
  }

  /** The power is away for so long. */
  cut(milliseconds = 0): void {
    this.board.powerOff();
    this.clock.advance(milliseconds);
    this.board.powerOn();
    this.clock.advance(1_000);
  }

  get receipt(): { leaseIssuedAt: number; signedTime: number } {
    return this.cloud.receipts[this.cloud.receipts.length - 1];
  }
}

/** Lives through the time of a lease with the network away, and gives the last true second at which the PIN opened. */
function lastOpening(house: LiedToHouse, from: number, to: number, [off, on]: Plot["hours"]): number {
  while (house.clock.unixMs < from * 1_000 - DAY) {
    if (off > 0) house.cut(off * HOUR);
    house.clock.advance(on * HOUR);
  }
  house.clock.advance(from * 1_000 - house.clock.unixMs);
  let last = 0;
  while (house.clock.unixMs < to * 1_000) {
    const now = Math.floor(house.clock.unixMs / 1_000);
    if (house.types(STAFF_PIN)) last = now;
    house.clock.advance(9 * SECOND);
  }
  return last;
}

function claimedHouse(hashes: Hashes, options: Partial<VirtualBoardOptions>, grants: Parameters<House["cloud"]["issue"]>[0], rules?: NonNullable<Parameters<House["cloud"]["issue"]>[1]>): LiedToHouse {
  const house = new LiedToHouse(hashes, options);
  house.cloud.issue(grants, rules);
  house.clock.advance(60 * SECOND);
  house.plug.pull();
  return house;
}

/** Anew for each run: some of them remember what they said. */
function plots(): Record<string, Plot> {
  let [less, turn] = [0, 0];
  return {
    "an honest server": { liar: (now) => now, hours: [0, 1] },
    "a server that says 880 s less after a long power cut": { liar: (now) => now - 880_000, hours: [20, 2] },
    "one that creeps back a minute at a time, with power cuts between": { liar: (now) => now - (less += 60_000), hours: [4, 1.1] },
    "one that goes back and forth": { liar: (now) => now + (turn++ % 2 === 0 ? -400_000 : 400_000), hours: [3, 2] },
    "one that says last week": { liar: (now) => now - 7 * DAY, hours: [1, 3] },
    "one that says next year": { liar: (now) => now + 365 * DAY, hours: [0, 1] },
    "880 s less, and an oscillator that is 100 ppm slow": { options: { driftPpm: -CLOCK_DRIFT_PPM }, liar: (now) => now - 880_000, hours: [18, 2] },
  };
}

export const cases: Cases = {
  "X5, X1: no time server makes a lease last beyond 'may open until at most'"(assert, { hashes }) {
    let [latest, asked] = [0, 0];
    for (const [plot, { options, liar, hours }] of Object.entries(plots())) {
      const house = claimedHouse(hashes, { rtc: true, ...options }, [{ pin: STAFF_PIN, profile: STAFF }]);
      house.liar = liar;
      const { leaseIssuedAt, signedTime } = house.receipt;
      assert.true(signedTime > 0, plot);
      const leaseEnd = leaseIssuedAt + 3 * 86_400;
      const { until } = latestOpening({ leased: true, leaseEnd, rightEnd: undefined, lastSignedTime: signedTime, unlockSeconds: 5 })!;
      const last = lastOpening(house, leaseEnd - 60, until + 120, hours);
      assert.true(last > 0, `${plot}: the lease carried`);
      assert.true(last + 5 <= until, `${plot}: opened ${last - leaseEnd} s after the lease's end, ${last - until} s after the bound`);
      latest = Math.max(latest, last - leaseEnd);
      asked += house.asked;
    }
    assert.true(latest > 800 && asked > 50, `the attack works at all: ${latest} s late, asked ${asked} times`);
  },

  "X5, N6, N9: no time server opens a weekly window more than 15 minutes early, or keeps it open as much longer"(assert, { hashes }) {
    const allowed = SNTP_ALLOWANCE_SECONDS + TIME_ANSWER_SECONDS + (4 * 86_400 * CLOCK_DRIFT_PPM) / 1e6;
    // 2026-01-01 is a Thursday: bit 3.
    const window = { days: 0x7f, start: 8 * 60, end: 18 * 60, next: LAST_RULE };
    for (const [name, liar, cut] of [["forward", (now: number) => now + 880_000, 0], ["back", (now: number) => now - 880_000, 30 * HOUR]] as const) {
      const house = claimedHouse(hashes, { rtc: true }, [{ pin: STAFF_PIN, profile: { ...RESIDENT, schedule: 0 } }], { rules: [window] });
      house.liar = liar;
      house.cut(cut);
      house.clock.advanceTo(2 * DAY + 6 * HOUR);
      let [open, openedAt, closedAt, moved] = [false, 0, 0, 0];
      while (house.clock.now < 2 * DAY + 20 * HOUR) {
        const at = house.clock.now - 2 * DAY;
        const opens = house.types(STAFF_PIN);
        if (opens && !open) openedAt = at;
        if (!opens && open) closedAt = at;
        open = opens;
        house.clock.advance(49 * SECOND);
      }
      moved = Math.max(Math.abs(openedAt - 8 * HOUR), Math.abs(closedAt - 18 * HOUR));
      assert.true(moved > 800 * SECOND, `${name}: the attack works at all: ${moved} ms`);
      assert.true(moved <= (allowed + 60) * SECOND, `${name}: ${moved} ms`);
    }
  },

  "X5: a clock chip that somebody sets back while the board has no power carries no lease below the floor, and is told by signed time"(assert, { hashes }) {
    const house = claimedHouse(hashes, { rtc: true }, [{ pin: STAFF_PIN, profile: STAFF }]);
    const end = house.receipt.leaseIssuedAt + 3 * 86_400;
    // The board stays on until the lease is over: the floor knows.
    house.clock.advance(end * 1_000 + 2 * HOUR - house.clock.unixMs);
    assert.false(house.types(STAFF_PIN));
    house.board.powerOff();
    house.board.rtc!.time = end * 1_000 - HOUR;
    house.board.powerOn();
    house.clock.advance(1_000);
    assert.false(house.types(STAFF_PIN));
    assert.is(house.lastTrace, "denied: time-unknown");
  },

  "X5: unsigned time does not end 'time unknown', for any class"(assert, { hashes }) {
    const grants = [
      { pin: "111111", profile: RESIDENT, opens: true },
      { pin: "222222", profile: { ...RESIDENT, holderClass: HolderClass.guest }, opens: false },
      { pin: STAFF_PIN, profile: STAFF, opens: false },
      { pin: "444444", profile: { ...RESIDENT, schedule: 0 }, opens: false },
      { pin: "555555", profile: { ...RESIDENT, notBefore: 2_000_000_000 }, opens: false },
    ];
    const house = claimedHouse(hashes, {}, grants, { rules: [{ days: 0x7f, start: 0, end: 1_440, next: LAST_RULE }] });
    house.liar = (now) => now;
    house.clock.advance(2 * DAY);
    assert.true(house.asked > 0, "while the time was known");
    const { asked } = house;
    house.cut(HOUR);
    house.clock.advance(2 * DAY);
    assert.is(house.asked, asked, "nobody is asked");
    for (const { pin, opens } of grants) {
      assert.is(house.types(pin), opens, pin);
      if (!opens) assert.is(house.lastTrace, "denied: time-unknown", pin);
    }
    house.plug.plug();
    house.clock.advance(120 * SECOND);
    for (const { pin } of grants.slice(0, 4)) assert.true(house.types(pin), pin);
  },

  "X5: with the time unknown, of every class and every kind of right those open that no clock could refuse"(assert, { hashes }) {
    const FLOOR = 1_790_000_000;
    let checked = 0;
    for (const leasedClasses of [0, 6, 7]) {
      for (const holderClass of [HolderClass.resident, HolderClass.guest, HolderClass.staff]) {
        for (const windows of [[], [{ days: 0xff, start: 0, end: 1_440 }]]) {
          for (const notBefore of [0, FLOOR, FLOOR + 1]) {
            for (const notAfter of [FLOOR, FLOOR + 1, NO_END]) {
              for (const maxUses of [0, 1]) {
                if (notBefore >= notAfter) continue;
                const list = trialList(hashes, [{ value: "1111", windows, profile: { holderClass, notBefore, notAfter, maxUses } }], { policy: { leasedClasses } });
                const decision = decideAccess({
                  list,
                  kind: CredentialKind.pin,
                  tag: pinTag(hashes, "1111"),
                  outputs: 1,
                  wallTime: undefined,
                  timeFloor: FLOOR,
                  lease: { epoch: 1, version: 100, issuedAt: FLOOR, guestNotAfter: FLOOR + 99, staffNotAfter: FLOOR + 99, residentNotAfter: FLOOR + 99 },
                  usesOf: () => 0,
                  usesFull: false,
                });
                const told = decision.granted ? "granted" : decision.reason;
                const sure = holderClass === HolderClass.resident && leasedClasses !== 7 && windows.length === 0 && notBefore <= FLOOR;
                const expected = notAfter <= FLOOR ? "expired" : sure ? "granted" : "time-unknown";
                check(assert, told, expected, { leasedClasses, holderClass, windows: windows.length, notBefore: notBefore - FLOOR, notAfter: notAfter - FLOOR, maxUses });
                checked += 1;
              }
            }
          }
        }
      }
    }
    assert.is(checked, 3 * 3 * 2 * 2 * 6);
  },
};

function check(assert: Assert, told: string, expected: string, of: object): void {
  assert.is(told, expected, JSON.stringify(of));
}
