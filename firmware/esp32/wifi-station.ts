import WiFi from "embedded:network/interface/wifi";
import type { Timers, TimerHandle } from "../device";

const CONNECTING = 300; // of WiFi's `connection`: at or above it nothing is to be done
const READY = 500;
const RETRY_MIN_MS = 1_000;
const RETRY_MAX_MS = 30_000;

export interface WifiStationOptions {
  /** An empty name: the radio is on, for the random number generator, and joins nothing. */
  ssid: string;
  /** Empty for an open network. */
  password: string;
  timers: Timers;
  /** Marks a callback as the firmware's. */
  own<T>(callback: T): T;
  trace(line: string): void;
}

/** Joins one Wi-Fi network and joins it again whenever it is lost; the SDK's class does not by itself. */
export class WifiStation {
  readonly #options: WifiStationOptions;
  readonly #wifi: WiFi;
  #pause = RETRY_MIN_MS;
  #timer: TimerHandle | undefined;

  /** Turns the radio on. */
  constructor(options: WifiStationOptions) {
    this.#options = options;
    this.#wifi = new WiFi({ onChanged: options.own(() => this.#changed()) });
    if (options.ssid !== "") this.#connect();
  }

  #connect(): void {
    const { ssid, password } = this.#options;
    this.#timer = undefined;
    try {
      this.#wifi.connect(password === "" ? { SSID: ssid } : { SSID: ssid, password });
    } catch (error) {
      this.#options.trace(`wifi: ${String(error)}`);
      this.#retry();
    }
  }

  #changed(): void {
    const { connection } = this.#wifi;
    if (connection === READY) {
      this.#pause = RETRY_MIN_MS;
      this.#options.trace(`wifi: ready, ${this.#wifi.address ?? "no address"}`);
    } else if (connection < CONNECTING) {
      this.#options.trace("wifi: not connected");
      this.#retry();
    }
  }

  #retry(): void {
    if (this.#options.ssid === "") return;
    this.#timer ??= this.#options.timers.set(() => this.#connect(), this.#pause);
    this.#pause = Math.min(2 * this.#pause, RETRY_MAX_MS);
  }
}
