import type { Device, RealTimeClock, Timers } from "../firmware/device";
import { PARTITION_SECTORS } from "../firmware/flash-layout";
import type { Hashes } from "../protocol/hashes";
import { nobleHashes } from "../protocol/noble-hashes";
import type { BoardSession } from "./board-session";
import { PowerCut, PowerSupply, type CutPoint } from "./power-supply";
import type { VirtualClock, VirtualTimer } from "./virtual-clock";
import { VirtualPins } from "./virtual-digital";
import { VirtualFlash, type FlashSnapshot } from "./virtual-flash";
import { VirtualKeyValue, type KeyValueSnapshot } from "./virtual-key-value";
import { VirtualKeypad } from "./virtual-keypad";
import { VirtualOscillator } from "./virtual-oscillator";
import { VirtualRandom } from "./virtual-random";
import { VirtualRealTimeClock } from "./virtual-real-time-clock";

/** Where the board's wires go. Numbers mean nothing beyond telling pins apart. */
export const PIN = { strike: 16, contact: 17, requestToExit: 18, led: 19, buzzer: 21, service: 22 } as const;

const FLASH_PARTITION = "latchkey";
/** Lines of trace kept per board. */
const TRACE_LINES = 2_000;

/** Whatever a board's network plug goes to: a simulated network, or real sockets. */
export interface BoardNetwork {
  attach(session: BoardSession): Device["network"];
}

export interface VirtualBoardOptions {
  clock: VirtualClock;
  /** Without one, every connection fails. */
  network?: BoardNetwork;
  /** Makes the board's random bytes and the noise of its flash. */
  seed?: string | number;
  /** Default: what the firmware's layout takes. */
  flashBlocks?: number;
  /** Flash as on a board with flash encryption, which is what ships. Default true. */
  encrypted?: boolean;
  hashes?: Hashes;
  verifySignature?: NonNullable<Device["verifySignature"]>;
  /** Where random bytes come from, instead of the seed. */
  randomBytes?: (length: number) => Uint8Array;
  /** true: a clock chip that starts out right. */
  rtc?: boolean | VirtualRealTimeClock;
  driftPpm?: number;
  ticksStart?: number;
  onTrace?: (line: string) => void;
  /**
   * An exception that leaves the firmware. Default: it comes out of `clock.advance`, as the bug that it is.
   * A real board's VM ends and starts again: `(error, board) => board.restart()`.
   */
  onException?: (error: unknown, board: VirtualBoard) => void;
}

/** What of a board survives a power cut. */
export interface BoardMemory {
  flash: FlashSnapshot;
  keyValue: KeyValueSnapshot;
}

export interface TraceLine {
  /** World time, ms. */
  at: number;
  line: string;
}

/**
 * One virtual board around one Device per power-on. It knows nothing of the firmware but the function that
 * starts it, and the firmware nothing of it but the Device.
 */
export class VirtualBoard {
  readonly clock: VirtualClock;
  readonly supply = new PowerSupply();
  readonly flash: VirtualFlash;
  readonly keyValue: VirtualKeyValue;
  readonly pins: VirtualPins;
  readonly keypad: VirtualKeypad;
  readonly rtc: VirtualRealTimeClock | undefined;
  /** Power-ons so far. */
  boots = 0;
  /** Called when a power-on ends, for whatever runs the firmware outside this process. */
  onPowerLost: (() => void) | undefined;
  #options: VirtualBoardOptions;
  #random: VirtualRandom;
  #boot: ((device: Device) => void) | undefined;
  #session: PowerOn | undefined;
  #trace: TraceLine[] = [];

  constructor(options: VirtualBoardOptions) {
    const seed = options.seed ?? 0;
    this.#options = options;
    this.clock = options.clock;
    this.flash = new VirtualFlash({
      blocks: options.flashBlocks ?? PARTITION_SECTORS,
      encrypted: options.encrypted ?? true,
      seed,
      supply: this.supply,
    });
    this.keyValue = new VirtualKeyValue(this.supply);
    this.pins = new VirtualPins(options.clock);
    this.keypad = new VirtualKeypad(options.clock);
    this.rtc = options.rtc === true ? new VirtualRealTimeClock(options.clock) : options.rtc || undefined;
    this.#random = new VirtualRandom(`board ${seed}`);
    this.supply.onLost = () => this.#endSession();
    this.supply.turnOff();
  }

  /** Gives the board its firmware and powers it on. */
  start(boot: (device: Device) => void): void {
    this.#boot = boot;
    this.powerOn();
  }

  get running(): boolean {
    return this.#session !== undefined;
  }

  /** @throws Error when it has no firmware. Does nothing when it is on. */
  powerOn(): void {
    if (this.#session) return;
    const boot = this.#boot;
    if (!boot) throw new Error("virtual board: start() has not given it a firmware");
    this.supply.restore();
    this.boots += 1;
    const session = new PowerOn(this.clock, this.#options, (error) => this.#exception(error));
    this.#session = session;
    const device = this.#makeDevice(session);
    session.run(() => boot(device));
  }

  /** Pulls the plug between two instructions. Everything volatile is gone, outputs fall to 0. */
  powerOff(): void {
    this.supply.turnOff();
  }

  /** As a watchdog or an abort does: everything volatile is gone, memories are not torn. */
  restart(): void {
    this.powerOff();
    this.powerOn();
  }

  /** See PowerSupply.cutAfter. */
  cutAfter(steps: number, point?: CutPoint): void {
    this.supply.cutAfter(steps, point);
  }

  /** Whether the strike's relay is energised. */
  get strike(): boolean {
    return this.pins.output(PIN.strike) === 1;
  }

  /** Every time the strike was energised, in world ms; `to` is missing while it still is. */
  get strikeTimes(): { from: number; to?: number }[] {
    const times: { from: number; to?: number }[] = [];
    for (const { at, value } of this.pins.timeline(PIN.strike)) {
      if (value) times.push({ from: at });
      else times[times.length - 1].to = at;
    }
    return times;
  }

  /** The leaf, as the door position switch sees it. Closed at first. */
  setLeaf(open: boolean): void {
    this.pins.drive(PIN.contact, open ? 0 : 1);
  }
  get leafOpen(): boolean {
    return this.pins.level(PIN.contact) === 0;
  }

  /** Holds or lets go of the request-to-exit button. */
  pressExit(held: boolean): void {
    this.pins.drive(PIN.requestToExit, held ? 0 : 1);
  }

  /** What the firmware traced, oldest first. */
  get trace(): readonly TraceLine[] {
    return this.#trace;
  }

  snapshot(): BoardMemory {
    return { flash: this.flash.snapshot(), keyValue: this.keyValue.snapshot() };
  }

  /** Puts memories back as they were; the board must be off. */
  restoreMemory(memory: BoardMemory): void {
    if (this.#session) throw new Error("virtual board: restoring memory under a running firmware");
    this.flash.restore(memory.flash);
    this.keyValue.restore(memory.keyValue);
  }

  #exception(error: unknown): void {
    const { onException } = this.#options;
    if (!onException) throw error;
    onException(error, this);
  }

  #endSession(): void {
    const session = this.#session;
    this.#session = undefined;
    session?.end();
    if (session) this.onPowerLost?.();
  }

  #makeDevice(session: PowerOn): Device {
    const { hashes = nobleHashes, verifySignature, randomBytes, network = NO_NETWORK } = this.#options;
    const rtc = this.rtc && guardedRealTimeClock(session, this.rtc);
    return {
      io: { Digital: this.pins.attach(session) },
      pin: PIN,
      outputs: [{ pin: PIN.strike, lock: "fail-secure" }],
      readers: [{ kind: "serial", io: this.keypad.attach(session), led: PIN.led, buzzer: PIN.buzzer }],
      network: network.attach(session),
      flash: {
        open: ({ path }) => {
          session.need();
          if (path !== FLASH_PARTITION) throw new Error(`flash: no partition "${path}"`);
          return {
            read: (byteLength, byteOffset) => (session.need(), this.flash.read(byteLength, byteOffset)),
            write: (buffer, byteOffset) => (session.need(), this.flash.write(buffer, byteOffset)),
            eraseBlock: (start, stop) => (session.need(), this.flash.eraseBlock(start, stop)),
            status: () => this.flash.status(),
            close: () => {},
          };
        },
      },
      keyValue: {
        open: ({ path }) => {
          session.need();
          const domain = this.keyValue.open(path);
          return {
            read: (key) => (session.need(), domain.read(key)),
            write: (key, value) => (session.need(), domain.write(key, value)),
            delete: (key) => (session.need(), domain.delete(key)),
            close: () => {},
          };
        },
      },
      timer: session.timer,
      ticks: () => session.oscillator.ticks(),
      ...(rtc && { rtc }),
      hashes,
      randomBytes: randomBytes ?? ((length) => this.#random.bytes(length)),
      ...(verifySignature && { verifySignature }),
      trace: (line) => {
        if (!session.alive) return;
        this.#trace.push({ at: this.clock.now, line });
        if (this.#trace.length > TRACE_LINES) this.#trace.splice(0, TRACE_LINES / 2);
        this.#options.onTrace?.(line);
      },
    };
  }
}

/** The volatile half of a board, from power-on to power-off. */
class PowerOn implements BoardSession {
  alive = true;
  readonly oscillator: VirtualOscillator;
  readonly timer: Timers;
  #clock: VirtualClock;
  #onException: (error: unknown) => void;
  #ends = new Set<() => void>();

  constructor(clock: VirtualClock, options: VirtualBoardOptions, onException: (error: unknown) => void) {
    this.#clock = clock;
    this.#onException = onException;
    const { driftPpm = 0, ticksStart } = options;
    this.oscillator = new VirtualOscillator(clock, { driftPpm, ...(ticksStart !== undefined && { ticksStart }) });
    this.timer = {
      set: (callback, milliseconds) => {
        this.need();
        return this.#clock.set(() => this.run(callback), this.oscillator.trueDelay(milliseconds));
      },
      clear: (handle) => this.#clock.clear(handle as VirtualTimer | undefined),
    };
  }

  need(): void {
    if (!this.alive) throw new PowerCut();
  }

  run(callback: () => void): void {
    if (!this.alive) return;
    try {
      callback();
    } catch (error) {
      // Whatever the firmware throws while the power fails under it never happened on a real board.
      if (this.alive) this.#onException(error);
    }
  }

  onEnd(callback: () => void): () => void {
    this.#ends.add(callback);
    return () => this.#ends.delete(callback);
  }

  end(): void {
    this.alive = false;
    this.#ends.forEach((end) => end());
  }
}

function guardedRealTimeClock(session: BoardSession, chip: VirtualRealTimeClock): RealTimeClock {
  return {
    get time(): number | undefined {
      session.need();
      return chip.time;
    },
    set time(value: number | undefined) {
      session.need();
      chip.time = value;
    },
  };
}

const NO_NETWORK: BoardNetwork = {
  attach(session) {
    const failing = (onError: ((error?: unknown) => void) | undefined): void => {
      session.timer.set(() => onError?.(), 1_000);
    };
    return {
      mqtt: {
        io: class {
          static readonly CONNACK = 2;
          static readonly PUBLISH = 3;
          static readonly PUBACK = 4;
          static readonly SUBSCRIBE = 8;
          static readonly SUBACK = 9;
          constructor(options: { onError?(error?: unknown): void }) {
            failing(options.onError);
          }
          read(): undefined {}
          write(): number {
            throw new Error("not connected");
          }
          close(): void {}
        },
      },
      http: {
        io: class {
          constructor(options: { onError?(error?: unknown): void }) {
            failing(options.onError);
          }
          request(): never {
            throw new Error("not connected");
          }
          close(): void {}
        },
      },
    };
  },
};
