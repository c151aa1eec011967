import { chmodSync, copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { ExecutionContext } from "ava";
import type { Device } from "../../firmware/device";
import { PARTITION_SECTORS } from "../../firmware/flash-layout";
import { FLASH_BLOCK_BYTES, FLASH_UNIT_BYTES, UNIT } from "../../hardware-sim/virtual-flash";
import type { BoardMemory } from "../../hardware-sim/virtual-board";
import { VirtualRandom } from "../../hardware-sim/virtual-random";
import { World, WorldDoor } from "./world";

const FOLDER = join(__dirname, "../fixtures/upgrade-0.1");

/** What make-upgrade-fixture.ts wrote down of the house. */
export interface FormerHouse {
  unixMs: number;
  property: string;
  site: string;
  doors: { id: string; name: string }[];
  people: Record<"ada" | "bob" | "carol" | "dan" | "eve" | "cleo", string>;
  codes: Record<"ada" | "bob" | "carol" | "dan" | "eve" | "once" | "used" | "cleo", string>;
  card: string;
  /** By door: who opened it when it was switched off. */
  opens: Record<string, Record<string, boolean>>;
  sessions: { manager: string; ada: string; program: string };
  revocation: string;
  audit: { entries: number; head: string };
  events: Record<string, number>;
}

/** The house of version 0.1 with a cloud of this one: its doors have power once they are asked for. */
export async function upgradedHouse(t: ExecutionContext): Promise<{ world: World; former: FormerHouse; door: (index: number, firmware: "old" | "new") => WorldDoor }> {
  const former = JSON.parse(readFileSync(join(FOLDER, "expected.json"), "utf8")) as FormerHouse;
  const fill = (folder: string): void => {
    writeFileSync(join(folder, "latchkey.sqlite"), gunzipSync(readFileSync(join(FOLDER, "latchkey.sqlite.gz"))));
    for (const name of ["keystore.json", "admin-token"]) {
      copyFileSync(join(FOLDER, name), join(folder, name));
      chmodSync(join(folder, name), 0o600);
    }
  };
  const world = await World.begin(t, { start: former.unixMs, found: { fill, property: former.property } });
  const door = (index: number, firmware: "old" | "new"): WorldDoor => {
    const added = new WorldDoor(world, former.doors[index].name, { memory: memoryOf(join(FOLDER, `door-${index + 1}`)), ...(firmware === "old" && { firmware: oldFirmware() }) });
    world.doors.push(added);
    return added;
  };
  return { world, former, door };
}

function memoryOf(folder: string): BoardMemory {
  const file = gunzipSync(readFileSync(join(folder, "flash.bin.gz")));
  const size = PARTITION_SECTORS * FLASH_BLOCK_BYTES;
  const content = Uint8Array.from(file.subarray(0, size));
  const units = Uint8Array.from(file.subarray(size));
  // An encrypted partition that is erased reads as noise.
  const random = new VirtualRandom("noise");
  units.forEach((state, unit) => {
    if (state === UNIT.erased) content.set(random.bytes(FLASH_UNIT_BYTES), unit * FLASH_UNIT_BYTES);
  });
  const values = Object.entries(JSON.parse(readFileSync(join(folder, "nvs.json"), "utf8")) as Record<string, string>);
  return {
    flash: { content, units, unitWrites: new Uint32Array(PARTITION_SECTORS), erases: new Uint32Array(PARTITION_SECTORS), random: Uint32Array.of(1, 2, 3, 4) },
    keyValue: { values: values.map(([name, hex]) => [name, Uint8Array.from(Buffer.from(hex, "hex"))]), writes: 0 },
  };
}

/** The firmware as it was: a bundle for Node of one entry, `startController`. */
function oldFirmware(): (device: Device) => unknown {
  const module = { exports: {} as { startController?: (device: Device) => unknown } };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  new Function("module", "exports", "require", gunzipSync(readFileSync(join(FOLDER, "firmware.js.gz"))).toString("utf8"))(module, module.exports, require);
  return module.exports.startController!;
}
