import { join } from "node:path";
import { startController } from "../../../firmware/controller";
import { whyNoXs } from "../../xs/find-worker";
import type { EngineChoice, FirmwareEngine } from "./firmware-engine";
import { NodeFirmware } from "./node-firmware";
import { XsFirmware } from "./xs-firmware";

/**
 * The engine that doors run their firmware in: XS as on a board, or this process where there is no XS.
 * @param say takes the line that tells which, and why.
 * @throws {Error} "xs" was asked for and cannot be had.
 */
export async function chooseEngine(choice: EngineChoice, say: (line: string) => void): Promise<FirmwareEngine> {
  const missing = choice === "node" ? undefined : whyNoXs();
  if (choice === "xs" && missing !== undefined) throw new Error(missing);
  if (choice === "node" || missing !== undefined) {
    say(`Doors run their firmware under Node.js${missing === undefined ? "." : `: ${missing}.`}`);
    return new NodeFirmware((device) => {
      startController(device);
    });
  }
  say("Doors run their firmware under XS, the engine of the real board, one machine each.");
  return XsFirmware.load(join(__dirname, "guest-program.ts"));
}
