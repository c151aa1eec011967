import { startController, STORAGE_PATH } from "../controller";
import { loadSettings, saveSettings } from "../enrolment/settings";
import { boardTimers, makeBoard } from "./board";
import { readBoardSettings } from "./board-settings";
import { WifiStation } from "./wifi-station";

/** XS calls this before it ends the machine: for an exception that nobody caught, for memory that ran out. */
interface AbortHook {
  abort(status: string, exception: unknown): void;
}

/** What runs at power-on. */
export default function (): void {
  const settings = readBoardSettings();
  // First of all: the random number generator needs the radio, and the first boot makes the door's identity.
  new WifiStation({ ...settings.wifi, timers: boardTimers, trace: (line) => trace(`${line}\n`) });
  const { device, secureOutputs } = makeBoard(settings);
  (globalThis as unknown as AbortHook).abort = (status) => {
    trace(`abort: ${status}\n`);
    secureOutputs();
    // Anything but false ends the machine, and the board starts again.
  };
  const keyValue = device.keyValue.open({ path: STORAGE_PATH, format: "buffer" });
  if (loadSettings(keyValue) === undefined && settings.cloud.host !== "") {
    saveSettings(keyValue, { cloudHost: settings.cloud.host, cloudPort: settings.cloud.port });
  }
  keyValue.close();
  // Held by the machine from here on: nothing else may keep all of it alive.
  Object.assign(globalThis, { latchkey: startController(device) });
}
