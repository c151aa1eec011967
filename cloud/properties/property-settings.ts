import { audit } from "../audit/audit";
import { noteDoors } from "../issuing/outbox";
import { Refusal } from "../refusal";
import { isTimeZone } from "../settings";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";

/** What a manager sets for a whole property. */
export interface PropertySettings {
  name: string;
  /** IANA zone: schedules are its wall-clock time. */
  timeZone: string;
  /** Local dates, `2026-12-25`. */
  holidays: readonly string[];
  unlockSeconds: number;
  /** How long a door goes on without news of the cloud, by class (X3); null: without a bound. */
  staleness: { guestSeconds: number; staffSeconds: number; residentSeconds: number | null };
}

/** @returns the property's id. @throws {Refusal} `unknown-time-zone`. */
export async function createProperty(unit: Unit, settings: PropertySettings, actor: string, now: number): Promise<string> {
  const id = newId();
  await unit.insertInto("properties").values({ id, created_at: now, ...columnsOf(settings) }).execute();
  await audit(unit, { at: now, actor, action: "property.create", subject: `property/${id}`, detail: { ...settings } });
  return id;
}

/**
 * Changes settings; doors get lists that say so. A shorter bound holds from the next lease on: those that are
 * signed already stay valid until their end.
 * @throws {Refusal} `not-found`, `unknown-time-zone`.
 */
export async function changeProperty(unit: Unit, id: string, changes: Partial<PropertySettings>, actor: string, now: number): Promise<void> {
  const settings = { ...(await readProperty(unit, id)), ...changes };
  await unit.updateTable("properties").set({ ...columnsOf(settings), version: (await versionOfProperty(unit, id)) + 1 }).where("id", "=", id).execute();
  const doors = await unit.selectFrom("doors").select("id").where("property_id", "=", id).execute();
  await noteDoors(unit, doors.map((door) => door.id), now);
  await audit(unit, { at: now, actor, action: "property.change", subject: `property/${id}`, detail: { ...changes } });
}

/** @throws {Refusal} `not-found`. */
export async function readProperty(unit: Unit, id: string): Promise<PropertySettings> {
  const row = await unit.selectFrom("properties").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such property.");
  return {
    name: row.name,
    timeZone: row.time_zone,
    holidays: JSON.parse(row.holidays) as string[],
    unlockSeconds: row.unlock_seconds,
    staleness: { guestSeconds: row.guest_lease_seconds, staffSeconds: row.staff_lease_seconds, residentSeconds: row.resident_lease_seconds },
  };
}

/** Grows with each change of its settings or rules. The property exists. */
export async function versionOfProperty(unit: Unit, id: string): Promise<number> {
  const { version } = await unit.selectFrom("properties").select("version").where("id", "=", id).executeTakeFirstOrThrow();
  return version;
}

function columnsOf({ name, timeZone, holidays, unlockSeconds, staleness }: PropertySettings) {
  if (!isTimeZone(timeZone)) throw new Refusal("unknown-time-zone", `There is no time zone "${timeZone}".`);
  return {
    name,
    time_zone: timeZone,
    holidays: JSON.stringify([...new Set(holidays)].sort()),
    unlock_seconds: unlockSeconds,
    guest_lease_seconds: staleness.guestSeconds,
    staff_lease_seconds: staleness.staffSeconds,
    resident_lease_seconds: staleness.residentSeconds,
  };
}
