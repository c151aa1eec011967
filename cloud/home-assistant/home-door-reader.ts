import { decodeIfKnown } from "../../protocol/event-record";
import { ALARM_BITS, openReceipt, RECEIPT_BYTES, type Receipt } from "../../protocol/receipt";
import type { DoorLink } from "../doors/door-link";
import type { DoorPresence } from "../doors/door-presence";
import type { DoorSecrets } from "../doors/door-secrets";
import { hoursOf } from "../doors/give-orders";
import { outputsOf } from "../issuing/orders-of-door";
import { nativeHashes } from "../keys/native-hashes";
import { HOME_EVENTS_AT_ONCE } from "../limits";
import type { DoorRow } from "../store/rows/door-rows";
import type { Unit } from "../store/store";
import { EMPTY_LOG, follow, type DoorLog, type LoggedEvent } from "./door-log";
import type { DoorFacts } from "./home-door-state";

/** What was read of a door. */
export interface DoorReading {
  facts: DoorFacts;
  /** What its log has had since the reading before; nothing the first time. */
  fresh: LoggedEvent[];
  /** For `keep`. */
  memory: Memory;
}

interface Memory {
  /** Of which claim of the door the rest is; 0 = none yet. */
  enrolment: number;
  /** The first event that was not read. */
  next: number;
  log: DoorLog;
  /** As `DoorFacts` has it, since it is connected. */
  heldByOrder: boolean | undefined;
  /** Counter of the receipt that it had given when it was last seen away: only a later one is of now. */
  awayAt: number;
}

/**
 * Reads what is known of one door, again and again: from its log only what is new, so that nobody reads a building's
 * history at each press of a key.
 */
export class HomeDoorReader {
  readonly #door: string;
  readonly #parts: HomeDoorReaderParts;
  #memory: Memory = { enrolment: 0, next: 0, log: EMPTY_LOG, heldByOrder: undefined, awayAt: -1 };

  constructor(door: string, parts: HomeDoorReaderParts) {
    this.#door = door;
    this.#parts = parts;
  }

  /**
   * Remembers nothing by itself: a transaction may be begun anew.
   * @returns undefined where there is no such door any more, or nobody holds it.
   */
  async read(unit: Unit): Promise<DoorReading | undefined> {
    const door = await unit.selectFrom("doors").selectAll().where("id", "=", this.#door).executeTakeFirst();
    if (door === undefined || door.claimed_at === null) return undefined;
    const property = await unit.selectFrom("properties").select("unlock_seconds").where("id", "=", door.property_id).executeTakeFirstOrThrow();
    const seconds = outputsOf(door).at(0)?.seconds ?? property.unlock_seconds;
    const { enrolment, next, log: before, heldByOrder, awayAt } = this.#memory;
    const known = enrolment === door.enrolment;
    const events = known ? await eventsFrom(unit, door, next) : await history(unit, door);
    const log = events.reduce((so, event) => follow(so, event, seconds), known ? before : EMPTY_LOG);
    const facts = this.#facts(door, log, known ? { heldByOrder, awayAt } : { heldByOrder: undefined, awayAt: -1 });
    const memory = { enrolment: door.enrolment, next: door.next_event, log, heldByOrder: facts.heldByOrder, awayAt: facts.connected ? (known ? awayAt : -1) : door.receipt_counter };
    return { facts, fresh: known ? events : [], memory };
  }

  /** The next reading goes on from this one. */
  keep({ memory }: DoorReading): void {
    this.#memory = memory;
  }

  /** @param before what was known of who holds it open. */
  #facts(door: DoorRow, log: DoorLog, before: Pick<Memory, "heldByOrder" | "awayAt">): DoorFacts {
    const { link, presence } = this.#parts;
    const connected = link.isConnected(door.id);
    // What a door says of itself is retained, and may be from its last connection.
    const state = connected && presence.stateOf(door.id)?.online === true ? presence.stateOf(door.id) : undefined;
    const receipt = this.#receiptOf(door);
    const proved = receipt !== undefined && door.receipt_counter > before.awayAt && door.version > 0 && door.acknowledged_version === door.version && receipt.nextEvent <= door.next_event;
    const heldByOrder = proved ? door.lock_state === "hold-open" : before.heldByOrder;
    const alarms = receipt === undefined ? [] : ALARM_BITS.filter((alarm) => receipt.alarms[alarm]);
    return { connected, heldByOrder: connected ? heldByOrder : undefined, leafOpen: state?.leafOpen, keypadLocked: state?.lockedOut, alarms, log };
  }

  #receiptOf(door: DoorRow): Receipt | undefined {
    return door.receipt?.length === RECEIPT_BYTES ? openReceipt(nativeHashes, this.#parts.secrets.keysOf(door).receipt, door.receipt) : undefined;
  }
}

export interface HomeDoorReaderParts {
  secrets: DoorSecrets;
  link: DoorLink;
  presence: DoorPresence;
}

/** The newest of a log, and what stands further back and still counts. */
async function history(unit: Unit, door: DoorRow): Promise<LoggedEvent[]> {
  const newest = (await ofDoor(unit, door).orderBy("event.sequence", "desc").limit(HOME_EVENTS_AT_ONCE).execute()).reverse();
  const before = newest.at(0)?.sequence ?? 0;
  const earlier = () => ofDoor(unit, door).where("event.sequence", "<", before).orderBy("event.sequence", "desc").limit(1);
  const opening = await earlier().where("event.type", "in", ["decision", "remote-unlock"]).where("event.reason", "=", "granted").execute();
  const hours = hoursOf(door).windows.length === 0 ? [] : await earlier().where("event.type", "=", "door-hours").execute();
  return [...opening, ...hours, ...newest].map(readLogged);
}

/** Those that came since, but for what a flood has pushed out of reach. */
async function eventsFrom(unit: Unit, door: DoorRow, first: number): Promise<LoggedEvent[]> {
  if (first >= door.next_event) return [];
  const rows = await ofDoor(unit, door).where("event.sequence", ">=", first).orderBy("event.sequence", "desc").limit(HOME_EVENTS_AT_ONCE).execute();
  return rows.reverse().map(readLogged);
}

function ofDoor(unit: Unit, { id, enrolment }: DoorRow) {
  return unit
    .selectFrom("events as event")
    .leftJoin("credentials as credential", "credential.id", "event.credential_id")
    .leftJoin("remote_unlocks as unlock", (join) => join.onRef("unlock.door_id", "=", "event.door_id").onRef("unlock.enrolment", "=", "event.enrolment").onRef("unlock.sequence", "=", "event.sequence"))
    .leftJoin("people as person", (join) => join.on((eb) => eb("person.id", "=", eb.fn.coalesce("credential.person_id", "unlock.person_id"))))
    .select(["event.sequence", "event.record", "event.altered", "event.late", "event.received_at", "credential.kind", "person.name"])
    .where("event.door_id", "=", id)
    .where("event.enrolment", "=", enrolment);
}

function readLogged(row: { record: Uint8Array; altered: 0 | 1; late: 0 | 1; received_at: number; kind: string | null; name: string | null }): LoggedEvent {
  return { event: row.altered === 1 ? undefined : decodeIfKnown(row.record), receivedAt: row.received_at, late: row.late === 1, kind: row.kind, person: row.name || null };
}
