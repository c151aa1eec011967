import { startController, STORAGE_PATH } from "../controller";
import { loadCaCertificate } from "../enrolment/ca-certificate";
import { loadSettings, saveSettings } from "../enrolment/settings";
import { loadWifiSettings } from "../enrolment/wifi-settings";
import { isDebugBuild } from "./board-system";
import { makeBoard, makeTimers, openKeyValue } from "./board";
import { readBoardSettings } from "./board-settings";
import { ConsolePort } from "./console-port";
import { IoGuard } from "./io-guard";
import { WifiStation } from "./wifi-station";

/** XS calls this before it ends the machine; false: it goes on without what was running. */
interface AbortHook {
  abort(status: string, exception: unknown): boolean;
}

/** The status of an exception that nobody caught; others say that memory or stack ran out. */
const UNHANDLED = "unhandled exception";

/** What runs at power-on. */
export default function (): void {
  const console = isDebugBuild() ? undefined : new ConsolePort();
  const print = (line: string): void => (console === undefined ? trace(`${line}\n`) : console.trace(line));
  const giveUp = (status: string, exception: unknown): boolean => {
    const line = `abort: ${status}: ${String(exception)}`;
    if (console === undefined) trace(`${line}\n`);
    else console.lastWords(line);
    return true;
  };
  const guard = new IoGuard(print);
  const hook = globalThis as unknown as AbortHook;
  // Until the relays are known there is nothing to secure: their pull-downs hold them.
  hook.abort = giveUp;
  const settings = readBoardSettings();
  const timers = makeTimers(guard);

  const keyValue = openKeyValue({ path: STORAGE_PATH, format: "buffer" });
  const { wifiName, wifiPassword, cloudHost, cloudPort, plain } = settings.bench;
  if (loadSettings(keyValue) === undefined && cloudHost !== "") saveSettings(keyValue, { cloudHost, cloudPort });
  const ca = plain ? "plain" : (loadCaCertificate(keyValue)?.buffer as ArrayBuffer | undefined);
  // What an installer typed goes before what the image brought along.
  const wifi = loadWifiSettings(keyValue) ?? { name: wifiName, password: wifiPassword };
  keyValue.close();

  // Before anything random: the generator needs the radio, and the first boot makes the door's identity.
  new WifiStation({ ssid: wifi.name, password: wifi.password, timers, own: (callback) => guard.own(callback), trace: print });
  if (ca === "plain") print("WARNING: TLS IS OFF (tls=0). The door's password can be read off the wire. For a bench only.");
  else if (ca === undefined) print("tls: no CA yet; nothing is connected before the installer has given one");
  const { device, secureOutputs } = makeBoard({ settings, guard, timers, console, trace: print, ca });
  hook.abort = (status, exception) => {
    if (status === UNHANDLED && guard.endConnections(exception)) return false;
    secureOutputs();
    return giveUp(status, exception);
  };
  // A controller that did not start is none to go on with.
  const start = guard.own(() => startController(device));
  // Held by the machine from here on: nothing else may keep all of it alive.
  Object.assign(globalThis, { latchkey: start() });
}
