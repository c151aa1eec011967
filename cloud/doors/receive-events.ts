import { equalBytes, readU32 } from "../../protocol/bytes";
import { eventPeriod, EVENT_BODY_BYTES, openEventUpload, readEvents, type EventUpload, type ReadEvent } from "../../protocol/event-record";
import { EVENT_MAC_BYTES, U32_MAX } from "../../protocol/limits";
import { ProtocolError } from "../../protocol/protocol-error";
import { openReceipt } from "../../protocol/receipt";
import { nativeHashes } from "../keys/native-hashes";
import type { Unit } from "../store/store";
import type { DoorRow } from "../store/rows/door-rows";
import type { DoorSecrets } from "./door-secrets";
import { EventKeys } from "./event-keys";
import { raiseAlarm } from "./receive-receipt";
import { storeEvent } from "./store-event";

/** Periods that one upload may lie ahead of what is known: its keys take time to compute. */
const PERIODS_AHEAD_MAX = 100_000;
/** Numbers that an alarm names one by one. */
const NAMED_MAX = 5;

/** What is stored of the numbers that an upload covers, and of the one before them. */
type Stored = ReadonlyMap<number, { mac: Uint8Array; record: Uint8Array; altered: boolean }>;

/** What came of a piece of a door's log. */
export interface EventsTaken {
  /** The first event that is still not stored: what is acknowledged to the door. */
  next: number;
  /** Reasons of the decisions that are new: `granted`, or why not. */
  decisions: readonly string[];
  /** Lists of doors follow: a use was counted that others have less now (X6). */
  noted: boolean;
}

/**
 * Takes a piece of a door's log (SPEC 10): each event is stored once, what is missing or was altered is said, and
 * nothing that the door says under its key keeps it from saying the rest.
 * @param bytes untrusted.
 * @throws {ProtocolError} `malformed`, `too-large`, `bad-mac`, `wrong-enrolment`: nothing has changed.
 */
export async function receiveEvents(unit: Unit, secrets: DoorSecrets, id: string, bytes: Uint8Array, now: number): Promise<EventsTaken> {
  const door = await unit.selectFrom("doors").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
  const keys = secrets.keysOf(door);
  const upload = openEventUpload(nativeHashes, keys.receipt, bytes);
  if (upload.enrolment !== door.enrolment) throw new ProtocolError("wrong-enrolment");
  const { records } = upload;
  const first = readU32(records[0], 0);
  if (records.some((record, index) => readU32(record, 0) !== first + index)) throw new ProtocolError("malformed", "event sequence");
  if (eventPeriod(first) > eventPeriod(door.next_event) + PERIODS_AHEAD_MAX || first + records.length > U32_MAX) throw new ProtocolError("malformed", "event sequence");
  if (first > door.next_event) {
    // Only the door's own word makes a gap: a broker that drops an upload must not make one.
    if (firstEventOf(secrets, door) < first) return { next: door.next_event, decisions: [], noted: false };
    await raiseAlarm(unit, id, "events-missing", `Events ${door.next_event} to ${first - 1} never arrived, and the door has them no more.`, now);
  }
  const stored = await storedAround(unit, door, first, records.length);
  const fresh = readFresh(new EventKeys(keys.event), door, upload, stored);
  await sayEdits(unit, id, fresh, records, first, stored, now);
  let { next_event: next } = door;
  let noted = false;
  for (const [index, read] of fresh.entries()) {
    const restarted = fresh.at(index + 1)?.event?.type === "boot";
    noted = (await storeEvent(unit, { door, read, record: records[read.sequence - first], skipped: Math.max(0, read.sequence - next), restarted, now })) || noted;
    next = Math.max(next, read.sequence + 1);
  }
  if (next > door.next_event) await unit.updateTable("doors").set({ next_event: next, event_mac: macOf(records[records.length - 1]) }).where("id", "=", id).execute();
  const decisions = fresh.flatMap(({ event }) => (event?.type === "decision" ? [event.reason] : []));
  return { next, decisions, noted };
}

/** The oldest event that the door says it can still send, by its last receipt. */
function firstEventOf(secrets: DoorSecrets, door: DoorRow): number {
  return door.receipt === null ? 0 : openReceipt(nativeHashes, secrets.keysOf(door).receipt, door.receipt).firstEvent;
}

async function storedAround(unit: Unit, door: DoorRow, first: number, count: number): Promise<Stored> {
  const rows = await unit
    .selectFrom("events")
    .select(["sequence", "record", "altered"])
    .where("door_id", "=", door.id)
    .where("enrolment", "=", door.enrolment)
    .where("sequence", ">=", first - 1)
    .where("sequence", "<", first + count)
    .execute();
  return new Map(rows.map(({ sequence, record, altered }) => [sequence, { mac: macOf(record), record, altered: altered === 1 }]));
}

/** Holds what is not stored yet against the chain, each run of it from the MAC that stands before it here. */
function readFresh(keys: EventKeys, door: DoorRow, upload: EventUpload, stored: Stored): ReadEvent[] {
  const { records } = upload;
  const first = readU32(records[0], 0);
  const fresh: ReadEvent[] = [];
  for (let from = 0; from < records.length; ) {
    let to = from;
    while (to < records.length && !stored.has(first + to)) to += 1;
    if (to > from) {
      const given = from === 0 ? upload.previousMac : macOf(records[from - 1]);
      fresh.push(...readEvents(nativeHashes, (period) => keys.of(period), macsBefore(door, first + from, given, stored), records.slice(from, to)));
    }
    from = to + 1;
  }
  return fresh;
}

/** Which MAC may stand before an event: what is stored here rules, what the door gives serves where there is none. */
function macsBefore(door: DoorRow, sequence: number, given: Uint8Array, stored: Stored): Uint8Array[] {
  if (sequence === 0) return [new Uint8Array(EVENT_MAC_BYTES)];
  const before = stored.get(sequence - 1);
  if (before !== undefined) return before.altered ? [before.mac, given] : [before.mac];
  // Events that are too old to be kept leave the MAC of the last one.
  return [sequence === door.next_event && door.event_mac !== null ? door.event_mac : given];
}

async function sayEdits(unit: Unit, id: string, fresh: readonly ReadEvent[], records: readonly Uint8Array[], first: number, stored: Stored, now: number): Promise<void> {
  const altered = fresh.filter((read) => read.altered).map(({ sequence }) => sequence);
  if (altered.length > 0) await raiseAlarm(unit, id, "events-altered", `The door's log was altered after it was written: ${named(altered)}. What they say is not to be believed.`, now);
  const changed = [...stored].filter(([sequence, { record }]) => sequence >= first && !equalBytes(record, records[sequence - first])).map(([sequence]) => sequence);
  if (changed.length > 0) await raiseAlarm(unit, id, "events-altered", `The door's log no longer says what it said before: ${named(changed)}. What came first is kept.`, now);
}

function named(sequences: readonly number[]): string {
  const rest = sequences.length - NAMED_MAX;
  return `${sequences.length === 1 ? "event" : "events"} ${sequences.slice(0, NAMED_MAX).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

function macOf(record: Uint8Array): Uint8Array {
  return record.slice(EVENT_BODY_BYTES);
}
