import type { VirtualClock } from "../../hardware-sim/virtual-clock";
import type { DeviceKey, KeyVault, OpaqueKey } from "../../phone/key-vault";
import type { PhoneClock } from "../../phone/phone-clock";

const TICK_MS = 15;
const ROUNDS_MAX = 20_000;

/** A phone's time in a simulated world. */
export function phoneClock(clock: VirtualClock): PhoneClock {
  return {
    now: () => clock.now,
    after: (milliseconds, callback) => {
      const timer = clock.set(callback, milliseconds);
      return () => clock.clear(timer);
    },
  };
}

/** WebCrypto works while real time passes: virtual time waits for it, so that a busy machine makes no phone slow. */
export class TimedVault implements KeyVault {
  readonly unreadable = true;
  /** Operations under way. */
  busy = 0;
  readonly #vault: KeyVault;
  readonly #random: (length: number) => Uint8Array;

  /** @param random default: the vault's own. */
  constructor(vault: KeyVault, random?: (length: number) => Uint8Array) {
    this.#vault = vault;
    this.#random = random ?? ((length) => vault.random(length));
  }

  createDeviceKey(): Promise<DeviceKey> {
    return this.#timed(this.#vault.createDeviceKey());
  }

  unwrap(device: DeviceKey, ephemeralKey: Uint8Array, wrapped: readonly Uint8Array[]): Promise<OpaqueKey[]> {
    return this.#timed(this.#vault.unwrap(device, ephemeralKey, wrapped));
  }

  prove(key: OpaqueKey, bytes: Uint8Array): Promise<Uint8Array> {
    return this.#timed(this.#vault.prove(key, bytes));
  }

  random(length: number): Uint8Array {
    return this.#random(length);
  }

  async #timed<T>(work: Promise<T>): Promise<T> {
    this.busy++;
    try {
      return await work;
    } finally {
      this.busy--;
    }
  }
}

/** Lets virtual time pass until a phone is done. @param busy whether something is under way that takes real time. */
export async function pump<T>(clock: VirtualClock, busy: () => boolean, work: Promise<T>): Promise<T> {
  let done = false;
  const end = (): void => void (done = true);
  work.then(end, end);
  for (let round = 0; !done; ) {
    await new Promise((resolve) => setImmediate(resolve));
    if (done || busy()) continue;
    if (++round > ROUNDS_MAX) throw new Error("a phone never comes to an end");
    clock.advance(TICK_MS);
  }
  return work;
}
