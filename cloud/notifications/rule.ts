import { actorName, UPKEEP, type AccountActor } from "../accounts/actor";
import { findOverlap, sortWindows, type Window } from "../access/window";
import { audit } from "../audit/audit";
import { NOTIFICATION_RULES_PER_ACCOUNT_MAX } from "../limits";
import { requireChannel, type ChannelName, type Channels } from "../messages/channels";
import { Refusal } from "../refusal";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";
import type { NotificationRuleRow } from "../store/rows/message-rows";
import type { OccurrenceKind } from "./occurrence";
import { Reader, type Scope } from "./reader";

/** How somebody is told: in the list of their own account, or by a message. */
export const NOTIFICATION_CHANNELS = ["in-app", "email", "sms"] as const;
export type NotificationChannel = (typeof NOTIFICATION_CHANNELS)[number];

/** What of a rule can be changed. */
export interface RuleTerms {
  events: readonly OccurrenceKind[];
  channels: readonly NotificationChannel[];
  /** When nothing is sent: it waits for their end. */
  quiet: readonly Window[];
}

/** What somebody wants to be told of (N13). */
export interface Rule extends RuleTerms {
  id: string;
  account: string;
  scope: Scope;
}

export function parseRule({ id, account_id, property_id, door_id, group_id, events, channels, quiet }: NotificationRuleRow): Rule {
  return {
    ...{ id, account: account_id, scope: { property: property_id, door: door_id ?? undefined, group: group_id ?? undefined } },
    events: JSON.parse(events) as OccurrenceKind[],
    channels: JSON.parse(channels) as NotificationChannel[],
    quiet: JSON.parse(quiet) as Window[],
  };
}

/**
 * A rule of somebody's own. What it tells them is what they may see, whenever something happens.
 * @throws {Refusal} `not-found`: what it is about is nothing of theirs; `too-many-rules`; `no-address`, `no-text-messages`;
 * `windows-overlap`, `invalid-request`.
 */
export async function addRule(unit: Unit, channels: Channels, actor: AccountActor, wanted: { scope: Scope } & RuleTerms, now: number): Promise<string> {
  const { scope } = wanted;
  const { account } = actor;
  if (!(await new Reader(unit, account, now).listens(scope))) throw new Refusal("not-found", `There is no such ${scope.door !== undefined ? "door" : scope.group !== undefined ? "group" : "property"}.`);
  const { count } = await unit.selectFrom("notification_rules").where("account_id", "=", account).select((eb) => eb.fn.countAll().as("count")).executeTakeFirstOrThrow();
  if (Number(count) >= NOTIFICATION_RULES_PER_ACCOUNT_MAX) throw new Refusal("too-many-rules", `An account has at most ${NOTIFICATION_RULES_PER_ACCOUNT_MAX}.`);
  await requireTerms(unit, channels, account, wanted);
  const id = newId();
  const { property, door, group } = scope;
  await unit
    .insertInto("notification_rules")
    .values({ id, account_id: account, property_id: property, door_id: door ?? null, group_id: group ?? null, ...stored(wanted), version: 1, created_at: now })
    .execute();
  await audit(unit, { at: now, actor: actorName(actor), action: "notification-rule.add", subject: `account/${account}`, property, detail: { rule: id, door: door ?? null, group: group ?? null, events: wanted.events } });
  return id;
}

/** @throws {Refusal} as `addRule`. */
export async function changeRule(unit: Unit, channels: Channels, actor: AccountActor, row: NotificationRuleRow, change: Partial<RuleTerms>, now: number): Promise<void> {
  const terms = { ...parseRule(row), ...change };
  await requireTerms(unit, channels, actor.account, terms);
  await unit.updateTable("notification_rules").set({ ...stored(terms), version: row.version + 1 }).where("id", "=", row.id).execute();
  await audit(unit, { at: now, actor: actorName(actor), action: "notification-rule.change", subject: `account/${actor.account}`, property: row.property_id, detail: { rule: row.id, events: terms.events } });
}

/** With what waits to be told by it. @param actor who ends it; by default the time: the right that it rested on is gone. */
export async function removeRule(unit: Unit, { id, account, property }: { id: string; account: string; property: string }, now: number, actor: string = UPKEEP): Promise<void> {
  await unit.deleteFrom("notifications").where("rule_id", "=", id).where((eb) => eb.or([eb("channels", "<>", "[]"), eb("due_at", ">", now)])).execute();
  await unit.deleteFrom("notification_rules").where("id", "=", id).execute();
  await audit(unit, { at: now, actor, action: "notification-rule.remove", subject: `account/${account}`, property, detail: { rule: id } });
}

/** A rule of an account's own. @throws {Refusal} `not-found`. */
export async function readRule(unit: Unit, account: string, id: string): Promise<NotificationRuleRow> {
  const row = await unit.selectFrom("notification_rules").selectAll().where("id", "=", id).where("account_id", "=", account).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such rule.");
  return row;
}

/** An account's oldest address of a kind. */
export async function addressOf(unit: Unit, account: string, channel: ChannelName): Promise<{ kind: "email" | "phone"; value: string } | undefined> {
  const kind = channel === "email" ? "email" : "phone";
  const row = await unit.selectFrom("identifiers").select("value").where("account_id", "=", account).where("kind", "=", kind).orderBy("verified_at").orderBy("id").limit(1).executeTakeFirst();
  return row && { kind, value: row.value };
}

const WHOLE_WEEK_MINUTES = 7 * 1_440;

async function requireTerms(unit: Unit, channels: Channels, account: string, { channels: wanted, quiet }: RuleTerms): Promise<void> {
  for (const channel of wanted) {
    if (channel === "in-app") continue;
    if ((await addressOf(unit, account, channel)) === undefined) throw new Refusal("no-address", channel === "email" ? "The account has no e-mail address." : "The account has no phone number.");
    requireChannel(channels, channel === "email" ? "email" : "phone");
  }
  const collision = findOverlap(quiet);
  if (collision !== undefined) throw new Refusal("windows-overlap", `Windows ${collision[0] + 1} and ${collision[1] + 1} share a time of the week; they may touch but not overlap.`, { windows: collision });
  const minutes = quiet.reduce((sum, { days, start, end }) => sum + (end - start) * [0, 1, 2, 3, 4, 5, 6].filter((day) => (days >> day) & 1).length, 0);
  if (minutes >= WHOLE_WEEK_MINUTES) throw new Refusal("invalid-request", "These quiet hours leave no time at which anything could be told.");
}

function stored({ events, channels, quiet }: RuleTerms): Pick<NotificationRuleRow, "events" | "channels" | "quiet"> {
  return { events: JSON.stringify(events), channels: JSON.stringify(channels), quiet: JSON.stringify(sortWindows(quiet)) };
}
