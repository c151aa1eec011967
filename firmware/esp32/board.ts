import ModdableDigital from "embedded:io/digital";
import ModdableDigitalBank from "embedded:io/digitalbank";
import ModdableSerial from "embedded:io/serial";
import SMBus from "embedded:io/smbus";
import FlashStorage from "embedded:storage/flash";
import KeyValueStorage from "embedded:storage/key-value";
import Time from "time";
import Timer from "timer";
import type { Device, Digital, DigitalBankConstructor, DigitalConstructor, KeyValue, ReaderWiring, SerialConstructor, Timers, WiegandConstructor } from "../device";
import { aesCipher } from "./aes-cipher";
import { boardSystem, startWatchdog } from "./board-system";
import type { BoardSettings } from "./board-settings";
import type { BoardWiring, ReaderPins } from "./board-wiring";
import { ClockChip } from "./clock-chip";
import type { ConsolePort } from "./console-port";
import { digestHashes } from "./digest-hashes";
import { nativeVerify } from "./ed25519-verify";
import { makeFirmwareSlots } from "./firmware-slots";
import { gattServerClass } from "./gatt-server";
import type { IoGuard } from "./io-guard";
import { makeDns, makeNetwork } from "./network";
import { SntpClient } from "./sntp-client";
import { SystemClock } from "./system-clock";
import { TrueRandom } from "./true-random";
import { WiegandCapture } from "./wiegand-capture";

export interface Board {
  device: Device;
  /** Every lock to the state that is secure for it, whoever opened it and whatever state that is in. */
  secureOutputs(): void;
}

export interface BoardOptions {
  settings: BoardSettings;
  guard: IoGuard;
  timers: Timers;
  /** Absent where the line is the debugger's. */
  console: ConsolePort | undefined;
  trace(line: string): void;
  /** The cloud's CA, DER; "plain": no TLS at all. */
  ca: ArrayBuffer | "plain" | undefined;
}

/** The key-value store of a board, format "buffer": reads buffers, or nothing. */
export function openKeyValue(options: { path: string; format: "buffer" }): KeyValue {
  return KeyValueStorage.open(options) as KeyValue;
}

/** Timers whose callbacks are the firmware's own. */
export function makeTimers(guard: IoGuard): Timers {
  return {
    set: (callback, milliseconds) => Timer.set(guard.own(() => callback()), milliseconds),
    clear: (handle) => Timer.clear(handle as ReturnType<typeof Timer.set>),
  };
}

/**
 * The Device of an ESP32 as manifest.json wires it. The radio must be on before this is called, because the
 * random number generator lives on its noise.
 */
export function makeBoard({ settings, guard, timers, console, trace, ca }: BoardOptions): Board {
  const { wiring } = settings;
  const { BoardDigital, secureOutputs } = makeDigital(wiring, guard);
  const dns = makeDns(settings.dnsServers, guard);
  const sntp = new SntpClient({ servers: settings.timeServers, dns, io: guard.udp() });
  const clock = new SystemClock(openClockChip(wiring, trace), {
    request: (onTime) => sntp.request(guard.own(onTime)),
  });
  const verifySignature = nativeVerify();
  return {
    device: {
      io: { Digital: BoardDigital },
      pin: wiring,
      outputs: wiring.outputs,
      readers: wiring.readers.map((reader) => makeReader(reader, guard)),
      network: makeNetwork({ guard, dnsServers: settings.dnsServers, tls: ca === "plain" ? "plain" : { ca, clock } }),
      flash: { open: ({ path }) => FlashStorage.open({ path, mode: "r+" }) },
      keyValue: { open: openKeyValue },
      timer: timers,
      ticks: () => Time.ticks,
      rtc: clock.rtc,
      sntp: { request: (onTime) => sntp.request(guard.own(onTime)) },
      hashes: digestHashes,
      randomBytes(length) {
        const bytes = new Uint8Array(length);
        TrueRandom.fill(bytes);
        return bytes;
      },
      ...(verifySignature && { verifySignature }),
      system: boardSystem,
      watchdog: startWatchdog(),
      ...(console && { console: { io: console.io } }),
      bluetooth: { io: gattServerClass({ guard, timers, trace }), blockCipher: aesCipher },
      ...(settings.imageKey && { update: makeFirmwareSlots(settings.boardKind, settings.imageKey) }),
      trace,
    },
    secureOutputs,
  };
}

/** Pins whose callbacks are the firmware's own, and the relays among them at hand. */
function makeDigital({ outputs }: BoardWiring, guard: IoGuard): { BoardDigital: DigitalConstructor; secureOutputs(): void } {
  const relays = new Map<number, Digital>();
  const BoardDigital = class extends (ModdableDigital as unknown as DigitalConstructor) {
    constructor(options: ConstructorParameters<DigitalConstructor>[0]) {
      super(guard.ownAll(options));
      if (outputs.some(({ pin }) => pin === options.pin)) relays.set(options.pin, this);
    }
  };
  return {
    BoardDigital,
    secureOutputs() {
      for (const { pin, lock } of outputs) relays.get(pin)?.write(lock === "fail-safe" ? 1 : 0);
    },
  };
}

function makeReader(reader: ReaderPins, guard: IoGuard): ReaderWiring {
  const { kind, rows = [], columns = [], ...rest } = reader;
  if (kind === "wiegand") return { ...rest, kind, io: owned(WiegandCapture as unknown as WiegandConstructor, guard) };
  if (kind === "matrix") return { ...rest, kind, rows, columns, io: owned(ModdableDigitalBank as unknown as DigitalBankConstructor, guard) };
  return { ...rest, kind, io: owned(ModdableSerial as unknown as SerialConstructor, guard) };
}

/** The same class; callbacks handed to it are the firmware's own. */
function owned<T extends new (options: never) => object>(Base: T, guard: IoGuard): T {
  const Class = Base as unknown as new (options: object) => object;
  return class extends Class {
    constructor(options: object) {
      super(guard.ownAll(options));
    }
  } as unknown as T;
}

function openClockChip({ clock }: BoardWiring, trace: (line: string) => void): ClockChip | undefined {
  if (clock === undefined) return undefined;
  try {
    return new ClockChip(new SMBus({ address: 0x68, hz: 100_000, ...clock } as unknown as ConstructorParameters<typeof SMBus>[0]));
  } catch {
    trace("clock chip: none answers");
    return undefined;
  }
}
