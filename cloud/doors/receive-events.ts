import { equalBytes, readU32 } from "../../protocol/bytes";
import { decodeEventUpload, eventPeriod, EVENT_BODY_BYTES, verifyEvents, type EventRecord, type EventUpload } from "../../protocol/event-record";
import { U32_MAX } from "../../protocol/limits";
import { ProtocolError } from "../../protocol/protocol-error";
import { openReceipt } from "../../protocol/receipt";
import { nativeHashes } from "../keys/native-hashes";
import type { Unit } from "../store/store";
import type { DoorRow } from "../store/tables";
import type { DoorSecrets } from "./door-secrets";
import { EventKeys } from "./event-keys";
import { raiseAlarm } from "./receive-receipt";

/** An event that takes longer to arrive is marked late: whoever is notified must see that it is not news. */
const LATE_SECONDS = 120;
/** Periods that one upload may lie ahead of what is known: its keys take time to compute. */
const PERIODS_AHEAD_MAX = 100_000;

/**
 * Takes a piece of a door's log (SPEC 10): each event is stored once, and what is missing or was altered is said.
 * @param bytes untrusted.
 * @returns the first event that is still not stored: what is acknowledged to the door.
 * @throws {ProtocolError} `malformed`, `too-large`, `wrong-enrolment`: nothing has changed.
 */
export async function receiveEvents(unit: Unit, secrets: DoorSecrets, id: string, bytes: Uint8Array, now: number): Promise<number> {
  const door = await unit.selectFrom("doors").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
  const upload = decodeEventUpload(bytes);
  if (upload.enrolment !== door.enrolment) throw new ProtocolError("wrong-enrolment");
  const first = readU32(upload.records[0], 0);
  if (eventPeriod(first) > eventPeriod(door.next_event) + PERIODS_AHEAD_MAX || first + upload.records.length > U32_MAX) throw new ProtocolError("malformed", "event sequence");
  const events = openEvents(new EventKeys(secrets.keysOf(door).event), upload);
  if (events === undefined) {
    await raiseAlarm(unit, id, "events-altered", "Events arrived that the door did not write.", now);
    return door.next_event;
  }
  if (first > door.next_event) {
    // Only the door's own word, under a MAC, makes a gap: a broker that drops an upload must not make one.
    if (firstEventOf(secrets, door) < first) return door.next_event;
    await raiseAlarm(unit, id, "events-missing", `Events ${door.next_event} to ${first - 1} never arrived, and the door has them no more.`, now);
  } else if (!(await continuesChain(unit, door, first, upload))) {
    await raiseAlarm(unit, id, "events-altered", `Events from ${first} on do not follow from those that the door sent before.`, now);
    return door.next_event;
  }
  await storeEvents(unit, door, events, upload.records, now);
  const next = first + events.length;
  if (next <= door.next_event) return door.next_event;
  await unit
    .updateTable("doors")
    .set({ next_event: next, event_mac: upload.records[upload.records.length - 1].slice(EVENT_BODY_BYTES) })
    .where("id", "=", id)
    .execute();
  return next;
}

/** @returns undefined where a MAC does not hold. */
function openEvents(keys: EventKeys, upload: EventUpload): EventRecord[] | undefined {
  try {
    return verifyEvents(nativeHashes, (period) => keys.of(period), upload.previousMac, upload.records);
  } catch (error) {
    if (error instanceof ProtocolError && error.code === "bad-mac") return undefined;
    throw error;
  }
}

/** The oldest event that the door says it can still send, by its last receipt. */
function firstEventOf(secrets: DoorSecrets, door: DoorRow): number {
  return door.receipt === null ? 0 : openReceipt(nativeHashes, secrets.keysOf(door).receipt, door.receipt).firstEvent;
}

/** Whether an upload that begins at or before the next event agrees with what is stored. */
async function continuesChain(unit: Unit, door: DoorRow, first: number, upload: EventUpload): Promise<boolean> {
  if (first === door.next_event) return equalBytes(upload.previousMac, door.event_mac ?? new Uint8Array(upload.previousMac.length));
  const stored = await unit
    .selectFrom("events")
    .select(["sequence", "record"])
    .where("door_id", "=", door.id)
    .where("enrolment", "=", door.enrolment)
    .where("sequence", ">=", first)
    .where("sequence", "<", first + upload.records.length)
    .execute();
  return stored.every(({ sequence, record }) => equalBytes(record, upload.records[sequence - first]));
}

async function storeEvents(unit: Unit, door: DoorRow, events: readonly EventRecord[], records: readonly Uint8Array[], now: number): Promise<void> {
  for (const [index, event] of events.entries()) {
    await unit
      .insertInto("events")
      .values({
        door_id: door.id,
        enrolment: door.enrolment,
        sequence: event.sequence,
        record: records[index],
        time: event.time,
        time_unknown: event.timeUnknown ? 1 : 0,
        type: event.type,
        reason: event.reason,
        credential_id: await credentialOf(unit, door.id, event),
        received_at: now,
        late: event.timeUnknown || now - event.time > LATE_SECONDS ? 1 : 0,
      })
      .onConflict((conflict) => conflict.columns(["door_id", "enrolment", "sequence"]).doNothing())
      .execute();
  }
}

/** Whose tag an event names; the newest holder where a value was given out again. */
async function credentialOf(unit: Unit, door: string, event: EventRecord): Promise<string | null> {
  if (event.kind === 0 || event.tag.every((byte) => byte === 0)) return null;
  const rows = await unit.selectFrom("door_credentials").select(["credential_id", "released_at"]).where("door_id", "=", door).where("tag", "=", event.tag).execute();
  const newest = rows.find((row) => row.released_at === null) ?? rows.sort((a, b) => b.released_at! - a.released_at!)[0];
  return newest?.credential_id ?? null;
}
