import { NOTIFICATION_JOIN_SECONDS, NOTIFICATIONS_PER_ACCOUNT_MAX, OCCURRENCES_AT_ONCE } from "../limits";
import type { Unit } from "../store/store";
import type { OccurrenceRow, WebhookRow } from "../store/rows/message-rows";
import { DeliveryQueue } from "../webhooks/delivery";
import { audienceOf } from "./audience";
import { URGENT_KINDS, type Occurrence, type OccurrenceKind } from "./occurrence";
import { quietUntil } from "./quiet-hours";
import { Reader } from "./reader";
import { parseRule, removeRule, type NotificationChannel, type Rule } from "./rule";

/**
 * Works out for the oldest occurrences who is told of them, when and how, and forgets them: they are notifications
 * and webhooks' deliveries from then on.
 * @returns false where there was none.
 */
export async function spreadOccurrences(unit: Unit, now: number): Promise<boolean> {
  const rows = await unit.selectFrom("occurrences").selectAll().orderBy("id").limit(OCCURRENCES_AT_ONCE).execute();
  if (rows.length === 0) return false;
  const spreading = new Spreading(unit, now);
  for (const row of rows) await spreading.spread(parseOccurrence(row));
  await spreading.trim();
  await unit.deleteFrom("occurrences").where("id", "<=", rows[rows.length - 1].id).execute();
  return true;
}

function parseOccurrence({ property_id, door_id, person_id, kind, at, late, detail }: OccurrenceRow): Occurrence {
  return {
    ...{ property: property_id, door: door_id ?? undefined, person: person_id ?? undefined, kind: kind as OccurrenceKind, at, late: late === 1 },
    detail: JSON.parse(detail) as Record<string, unknown>,
  };
}

/** Who listens at a property. */
interface Listeners {
  timeZone: string;
  rules: Rule[];
  webhooks: { row: WebhookRow; events: readonly OccurrenceKind[] }[];
}

/** What the occurrences of one transaction have in common is read once. */
class Spreading {
  readonly #unit: Unit;
  readonly #now: number;
  readonly #deliveries: DeliveryQueue;
  readonly #listeners = new Map<string, Listeners>();
  readonly #readers = new Map<string, Reader>();
  readonly #groupDoors = new Map<string, readonly string[]>();
  readonly #told = new Set<string>();

  constructor(unit: Unit, now: number) {
    this.#unit = unit;
    this.#now = now;
    this.#deliveries = new DeliveryQueue(unit, now);
  }

  async spread(occurrence: Occurrence): Promise<void> {
    const listeners = await this.#listenersOf(occurrence.property);
    for (const { row, events } of listeners.webhooks) if (events.includes(occurrence.kind)) await this.#deliveries.add(row, occurrence);
    const byAccount = new Map<string, Rule[]>();
    const audience = listeners.rules.length === 0 ? new Set() : await audienceOf(this.#unit, occurrence);
    for (const rule of [...listeners.rules]) {
      if (!audience.has(rule.account) || !rule.events.includes(occurrence.kind) || !(await this.#isWithin(rule, occurrence))) continue;
      const reader = this.#readerOf(rule.account);
      if (!(await reader.listens(rule.scope))) {
        listeners.rules.splice(listeners.rules.indexOf(rule), 1);
        await removeRule(this.#unit, { id: rule.id, account: rule.account, property: occurrence.property }, this.#now);
      } else if ((await reader.sees(occurrence)) !== undefined) {
        byAccount.set(rule.account, [...(byAccount.get(rule.account) ?? []), rule]);
      }
    }
    for (const [account, rules] of byAccount) await this.#tell(account, rules, occurrence, listeners.timeZone);
  }

  /** Of each account that was told the newest are kept. */
  async trim(): Promise<void> {
    for (const account of this.#told) {
      const oldest = await this.#unit.selectFrom("notifications").select("id").where("account_id", "=", account).orderBy("id", "desc").offset(NOTIFICATIONS_PER_ACCOUNT_MAX).limit(1).executeTakeFirst();
      if (oldest !== undefined) await this.#unit.deleteFrom("notifications").where("account_id", "=", account).where("id", "<=", oldest.id).execute();
    }
  }

  /** By each channel once, at the earliest time at which a rule allows it. */
  async #tell(account: string, rules: readonly Rule[], occurrence: Occurrence, timeZone: string): Promise<void> {
    const dueBy = new Map<NotificationChannel, { due: number; rule: string }>();
    for (const rule of rules) {
      const due = quietUntil(rule.quiet, timeZone, this.#now);
      for (const channel of rule.channels) if (due < (dueBy.get(channel)?.due ?? Infinity)) dueBy.set(channel, { due, rule: rule.id });
    }
    const together = new Map<number, { rule: string; channels: NotificationChannel[] }>();
    for (const [channel, { due, rule }] of dueBy) together.set(due, { rule, channels: [...(together.get(due)?.channels ?? []), channel] });
    for (const [due, { rule, channels }] of together) await this.#add(account, rule, channels, due, occurrence);
  }

  async #add(account: string, rule: string, channels: readonly NotificationChannel[], due: number, occurrence: Occurrence): Promise<void> {
    const now = this.#now;
    const wanted = {
      ...{ account_id: account, property_id: occurrence.property, topic: topicOf(occurrence) },
      in_app: channels.includes("in-app") ? (1 as const) : (0 as const),
      channels: JSON.stringify((["email", "sms"] as const).filter((channel) => channels.includes(channel))),
    };
    const times = typeof occurrence.detail.times === "number" ? occurrence.detail.times : 1;
    const same = await this.#unit
      .selectFrom("notifications")
      .select(["id", "times", "content"])
      .where((eb) => eb.and(wanted))
      .where("read_at", "is", null)
      .where((eb) => eb.or([eb("created_at", ">", now - NOTIFICATION_JOIN_SECONDS), eb("next_at", ">", now)]))
      .orderBy("id", "desc")
      .limit(1)
      .executeTakeFirst();
    const content = JSON.stringify(occurrence);
    if (same !== undefined) {
      // One act may be several entries of the audit: the first says what was wanted.
      if (occurrence.kind === "changed" && (JSON.parse(same.content) as Occurrence).at === occurrence.at) return;
      await this.#unit.updateTable("notifications").set({ content, times: same.times + times }).where("id", "=", same.id).execute();
      return;
    }
    const urgent = URGENT_KINDS.includes(occurrence.kind) ? 1 : 0;
    await this.#unit.insertInto("notifications").values({ ...wanted, rule_id: rule, content, times, urgent, due_at: due, next_at: due, created_at: now }).execute();
    this.#told.add(account);
  }

  async #isWithin({ scope: { door, group } }: Rule, occurrence: Occurrence): Promise<boolean> {
    if (door !== undefined) return occurrence.door === door;
    if (group === undefined) return true;
    if (occurrence.detail.subject === `group/${group}`) return true;
    return occurrence.door !== undefined && (await this.#doorsOfGroup(group)).includes(occurrence.door);
  }

  #readerOf(account: string): Reader {
    const reader = this.#readers.get(account) ?? new Reader(this.#unit, account, this.#now);
    this.#readers.set(account, reader);
    return reader;
  }

  async #doorsOfGroup(group: string): Promise<readonly string[]> {
    const known = this.#groupDoors.get(group) ?? (await this.#unit.selectFrom("group_doors").select("door_id").where("group_id", "=", group).execute()).map((row) => row.door_id);
    this.#groupDoors.set(group, known);
    return known;
  }

  async #listenersOf(property: string): Promise<Listeners> {
    const known = this.#listeners.get(property);
    if (known !== undefined) return known;
    const { time_zone: timeZone } = await this.#unit.selectFrom("properties").select("time_zone").where("id", "=", property).executeTakeFirstOrThrow();
    const rules = await this.#unit.selectFrom("notification_rules").selectAll().where("property_id", "=", property).orderBy("id").execute();
    const webhooks = await this.#unit.selectFrom("webhooks").selectAll().where("property_id", "=", property).orderBy("id").execute();
    const listeners = { timeZone, rules: rules.map(parseRule), webhooks: webhooks.map((row) => ({ row, events: JSON.parse(row.events) as OccurrenceKind[] })) };
    this.#listeners.set(property, listeners);
    return listeners;
  }
}

/** What more of is the same: changes by whom they are about, or else by what was done, and by who did it; all else by where and who. */
function topicOf({ kind, door, person, late, detail }: Occurrence): string {
  const about = kind === "changed" ? [person ?? detail.action, detail.actor] : [door, person, detail.reason, detail.alarm];
  return [kind, late ? "late" : "", ...about.map((each) => (typeof each === "string" ? each : ""))].join("|");
}
