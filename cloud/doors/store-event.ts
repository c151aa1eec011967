import { readU32 } from "../../protocol/bytes";
import type { EventRecord, ReadEvent } from "../../protocol/event-record";
import { noteFirmwareEvent } from "../firmware-images/proven-firmware";
import { noteEvent } from "../notifications/event-occurrence";
import { matchUnlock } from "../remote-unlock/settle-unlock";
import { noteUse } from "../sharing/note-use";
import type { Unit } from "../store/store";
import type { DoorRow } from "../store/rows/door-rows";
import { raiseAlarm } from "./receive-receipt";

/** An event that takes longer to arrive is marked late: whoever is notified must see that it is not news. */
const LATE_SECONDS = 120;

export interface ArrivedEvent {
  /** As it was before the upload. */
  door: DoorRow;
  read: ReadEvent;
  record: Uint8Array;
  /** Numbers before it that the door has given up. */
  skipped: number;
  /** The door's next record is of a start. */
  restarted: boolean;
  now: number;
}

/**
 * Stores an event that is not there yet. One that was altered is `altered` and names nobody, one of a kind that only
 * a newer door knows is `unknown`; their bytes are kept as they came. One from before the next event that no gap
 * waits for was here and has been forgotten since (event-retention.ts): it is not news.
 * @returns whether lists of doors follow from it.
 */
export async function storeEvent(unit: Unit, { door, read, record, skipped, restarted, now }: ArrivedEvent): Promise<boolean> {
  const gap = read.sequence < door.next_event ? await splitGap(unit, door, read.sequence) : skipped;
  if (gap === undefined) return false;
  const event = read.altered ? undefined : read.event;
  const time = read.altered ? 0 : readU32(record, 4);
  // Where the door had no clock stands at the same place in every record.
  const timeUnknown = read.altered || (record[11] & 1) !== 0;
  const late = timeUnknown || now - time > LATE_SECONDS;
  const credential = event === undefined ? null : await credentialOf(unit, door.id, event);
  await unit
    .insertInto("events")
    .values({
      door_id: door.id,
      enrolment: door.enrolment,
      sequence: read.sequence,
      record,
      time,
      time_unknown: timeUnknown ? 1 : 0,
      type: event?.type ?? (read.altered ? "altered" : "unknown"),
      reason: event?.reason ?? "unknown",
      credential_id: credential,
      received_at: now,
      late: late ? 1 : 0,
      altered: read.altered ? 1 : 0,
      gap,
    })
    .execute();
  if (event !== undefined) {
    const unlock = await matchUnlock(unit, door, event, restarted, now);
    await noteFirmwareEvent(unit, door, event, now);
    await noteEvent(unit, door, event, { credential, person: unlock?.person_id ?? null }, late, now);
  }
  if (event?.duress === true) await raiseAlarm(unit, door.id, "duress", `Somebody was made to open the door (event ${event.sequence}).`, now);
  return credential !== null && event?.type === "decision" && event.reason === "granted" && (await noteUse(unit, door.id, credential, now));
}

/**
 * An event arrives after all that lies in a gap: the one behind the gap now misses fewer.
 * @returns how many are still missing before the event itself; undefined where it lies in no gap.
 */
async function splitGap(unit: Unit, door: DoorRow, sequence: number): Promise<number | undefined> {
  const behind = await unit
    .selectFrom("events")
    .select(["id", "sequence", "gap"])
    .where("door_id", "=", door.id)
    .where("enrolment", "=", door.enrolment)
    .where("sequence", ">", sequence)
    .orderBy("sequence")
    .limit(1)
    .executeTakeFirst();
  if (behind === undefined || behind.sequence - behind.gap > sequence) return undefined;
  await unit.updateTable("events").set({ gap: behind.sequence - sequence - 1 }).where("id", "=", behind.id).execute();
  return sequence - (behind.sequence - behind.gap);
}

/** Whose tag an event names; the newest holder where a value was given out again. */
async function credentialOf(unit: Unit, door: string, event: EventRecord): Promise<string | null> {
  if (event.kind === 0 || event.tag.every((byte) => byte === 0)) return null;
  const rows = await unit.selectFrom("door_credentials").select(["credential_id", "released_at"]).where("door_id", "=", door).where("tag", "=", event.tag).execute();
  const newest = rows.find((row) => row.released_at === null) ?? rows.sort((a, b) => b.released_at! - a.released_at!)[0];
  return newest?.credential_id ?? null;
}
