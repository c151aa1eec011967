import type { Logger } from "pino";
import { toHex } from "../../protocol/bytes";
import type { DoorState } from "../../protocol/door-state";
import type { Clock } from "../clock";
import { FIRMWARE_TOLD_AT_ONCE, FIRMWARE_TOLD_MAX, OUTBOX_RETRY_SECONDS } from "../limits";
import type { DoorFirmwareRow } from "../store/rows/firmware-rows";
import type { Database, Unit } from "../store/store";
import { inSnapshot, inTransaction } from "../store/transaction";
import { WakefulTask } from "../wakeful-task";

type Told = Pick<DoorFirmwareRow, "target" | "version" | "on_trial" | "failed_version">;

/**
 * Keeps what doors tell of their firmware, without proof (SPEC 15): whom an image is offered to follows from it, and
 * nothing else. Only what is new is written, many doors at a time: all of them tell it at each of their starts.
 */
export class ToldFirmware {
  readonly #parts: ToldFirmwareParts;
  readonly #told = new Map<string, Told>();
  readonly #task: WakefulTask;

  constructor(parts: ToldFirmwareParts) {
    this.#parts = parts;
    this.#task = new WakefulTask(parts.clock, () => this.#store());
  }

  heard(door: string, { online, firmware, onTrial, rolledBack, target }: DoorState): void {
    // A board without image slots is told of nothing, and the will of one that has gone does not say.
    if (!online || firmware === 0 || this.#told.size >= FIRMWARE_TOLD_MAX) return;
    this.#told.set(door, { target: toHex(target), version: firmware, on_trial: onTrial ? 1 : 0, failed_version: rolledBack });
    this.#task.wake();
  }

  idle(): Promise<void> {
    return this.#task.idle();
  }

  stop(): Promise<void> {
    return this.#task.stop();
  }

  async #store(): Promise<void> {
    const { database, clock, log } = this.#parts;
    try {
      while (this.#told.size > 0 && !this.#task.stopped) {
        const batch = new Map([...this.#told].slice(0, FIRMWARE_TOLD_AT_ONCE));
        const fresh = await inSnapshot(database, (unit) => newsOf(unit, batch));
        if (fresh.size > 0) await inTransaction(database, (unit) => storeTold(unit, fresh, clock.now()));
        // What a door has told anew meanwhile stays.
        for (const [door, told] of batch) if (this.#told.get(door) === told) this.#told.delete(door);
      }
    } catch (error) {
      log.error({ err: error }, "failed to store what doors run; it will be tried again");
      this.#task.wakeIn(OUTBOX_RETRY_SECONDS);
    }
  }
}

async function newsOf(unit: Unit, told: ReadonlyMap<string, Told>): Promise<Map<string, Told>> {
  const rows = await unit
    .selectFrom("doors as door")
    .leftJoin("door_firmware as firmware", "firmware.door_id", "door.id")
    .where("door.id", "in", [...told.keys()])
    .select(["door.id", "firmware.target", "firmware.version", "firmware.on_trial", "firmware.failed_version"])
    .execute();
  const known = new Map(rows.map((row) => [row.id, row]));
  return new Map([...told].filter(([door, { target, version, on_trial, failed_version }]) => {
    const row = known.get(door);
    return row !== undefined && (row.target !== target || row.version !== version || row.on_trial !== on_trial || row.failed_version !== failed_version);
  }));
}

async function storeTold(unit: Unit, told: ReadonlyMap<string, Told>, now: number): Promise<void> {
  for (const [door_id, row] of told) {
    const values = { ...row, told_at: now };
    await unit
      .insertInto("door_firmware")
      .values({ door_id, ...values })
      .onConflict((conflict) => conflict.column("door_id").doUpdateSet(values))
      .execute();
  }
}

export interface ToldFirmwareParts {
  database: Database;
  clock: Clock;
  log: Logger;
}
