import Time from "time";
import { digestHashes } from "../../firmware/esp32/digest-hashes";
import { nativeVerify } from "../../firmware/esp32/ed25519-verify";
import { type IoGuard } from "../../firmware/esp32/io-guard";
import { MemoryUse } from "../../firmware/esp32/memory-use";
import { makeDns, makeNetwork } from "../../firmware/esp32/network";
import { SntpClient } from "../../firmware/esp32/sntp-client";
import { SystemClock } from "../../firmware/esp32/system-clock";
import { TrueRandom } from "../../firmware/esp32/true-random";
import type { Device } from "../../firmware/device";
import { PARTITION_SECTORS } from "../../firmware/flash-layout";
import type { BoardSession } from "../board-session";
import { PowerSupply } from "../power-supply";
import type { VirtualClock, VirtualTimer } from "../virtual-clock";
import { VirtualPins } from "../virtual-digital";
import { VirtualFlash } from "../virtual-flash";
import { VirtualKeyValue } from "../virtual-key-value";
import { VirtualSerialReader } from "../virtual-serial-reader";

const PINS = { contact: 33, requestToExit: 32 };
const STRIKE = 26;
const LED = 25;
const BUZZER = 27;

export interface LinOptions {
  clock: VirtualClock;
  onTrace: (line: string) => void;
  guard: IoGuard;
  /** The cloud's CA, DER; "plain": no TLS. */
  ca: ArrayBuffer | "plain";
}

export interface LinDevice {
  device: Device;
  keypad: VirtualSerialReader;
  pins: VirtualPins;
}

/**
 * A Device for a PC under the Moddable SDK: memories and wires are the simulation's, kept in RAM and empty at each
 * start; timers, digests, random bytes, MQTT and HTTP are what an ESP32 has.
 */
export function makeLinDevice({ clock, onTrace, guard, ca }: LinOptions): LinDevice {
  const session: BoardSession = {
    alive: true,
    run: (callback) => callback(),
    need: () => {},
    timer: {
      set: (callback, milliseconds) => clock.set(callback, milliseconds),
      clear: (handle) => clock.clear(handle as VirtualTimer),
    },
    onEnd: () => () => false,
  };
  const dns = makeDns([], guard);
  const sntp = new SntpClient({ servers: [], dns, io: guard.udp() });
  const systemClock = new SystemClock(undefined, sntp);
  const verifySignature = nativeVerify();
  const supply = new PowerSupply();
  const flash = new VirtualFlash({ blocks: PARTITION_SECTORS, encrypted: true, supply });
  const keyValue = new VirtualKeyValue(supply);
  const pins = new VirtualPins(clock);
  const keypad = new VirtualSerialReader(clock);
  return {
    keypad,
    pins,
    device: {
      io: { Digital: pins.attach(session) },
      pin: PINS,
      outputs: [{ pin: STRIKE, lock: "fail-secure" }],
      readers: [{ kind: "serial", io: keypad.attach(session), led: LED, buzzer: BUZZER }],
      network: makeNetwork({ guard, dnsServers: [], tls: ca === "plain" ? "plain" : { ca, clock: systemClock } }),
      flash: { open: () => flash },
      keyValue: { open: ({ path }) => keyValue.open(path) },
      timer: session.timer,
      ticks: () => Time.ticks,
      hashes: digestHashes,
      randomBytes(length) {
        const bytes = new Uint8Array(length);
        TrueRandom.fill(bytes);
        return bytes;
      },
      ...(verifySignature && { verifySignature }),
      system: {
        resetReason: "power-on",
        memoryUse: () => ({ chunkBytes: MemoryUse.chunkBytes(), slotBytes: MemoryUse.slotBytes() }),
        restart: () => onTrace("restart: not here"),
      },
      trace: onTrace,
    },
  };
}
