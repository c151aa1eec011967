import { RESET_REASONS, type DoorState } from "../../protocol/door-state";
import type { Device, KeyValue } from "../device";
import type { Door } from "../door/door";
import type { NewEvent } from "../event-log/new-event";
import type { Readers } from "../reader/readers";
import type { Uptime } from "../uptime";
import type { WorkQueue } from "../work-queue";
import { countBoot } from "./boot-count";
import { FirmwareUpdater } from "./firmware-updater";
import { Ownership, type Owned } from "./ownership";
import { ServiceButton } from "./service-button";
import { WatchdogKeeper } from "./watchdog-keeper";

export interface BoardLifeOptions {
  device: Device;
  keyValue: KeyValue;
  queue: WorkQueue;
  uptime: Uptime;
  door: Door;
  readers: Readers;
  /** undefined while nobody owns the door. */
  owned(): Owned | undefined;
}

/** What goes on at a board whoever owns the door, and whether anybody does. */
export class BoardLife {
  readonly firmware: FirmwareUpdater;
  readonly ownership: Ownership;
  readonly boots: number;
  readonly #options: BoardLifeOptions;

  constructor(options: BoardLifeOptions) {
    this.#options = options;
    const { device, keyValue, queue, uptime, door, readers, owned } = options;
    this.boots = countBoot(keyValue);
    new WatchdogKeeper({ device, queue, now: () => uptime.milliseconds });
    const secure = (): void => door.secure();
    const note = (event: NewEvent): void => owned()?.note(event);
    this.firmware = new FirmwareUpdater({ device, keyValue, queue, atRest: () => !door.unlocked && !readers.entering, secure, note });
    // A board without a reader has nobody to show it to.
    const signal = readers.ports.length > 0 ? readers.ports[0].signal : { granted: () => {}, error: () => {} };
    this.ownership = new Ownership({ device, keyValue, owned, signal, secure });
    const { service } = device.pin;
    if (service !== undefined) {
      new ServiceButton({
        device,
        pin: service,
        onHeld: () => void this.ownership.letGo("re-claim"),
        onHeldFromStart: () => void this.ownership.letGo("factory-reset"),
      });
    }
  }

  /** Index in RESET_REASONS. */
  get resetReason(): number {
    return RESET_REASONS.indexOf(this.#options.device.system?.resetReason ?? "unknown");
  }

  /** Once the door has a log, or has nobody to write one for. */
  start(): void {
    this.firmware.start();
  }

  /** Its part of `up/state`. */
  get telemetry(): Partial<DoorState> {
    const { device, readers } = this.#options;
    return { resetReason: this.resetReason, boots: this.boots, ...device.system?.memoryUse(), ...this.firmware.state, unreadableFrames: readers.unreadableCount };
  }
}
