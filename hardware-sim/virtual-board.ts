import type { Device, OutputWiring } from "../firmware/device";
import { PARTITION_SECTORS } from "../firmware/flash-layout";
import type { ResetReason } from "../protocol/door-state";
import type { BlockCipher } from "../protocol/block-cipher";
import type { Hashes } from "../protocol/hashes";
import { nobleHashes } from "../protocol/noble-hashes";
import { attachFlash, attachKeyValue } from "./attached-memories";
import type { BoardNetwork } from "./board-network";
import { OUTPUT_PINS, PIN, readerPins } from "./board-pins";
import type { Place } from "./radio/ether";
import { NO_NETWORK } from "./no-network";
import { PowerOn, type PowerOnOptions } from "./power-on";
import { PowerCut, PowerSupply, type CutPoint } from "./power-supply";
import type { VirtualAir } from "./radio/virtual-air";
import type { VirtualClock, VirtualTimer } from "./virtual-clock";
import { VirtualConsole } from "./virtual-console";
import { VirtualPins } from "./virtual-digital";
import { VirtualFlash, type FlashSnapshot } from "./virtual-flash";
import { VirtualKeyValue, type KeyValueSnapshot } from "./virtual-key-value";
import { VirtualRandom } from "./virtual-random";
import type { VirtualReader } from "./virtual-reader";
import { VirtualRealTimeClock } from "./virtual-real-time-clock";
import { VirtualUpdate, type VirtualUpdateOptions } from "./virtual-update";
import { wireReader, type VirtualReaderWiring, type WiredReader } from "./wired-reader";

/** From a restart to the first instruction. */
const RESTART_MS = 300;
/** Lines of trace kept per board. */
const TRACE_LINES = 2_000;

/** A board's Bluetooth. */
export interface VirtualRadio {
  air: VirtualAir;
  place: Place;
  blockCipher: BlockCipher;
  /** Room for so many connections at once. Default 4. */
  connections?: number;
}

export interface VirtualBoardOptions extends PowerOnOptions {
  clock: VirtualClock;
  /** Without one, every connection fails. */
  network?: BoardNetwork;
  /** Default: no Bluetooth. */
  radio?: VirtualRadio;
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
  /** How long JavaScript stands still while a block of flash is erased, ms (45 on a real chip). Default 0. */
  eraseMs?: number;
  /** true: a clock chip that starts out right. */
  rtc?: boolean | VirtualRealTimeClock;
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
    this.#wiring = (options.readers ?? [{ kind: "serial" }]).map((wiring) => wireReader(options.clock, wiring));
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
    const { watchdogMs, radio } = this.#options;
    const update = this.update?.attach(session);
    const rtc = this.rtc?.attach(session);
    return {
      io: { Digital: this.pins.attach(session) },
      pin: { contact: PIN.contact, requestToExit: PIN.requestToExit, service: PIN.service },
      outputs: this.#locks.map((lock, output) => ({ pin: OUTPUT_PINS[output], lock })),
      readers: this.#wiring.map(({ attach }, index) => ({ ...attach(session), ...readerPins(index) })),
      network: network.attach(session),
      flash: attachFlash(session, this.flash, this.#options.eraseMs ?? 0),
      keyValue: attachKeyValue(session, this.keyValue),
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
      ...(radio && { bluetooth: { io: radio.air.gattServer(session, radio.place, radio.connections), blockCipher: radio.blockCipher } }),
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

  #makeWatchdog(session: PowerOn, patienceMs: number): NonNullable<Device["watchdog"]> {
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
