import type { Logger } from "pino";
import { decodeDoorState } from "../../protocol/door-state";
import { ProtocolError } from "../../protocol/protocol-error";
import { decodeNeed } from "../../protocol/need";
import { openReceipt, RECEIPT_BYTES } from "../../protocol/receipt";
import type { Clock } from "../clock";
import type { Keystore } from "../keys/keystore";
import { nativeHashes } from "../keys/native-hashes";
import { LEASE_RENEWAL_SECONDS, RESEND_SECONDS } from "../limits";
import { RefusalTally } from "../network/refusal-tally";
import type { RemoteUnlocks } from "../remote-unlock/remote-unlocks";
import type { Database, Unit } from "../store/store";
import { inDoorTransaction } from "../store/transaction";
import type { DoorRow } from "../store/rows/door-rows";
import { acknowledgeEvents, answerNeed, answerReceipt } from "./door-answers";
import type { DownMessage } from "./difference";
import type { DoorLink } from "./door-link";
import type { DoorMessages } from "./door-messages";
import type { DoorPresence } from "./door-presence";
import { DoorQueue } from "./door-queue";
import type { DoorSecrets } from "./door-secrets";

/**
 * Keeps connected doors at what is issued: answers what they say, pushes what changes, and says it again until a
 * receipt shows that it arrived. It holds no state that matters: all of it is in the database or asked for again.
 */
export class DoorSync {
  readonly #parts: DoorSyncParts;
  readonly #queue = new DoorQueue();
  /** Which base a door last asked pages of, and when: while it does, it needs no manifest of that base. */
  readonly #fetching = new Map<string, { version: number; at: number }>();

  readonly #tally: RefusalTally;

  constructor(parts: DoorSyncParts) {
    this.#parts = parts;
    this.#tally = new RefusalTally(parts.log);
  }

  /** @param what the topic after `up/`. @param payload untrusted. @param fresh whether the door says it now; else a broker had kept it. */
  receive(door: string, what: string, payload: Uint8Array, fresh = true): void {
    this.#run(door, async (now) => {
      if (what === "receipt") await this.#receipt(door, payload, now);
      else if (what === "need") await this.#need(door, payload, now);
      else if (what === "events") await this.#events(door, payload, now);
      else if (what === "reply") await this.#parts.unlocks.receive(door, payload);
      else if (what === "state") this.#parts.presence.report(door, decodeDoorState(payload));
      if (fresh) this.#parts.presence.heard(door, now);
      if (what === "state") this.#parts.onState(door);
    });
  }

  /** The door has a new list, or may need a lease. Nothing happens while it is not connected. */
  update(door: string): void {
    if (!this.#parts.link.isConnected(door)) return;
    this.#run(door, async (now) => this.#send(door, await this.#unit(door, (unit) => this.#missing(unit, door, now))));
  }

  /** Says again to connected doors what they lack, and gives those a lease whose last one is getting old. */
  async updateAll(): Promise<void> {
    const { database, clock } = this.#parts;
    const doors = await database
      .selectFrom("doors")
      .select("id")
      .where("version", ">", 0)
      .where((eb) => eb.or([eb("acknowledged_version", "!=", eb.ref("version")), eb("lease_version", "!=", eb.ref("version")), eb("lease_issued_at", "<=", clock.now() - LEASE_RENEWAL_SECONDS)]))
      .execute();
    for (const { id } of doors) this.update(id);
  }

  disconnected(door: string): void {
    this.#fetching.delete(door);
  }

  /** Resolves once it takes more messages; undefined: it does. */
  room(): Promise<void> | undefined {
    return this.#queue.room();
  }

  /** How often something of doors was refused or dropped since the start, by reason. */
  get refusals(): Readonly<Record<string, number>> {
    return this.#tally.counts;
  }

  idle(): Promise<void> {
    return this.#queue.idle();
  }

  async #receipt(door: string, payload: Uint8Array, now: number): Promise<void> {
    await this.#send(door, await this.#parts.messages.receipt(door, payload, "network", now, (unit) => this.#missing(unit, door, now)));
  }

  async #need(door: string, payload: Uint8Array, now: number): Promise<void> {
    const need = decodeNeed(payload);
    if (need.page !== undefined) this.#fetching.set(door, { version: need.page.version, at: now });
    await this.#send(door, await this.#unit(door, async (unit) => answerNeed(unit, this.#parts.keystore, await readDoor(unit, door), need, now)));
  }

  async #events(door: string, payload: Uint8Array, now: number): Promise<void> {
    const { secrets } = this.#parts;
    const acknowledge = async (unit: Unit, next: number): Promise<DownMessage> => acknowledgeEvents(secrets, await readDoor(unit, door), next);
    await this.#parts.messages.events(door, payload, now, acknowledge, (message) => this.#send(door, [message]));
  }

  /** By the newest receipt; before the first there is nothing to go by. */
  async #missing(unit: Unit, id: string, now: number): Promise<DownMessage[]> {
    const { keystore, secrets } = this.#parts;
    const door = await readDoor(unit, id);
    if (door.receipt?.length !== RECEIPT_BYTES) return [];
    const receipt = openReceipt(nativeHashes, secrets.keysOf(door).receipt, door.receipt);
    const fetching = this.#fetching.get(id);
    const version = fetching !== undefined && now - fetching.at < RESEND_SECONDS ? fetching.version : undefined;
    return answerReceipt(unit, keystore, secrets, door, receipt, version, now);
  }

  #unit<T>(door: string, work: (unit: Unit) => Promise<T>): Promise<T> {
    return inDoorTransaction(this.#parts.database, door, work);
  }

  async #send(door: string, messages: readonly DownMessage[]): Promise<void> {
    for (const { topic, payload } of messages) {
      if (!(await this.#parts.link.send(door, topic, payload))) return;
    }
  }

  /** Refused bytes are counted in the log and change nothing; a bug or a full disk is an error there. */
  #run(door: string, task: (now: number) => Promise<void>): void {
    const { clock, log } = this.#parts;
    const taken = this.#queue.add(door, async () => {
      try {
        await task(clock.now());
      } catch (error) {
        if (error instanceof ProtocolError) this.#tally.count("refused a message of a door", { door, refusal: error.code }, `${door} ${error.code}`);
        else log.error({ door, err: error }, "failed to answer a door");
      }
    });
    if (!taken) this.#tally.count("dropped a message of a door that sends too many", { door }, door);
  }
}

export interface DoorSyncParts {
  database: Database;
  keystore: Keystore;
  secrets: DoorSecrets;
  clock: Clock;
  log: Logger;
  link: DoorLink;
  presence: DoorPresence;
  unlocks: Pick<RemoteUnlocks, "receive">;
  messages: DoorMessages;
  /** A door has told how it does. */
  onState(door: string): void;
}

async function readDoor(unit: Unit, door: string): Promise<DoorRow> {
  return unit.selectFrom("doors").selectAll().where("id", "=", door).executeTakeFirstOrThrow();
}
