import type { RealTimeClock } from "../device";

/** ECMA-419 §9.9.2 SMBus, as far as the chip needs it. */
export interface RegisterBus {
  readUint8(register: number): number;
  writeUint8(register: number, value: number): void;
  readBuffer(register: number, buffer: Uint8Array): unknown;
  writeBuffer(register: number, buffer: Uint8Array): void;
}

const TIME = 0x00;
const TIME_BYTES = 7;
const CONTROL = 0x0e;
/** The oscillator stands still when the chip runs on its battery. */
const CONTROL_STOPPED = 0x80;
const STATUS = 0x0f;
/** The oscillator stood still at some time since this bit was cleared, so the registers mean nothing. */
const STATUS_STOPPED = 0x80;
/** The chip starts with 2000-01-01, and nothing here is older than this: 2024-01-01. */
const EARLIEST_MS = 1_704_067_200_000;
/** Two digits of year. */
const LATEST_MS = 4_102_444_799_000;

/**
 * A DS3231 with its battery, seconds since 2000 in UTC. The SDK has a driver too (embedded:RTC/DS3231), but that does
 * not look at the flag that says whether the oscillator ever stood still, so after an empty battery it tells a time
 * that looks right. A door would then let people in by it.
 */
export class ClockChip implements RealTimeClock {
  readonly #bus: RegisterBus;

  /** @throws Error where no chip answers. */
  constructor(bus: RegisterBus) {
    this.#bus = bus;
    bus.readUint8(STATUS);
  }

  get time(): number | undefined {
    if ((this.#bus.readUint8(STATUS) & STATUS_STOPPED) !== 0) return undefined;
    const registers = new Uint8Array(TIME_BYTES);
    this.#bus.readBuffer(TIME, registers);
    const [seconds, minutes, hours, , day, month, year] = registers;
    // Written by this class: 24 hours, this century.
    const time = Date.UTC(2000 + fromBcd(year), fromBcd(month & 0x1f) - 1, fromBcd(day), fromBcd(hours & 0x3f), fromBcd(minutes), fromBcd(seconds));
    return time >= EARLIEST_MS && time <= LATEST_MS ? time : undefined;
  }

  /** undefined: what the chip tells is not to be believed any more, by this board or the next. */
  set time(value: number | undefined) {
    const known = value !== undefined && value >= EARLIEST_MS && value <= LATEST_MS;
    const date = new Date(known ? value : EARLIEST_MS - 1_000);
    const registers = Uint8Array.of(
      toBcd(date.getUTCSeconds()),
      toBcd(date.getUTCMinutes()),
      toBcd(date.getUTCHours()),
      date.getUTCDay() + 1,
      toBcd(date.getUTCDate()),
      toBcd(date.getUTCMonth() + 1),
      toBcd(date.getUTCFullYear() - 2000),
    );
    this.#bus.writeBuffer(TIME, registers);
    this.#bus.writeUint8(CONTROL, this.#bus.readUint8(CONTROL) & ~CONTROL_STOPPED);
    // Last: a power cut before leaves a time that is not believed.
    if (known) this.#bus.writeUint8(STATUS, this.#bus.readUint8(STATUS) & ~STATUS_STOPPED);
  }
}

function fromBcd(value: number): number {
  return (value >> 4) * 10 + (value & 0x0f);
}

function toBcd(value: number): number {
  return (Math.floor(value / 10) << 4) | (value % 10);
}
