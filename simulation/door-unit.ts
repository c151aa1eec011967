import { startController } from "../firmware/controller";
import type { Device, OutputWiring, Sntp } from "../firmware/device";
import { OUTPUT_PINS } from "../hardware-sim/board-pins";
import { VirtualBoard } from "../hardware-sim/virtual-board";
import type { FlashSnapshot } from "../hardware-sim/virtual-flash";
import type { VirtualClock } from "../hardware-sim/virtual-clock";
import { VirtualRandom } from "../hardware-sim/virtual-random";
import { VirtualRealTimeClock } from "../hardware-sim/virtual-real-time-clock";
import type { CutPoint } from "../hardware-sim/power-supply";
import { ascii, fromHex, toHex } from "../protocol/bytes";
import { ageUseJournal } from "./aged-journal";
import { isTyped, type Attempt } from "./attempt";
import { verifyCheapSignature } from "./cheap-signing";
import { HostileNetwork } from "./hostile-network";
import { DoorWatch } from "./door-watch";
import { mixingHashes } from "./mixing-hashes";
import { Network } from "./network";
import { ThinAir } from "./phones/thin-air";
import type { Tally } from "./tally";
import type { Trace } from "./trace";
import type { Invariant } from "./violation";

export const STORAGE = "latchkey";
const CUT_POINTS: readonly CutPoint[] = ["before", "inside", "after"];

export interface DoorUnitParts {
  number: number;
  seed: string;
  clock: VirtualClock;
  trace: Trace;
  faults: Tally;
  reasons: Tally;
  encrypted: boolean;
  /** A clock chip, and how much too fast it runs; undefined = the board has none. */
  chipPpm: number | undefined;
  driftPpm: number;
  /** Kind of lock at each output. */
  locks: readonly OutputWiring["lock"][];
  /** It stands still while flash is erased and while it computes, as a real one does. */
  slow: boolean;
  /** It asks an unsigned time server. */
  asksTime: boolean;
  /** No network reaches it. */
  remote: boolean;
  onUp(what: string, payload: Uint8Array): void;
  answerHttp(path: string, body: Uint8Array): Uint8Array | undefined;
  fail(invariant: Invariant, text: string): void;
  /** Default: the controller. */
  boot: ((device: Device) => void) | undefined;
}

/** One door of a world: its board with the real firmware, its network, who stands between it and its cloud, the air around it, and who watches. */
export class DoorUnit {
  readonly number: number;
  readonly board: VirtualBoard;
  readonly network: Network;
  readonly hostile: HostileNetwork;
  readonly air: ThinAir;
  readonly watch: DoorWatch;
  /** ms of the world until which somebody stands at the reader. */
  busyUntil = 0;
  /** Things go wrong here: the power goes again while the board starts, and people come who have no right. */
  restless = true;
  /** No network reaches it: it hears of its cloud by phones alone. */
  readonly remote: boolean;
  /** ms of the world until which no network comes. */
  aloneUntil = 0;
  /** The next time that the power goes it stays away for so long. */
  darkMs = 0;
  /** How far off the time servers are that it asks; undefined = they do not answer. */
  timeLieMs: number | undefined = 0;
  /** Somebody was at the clock chip while the board was without power. */
  chipTouched = false;
  /** What somebody has copied off the chip. */
  copiedFlash: FlashSnapshot | undefined;
  readonly #parts: DoorUnitParts;
  readonly #random: VirtualRandom;
  #hex: string | undefined;
  #darkSince = 0;

  constructor(parts: DoorUnitParts) {
    this.#parts = parts;
    this.number = parts.number;
    this.remote = parts.remote;
    const { clock, trace, faults, number, seed } = parts;
    this.#random = new VirtualRandom(`${seed} unit ${number}`);
    this.hostile = new HostileNetwork(new VirtualRandom(`${seed} courier ${number}`), faults);
    this.network = new Network({
      clock,
      random: new VirtualRandom(`${seed} radio ${number}`),
      faults,
      door: () => (this.#hex ??= toHex(this.claimSecretAndId.subarray(0, 8))),
      onUp: (what, payload) => parts.onUp(what, payload),
      passes: (what, payload) => this.hostile.passes(what, payload, (milliseconds, changed = payload) => clock.set(() => this.network.deliver(what, changed), milliseconds)),
      answerHttp: (path, body) => parts.answerHttp(path, body),
    });
    this.air = new ThinAir(clock);
    this.board = new VirtualBoard({
      clock,
      network: this.network,
      seed: `${seed} board ${number}`,
      encrypted: parts.encrypted,
      hashes: mixingHashes,
      verifySignature: verifyCheapSignature,
      driftPpm: parts.driftPpm,
      locks: parts.locks,
      ...(parts.slow && { eraseMs: 45, sliceMs: 4 }),
      ...(parts.chipPpm !== undefined && { rtc: new VirtualRealTimeClock(clock, parts.chipPpm) }),
      onTrace: (line) => trace.line(number, line),
      onException: (error) => {
        parts.fail("crash", error instanceof Error ? `${error.message} ${error.stack ?? ""}` : String(error));
        this.board.powerOff();
      },
    });
    this.watch = new DoorWatch({ door: number, board: this.board, locks: parts.locks, trace, reasons: parts.reasons, now: () => clock.now, fail: parts.fail });
    this.board.pins.onOutput = (pin, { value }) => {
      const output = (OUTPUT_PINS as readonly number[]).indexOf(pin);
      if (output < 0 || output >= parts.locks.length || !this.board.running) return;
      trace.note("output", number, output, value);
      this.watch.openings.moved(output, value === 1);
    };
    this.board.onPowerLost = () => this.#powerLost();
    this.board.keyValue.preset(STORAGE, "cloud", ascii("cloud.simulated:443"));
  }

  /** Of `identity`: id (8) ‖ claim secret (16). */
  get claimSecretAndId(): Uint8Array {
    return this.board.keyValue.peek(STORAGE, "identity")!;
  }

  start(): void {
    this.board.start((device) => {
      this.watch.wasDark(this.#parts.clock.now - this.#darkSince, this.chipTouched);
      this.chipTouched = false;
      this.watch.booted();
      this.#parts.trace.note("power", this.number, 1, this.board.boots);
      const whole = { ...device, bluetooth: this.air.attach(device), ...(this.#parts.asksTime && { sntp: this.#timeServer(device) }) };
      if (this.#parts.boot !== undefined) this.#parts.boot(whole);
      else startController(whole);
    });
  }

  /**
   * Somebody presents what they have.
   * @param enter whether `#` follows a PIN.
   * @returns false where somebody else stands at the reader.
   */
  present(attempt: Omit<Attempt, "at">, gapMs: number, enter: boolean): boolean {
    const { clock } = this.#parts;
    const { now } = clock;
    if (now < this.busyUntil) return false;
    const { kind, secret, secondPin } = attempt;
    const keys = isTyped(kind) ? `${secret}${enter ? "#" : ""}` : "";
    const takesMs = keys.length * gapMs;
    this.busyUntil = now + takesMs + (secondPin === undefined ? 8_000 : 12_000);
    this.watch.presented({ ...attempt, at: now + takesMs });
    if (keys === "") this.board.keypad.presentCard(fromHex(secret)!);
    else this.board.keypad.type(keys, gapMs);
    if (secondPin !== undefined) clock.set(() => this.board.keypad.type(`${secondPin}#`, gapMs), takesMs + 2_000);
    return true;
  }

  /**
   * Somebody is about to hold a phone or fob to the door.
   * @param asksPin it is one after which the keypad asks for a PIN.
   * @returns false where somebody else stands at that keypad.
   */
  presentByRadio(attempt: Omit<Attempt, "at">, asksPin: boolean): boolean {
    const { clock } = this.#parts;
    const { now } = clock;
    if (asksPin && now < this.busyUntil) return false;
    this.watch.presented({ ...attempt, at: now });
    const { secondPin } = attempt;
    if (asksPin) this.busyUntil = now + (secondPin === undefined ? 8_000 : 12_000);
    if (secondPin !== undefined) clock.set(() => this.board.keypad.type(`${secondPin}#`), 2_000);
    return true;
  }

  /** It has served for years (aged-journal.ts). */
  age(random: VirtualRandom): void {
    this.watch.tap.tampering = true;
    this.board.powerOff();
    ageUseJournal(this.board, STORAGE, 220 + random.below(3));
    this.watch.tap.tampering = false;
    this.board.powerOn();
  }

  /** The power goes in one of the next writes. */
  armCut(random: VirtualRandom, within: number): void {
    const point = CUT_POINTS[random.below(3)];
    this.#parts.faults.add(`cut ${point} a write`);
    this.board.cutAfter(random.below(within), point);
  }

  /** From now on nothing goes wrong here. */
  calm(): void {
    this.restless = false;
    this.timeLieMs = 0;
    this.aloneUntil = 0;
    this.board.supply.cancelCut();
    this.hostile.jamsLists = this.hostile.jamsLeases = this.hostile.holdsTime = false;
    this.hostile.spoils = 0;
    // What has rotted in its list a board finds once a day, and when it starts.
    this.board.powerOff();
    this.board.powerOn();
  }

  /** Unsigned time: nobody answers for it. */
  #timeServer(device: Device): Sntp {
    const { clock, faults } = this.#parts;
    return {
      request: (onTime) => {
        device.timer.set(() => {
          const lie = this.timeLieMs;
          if (lie !== 0) faults.add(lie === undefined ? "no answer of a time server" : "lie of a time server");
          onTime(lie === undefined ? undefined : clock.unixMs + lie);
        }, 300);
      },
    };
  }

  #powerLost(): void {
    const { clock, trace, faults } = this.#parts;
    this.watch.openings.powerLost();
    this.air.powerLost();
    this.#darkSince = clock.now;
    trace.note("power", this.number, 0, 0);
    const random = this.#random;
    const awayMs = Math.max(this.darkMs, random.chance(0.7) ? 200 + random.below(20_000) : random.below(4 * 3_600_000));
    this.darkMs = 0;
    clock.set(() => {
      if (this.board.running) return;
      if (this.restless && random.chance(0.25)) {
        const point = CUT_POINTS[random.below(3)];
        faults.add("cut in boot");
        this.board.cutAfter(random.below(random.chance(0.7) ? 5 : 40), point);
      }
      this.board.powerOn();
    }, awayMs);
  }
}
