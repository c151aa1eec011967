import type { EventRecord } from "../../protocol/event-record";
import type { Unit } from "../store/store";
import type { DoorRow } from "../store/rows/door-rows";
import { noteOccurrence, type Occurrence } from "./occurrence";

/** Whose doing an event was, if anybody's. */
export interface EventAuthor {
  /** Whose tag it names. */
  credential: string | null;
  /** By whose right a door was opened from afar. */
  person: string | null;
}

/** Notes an event of a door's log. */
export async function noteEvent(unit: Unit, door: DoorRow, event: EventRecord, { credential, person }: EventAuthor, late: boolean, now: number): Promise<void> {
  const told = occurrencesOfEvent(event);
  if (told.length === 0) return;
  const holder = credential === null ? undefined : await unit.selectFrom("credentials").select("person_id").where("id", "=", credential).executeTakeFirst();
  for (const each of told) {
    await noteOccurrence(unit, { property: door.property_id, door: door.id, person: holder?.person_id ?? person ?? undefined, at: event.timeUnknown ? null : event.time, late, ...each }, now);
  }
}

type Told = Pick<Occurrence, "kind" | "detail">;

/**
 * What an event of a door's log is to whoever wants to be told. Who was made to open opens like every day: whoever
 * stands beside them must not see that anything is missing.
 */
function occurrencesOfEvent({ type, reason, count, duress }: EventRecord): Told[] {
  switch (type) {
    case "decision":
      if (reason !== "granted") return [{ kind: "door-refused", detail: { reason } }];
      return [{ kind: "door-opened", detail: {} }, ...(duress ? [{ kind: "duress", detail: {} } as const] : [])];
    case "remote-unlock":
      return [{ kind: "door-opened", detail: { remote: true } }];
    case "denials-folded":
      return [{ kind: "door-refused", detail: { times: count } }];
    case "forced-open":
      return [{ kind: "door-forced", detail: {} }];
    case "held-open":
      return [{ kind: "door-held-open", detail: {} }];
    case "alarm":
      return HARDWARE_ALARMS[count] === undefined ? [] : [{ kind: "door-alarm", detail: { alarm: HARDWARE_ALARMS[count] } }];
    default:
      return [];
  }
}

/** By the event's count, as firmware/door/door.ts and its updater have them. Of its list (0) a door says more in its receipts. */
export const HARDWARE_ALARMS: { [count: number]: string | undefined } = { 1: "exit-stuck", 2: "contact-chatters", 3: "firmware-fell-back" };
