import { Temporal } from "temporal-polyfill";
import { audit } from "../audit/audit";
import { ROLLOUT_HOURS } from "../limits";
import type { Unit } from "../store/store";

/** When doors of a property may start anew, minutes since midnight by its wall clock; an end at or before the start is on the following day, the same is any hour. */
export interface UpdateHours {
  start: number;
  end: number;
}

/** @param now Unix seconds. @param timeZone IANA. */
export function isWithinHours({ start, end }: UpdateHours, timeZone: string, now: number): boolean {
  const { hour, minute } = Temporal.Instant.fromEpochMilliseconds(now * 1_000).toZonedDateTimeISO(timeZone);
  const at = hour * 60 + minute;
  if (start === end) return true;
  return start < end ? start <= at && at < end : at >= start || at < end;
}

/** @returns the default where the manager has chosen none. */
export async function readUpdateHours(unit: Unit, property: string): Promise<UpdateHours> {
  const row = await unit.selectFrom("update_hours").selectAll().where("property_id", "=", property).executeTakeFirst();
  return row === undefined ? ROLLOUT_HOURS : { start: row.start_minute, end: row.end_minute };
}

export async function setUpdateHours(unit: Unit, property: string, { start, end }: UpdateHours, actor: string, now: number): Promise<void> {
  const hours = { start_minute: start, end_minute: end };
  await unit
    .insertInto("update_hours")
    .values({ property_id: property, ...hours })
    .onConflict((conflict) => conflict.column("property_id").doUpdateSet(hours))
    .execute();
  await audit(unit, { at: now, actor, action: "property.update-hours", subject: `property/${property}`, detail: { start, end } });
}
