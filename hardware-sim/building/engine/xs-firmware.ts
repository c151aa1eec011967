import type { Device } from "../../../firmware/device";
import { bundleForXs, type XsBundle } from "../../xs/xs-bundle";
import { XsProgram } from "../../xs/xs-program";
import { DeviceHost } from "./device-host";
import type { FirmwareEngine } from "./firmware-engine";

/** Runs each door's firmware in an XS machine of its own, the engine of an ESP32. */
export class XsFirmware implements FirmwareEngine {
  readonly name = "XS";
  #bundle: XsBundle;

  private constructor(bundle: XsBundle) {
    this.#bundle = bundle;
  }

  /**
   * @param program path of the program that calls `serveFirmware` (guest-device.ts).
   * @throws {Error} what the bundler has to say.
   */
  static async load(program: string): Promise<XsFirmware> {
    return new XsFirmware(await bundleForXs({ file: program }));
  }

  boot(device: Device, onCrash: (error: unknown) => void): () => void {
    let stopped = false;
    let program: XsProgram | undefined;
    const early: Uint8Array[] = [];
    const crashed = (error: unknown): void => {
      if (stopped) return;
      stopped = true;
      void program?.close();
      onCrash(error);
    };
    const deliver = (event: Uint8Array): void => {
      if (stopped) return;
      if (program) program.call("event", event).catch(crashed);
      else early.push(event);
    };
    const ask = async (question: Uint8Array): Promise<Uint8Array> => {
      if (stopped || !program) throw new Error("the firmware has ended");
      try {
        return (await program.call("ask", question)).reply;
      } catch (error) {
        crashed(error);
        throw error;
      }
    };
    const host = new DeviceHost(device, deliver, ask);
    XsProgram.start(this.#bundle, host.operations).then((started) => {
      if (stopped) return void started.close();
      program = started;
      started.call("boot").catch(crashed);
      for (const event of early) deliver(event);
    }, crashed);
    return () => {
      stopped = true;
      void program?.close();
    };
  }
}
