/** Messages, notifications and webhooks. */

export interface MessageRow {
  id: string;
  channel: "email" | "sms";
  recipient: string;
  kind: string;
  content: Uint8Array | null;
  created_at: number;
  next_at: number;
  attempts: number;
  sent_at: number | null;
  failed_at: number | null;
  problem: string | null;
  key_id: string | null;
}

export interface NotificationRuleRow {
  id: string;
  account_id: string;
  property_id: string;
  door_id: string | null;
  group_id: string | null;
  events: string;
  channels: string;
  quiet: string;
  version: number;
  created_at: number;
}

export interface OccurrenceRow {
  id: number;
  property_id: string;
  door_id: string | null;
  person_id: string | null;
  kind: string;
  at: number | null;
  late: 0 | 1;
  detail: string;
  created_at: number;
}

export interface NotificationRow {
  id: number;
  account_id: string;
  property_id: string;
  rule_id: string | null;
  topic: string;
  content: string;
  times: number;
  urgent: 0 | 1;
  in_app: 0 | 1;
  due_at: number;
  next_at: number;
  channels: string;
  created_at: number;
  read_at: number | null;
}

export interface WebhookRow {
  id: string;
  property_id: string;
  url: string;
  secret: Uint8Array;
  events: string;
  version: number;
  created_at: number;
  created_by: string;
  failures: number;
  failing_since: number | null;
  next_at: number;
  missed: number;
  paused_at: number | null;
}

export interface WebhookDeliveryRow {
  id: string;
  webhook_id: string;
  type: string;
  content: string | null;
  created_at: number;
  next_at: number;
  attempts: number;
  delivered_at: number | null;
  failed_at: number | null;
  problem: string | null;
}
