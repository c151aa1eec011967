/**
 * The controller under the Moddable SDK on Linux, to check what Node cannot: that it links, preloads and runs in
 * the SDK's own engine with the SDK's MQTT, HTTP and digests. It claims itself at a cloud over plain HTTP as soon
 * as somebody gives the cloud the claim text that it traces, and once a list is active it types PINs. A check and
 * no product: it forgets everything when it ends.
 *
 * manifest.json's `config`, or `name=value` of mcconfig: cloudHost, cloudPort, typedPins (separated by spaces).
 */
import config from "mc/config";
import Timer from "timer";
import { startController, STORAGE_PATH } from "../../firmware/controller";
import { saveSettings } from "../../firmware/settings";
import { makeLinDevice } from "./lin-device";
import { ModdableClock } from "./moddable-clock";

const BETWEEN_PINS_MS = 2_000;
const BETWEEN_KEYS_MS = 50;

/** XS calls this before it ends the machine for an exception that nobody caught. */
interface AbortHook {
  abort(status: string, exception: unknown): void;
}

export default function (): void {
  (globalThis as unknown as AbortHook).abort = (status, exception) => trace(`abort: ${status}: ${String(exception)}\n${String((exception as Error | undefined)?.stack)}\n`);
  const clock = new ModdableClock();
  const { device, keypad, pins } = makeLinDevice(clock, (line) => {
    trace(`${line}\n`);
    if (line.startsWith("list ")) typeWaitingPins();
  });
  const waiting = String(config.typedPins).split(" ");
  const typeWaitingPins = (): void => {
    waiting.splice(0).forEach((pin, index) => Timer.set(() => keypad.type(`${pin}#`, BETWEEN_KEYS_MS), (index + 1) * BETWEEN_PINS_MS));
  };
  pins.onOutput = (pin, { value }) => {
    if (pin === device.pin.strike) trace(`strike ${value}\n`);
  };
  const keyValue = device.keyValue.open({ path: STORAGE_PATH, format: "buffer" });
  saveSettings(keyValue, { cloudHost: String(config.cloudHost), cloudPort: Number(config.cloudPort) });
  // Held by the machine from here on: nothing else may keep all of it alive.
  Object.assign(globalThis, { latchkey: startController(device) });
}
