import { RESET_REASONS } from "../../protocol/door-state";
import type { System, Watchdog } from "../device";
import { MemoryUse } from "./memory-use";

/** The chip under the firmware; its C part is board-system.c beside this file. */
export const boardSystem: System = {
  get resetReason() {
    return RESET_REASONS[Chip.resetReason()];
  },
  memoryUse: () => ({ chunkBytes: MemoryUse.chunkBytes(), slotBytes: MemoryUse.slotBytes() }),
  restart: () => Chip.restart(),
};

/**
 * Starts the watchdog: from now on the board starts anew where it is not fed for CONFIG_ESP_TASK_WDT_TIMEOUT_S
 * seconds (sdkconfig.defaults). The SDK's own loop is watched besides, from power-on.
 */
export function startWatchdog(): Watchdog {
  Chip.startWatchdog();
  return { feed: () => Chip.feedWatchdog() };
}

/** Whether the serial line belongs to the debugger. */
export function isDebugBuild(): boolean {
  return Chip.isDebugBuild();
}

/** XS binds C functions to bodies of exactly this shape, hence a class with nothing but them. */
class Chip {
  static isDebugBuild(): boolean {
    return native("xs_latchkey_is_debug_build").call(this) as boolean;
  }
  static resetReason(): number {
    return native("xs_latchkey_reset_reason").call(this) as number;
  }
  static restart(): void {
    return native("xs_latchkey_restart").call(this) as void;
  }
  static startWatchdog(): void {
    return native("xs_latchkey_watchdog_start").call(this) as void;
  }
  static feedWatchdog(): void {
    return native("xs_latchkey_watchdog_feed").call(this) as void;
  }
}

/** Which image runs; the bootloader goes back to the other one where nobody confirms it (firmware-slots.ts). */
export class RunningImage {
  static version(): number {
    return native("xs_latchkey_image_version").call(this) as number;
  }
  static rolledBack(): number | undefined {
    return native("xs_latchkey_image_rolled_back").call(this) as number | undefined;
  }
  static onTrial(): boolean {
    return native("xs_latchkey_image_on_trial").call(this) as boolean;
  }
  static confirm(): void {
    return native("xs_latchkey_image_confirm").call(this) as void;
  }
}
