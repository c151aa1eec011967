import type { Logger } from "pino";
import { fromHex, toHex } from "../../protocol/bytes";
import { CommandVerb, encodeCommand, openReply, ReplyStatus, type Command, type Reply } from "../../protocol/command";
import { NONCE_BYTES } from "../../protocol/limits";
import { UPKEEP, type Actor, type HomeActor } from "../accounts/actor";
import type { Clock, Timer } from "../clock";
import type { DoorLink } from "../doors/door-link";
import type { DoorSecrets } from "../doors/door-secrets";
import { nativeHashes } from "../keys/native-hashes";
import type { Database, Unit } from "../store/store";
import type { RemoteUnlockRow } from "../store/rows/door-rows";
import { inTransaction } from "../store/transaction";
import { askUnlock, type AskedUnlock, type UnlockWish } from "./ask-unlock";
import { markSent, readUnlock, settle, settleIfOver } from "./settle-unlock";
import { afterReply, isUnderWay, overAt, type UnlockOutcome } from "./unlock-state";

/**
 * Opens doors from afar (N14): asks the door for a nonce, sends the command with it, and takes the answer (SPEC 12).
 * Each step is committed before anything leaves for the door. What is held here are those who wait for an answer, and
 * their timers: whatever dies with the process, the database says what may have happened.
 */
export class RemoteUnlocks {
  readonly #parts: RemoteUnlocksParts;
  readonly #waiting = new Map<string, Waiting>();
  readonly #running = new Set<Promise<unknown>>();
  #stopped = false;

  constructor(parts: RemoteUnlocksParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when it is known what became of it, or nobody can tell any more: seconds later at most. A wish that was
   * there before is answered as it stands.
   * @throws {Refusal} as `askUnlock`.
   */
  async ask(actor: Actor | HomeActor, wish: UnlockWish): Promise<AskedUnlock> {
    const { link } = this.#parts;
    const { asked, key } = await this.#unit(async (unit, now) => {
      const asked = await askUnlock(unit, actor, wish, !this.#stopped && link.isConnected(wish.door), now);
      return { asked, key: await this.#commandKey(unit, wish.door) };
    });
    if ("wait" in asked || asked.again || !isUnderWay(asked.unlock)) return asked;
    const { unlock } = asked;
    const answered = this.#wait(unlock);
    const left = await this.#send(unlock, key!, { verb: CommandVerb.askNonce, outputs: 0, nonce: new Uint8Array(NONCE_BYTES) });
    if (!left) await this.#giveUp(unlock.id, { state: "offline" });
    return { unlock: await answered, again: false };
  }

  /**
   * An answer of a door's.
   * @param bytes untrusted.
   * @throws {ProtocolError} `malformed`, `bad-mac`.
   */
  async receive(door: string, bytes: Uint8Array): Promise<void> {
    const { reply, key, after } = await this.#unit(async (unit, now) => {
      const key = (await this.#commandKey(unit, door))!;
      const reply = openReply(nativeHashes, key, bytes);
      return { reply, key, after: await this.#take(unit, door, reply, now) };
    });
    if (after === undefined) return;
    if (this.#waiting.has(after.id)) this.#tell(after);
    else this.#parts.onChanged(after.id);
    // Where the door has gone meanwhile it may have heard it all the same: time decides, or its log.
    if (after.state === "sent") await this.#send(after, key, { verb: CommandVerb.unlock, outputs: after.outputs, nonce: reply.nonce });
  }

  /** Events of a door are stored: one of them may say what a lost reply was to say. */
  async eventsStored(door: string): Promise<void> {
    for (const [id, waiting] of this.#waiting) if (waiting.row.door_id === door) await this.#look(id);
  }

  /** Another process has taken a door's answer to it. */
  async changed(id: string): Promise<void> {
    if (this.#waiting.has(id)) await this.#look(id);
  }

  /** Other processes may have taken any answer. */
  async changedAny(): Promise<void> {
    for (const id of this.#waiting.keys()) await this.#look(id);
  }

  /** Nothing that was only asked for will be answered. What has left may still be. */
  async disconnected(door: string): Promise<void> {
    for (const [id, waiting] of this.#waiting) if (waiting.row.door_id === door) await this.#giveUp(id, { state: "offline" });
  }

  /** Whoever waits is told that it is under way; the rest is for whoever comes after this process. */
  stop(): void {
    this.#stopped = true;
    for (const { row, timer, resolve } of this.#waiting.values()) {
      timer?.cancel();
      resolve(row);
    }
    this.#waiting.clear();
  }

  /** Resolves when nothing is on its way into the database. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled([...this.#running]);
  }

  #wait(row: RemoteUnlockRow): Promise<RemoteUnlockRow> {
    if (this.#stopped) return Promise.resolve(row);
    return new Promise((resolve) => {
      this.#waiting.set(row.id, { row, resolve, timer: undefined });
      this.#arm(row);
    });
  }

  #arm(row: RemoteUnlockRow): void {
    const waiting = this.#waiting.get(row.id);
    if (waiting === undefined) return;
    const { clock } = this.#parts;
    waiting.row = row;
    waiting.timer?.cancel();
    waiting.timer = clock.after(Math.max(1, overAt(row) - clock.now()), () => void this.#look(row.id));
  }

  /** Reads how it stands: another process may have ended it, or nobody has and its time is over. */
  async #look(id: string): Promise<void> {
    await this.#guard(id, async () => {
      const row = await this.#unit(async (unit, now) => {
        const row = await readUnlock(unit, id);
        return row && ((await settleIfOver(unit, row, now)) ?? row);
      });
      if (row !== undefined) this.#tell(row);
    });
  }

  /** Ends what was only asked for. */
  async #giveUp(id: string, outcome: UnlockOutcome): Promise<void> {
    await this.#guard(id, async () => {
      const row = await this.#unit(async (unit, now) => {
        const row = await readUnlock(unit, id);
        return row?.state === "asking" ? settle(unit, row, outcome, UPKEEP, now) : row;
      });
      if (row !== undefined) this.#tell(row);
    });
  }

  #tell(row: RemoteUnlockRow): void {
    const waiting = this.#waiting.get(row.id);
    if (waiting === undefined) return;
    if (isUnderWay(row)) return this.#arm(row);
    waiting.timer?.cancel();
    this.#waiting.delete(row.id);
    waiting.resolve(row);
  }

  /** @returns the request as it stands after a reply; undefined where that says nothing new. */
  async #take(unit: Unit, door: string, { status, requestId }: Reply, now: number): Promise<RemoteUnlockRow | undefined> {
    const row = await readUnlock(unit, toHex(requestId));
    if (row?.door_id !== door) return undefined;
    if (status === ReplyStatus.nonce) return markSent(unit, row, now);
    const outcome = afterReply(row, status);
    return outcome && settle(unit, row, outcome, `door/${door}`, now);
  }

  /** @returns whether the bytes went to the door's connection. */
  #send({ id, door_id }: RemoteUnlockRow, key: Uint8Array, command: Omit<Command, "requestId">): Promise<boolean> {
    return this.#parts.link.send(door_id, "command", encodeCommand(nativeHashes, key, { ...command, requestId: fromHex(id)! }));
  }

  /** `DoorKeys.command`; undefined where nobody has claimed the door: then it is not connected either. */
  async #commandKey(unit: Unit, door: string): Promise<Uint8Array | undefined> {
    const row = await unit.selectFrom("doors").selectAll().where("id", "=", door).executeTakeFirstOrThrow();
    return row.door_key === null ? undefined : this.#parts.secrets.keysOf(row).command;
  }

  /** A database that fails leaves nobody waiting for ever: it is asked again a second later. */
  async #guard(id: string, task: () => Promise<void>): Promise<void> {
    const { clock, log } = this.#parts;
    try {
      await task();
    } catch (error) {
      log.error({ unlock: id, err: error }, "failed to see what became of an opening from afar; it will be tried again");
      const waiting = this.#waiting.get(id);
      waiting?.timer?.cancel();
      if (waiting !== undefined) waiting.timer = clock.after(1, () => void this.#look(id));
    }
  }

  async #unit<T>(work: (unit: Unit, now: number) => Promise<T>): Promise<T> {
    const { database, clock } = this.#parts;
    const running = inTransaction(database, (unit) => work(unit, clock.now()));
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }
}

export interface RemoteUnlocksParts {
  database: Database;
  secrets: DoorSecrets;
  clock: Clock;
  log: Logger;
  link: DoorLink;
  /** A door's answer was taken here, and whoever asked for the opening waits elsewhere. */
  onChanged(id: string): void;
}

/** Somebody who has asked, and waits for what becomes of it. */
interface Waiting {
  /** As it was last read. */
  row: RemoteUnlockRow;
  resolve(row: RemoteUnlockRow): void;
  timer: Timer | undefined;
}
