import { EVENTS_KEPT_SECONDS } from "../limits";
import type { Unit } from "../store/store";

/** Who went through which door when is kept no longer than it is needed. */
export async function forgetOldEvents(unit: Unit, now: number): Promise<void> {
  await unit.deleteFrom("events").where("received_at", "<", now - EVENTS_KEPT_SECONDS).execute();
}
