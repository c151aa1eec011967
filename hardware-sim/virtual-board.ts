import type { Device, HttpRequest, OutputWiring, ReaderWiring, RealTimeClock, Timers } from "../firmware/device";
import { PARTITION_SECTORS } from "../firmware/flash-layout";
import type { ResetReason } from "../protocol/door-state";
import type { Hashes } from "../protocol/hashes";
import { nobleHashes } from "../protocol/noble-hashes";
import type { BoardSession } from "./board-session";
import { PowerCut, PowerSupply, type CutPoint } from "./power-supply";
import type { VirtualClock, VirtualTimer } from "./virtual-clock";
import { VirtualConsole } from "./virtual-console";
import { VirtualPins } from "./virtual-digital";
import { VirtualFlash, type FlashSnapshot } from "./virtual-flash";
import { VirtualKeyValue, type KeyValueSnapshot } from "./virtual-key-value";
import { MATRIX_PINS, VirtualMatrixKeypad } from "./virtual-matrix-keypad";
import { VirtualOscillator } from "./virtual-oscillator";
import { VirtualRandom } from "./virtual-random";
import type { VirtualReader } from "./virtual-reader";
import { VirtualRealTimeClock } from "./virtual-real-time-clock";
import { VirtualUpdate, type VirtualUpdateOptions } from "./virtual-update";
import { VirtualSerialReader } from "./virtual-serial-reader";
import { VirtualWiegandReader } from "./virtual-wiegand-reader";

/** Where the board's wires go. Numbers mean nothing beyond telling pins apart. */
export const PIN = { strike: 16, contact: 17, requestToExit: 18, led: 19, buzzer: 21, service: 22 } as const;
/** Relays of outputs 0 to 3. */
export const OUTPUT_PINS = [PIN.strike, 23, 25, 26] as const;

const FLASH_PARTITION = "latchkey";
/** From a restart to the first instruction. */
const RESTART_MS = 300;
/** Lines of trace kept per board. */
const TRACE_LINES = 2_000;

/** A reader on the board's wires; `outputs` is the mask that it may move, default all. */
export type VirtualReaderWiring = { outputs?: number } & ({ kind: "serial" } | { kind: "wiegand"; keyBits?: 4 | 8 } | { kind: "matrix" });

/** Pins of a reader's LED and buzzer. */
export function readerPins(index: number): { led: number; buzzer: number } {
  return index === 0 ? { led: PIN.led, buzzer: PIN.buzzer } : { led: 40 + 2 * index, buzzer: 41 + 2 * index };
}

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
  /** Kind of lock at each output, 0 first. Default: a fail-secure strike alone. */
  locks?: readonly OutputWiring["lock"][];
  /** Default: one serial reader. At most one matrix keypad. */
  readers?: readonly VirtualReaderWiring[];
  /**
   * How long JavaScript stands still, ms: while a block of flash is erased (45 on a real chip), and for a slice of
   * work, which is what a timer of 0 ms runs. What hardware captures goes on meanwhile. Default 0.
   */
  eraseMs?: number;
  sliceMs?: number;
  /** true: a clock chip that starts out right. */
  rtc?: boolean | VirtualRealTimeClock;
  driftPpm?: number;
  ticksStart?: number;
  /** A watchdog that starts the board anew when nobody has fed it for so many ms. Default: none. */
  watchdogMs?: number;
  /** Two image slots and a bootloader. Default: none. */
  update?: VirtualUpdateOptions;
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
  readonly readers: readonly VirtualReader[];
  readonly rtc: VirtualRealTimeClock | undefined;
  readonly console: VirtualConsole;
  readonly update: VirtualUpdate | undefined;
  /** What the firmware is told of its heap. */
  memoryUse = { chunkBytes: 0, slotBytes: 0 };
  /** Power-ons so far. */
  boots = 0;
  /** Called when a power-on ends, for whatever runs the firmware outside this process. */
  onPowerLost: (() => void) | undefined;
  #options: VirtualBoardOptions;
  readonly #wiring: readonly WiredReader[];
  #random: VirtualRandom;
  #boot: ((device: Device) => void) | undefined;
  #session: PowerOn | undefined;
  #resetReason: ResetReason = "power-on";
  #restarting: VirtualTimer | undefined;
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
    this.#wiring = (options.readers ?? [{ kind: "serial" }]).map((wiring) => makeReader(options.clock, wiring));
    this.readers = this.#wiring.map(({ reader }) => reader);
    this.rtc = options.rtc === true ? new VirtualRealTimeClock(options.clock) : options.rtc || undefined;
    this.console = new VirtualConsole(options.clock);
    this.update = options.update && new VirtualUpdate(this.supply, options.update);
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
    this.clock.clear(this.#restarting);
    this.#restarting = undefined;
    this.supply.restore();
    this.boots += 1;
    try {
      this.update?.boot();
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
      return;
    }
    const session = new PowerOn(this.clock, this.#options, (error) => this.#exception(error));
    this.#session = session;
    const device = this.#makeDevice(session);
    session.run(() => boot(device));
  }

  /** Pulls the plug between two instructions. Everything volatile is gone, outputs fall to 0. */
  powerOff(): void {
    this.supply.turnOff();
    this.#resetReason = "power-on";
    this.clock.clear(this.#restarting);
    this.#restarting = undefined;
  }

  /** As an abort does: everything volatile is gone, memories are not torn. */
  restart(reason: ResetReason = "exception"): void {
    this.supply.reset();
    this.#resetReason = reason;
    this.powerOn();
  }

  /** The firmware's processor is stuck in a loop: nothing that is due for it happens any more. */
  hang(): void {
    this.#session?.hang();
  }

  /** See PowerSupply.cutAfter. */
  cutAfter(steps: number, point?: CutPoint): void {
    this.supply.cutAfter(steps, point);
  }

  /** The first reader. */
  get keypad(): VirtualReader {
    return this.readers[0];
  }

  /** Whether the strike's relay is energised. */
  get strike(): boolean {
    return this.pins.output(PIN.strike) === 1;
  }

  /** Whether the lock at an output is open, power or not. */
  isOpen(output = 0): boolean {
    const energised = this.pins.output(OUTPUT_PINS[output]) === 1;
    return this.#locks[output] === "fail-safe" ? !energised : energised;
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

  /** Holds or lets go of the service button on the board. */
  pressService(held: boolean): void {
    this.pins.drive(PIN.service, held ? 0 : 1);
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

  get #locks(): readonly OutputWiring["lock"][] {
    return this.#options.locks ?? ["fail-secure"];
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
    const { watchdogMs } = this.#options;
    const update = this.update?.attach(session);
    const rtc = this.rtc && guardedRealTimeClock(session, this.rtc);
    return {
      io: { Digital: this.pins.attach(session) },
      pin: { contact: PIN.contact, requestToExit: PIN.requestToExit, service: PIN.service },
      outputs: this.#locks.map((lock, output) => ({ pin: OUTPUT_PINS[output], lock })),
      readers: this.#wiring.map(({ attach }, index) => ({ ...attach(session), ...readerPins(index) })),
      network: network.attach(session),
      flash: {
        open: ({ path }) => {
          session.need();
          if (path !== FLASH_PARTITION) throw new Error(`flash: no partition "${path}"`);
          return {
            read: (byteLength, byteOffset) => (session.need(), this.flash.read(byteLength, byteOffset)),
            write: (buffer, byteOffset) => (session.need(), this.flash.write(buffer, byteOffset)),
            eraseBlock: (start, stop = start + 1) => {
              session.need();
              this.flash.eraseBlock(start, stop);
              session.standStill((stop - start) * (this.#options.eraseMs ?? 0));
            },
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
      system: {
        resetReason: this.#resetReason,
        memoryUse: () => this.memoryUse,
        restart: () => {
          session.need();
          this.#restartLater("restart");
          throw new PowerCut();
        },
      },
      ...(watchdogMs !== undefined && { watchdog: this.#makeWatchdog(session, watchdogMs) }),
      console: { io: this.console.attach(session) },
      ...(update && { update }),
      trace: (line) => {
        if (!session.alive) return;
        this.#trace.push({ at: this.clock.now, line });
        if (this.#trace.length > TRACE_LINES) this.#trace.splice(0, TRACE_LINES / 2);
        this.#options.onTrace?.(line);
      },
    };
  }

  /** It ends here and now, and starts again a little later. */
  #restartLater(reason: ResetReason): void {
    this.supply.reset();
    this.#resetReason = reason;
    this.#restarting = this.clock.set(() => this.powerOn(), RESTART_MS);
  }

  #makeWatchdog(session: BoardSession, patienceMs: number): NonNullable<Device["watchdog"]> {
    let bite: VirtualTimer | undefined;
    const feed = (): void => {
      this.clock.clear(bite);
      bite = this.clock.set(() => this.#restartLater("watchdog"), patienceMs);
    };
    session.onEnd(() => this.clock.clear(bite));
    feed();
    return { feed: () => (session.need(), feed()) };
  }
}

interface WiredReader {
  reader: VirtualReader;
  attach(session: BoardSession): ReaderWiring;
}

function makeReader(clock: VirtualClock, { outputs, ...wiring }: VirtualReaderWiring): WiredReader {
  const place = outputs === undefined ? {} : { outputs };
  switch (wiring.kind) {
    case "serial": {
      const reader = new VirtualSerialReader(clock);
      return { reader, attach: (session) => ({ kind: "serial", io: reader.attach(session), ...place }) };
    }
    case "wiegand": {
      const reader = new VirtualWiegandReader({ clock, ...wiring });
      return { reader, attach: (session) => ({ kind: "wiegand", io: reader.attach(session), ...place }) };
    }
    case "matrix": {
      const reader = new VirtualMatrixKeypad(clock);
      return { reader, attach: (session) => ({ kind: "matrix", io: reader.attach(session), ...MATRIX_PINS, ...place }) };
    }
  }
}

/** A timer of the firmware; what it was set to may come due while JavaScript stands still, and wait. */
interface BoardTimer {
  callback: (() => void) | undefined;
  due: VirtualTimer | undefined;
  /** What it computes takes so long. */
  busyMs: number;
}

/** The volatile half of a board, from power-on to power-off. */
class PowerOn implements BoardSession {
  alive = true;
  #hung = false;
  readonly oscillator: VirtualOscillator;
  readonly timer: Timers;
  #clock: VirtualClock;
  #onException: (error: unknown) => void;
  #ends = new Set<() => void>();
  /** World time until which JavaScript stands still. */
  #stillUntil = 0;

  constructor(clock: VirtualClock, options: VirtualBoardOptions, onException: (error: unknown) => void) {
    this.#clock = clock;
    this.#onException = onException;
    const { driftPpm = 0, ticksStart, sliceMs = 0 } = options;
    this.oscillator = new VirtualOscillator(clock, { driftPpm, ...(ticksStart !== undefined && { ticksStart }) });
    this.timer = {
      set: (callback, milliseconds) => {
        this.need();
        const timer: BoardTimer = { callback, due: undefined, busyMs: milliseconds === 0 ? sliceMs : 0 };
        this.#arm(timer, milliseconds);
        return timer;
      },
      clear: (handle) => {
        const timer = handle as BoardTimer;
        timer.callback = undefined;
        this.#clock.clear(timer.due);
      },
    };
  }

  need(): void {
    if (!this.alive) throw new PowerCut();
  }

  run(callback: () => void): void {
    if (!this.alive || this.#hung) return;
    if (this.#still > 0) this.#clock.set(() => this.run(callback), this.#still);
    else this.#call(callback);
  }

  #call(callback: () => void): void {
    if (this.#hung) return;
    try {
      callback();
    } catch (error) {
      // Whatever the firmware throws while the power fails under it never happened on a real board.
      if (this.alive) this.#onException(error);
    }
  }

  /** JavaScript is busy for so much longer; whatever is to be told to it waits. */
  standStill(milliseconds: number): void {
    if (milliseconds > 0) this.#stillUntil = Math.max(this.#stillUntil, this.#clock.now) + milliseconds;
  }

  /** How much longer that is, ms. */
  get #still(): number {
    return this.#stillUntil - this.#clock.now;
  }

  /** Whatever sets a timer while it takes its time sets it at its end, after all that came meanwhile. */
  #arm(timer: BoardTimer, milliseconds: number): void {
    if (this.#still > 0) timer.due = this.#clock.set(() => this.#arm(timer, milliseconds), this.#still);
    else timer.due = this.#clock.set(() => this.#due(timer), this.oscillator.trueDelay(milliseconds));
  }

  #due(timer: BoardTimer): void {
    if (!this.alive || this.#hung) return;
    if (this.#still > 0) {
      timer.due = this.#clock.set(() => this.#due(timer), this.#still);
    } else if (timer.callback) {
      this.standStill(timer.busyMs);
      this.#call(timer.callback);
    }
  }

  /** As an endless loop does; outputs stay as they are. */
  hang(): void {
    this.#hung = true;
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
          request(): HttpRequest {
            return { read: () => undefined, write: () => 0 };
          }
          close(): void {}
        },
      },
    };
  },
};
