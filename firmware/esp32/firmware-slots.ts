import FlashStorage from "embedded:storage/flash";
import Updates from "embedded:update";
import type { FirmwareUpdate, ImageWriter } from "../device";
import { RunningImage } from "./board-system";

/**
 * The two image slots of partitions.csv. A new image is written to the one that does not run; `complete` has ESP-IDF
 * check it (its digest, and its signature where secure boot is on) and start it next, on trial: without `confirm` the
 * bootloader goes back at the start after (CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE).
 * @param target 8 bytes: the kind of board, which images name.
 * @param imageKey 32-byte Ed25519 key that signs images, part of the image that runs.
 */
export function makeFirmwareSlots(target: Uint8Array, imageKey: Uint8Array): FirmwareUpdate {
  return {
    target,
    version: RunningImage.version(),
    onTrial: RunningImage.onTrial(),
    rolledBack: RunningImage.rolledBack(),
    imageKey,
    begin: (byteLength) => beginImage(byteLength),
    confirm: () => RunningImage.confirm(),
  };
}

function beginImage(byteLength: number): ImageWriter {
  const partition = FlashStorage.open({ path: "nextota", mode: "r+" });
  if (byteLength > partition.status().size) {
    partition.close();
    throw new Error("image: larger than its slot");
  }
  // Mode "a", the default: parts in order, each sector erased when it is reached and not all of them at once.
  const update = Updates.open({ partition });
  const close = (): void => {
    update.close();
    partition.close();
  };
  return {
    write: (bytes) => update.write(bytes),
    complete() {
      try {
        update.complete();
      } finally {
        close();
      }
    },
    abort: close,
  };
}
