import type { Sealing } from "../../keys/sealing";
import type { Unit } from "../../store/store";

/** The MQTT login that a claim has given a door: its user name is its id. */
export interface DoorLogin {
  door: string;
  enrolment: number;
  password: Uint8Array;
}

/**
 * Keeps a login for brokers that others run, beside the hash that the embedded one compares: so that a site can change
 * over without claiming its doors anew. In the transaction of the claim, or at a login with one that was not kept.
 */
export async function keepLogin(unit: Unit, sealing: Sealing, { door, enrolment, password }: DoorLogin): Promise<void> {
  const login = { enrolment, password: sealing.seal("door-login", `${door}/${enrolment}`, password), told: 0 as const };
  await unit
    .insertInto("door_logins")
    .values({ door_id: door, ...login })
    .onConflict((conflict) => conflict.column("door_id").doUpdateSet(login).where("door_logins.enrolment", "<", enrolment))
    .execute();
}

/** The door may log in no more: in the transaction that says so. */
export async function endLogin(unit: Unit, door: string): Promise<void> {
  await unit.updateTable("door_logins").set({ password: null, told: 0 }).where("door_id", "=", door).execute();
}

/** Logins that the broker is to be told, by door: `password` undefined = it is to forget the door. */
export async function loginsToTell(unit: Unit, sealing: Sealing, count: number): Promise<(Omit<DoorLogin, "password"> & { password: Uint8Array | undefined })[]> {
  const rows = await unit.selectFrom("door_logins").selectAll().where("told", "=", 0).orderBy("door_id").limit(count).execute();
  return rows.map((row) => ({ door: row.door_id, enrolment: row.enrolment, password: row.password === null ? undefined : openLogin(sealing, row.door_id, row.enrolment, row.password) }));
}

/** All that there are. */
export async function allLogins(unit: Unit, sealing: Sealing): Promise<DoorLogin[]> {
  const rows = await unit.selectFrom("door_logins").selectAll().where("password", "is not", null).orderBy("door_id").execute();
  return rows.map((row) => ({ door: row.door_id, enrolment: row.enrolment, password: openLogin(sealing, row.door_id, row.enrolment, row.password!) }));
}

/** The broker knows it so, unless it has changed since. */
export async function markTold(unit: Unit, { door, enrolment, password }: Omit<DoorLogin, "password"> & { password: Uint8Array | undefined }): Promise<void> {
  const told = unit.updateTable("door_logins").set({ told: 1 }).where("door_id", "=", door).where("enrolment", "=", enrolment);
  await told.where("password", password === undefined ? "is" : "is not", null).execute();
}

function openLogin(sealing: Sealing, door: string, enrolment: number, sealed: Uint8Array): Uint8Array {
  return sealing.open("door-login", `${door}/${enrolment}`, sealed);
}
