/**
 * The controller under the Moddable SDK on Linux, to check what Node cannot: that it links, preloads and runs in
 * the SDK's own engine with the SDK's MQTT, HTTP and digests. It claims itself at a cloud over plain HTTP as soon
 * as somebody gives the cloud the claim text that it traces. Its keypad is a TCP port of the same machine: `1`, `2`
 * … `#` sent there are keys pressed. A check and no product: it forgets everything when it ends.
 *
 * manifest.json's `config`, or `name=value` of mcconfig: cloudHost, cloudPort, keypadTcpPort.
 */
import config from "mc/config";
import Listener from "embedded:io/socket/listener";
import TCP from "embedded:io/socket/tcp";
import { startController, STORAGE_PATH } from "../../firmware/controller";
import { saveSettings } from "../../firmware/enrolment/settings";
import type { VirtualSerialReader } from "../virtual-serial-reader";
import { makeLinDevice } from "./lin-device";
import { ModdableClock } from "./moddable-clock";

/** XS calls this before it ends the machine for an exception that nobody caught. */
interface AbortHook {
  abort(status: string, exception: unknown): void;
}

export default function (): void {
  (globalThis as unknown as AbortHook).abort = (status, exception) => trace(`abort: ${status}: ${String(exception)}\n${String((exception as Error | undefined)?.stack)}\n`);
  const { device, keypad, pins } = makeLinDevice(new ModdableClock(), (line) => trace(`${line}\n`));
  pins.onOutput = (pin, { value }) => {
    if (pin === device.outputs[0].pin) trace(`strike ${value}\n`);
  };
  const keyValue = device.keyValue.open({ path: STORAGE_PATH, format: "buffer" });
  saveSettings(keyValue, { cloudHost: String(config.cloudHost), cloudPort: Number(config.cloudPort) });
  const listener = wireKeypad(keypad, Number(config.keypadTcpPort));
  // Held by the machine from here on: nothing else may keep all of it alive.
  Object.assign(globalThis, { latchkey: { controller: startController(device), listener } });
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
