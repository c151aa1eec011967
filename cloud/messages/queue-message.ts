import { randomBytes } from "node:crypto";
import type { Keystore } from "../keys/keystore";
import type { IdentifierKind } from "../store/rows/account-rows";
import type { Unit } from "../store/store";
import { channelOf, requireChannel, sendsTexts, type Channels } from "./channels";
import { compose, type Composed } from "./compose";
import type { Message, MessageContent } from "./message";

export interface MessageParts {
  keystore: Pick<Keystore, "sealing">;
  channels: Channels;
}

/** Where a message goes; `value` is normalised. */
export interface Recipient {
  kind: IdentifierKind;
  value: string;
}

/**
 * Puts a message among those to be sent, in the transaction of what it tells of: neither exists without the other.
 * It leaves after the commit. Its words are sealed, because they may hold a code or a link.
 * @param message with the key that begins when it has left, if it holds that key's code (N5): see key-messages.ts.
 * @returns the message's id: ids grow in the order of queueing.
 * @throws {Refusal} `no-text-messages` (A3).
 */
export async function queueMessage(unit: Unit, parts: MessageParts, message: Message & { to: Recipient; key?: string }, now: number): Promise<string> {
  const { to, kind } = message;
  requireChannel(parts.channels, to.kind);
  const channel = channelOf(to.kind);
  const id = nextId(now);
  const content = sealContent(parts, id, compose(message, channel));
  const kept = parts.channels[channel] === "outbox";
  await unit.insertInto("messages").values({ id, channel, recipient: to.value, kind, content, created_at: now, next_at: now, attempts: 0, sent_at: kept ? now : null, key_id: message.key ?? null }).execute();
  return id;
}

/**
 * Tells an account, in its language, at its oldest e-mail address or else by phone.
 * @returns undefined where nothing can be sent to it: such a message is not worth refusing what it tells of.
 */
export async function queueToAccount(unit: Unit, parts: MessageParts, account: string, message: MessageContent, now: number): Promise<string | undefined> {
  const { language } = await unit.selectFrom("accounts").select("language").where("id", "=", account).executeTakeFirstOrThrow();
  const identifiers = await unit.selectFrom("identifiers").select(["kind", "value"]).where("account_id", "=", account).orderBy("verified_at").orderBy("id").execute();
  const to = identifiers.find(({ kind }) => kind === "email") ?? (sendsTexts(parts.channels) ? identifiers.find(({ kind }) => kind === "phone") : undefined);
  if (to === undefined) return undefined;
  return queueMessage(unit, parts, { ...message, language, to }, now);
}

/** Nothing that was sent to an identifier, or waits to be, is kept: for accounts that are erased. */
export async function forgetMessages(unit: Unit, to: Recipient): Promise<void> {
  await unit.deleteFrom("messages").where("channel", "=", channelOf(to.kind)).where("recipient", "=", to.value).execute();
}

export function sealContent({ keystore }: Pick<MessageParts, "keystore">, id: string, content: Composed): Uint8Array {
  return keystore.sealing.seal("message", id, Buffer.from(JSON.stringify(content), "utf8"));
}

export function openContent({ keystore }: Pick<MessageParts, "keystore">, id: string, sealed: Uint8Array): Composed {
  return JSON.parse(Buffer.from(keystore.sealing.open("message", id, sealed)).toString("utf8")) as Composed;
}

let counter = 0;

/** Seconds, a count and chance: messages of one second stay in order, and two processes do not meet. */
function nextId(now: number): string {
  counter = (counter + 1) % 0x1_0000;
  return now.toString(16).padStart(8, "0").slice(-8) + counter.toString(16).padStart(4, "0") + randomBytes(2).toString("hex");
}
