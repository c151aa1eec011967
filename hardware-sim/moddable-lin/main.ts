/**
 * The controller under the Moddable SDK on Linux, to check what Node cannot: that it links, preloads and runs in
 * the SDK's own engine with the SDK's MQTT, HTTP and digests. It claims itself at a cloud over plain HTTP as soon
 * as somebody gives the cloud the claim text that it traces. Its keypad is a TCP port of the same machine: `1`, `2`
 * … `#` sent there are keys pressed. A check and no product: it forgets everything when it ends.
 *
 * manifest.json's `config`, or `name=value` of mcconfig: cloudHost, cloudPort, keypadTcpPort, caHex (the cloud's CA as
 * hex of DER, for TLS; empty for none).
 */
import config from "mc/config";
import Listener from "embedded:io/socket/listener";
import TCP from "embedded:io/socket/tcp";
import Timer from "timer";
import { fromHex } from "../../protocol/bytes";
import { startController, STORAGE_PATH } from "../../firmware/controller";
import { saveSettings } from "../../firmware/enrolment/settings";
import { IoGuard } from "../../firmware/esp32/io-guard";
import { MemoryUse } from "../../firmware/esp32/memory-use";
import type { VirtualSerialReader } from "../virtual-serial-reader";
import { makeLinDevice } from "./lin-device";
import { ModdableClock } from "./moddable-clock";

const MEMORY_MS = 5_000;

/** XS calls this before it ends the machine for an exception that nobody caught. */
interface AbortHook {
  abort(status: string, exception: unknown): boolean;
}

export default function (): void {
  const print = (line: string): void => trace(`${line}\n`);
  const guard = new IoGuard(print);
  (globalThis as unknown as AbortHook).abort = (status, exception) => {
    if (guard.endConnections(exception)) return false;
    print(`abort: ${status}: ${String(exception)}\n${String((exception as Error | undefined)?.stack)}`);
    return true;
  };
  const ca = fromHex(String(config.caHex))!;
  const { device, keypad, pins } = makeLinDevice({ clock: new ModdableClock(guard), onTrace: print, guard, ca: ca.length === 0 ? "plain" : (ca.buffer as ArrayBuffer) });
  pins.onOutput = (pin, { value }) => {
    if (pin === device.outputs[0].pin) trace(`strike ${value}\n`);
  };
  const keyValue = device.keyValue.open({ path: STORAGE_PATH, format: "buffer" });
  saveSettings(keyValue, { cloudHost: String(config.cloudHost), cloudPort: Number(config.cloudPort) });
  const listener = wireKeypad(keypad, Number(config.keypadTcpPort));
  Timer.repeat(() => print(`memory: chunks at most ${MemoryUse.chunkBytesPeak()} bytes, slots at most ${MemoryUse.slotBytesPeak()} bytes`), MEMORY_MS);
  // Held by the machine from here on: nothing else may keep all of it alive.
  const start = guard.own(() => startController(device));
  Object.assign(globalThis, { latchkey: { controller: start(), listener } });
}

function wireKeypad(keypad: VirtualSerialReader, port: number): Listener {
  return new Listener({
    address: "127.0.0.1",
    port,
    onReadable(requests) {
      while (requests-- > 0) {
        const from = this.read();
        if (from === undefined) return;
        new TCP({
          from,
          format: "number",
          onReadable(count) {
            while (count-- > 0) keypad.type(String.fromCharCode(this.read() as number));
          },
          onError() {
            this.close();
          },
        });
      }
    },
  });
}
