import Time from "time";
import type { RealTimeClock, Sntp } from "../device";

/** Nothing that is checked against this clock was made earlier: 2024-01-01. A board without a clock chip starts in 1970. */
const EARLIEST_MS = 1_704_067_200_000;

/**
 * The chip's own clock, for nothing but the dates of TLS certificates: no connection is begun before it can be right.
 * It is set, in this order of trust, by the time that the cloud signed (TrustedClock writes it to `rtc`), by the clock
 * chip at power-on, by an unsigned time server. Whoever fakes the last can at the most have a certificate believed
 * outside of its dates; what opens doors is judged by TrustedClock, which an unsigned time cannot move that far.
 */
export class SystemClock {
  readonly #chip: RealTimeClock | undefined;
  readonly #sntp: Sntp;
  #asking = false;

  /** @param chip where one is wired. */
  constructor(chip: RealTimeClock | undefined, sntp: Sntp) {
    this.#chip = chip;
    this.#sntp = sntp;
    // After a restart without a power cut the chip's own clock still runs.
    const time = SystemClock.#tell(chip);
    if (time !== undefined) this.#set(time);
  }

  /** Whether a certificate can be judged. */
  get ready(): boolean {
    return Date.now() >= EARLIEST_MS;
  }

  /** Asks a time server, unless the clock is right or one is asked already. */
  seek(): void {
    if (this.ready || this.#asking) return;
    this.#asking = true;
    this.#sntp.request((unixMs) => {
      this.#asking = false;
      if (unixMs !== undefined && !this.ready) this.#set(unixMs);
    });
  }

  /** What the firmware gets as its clock: the chip, if any; what it writes sets this clock too. */
  get rtc(): RealTimeClock {
    const chip = this.#chip;
    const set = (time: number): void => this.#set(time);
    return {
      get time(): number | undefined {
        return SystemClock.#tell(chip);
      },
      set time(value: number | undefined) {
        SystemClock.#keep(chip, value);
        if (value !== undefined) set(value);
      },
    };
  }

  /** A bus that fails must not keep the door from starting: a chip that does not answer knows no time. */
  static #tell(chip: RealTimeClock | undefined): number | undefined {
    try {
      return chip?.time;
    } catch {
      return undefined;
    }
  }

  static #keep(chip: RealTimeClock | undefined, time: number | undefined): void {
    try {
      if (chip !== undefined) chip.time = time;
    } catch {
      // It is asked again at the next power-on, and then says what it says.
    }
  }

  #set(unixMs: number): void {
    Time.set(Math.floor(unixMs / 1_000));
  }
}
