import { decodePhoneFrame, encodeDoorFrame, type DoorFrame } from "../../protocol/courier-frame";
import { downTopicOf, openingCourierItem, type CourierHeader, type CourierKeys } from "../../protocol/courier-item";
import type { Hashes } from "../../protocol/hashes";
import { ProtocolError, type ProtocolErrorCode } from "../../protocol/protocol-error";
import type { DownMessages } from "../cloud/down-messages";
import type { Inbox } from "../cloud/inbox";
import { COURIER_FORGERIES_MAX, COURIER_ITEMS_MAX, COURIER_TURN_MS, COURIER_WAIT_MS } from "../limits";
import type { Work, WorkQueue } from "../work-queue";
import { CourierCollection, type CourierCollectionParts } from "./courier-collection";
import { CourierTurn } from "./courier-turn";
import { ItemAssembly } from "./item-assembly";
import type { ItemWants } from "./item-wants";
import type { RadioPeer } from "./radio-peer";

export interface CourierDeskParts extends CourierCollectionParts {
  hashes: Hashes;
  courierKeys: CourierKeys;
  queue: Pick<WorkQueue, "add">;
  /** Room is shared with what comes from the broker. */
  room: Pick<Inbox, "reserve" | "free">;
  wants: ItemWants;
  messages: Pick<DownMessages, "receive">;
  /** Milliseconds since boot. */
  now(): number;
  /** Counts what was refused. */
  refuse(error: ProtocolError): void;
}

/** What one courier has offered and fetched. */
interface Visit {
  offer: CourierHeader[];
  /** By their place in the offer: taken or refused. */
  done: boolean[];
  /** What is to be told next, before anything else is wanted. */
  refused: { index: number; code: ProtocolErrorCode } | undefined;
  assembly: ItemAssembly | undefined;
  /** Place of that item in the offer; undefined where a new offer has taken its place. */
  assembling: number | undefined;
  /** What was put together is being checked, or waits for that. */
  checking: "no" | "waits" | "runs";
  /** Its last frame was a fetch. */
  fetching: boolean;
  /** What is read until the next frame comes; undefined: it is found out when it is read. */
  answer: Uint8Array | undefined;
  taken: number;
  forgeries: number;
  readonly collection: CourierCollection;
}

const DONE: DoorFrame = { type: "done" };

/**
 * What phones bring and fetch (SPEC 21, X2), behind a response that was proved. The door says what it wants, by the
 * headers of what is offered, one part after the other: it is never sent more than the one item that it has room for.
 * An item is opened and checked in slices, as what the broker brings is, and by the same rules; nothing in it is
 * believed for whoever carried it, and nobody at the keypad waits for it.
 */
export class CourierDesk {
  readonly #parts: CourierDeskParts;
  readonly #turn: CourierTurn;
  readonly #visits = new Map<RadioPeer, Visit>();

  constructor(parts: CourierDeskParts) {
    this.#parts = parts;
    this.#turn = new CourierTurn(() => parts.now(), (holder) => this.#gaveWay(holder));
  }

  /**
   * Takes a frame.
   * @throws {ProtocolError} `unknown-nonce` of whoever has proved nothing, `malformed`, `too-large`: to be counted.
   */
  write(peer: RadioPeer, bytes: Uint8Array): void {
    if (peer.holder === undefined) throw new ProtocolError("unknown-nonce", "courier");
    const visit = this.#visitOf(peer);
    visit.answer = encodeDoorFrame(DONE);
    const frame = decodePhoneFrame(bytes);
    visit.answer = undefined;
    visit.fetching = frame.type === "fetch";
    if (frame.type === "fetch") visit.collection.fetch(frame.index, frame.offset);
    else if (frame.type === "offer") this.#offer(peer, visit, frame.headers);
    else this.#data(visit, frame);
  }

  /** What the phone reads: the same until it writes again, but for `wait`. */
  read(peer: RadioPeer): Uint8Array {
    const visit = this.#visits.get(peer);
    if (visit === undefined) return encodeDoorFrame(DONE);
    if (visit.answer !== undefined) return visit.answer;
    const frame = visit.fetching ? visit.collection.answer() : this.#next(peer, visit);
    const bytes = encodeDoorFrame(frame);
    if (frame.type !== "wait") visit.answer = bytes;
    return bytes;
  }

  /** The connection has ended. What is being checked goes on. */
  left(peer: RadioPeer): void {
    const visit = this.#visits.get(peer);
    if (visit === undefined) return;
    this.#visits.delete(peer);
    if (visit.checking !== "runs") this.#drop(peer, visit);
  }

  #visitOf(peer: RadioPeer): Visit {
    let visit = this.#visits.get(peer);
    if (visit === undefined) {
      const collection = new CourierCollection(this.#parts);
      visit = { offer: [], done: [], refused: undefined, assembly: undefined, assembling: undefined, checking: "no", fetching: false, answer: undefined, taken: 0, forgeries: 0, collection };
      this.#visits.set(peer, visit);
    }
    return visit;
  }

  #gaveWay(holder: RadioPeer): boolean {
    const visit = this.#visits.get(holder);
    if (visit === undefined || visit.checking !== "no") return false;
    this.#drop(holder, visit);
    return true;
  }

  #offer(peer: RadioPeer, visit: Visit, headers: CourierHeader[]): void {
    visit.offer = headers;
    visit.done = headers.map(() => false);
    visit.refused = undefined;
    visit.assembling = undefined;
    if (visit.checking === "no") this.#drop(peer, visit);
  }

  #data(visit: Visit, { index, offset, bytes }: { index: number; offset: number; bytes: Uint8Array }): void {
    const { assembly } = visit;
    if (assembly === undefined || visit.checking !== "no" || index !== visit.assembling) return;
    if (!assembly.add(offset, bytes)) return;
    this.#turn.progress();
    if (assembly.complete) visit.checking = "waits";
  }

  #next(peer: RadioPeer, visit: Visit): DoorFrame {
    // Where the queue is full of other work, asked again each time.
    if (visit.checking === "waits" && this.#parts.queue.add(this.#check(peer, visit, visit.assembly!))) visit.checking = "runs";
    if (visit.checking !== "no") return { type: "wait", milliseconds: COURIER_WAIT_MS };
    if (visit.refused !== undefined) {
      const { index, code } = visit.refused;
      visit.refused = undefined;
      return { type: "refused", index, code };
    }
    const index = visit.taken < COURIER_ITEMS_MAX ? this.#parts.wants.next(visit.offer, (place) => visit.done[place]) : undefined;
    // What the broker has brought meanwhile, and what another courier has, is not wanted any more.
    if (index !== visit.assembling || !this.#turn.holds(peer)) this.#drop(peer, visit, index !== undefined);
    if (index === undefined) return DONE;
    if (!this.#turn.claim(peer)) return { type: "wait", milliseconds: COURIER_TURN_MS };
    if (visit.assembly === undefined) {
      const header = visit.offer[index];
      if (!this.#parts.room.reserve(ItemAssembly.bytesOf(header))) return { type: "wait", milliseconds: COURIER_TURN_MS };
      visit.assembly = new ItemAssembly(header);
      visit.assembling = index;
    }
    return { type: "want", index, offset: visit.assembly.offset };
  }

  /** @param waits it wants a turn of its own: its place in the line is kept. */
  #drop(peer: RadioPeer, visit: Visit, waits = false): void {
    if (visit.assembly !== undefined) this.#parts.room.free(visit.assembly.item.length);
    visit.assembly = undefined;
    visit.assembling = undefined;
    visit.checking = "no";
    if (!waits || this.#turn.holds(peer)) this.#turn.release(peer);
  }

  *#check(peer: RadioPeer, visit: Visit, { header, item }: ItemAssembly): Work {
    const { hashes, courierKeys, messages, refuse } = this.#parts;
    try {
      visit.taken += 1;
      const message = yield* openingCourierItem(hashes, courierKeys, header, item);
      yield* messages.receive(downTopicOf(header), message);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      refuse(error);
      if (visit.assembling !== undefined) visit.refused = { index: visit.assembling, code: error.code };
      if (FORGED.includes(error.code)) visit.forgeries += 1;
    } finally {
      if (visit.assembling !== undefined) visit.done[visit.assembling] = true;
      this.#drop(peer, visit);
    }
    if (visit.forgeries >= COURIER_FORGERIES_MAX) peer.end();
  }
}

/** Whoever brings such things brings them on purpose. */
const FORGED: readonly ProtocolErrorCode[] = ["bad-mac", "bad-signature"];
