import { countOne, waitFor } from "../accounts/rate-limit";
import { audit } from "../audit/audit";
import { NEWS_MESSAGES, NEWS_PAUSE, NEWS_PER_MESSAGE_MAX } from "../limits";
import { channelOf, sendsTexts, type ChannelName } from "../messages/channels";
import { pageLink } from "../messages/page-link";
import { queueMessage, type MessageParts, type Recipient } from "../messages/queue-message";
import type { Unit } from "../store/store";
import type { NotificationRow } from "../store/rows/message-rows";
import { nameOccurrence, newsOf } from "./news";
import { ENTRY_KINDS, type Occurrence } from "./occurrence";
import { Reader, type Sight } from "./reader";
import { addressOf } from "./rule";

export interface DeliveryParts extends MessageParts {
  publicUrl(): string;
}

/** Of one account's that are due so many are looked at together; the others are next. */
const ROWS_AT_ONCE = 500;

/** What is due, may still be told, and how. */
interface Due {
  row: NotificationRow;
  occurrence: Occurrence;
  sight: Sight;
  channels: ChannelName[];
  /** When those that wait may go. */
  next: number;
}

/**
 * Tells one account what is due, by e-mail and text message: what is due together goes together, and of too much a
 * part waits and then goes as one. Whoever may not see something any more is not told (O15).
 * @returns false where nothing is due to anybody.
 */
export async function deliverNotifications(unit: Unit, parts: DeliveryParts, now: number): Promise<boolean> {
  const first = await unit.selectFrom("notifications").select("account_id").where("channels", "<>", "[]").where("next_at", "<=", now).orderBy("next_at").orderBy("id").limit(1).executeTakeFirst();
  if (first === undefined) return false;
  const account = first.account_id;
  const rows = await unit.selectFrom("notifications").selectAll().where("account_id", "=", account).where("channels", "<>", "[]").where("next_at", "<=", now).orderBy("id").limit(ROWS_AT_ONCE).execute();
  const due = await stillSeen(unit, account, rows, now);
  for (const together of groups(due)) {
    for (const channel of ["email", "sms"] as const) await tell(unit, parts, account, channel, together.filter(({ channels }) => channels.includes(channel)), now);
  }
  for (const { row, channels, next } of due) await unit.updateTable("notifications").set({ channels: JSON.stringify(channels), ...(next < Infinity && { next_at: next }) }).where("id", "=", row.id).execute();
  return true;
}

/** Drops what its reader must not see any more. */
async function stillSeen(unit: Unit, account: string, rows: readonly NotificationRow[], now: number): Promise<Due[]> {
  const reader = new Reader(unit, account, now);
  const due: Due[] = [];
  for (const row of rows) {
    const occurrence = JSON.parse(row.content) as Occurrence;
    const sight = (await reader.listens({ property: row.property_id })) ? await reader.sees(occurrence) : undefined;
    if (sight === undefined) await unit.deleteFrom("notifications").where("id", "=", row.id).execute();
    else due.push({ row, occurrence, sight, channels: JSON.parse(row.channels) as ChannelName[], next: Infinity });
  }
  return due;
}

/** By property, alarms by themselves and first. */
function groups(due: readonly Due[]): Due[][] {
  const found = new Map<string, Due[]>();
  for (const each of due) {
    const key = `${1 - each.row.urgent}/${each.row.property_id}`;
    found.set(key, [...(found.get(key) ?? []), each]);
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

/** Takes the channel off those that are told, or that nothing can tell; sets a time for those that wait. */
async function tell(unit: Unit, parts: DeliveryParts, account: string, channel: ChannelName, due: readonly Due[], now: number): Promise<void> {
  if (due.length === 0) return;
  const { urgent, property_id: property } = due[0].row;
  const to = channel === "sms" && !sendsTexts(parts.channels) ? undefined : await addressOf(unit, account, channel);
  const wait = to === undefined ? 0 : await take(unit, `${channel}/${urgent === 1 ? "alarm" : "news"}/${account}`, channel, now);
  if (wait > 0) {
    for (const each of due) each.next = Math.min(each.next, now + wait);
    return;
  }
  for (const each of due) each.channels = each.channels.filter((other) => other !== channel);
  if (to === undefined) return;
  await send(unit, parts, account, to, due, now);
  const entries = due.filter(({ sight, occurrence }) => sight === "property" && ENTRY_KINDS.includes(occurrence.kind)).length;
  // Being told what others do is looking at it (O15).
  if (entries > 0) await audit(unit, { at: now, actor: `account/${account}`, action: "events.told", subject: `property/${property}`, property, detail: { channel, events: entries } });
}

async function send(unit: Unit, parts: DeliveryParts, account: string, to: Recipient, due: readonly Due[], now: number): Promise<void> {
  const { language } = await unit.selectFrom("accounts").select("language").where("id", "=", account).executeTakeFirstOrThrow();
  const spoken = channelOf(to.kind) === "sms" ? 1 : NEWS_PER_MESSAGE_MAX;
  const news = [];
  for (const { occurrence, sight, row } of due.slice(-spoken).reverse()) {
    const names = await nameOccurrence(unit, occurrence, sight);
    news.push({ property: names.property.name, told: newsOf(occurrence, row.times, names) });
  }
  const values = { property: news[0].property, news: news.map(({ told }) => told), more: due.length - news.length, link: pageLink(parts.publicUrl(), "notifications") };
  await queueMessage(unit, parts, { to, language, kind: "notification", values }, now);
}

/** Counts one message, unless there were too many. @returns seconds until there may be one. */
async function take(unit: Unit, who: string, channel: ChannelName, now: number): Promise<number> {
  const counts = [
    [`news-pause/${who}`, NEWS_PAUSE],
    [`news/${who}`, NEWS_MESSAGES[channel]],
  ] as const;
  let wait = 0;
  for (const [key, limit] of counts) wait = Math.max(wait, await waitFor(unit, key, limit, now));
  if (wait === 0) for (const [key, limit] of counts) await countOne(unit, key, limit, now);
  return wait;
}
