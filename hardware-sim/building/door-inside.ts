import { DeltaSectors } from "../../firmware/access-list/delta-sectors";
import { CommitLog } from "../../firmware/access-list/commit-log";
import { findCommittedList } from "../../firmware/access-list/committed-list";
import { ListSlot } from "../../firmware/access-list/list-slot";
import type { Flash, KeyValue } from "../../firmware/device";
import { EventRing } from "../../firmware/event-log/event-ring";
import { loadAcknowledged, loadState } from "../../firmware/event-log/event-log-state";
import { findEnd } from "../../firmware/event-log/find-end";
import { EVENT_SECTORS, eventSector, SLOTS } from "../../firmware/flash-layout";
import { SECTOR_BYTES } from "../../firmware/limits";
import { CredentialKind } from "../../protocol/credential";
import { LockState } from "../../protocol/delta";
import { decodeEvent, type EventRecord } from "../../protocol/event-record";
import { EVENT_BYTES, ROW_BYTES } from "../../protocol/limits";
import { ProtocolError } from "../../protocol/protocol-error";
import { kindOf } from "../../protocol/row";
import type { VirtualBoard } from "../virtual-board";
import { nodeHashes } from "../xs/host-hashes";
import type { InsideLog, ListInside, LoggedEvent } from "./door-view";
import { InstalledStore } from "./installed-store";

/** Events of the log that a view has. */
const EVENTS_SHOWN = 12;
const FIRST_EVENT_BYTE = eventSector(0) * SECTOR_BYTES;
const END_EVENT_BYTE = FIRST_EVENT_BYTE + EVENT_SECTORS * SECTOR_BYTES;
/** Of the commit, in what the store keeps under `list`. */
const COMMIT_BYTES = 16;
const LOCK_STATES = { [LockState.normal]: "normal", [LockState.lockDown]: "lock-down", [LockState.holdOpen]: "hold-open" } as const;
const KIND_NAMES = Object.entries(CredentialKind) as [keyof typeof CredentialKind, CredentialKind][];

/**
 * What a door's memory holds, read over its shoulder by the firmware's own readers, whether it has power or not: the
 * list that it decides by, and its log. Nothing here writes.
 */
export class DoorInside {
  /** A decision, a start, an exit … was written into the log. */
  onEvent: ((event: EventRecord) => void) | undefined;
  /** The cloud has acknowledged all events below this number. */
  onAcknowledged: ((sequence: number) => void) | undefined;
  #board: VirtualBoard;
  #store: InstalledStore;
  #list: ListInside | undefined;
  #events: LoggedEvent[] = [];
  #next = 0;
  #acknowledged = 0;

  /** Listens beside whoever listens to the board's memories already, and reads what is there. */
  constructor(board: VirtualBoard) {
    this.#board = board;
    this.#store = new InstalledStore(board.keyValue);
    const { flash, keyValue } = board;
    const flashChanged = flash.onChange;
    flash.onChange = (byteOffset, byteLength) => {
      flashChanged?.(byteOffset, byteLength);
      this.#flashChanged(byteOffset, byteLength);
    };
    const valueChanged = keyValue.onChange;
    keyValue.onChange = (name) => {
      valueChanged?.(name);
      if (name.endsWith("/event-ack")) this.#readAcknowledged();
    };
    this.#readAll();
  }

  /** undefined: none in force. */
  get list(): ListInside | undefined {
    return this.#list;
  }

  get log(): InsideLog {
    return { next: this.#next, acknowledged: this.#acknowledged, events: this.#events };
  }

  #readAll(): void {
    this.#readList();
    const { enrolment } = this.#store;
    const state = enrolment && loadState(this.#keyValue, enrolment.login.enrolment);
    if (state === undefined) return;
    const ring = new EventRing(this.#flash);
    const { next, slot } = findEnd(nodeHashes, ring, state);
    this.#next = next;
    const from = Math.max(state.tail.sequence, next - EVENTS_SHOWN);
    this.#events = ring.find(from, next, state.firsts, slot).flatMap(({ record }) => decoded(record) ?? []).map(logged);
    this.#acknowledged = loadAcknowledged(this.#keyValue, state.enrolment).sequence;
  }

  #flashChanged(byteOffset: number, byteLength: number): void {
    // A record is two units: with its second one it is whole.
    const end = byteOffset + byteLength;
    if (byteOffset < FIRST_EVENT_BYTE || byteOffset >= END_EVENT_BYTE || byteLength > EVENT_BYTES || end % EVENT_BYTES !== 0) return;
    const event = decoded(this.#board.flash.peek(end - EVENT_BYTES, EVENT_BYTES).cells);
    if (event === undefined) return;
    // A door that was claimed anew counts from 0.
    if (event.sequence === 0) this.#events = [];
    this.#next = event.sequence + 1;
    this.#events = [...this.#events, logged(event)].slice(-EVENTS_SHOWN);
    if (event.type === "list-activated" || event.type === "lock-state") this.#readList();
    this.onEvent?.(event);
  }

  #readAcknowledged(): void {
    const { enrolment } = this.#store;
    if (enrolment === undefined) return;
    const { sequence } = loadAcknowledged(this.#keyValue, enrolment.login.enrolment);
    if (sequence === this.#acknowledged) return;
    this.#acknowledged = sequence;
    this.onAcknowledged?.(sequence);
  }

  #readList(): void {
    const flash = this.#flash;
    const slots = Array.from({ length: SLOTS }, (_, slot) => new ListSlot(flash, nodeHashes, slot));
    const kept = this.#keyValue.read("list");
    const found = findCommittedList(nodeHashes, slots, new DeltaSectors(flash, nodeHashes).read(), new CommitLog(flash), kept && new Uint8Array(kept).subarray(0, COMMIT_BYTES));
    if (found === undefined) return void (this.#list = undefined);
    const { manifest } = found.head;
    const delta = found.delta?.delta;
    const gone = new Set(delta?.tombstones ?? []);
    const base = found.slot.body().read(0, manifest.rows * ROW_BYTES);
    const kinds = new Map<number, number>();
    const count = (rows: Uint8Array, counts: (row: number) => boolean): void => {
      for (let row = 0; row * ROW_BYTES < rows.length; row++) {
        const kind = kindOf(rows[row * ROW_BYTES + ROW_BYTES - 1]);
        if (counts(row)) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      }
    };
    count(base, (row) => !gone.has(row));
    count(delta?.added ?? new Uint8Array(0), () => true);
    this.#list = {
      epoch: found.epoch,
      version: found.version,
      base: manifest.version,
      kinds: KIND_NAMES.flatMap(([kind, number]) => (kinds.has(number) ? [{ kind, rows: kinds.get(number)! }] : [])),
      lockState: LOCK_STATES[delta?.lockState ?? LockState.normal],
    };
  }

  get #flash(): Flash {
    const { flash } = this.#board;
    return {
      read: (byteLength, byteOffset) => flash.peek(byteOffset, byteLength).cells.slice().buffer,
      write: refuse,
      eraseBlock: refuse,
      status: () => flash.status(),
      close: () => {},
    };
  }

  get #keyValue(): KeyValue {
    return { read: (key) => this.#store.read(key), write: refuse, delete: refuse, close: () => {} };
  }
}

function refuse(): never {
  throw new Error("whoever looks over a door's shoulder writes nothing");
}

function decoded(record: Uint8Array): EventRecord | undefined {
  try {
    return decodeEvent(record);
  } catch (error) {
    // A cut has torn it.
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function logged({ sequence, time, timeUnknown, type, reason, kind }: EventRecord): LoggedEvent {
  const name = KIND_NAMES.find(([, number]) => number === kind)?.[0];
  return { sequence, ...(!timeUnknown && { at: time * 1_000 }), type, ...(type === "decision" && { reason }), ...(name && { kind: name }) };
}
