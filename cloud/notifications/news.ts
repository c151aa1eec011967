import type { News } from "../messages/message";
import type { Unit } from "../store/store";
import type { Occurrence } from "./occurrence";
import type { Sight } from "./reader";

/** Names of what an occurrence is about, as they are now: whoever was erased has none. */
export interface Named {
  property: { name: string; timeZone: string };
  door: string | null;
  person: string | null;
  /** Who changed something; null: nobody whom the reader is to know, or a program. */
  actor: string | null;
}

/** @param sight by which right the reader is told: who did something is for those who answer for the place. */
export async function nameOccurrence(unit: Unit, { property, door, person, detail }: Occurrence, sight: Sight): Promise<Named> {
  const place = await unit.selectFrom("properties").select(["name", "time_zone"]).where("id", "=", property).executeTakeFirstOrThrow();
  const account = sight === "own" || typeof detail.actor !== "string" ? undefined : /^account\/(.+)$/.exec(detail.actor)?.[1];
  return {
    property: { name: place.name, timeZone: place.time_zone },
    door: door === undefined ? null : ((await unit.selectFrom("doors").select("name").where("id", "=", door).executeTakeFirst())?.name ?? null),
    person: person === undefined ? null : (await unit.selectFrom("people").select("name").where("id", "=", person).executeTakeFirst())?.name || null,
    actor: account === undefined ? null : (await unit.selectFrom("accounts").select("name").where("id", "=", account).executeTakeFirst())?.name || null,
  };
}

/** One occurrence, or several of a kind, as a message tells it. */
export function newsOf({ kind, at, late, detail }: Occurrence, times: number, { property, door, person, actor }: Named): News {
  const subject = typeof detail.subject === "string" ? detail.subject.split("/")[0] : null;
  return { kind, at: at === null ? null : { at, timeZone: property.timeZone }, late, times, remote: detail.remote === true, door, person, actor, subject };
}
