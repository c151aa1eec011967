import type { Logger } from "pino";
import { backOff } from "../back-off";
import type { Clock } from "../clock";
import { MESSAGE_RETRY_SECONDS, MESSAGE_RETRY_SECONDS_MAX, MESSAGES_AT_ONCE, SEND_CLAIM_SECONDS } from "../limits";
import { Refusal } from "../refusal";
import { inTransaction } from "../store/transaction";
import type { Database, Unit } from "../store/store";
import type { MessageRow } from "../store/rows/message-rows";
import { WakefulTask } from "../wakeful-task";
import type { ChannelName } from "./channels";
import { CODE_KINDS, lifetimeOf } from "./message-lifetime";
import { openContent, type MessageParts } from "./queue-message";
import type { Attempt, Outgoing, Sender } from "./sender";

/**
 * Works off the messages, each channel by itself. What fails stays and is tried again, ever less often, until it is
 * too old to be of use; the others go on. A message is claimed before it is handed over, so that of two processes
 * one sends it; after a crash in between it goes out once more rather than never.
 */
export class MessageSender {
  readonly #channels: Channel[];

  constructor(parts: MessageSenderParts) {
    this.#channels = (["email", "sms"] as const).flatMap((name) => {
      const sender = parts.senders[name];
      return sender === undefined ? [] : [new Channel(name, sender, parts)];
    });
  }

  /** There may be messages: after a command, and at the start. */
  wake(): void {
    for (const channel of this.#channels) channel.task.wake();
  }

  /** Resolves when none is being handed over. */
  async idle(): Promise<void> {
    await Promise.all(this.#channels.map((channel) => channel.task.idle()));
  }

  /** What is being handed over is waited for. */
  async stop(): Promise<void> {
    await Promise.all(this.#channels.map((channel) => channel.task.stop()));
  }
}

export interface MessageSenderParts extends Pick<MessageParts, "keystore"> {
  database: Database;
  clock: Clock;
  log: Logger;
  senders: { [Name in ChannelName]?: Sender };
  /**
   * A message with a key's code has left: the key begins, in the same transaction (N5). It must be a key that is still
   * pending, or nothing happens.
   */
  onKeySent(unit: Unit, key: string, now: number): Promise<void>;
  /** After the commit of such a transaction. */
  onChanged(): void;
}

interface Claimed extends Outgoing {
  kind: string;
  /** Whose code it holds; null: no key's. */
  key: string | null;
  createdAt: number;
  attempts: number;
}

class Channel {
  readonly task: WakefulTask;
  readonly #name: ChannelName;
  readonly #sender: Sender;
  readonly #parts: MessageSenderParts;

  constructor(name: ChannelName, sender: Sender, parts: MessageSenderParts) {
    this.task = new WakefulTask(parts.clock, () => this.#run());
    this.#name = name;
    this.#sender = sender;
    this.#parts = parts;
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#parts;
    try {
      const reached = await this.#sendDue();
      await this.#waitForNext(reached ? clock.now() : clock.now() + MESSAGE_RETRY_SECONDS);
    } catch (error) {
      log.error({ channel: this.#name, err: error }, "failed to work off messages; it will be tried again");
      this.task.wakeIn(MESSAGE_RETRY_SECONDS);
    }
  }

  /** A few at once. @returns false where the server cannot be reached: then those that are left wait as well. */
  async #sendDue(): Promise<boolean> {
    for (;;) {
      if (this.task.stopped) return true;
      const claimed = await this.#inTransaction((unit, now) => claim(unit, this.#parts, this.#name, now));
      if (claimed.length === 0) return true;
      const attempts = await Promise.all(claimed.map((message) => this.#hand(message)));
      if (attempts.every((attempt) => attempt.outcome === "unreachable")) return false;
    }
  }

  async #hand(message: Claimed): Promise<Attempt> {
    const { log } = this.#parts;
    const { id, to, subject, text } = message;
    const attempt = await this.#sender.send({ id, to, subject, text });
    await this.#note(message, attempt);
    const said = { message: id, channel: this.#name, kind: message.kind, attempt: message.attempts };
    if (attempt.outcome === "sent") log.debug(said, "sent a message");
    else log.warn({ ...said, problem: attempt.problem }, attempt.outcome === "refused" ? "a message was refused for good" : "a message could not be sent; it will be tried again");
    return attempt;
  }

  /** A key that cannot begin (its door is full by now) keeps its message from being sent again and again no less. */
  async #note(message: Claimed, attempt: Attempt): Promise<void> {
    const { key } = message;
    if (key === null || attempt.outcome !== "sent") return void (await this.#inTransaction((unit, now) => note(unit, message, attempt, now)));
    try {
      await this.#inTransaction(async (unit, now) => {
        if (await note(unit, message, attempt, now)) await this.#parts.onKeySent(unit, key, now);
      });
      this.#parts.onChanged();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#parts.log.warn({ key, because: error.code }, "a key's code has left, and the key cannot begin");
      await this.#inTransaction((unit, now) => note(unit, message, attempt, now));
    }
  }

  async #waitForNext(earliest: number): Promise<void> {
    const { clock } = this.#parts;
    const next = await this.#inTransaction((unit) => waiting(unit, this.#name).select((eb) => eb.fn.min("next_at").as("at")).executeTakeFirst());
    if (next?.at !== null && next?.at !== undefined) this.task.wakeIn(Math.max(1, Number(next.at) - clock.now(), earliest - clock.now()));
  }

  #inTransaction<T>(work: (unit: Unit, now: number) => Promise<T>): Promise<T> {
    return inTransaction(this.#parts.database, (unit) => work(unit, this.#parts.clock.now()));
  }
}

function waiting(unit: Unit, channel: ChannelName) {
  return unit.selectFrom("messages").where("channel", "=", channel).where("sent_at", "is", null).where("failed_at", "is", null);
}

/** Codes first, because somebody is waiting, then the oldest; what has become too old is given up instead. */
async function claim(unit: Unit, parts: MessageSenderParts, channel: ChannelName, now: number): Promise<Claimed[]> {
  const rows = await waiting(unit, channel).selectAll().where("next_at", "<=", now).orderBy((eb) => eb.case().when("kind", "in", CODE_KINDS).then(0).else(1).end()).orderBy("next_at").orderBy("id").limit(MESSAGES_AT_ONCE).execute();
  const claimed: Claimed[] = [];
  for (const { id, kind, recipient, content, created_at, attempts, key_id } of rows) {
    if (created_at + lifetimeOf(kind) <= now) {
      await unit.updateTable("messages").set({ failed_at: now, content: null }).where("id", "=", id).execute();
      continue;
    }
    await unit.updateTable("messages").set({ attempts: attempts + 1, next_at: now + SEND_CLAIM_SECONDS }).where("id", "=", id).execute();
    claimed.push({ id, to: recipient, ...openContent(parts, id, content!), kind, key: key_id, createdAt: created_at, attempts: attempts + 1 });
  }
  return claimed.length === 0 && rows.length > 0 ? claim(unit, parts, channel, now) : claimed;
}

/** @returns whether the message is still there: it may have been withdrawn meanwhile. */
async function note(unit: Unit, { id, kind, createdAt, attempts }: Claimed, attempt: Attempt, now: number): Promise<boolean> {
  const row = unit.updateTable("messages").where("id", "=", id);
  const next = now + backOff(attempts, MESSAGE_RETRY_SECONDS, MESSAGE_RETRY_SECONDS_MAX);
  const { numUpdatedRows } = await row.set(rowAfter(attempt, next, createdAt + lifetimeOf(kind), now)).executeTakeFirst();
  return Number(numUpdatedRows) > 0;
}

/** @param next when it would be tried again. @param until when it is worth nothing any more. */
function rowAfter(attempt: Attempt, next: number, until: number, now: number): Partial<MessageRow> {
  // Its words are of no use any more, and may hold a link.
  if (attempt.outcome === "sent") return { sent_at: now, content: null, problem: null };
  const { problem } = attempt;
  if (attempt.outcome === "refused" || next >= until) return { failed_at: now, content: null, problem };
  return { next_at: next, problem };
}
