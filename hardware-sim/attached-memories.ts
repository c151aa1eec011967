import type { Device } from "../firmware/device";
import type { PowerOn } from "./power-on";
import type { VirtualFlash } from "./virtual-flash";
import type { VirtualKeyValue } from "./virtual-key-value";

const FLASH_PARTITION = "latchkey";

/** Flash as the firmware of one power-on has it. @param eraseMs how long JavaScript stands still for each block. */
export function attachFlash(session: PowerOn, flash: VirtualFlash, eraseMs: number): Device["flash"] {
  return {
    open: ({ path }) => {
      session.need();
      if (path !== FLASH_PARTITION) throw new Error(`flash: no partition "${path}"`);
      return {
        read: (byteLength, byteOffset) => (session.need(), flash.read(byteLength, byteOffset)),
        write: (buffer, byteOffset) => (session.need(), flash.write(buffer, byteOffset)),
        eraseBlock: (start, stop = start + 1) => {
          session.need();
          flash.eraseBlock(start, stop);
          session.standStill((stop - start) * eraseMs);
        },
        status: () => flash.status(),
        close: () => {},
      };
    },
  };
}

/** The key-value store as the firmware of one power-on has it. */
export function attachKeyValue(session: PowerOn, keyValue: VirtualKeyValue): Device["keyValue"] {
  return {
    open: ({ path }) => {
      session.need();
      const domain = keyValue.open(path);
      return {
        read: (key) => (session.need(), domain.read(key)),
        write: (key, value) => (session.need(), domain.write(key, value)),
        delete: (key) => (session.need(), domain.delete(key)),
        close: () => {},
      };
    },
  };
}
