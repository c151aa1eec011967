import { COURIER_KEPT_SECONDS, COURIER_SEEN_SECONDS } from "../limits";
import type { Unit } from "../store/store";

/** Who carries a door's newest lists: what a phone was given, by the serial of its bundle. Never who acknowledged them. */
export interface Carriers {
  /** That are signed in and were given it. */
  phones: number;
  /** When the first of all phones was, Unix seconds. */
  since: number;
  /** When one of them last asked, within ten minutes. */
  latest: number;
}

/** A bundle brings a door's list of that version, or (0) none that the door has not. */
export async function noteNews(unit: Unit, door: string, version: number, serial: number): Promise<void> {
  const { acknowledged_version } = await unit.selectFrom("doors").select("acknowledged_version").where("id", "=", door).executeTakeFirstOrThrow();
  const brought = version > acknowledged_version;
  // What is acknowledged is no news any more; what was left off is carried no longer by whoever fetches now.
  const gone = unit.deleteFrom("courier_news").where("door_id", "=", door);
  await (brought ? gone.where("version", "<=", acknowledged_version) : gone).execute();
  if (!brought) return;
  await unit
    .insertInto("courier_news")
    .values({ door_id: door, version, serial })
    .onConflict((conflict) => conflict.columns(["door_id", "version"]).doNothing())
    .execute();
}

/** Whether it is to be noted that a phone has a bundle: it has another one by what is known, or was not seen for a while. */
export async function isNewCarrier(unit: Unit, session: string, property: string, serial: number, now: number): Promise<boolean> {
  const row = await unit.selectFrom("courier_phones").select(["serial", "seen_at"]).where("session_id", "=", session).where("property_id", "=", property).executeTakeFirst();
  return row?.serial !== serial || now - row.seen_at >= COURIER_SEEN_SECONDS;
}

/** A phone is given a bundle. */
export async function noteCarrier(unit: Unit, session: string, property: string, serial: number, now: number): Promise<void> {
  const seen = { serial, seen_at: now };
  await unit
    .insertInto("courier_phones")
    .values({ session_id: session, property_id: property, ...seen })
    .onConflict((conflict) => conflict.columns(["session_id", "property_id"]).doUpdateSet(seen))
    .execute();
  await unit
    .updateTable("courier_news")
    .set({ carried_at: now })
    .where("carried_at", "is", null)
    .where("serial", "<=", serial)
    .where("door_id", "in", (eb) => eb.selectFrom("doors").select("id").where("property_id", "=", property))
    .execute();
}

/** The phones that carry a door's list of that version, or a later one. @returns undefined: none does. */
export async function carriersOf(unit: Unit, door: string, version: number, now: number): Promise<Carriers | undefined> {
  const news = await unit.selectFrom("courier_news as news").innerJoin("doors as door", "door.id", "news.door_id").select(["news.serial", "news.carried_at", "door.property_id"]).where("news.door_id", "=", door).where("news.version", ">=", version).orderBy("news.version").limit(1).executeTakeFirst();
  if (news === undefined || news.carried_at === null) return undefined;
  const carrying = await unit
    .selectFrom("courier_phones as phone")
    .innerJoin("sessions as session", "session.id", "phone.session_id")
    .select((eb) => [eb.fn.countAll().as("phones"), eb.fn.max("phone.seen_at").as("latest")])
    .where("phone.property_id", "=", news.property_id)
    .where("phone.serial", ">=", news.serial)
    .where("phone.seen_at", ">", now - COURIER_KEPT_SECONDS)
    .where("session.ended_at", "is", null)
    .executeTakeFirstOrThrow();
  const phones = Number(carrying.phones);
  return phones === 0 ? undefined : { phones, since: news.carried_at, latest: Number(carrying.latest) };
}

/** Phones that have not asked for so long that they count no more. */
export async function forgetOldCarriers(unit: Unit, now: number): Promise<void> {
  await unit.deleteFrom("courier_phones").where("seen_at", "<=", now - COURIER_KEPT_SECONDS).execute();
}

/** What phones carry to a door is sealed under keys that are none any more. */
export async function forgetNews(unit: Unit, door: string): Promise<void> {
  await unit.deleteFrom("courier_news").where("door_id", "=", door).execute();
  await unit.deleteFrom("courier_parts").where("door_id", "=", door).execute();
}
