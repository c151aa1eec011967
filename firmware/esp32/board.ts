import ModdableDigital from "embedded:io/digital";
import ModdableSerial from "embedded:io/serial";
import FlashStorage from "embedded:storage/flash";
import KeyValueStorage from "embedded:storage/key-value";
import Time from "time";
import Timer from "timer";
import type { Device, Digital, DigitalConstructor, KeyValue, SerialConstructor, Timers } from "../device";
import type { BoardSettings } from "./board-settings";
import { digestHashes } from "./digest-hashes";
import { plainNetwork } from "./network";
import { TrueRandom } from "./true-random";

export const boardTimers: Timers = {
  set: (callback, milliseconds) => Timer.set(callback, milliseconds),
  clear: (handle) => Timer.clear(handle as ReturnType<typeof Timer.set>),
};

export interface Board {
  device: Device;
  /** Every output to 0, which is secure for a fail-secure lock, whoever opened it and whatever state that is in. */
  secureOutputs(): void;
}

/**
 * The Device of an ESP32 as manifest.json wires it. The radio must be on before this is called, because the
 * random number generator lives on its noise.
 */
export function makeBoard(settings: BoardSettings): Board {
  const outputs: Digital[] = [];
  const BoardDigital = class extends (ModdableDigital as unknown as DigitalConstructor) {
    constructor(options: ConstructorParameters<DigitalConstructor>[0]) {
      super(options);
      if (options.mode === (ModdableDigital.Output as number)) outputs.push(this);
    }
  };
  return {
    device: {
      io: { Digital: BoardDigital },
      pin: { contact: settings.pins.contact, requestToExit: settings.pins.requestToExit },
      outputs: [{ pin: settings.pins.strike, lock: "fail-secure" }],
      readers: [{ kind: "serial", io: ModdableSerial as unknown as SerialConstructor, ...settings.keypad, led: settings.pins.led, buzzer: settings.pins.buzzer }],
      network: plainNetwork(settings.dnsServers),
      flash: { open: ({ path }) => FlashStorage.open({ path, mode: "r+" }) },
      // Format "buffer" reads buffers, or nothing.
      keyValue: { open: (options) => KeyValueStorage.open(options) as KeyValue },
      timer: boardTimers,
      ticks: () => Time.ticks,
      hashes: digestHashes,
      randomBytes(length) {
        const bytes = new Uint8Array(length);
        TrueRandom.fill(bytes);
        return bytes;
      },
      trace: (line) => trace(`${line}\n`),
    },
    secureOutputs() {
      for (const output of outputs) output.write(0);
    },
  };
}
