import type { ColumnType, Generated } from "kysely";
import type { HolderClassName } from "../access/grant";
import type { StoredKind } from "../access/stored-kind";

/** The tables of migrations/ as Kysely sees them; what columns mean is said there. */
export interface Tables {
  site: { one: 1; id: string };
  keysets: KeysetRow;
  properties: WithDefaults<PropertyRow, "rules" | "version">;
  doors: WithDefaults<DoorRow, "lock_state" | "throttle_reset" | "hours" | "first_in" | "outputs" | "unit_numbers" | "stolen_at">;
  people: WithDefaults<PersonRow, "erased_at" | "version">;
  credentials: WithDefaults<CredentialRow, "key_owner" | "superseded_at" | "key_id">;
  door_credentials: WithDefaults<DoorCredentialRow, "guessable">;
  revocations: WithDefaults<RevocationRow, "removal_id">;
  grants: WithDefaults<GrantRow, "outputs" | "group_id" | "suspended">;
  grant_doors: GrantDoorTable;
  list_bases: ListBaseRow;
  list_deltas: ListDeltaRow;
  lease_ends: LeaseEndsRow;
  outbox: WithDefaults<OutboxRow, "id" | "credential_id">;
  events: EventRow;
  door_alarms: { id: Generated<number>; door_id: string; created_at: number; kind: DoorAlarmKind; detail: string };
  audit: WithDefaults<AuditRow, "id" | "property_id" | "sealed" | "sealed_for" | "hash">;
  accounts: WithDefaults<AccountRow, "erased_at">;
  identifiers: IdentifierRow;
  codes: WithDefaults<CodeRow, "used_at">;
  passkeys: WithDefaults<PasskeyRow, "used_at">;
  passkey_challenges: PasskeyChallengeRow;
  sessions: WithDefaults<SessionRow, "ended_at">;
  tokens: WithDefaults<TokenRow, "used_at" | "ended_at">;
  managers: { property_id: string; account_id: string; created_at: number; created_by: string };
  manager_invitations: WithDefaults<ManagerInvitationRow, "ended_at">;
  rate_limits: { key: string; since: number; count: number };
  templates: TemplateRow;
  template_doors: { template_id: string; door_id: string };
  units: UnitRow;
  unit_doors: { unit_id: string; door_id: string };
  households: WithDefaults<HouseholdRow, "ended_at">;
  removals: RemovalRow;
  memberships: WithDefaults<MembershipRow, "ended_at" | "end_reason">;
  member_doors: { person_id: string; door_id: string };
  invitations: WithDefaults<InvitationRow, "answered_at" | "account_id">;
  data_keys: WithDefaults<DataKeyRow, "destroyed_at">;
  pin_views: { credential_id: string; viewer: string; first_at: number; last_at: number };
  messages: WithDefaults<MessageRow, "sent_at" | "failed_at" | "problem" | "key_id">;
  profiles: ProfileRow;
  keys: WithDefaults<KeyRow, "credential_id" | "account_id" | "ended_at" | "ended_by">;
  key_doors: { key_id: string; door_id: string };
  key_uses: { key_id: string; door_id: string; used: number; used_before: number };
  key_links: WithDefaults<KeyLinkRow, "answered_at" | "account_id">;
  door_owners: { door_id: string; account_id: string; created_at: number; created_by: string };
  groups: GroupRow;
  group_doors: { group_id: string; door_id: string };
  group_people: { group_id: string; person_id: string };
  remote_unlocks: WithDefaults<RemoteUnlockRow, "person_id" | "reason" | "may_have_opened" | "sent_at" | "finished_at" | "enrolment" | "sequence">;
  notification_rules: NotificationRuleRow;
  occurrences: WithDefaults<OccurrenceRow, "id">;
  notifications: WithDefaults<NotificationRow, "id" | "read_at">;
  webhooks: WithDefaults<WebhookRow, "failures" | "failing_since" | "next_at" | "missed" | "paused_at">;
  webhook_deliveries: WithDefaults<WebhookDeliveryRow, "delivered_at" | "failed_at" | "problem">;
}

/** Columns that an INSERT may leave to the schema. */
type WithDefaults<Row, Column extends keyof Row> = Omit<Row, Column> & { [Name in Column]: ColumnType<Row[Name], Row[Name] | undefined, Row[Name]> };

export interface KeysetRow {
  number: number;
  epoch: number;
  list_key: Uint8Array;
  lease_key: Uint8Array;
  message: Uint8Array;
}

export interface PropertyRow {
  id: string;
  name: string;
  time_zone: string;
  holidays: string;
  unlock_seconds: number;
  guest_lease_seconds: number;
  staff_lease_seconds: number;
  resident_lease_seconds: number | null;
  created_at: number;
  rules: string;
  version: number;
}

export interface DoorRow {
  id: string;
  property_id: string;
  name: string;
  created_at: number;
  claimed_at: number | null;
  claim_secret: Uint8Array | null;
  claim_digest: Uint8Array | null;
  claim_answer: Uint8Array | null;
  door_key: Uint8Array | null;
  password_hash: Uint8Array | null;
  enrolment: number;
  epoch: number;
  version: number;
  offered_version: number;
  acknowledged_epoch: number;
  acknowledged_version: number;
  acknowledged_at: number | null;
  receipt_counter: number;
  receipt: Uint8Array | null;
  signed_time: number;
  heard_at: number | null;
  lease_version: number;
  lease_issued_at: number;
  guest_not_after: number;
  staff_not_after: number;
  resident_not_after: number;
  next_event: number;
  event_mac: Uint8Array | null;
  lock_state: LockStateName;
  throttle_reset: number;
  released_at: number | null;
  hours: string;
  first_in: number;
  outputs: string;
  unit_numbers: 0 | 1;
  stolen_at: number | null;
}

export type LockStateName = "normal" | "lock-down" | "hold-open";

export interface PersonRow {
  id: string;
  property_id: string;
  name: string;
  class: HolderClassName;
  created_at: number;
  revoked_at: number | null;
  unit: string | null;
  suspended_at: number | null;
  erased_at: number | null;
  version: number;
}

export interface CredentialRow {
  id: string;
  person_id: string;
  kind: StoredKind;
  parent_id: string | null;
  value: Uint8Array | null;
  digits: number;
  version: number;
  created_at: number;
  revoked_at: number | null;
  key_owner: string | null;
  superseded_at: number | null;
  key_id: string | null;
}

export interface DoorCredentialRow {
  door_id: string;
  credential_id: string;
  fingerprint: Uint8Array;
  tag: Uint8Array | null;
  released_at: number | null;
  guessable: 0 | 1;
}

export interface RevocationRow {
  id: string;
  person_id: string;
  scope: "person" | "grant";
  created_at: number;
  created_by: string;
  removal_id: string | null;
}

export interface GrantRow {
  id: string;
  credential_id: string;
  not_before: number;
  not_after: number;
  windows: string;
  max_uses: number;
  use_counter: number;
  outputs: number;
  created_at: number;
  created_by: string;
  revoked_at: number | null;
  revocation_id: string | null;
  group_id: string | null;
  suspended: 0 | 1;
}

export interface GrantDoorTable {
  grant_id: string;
  door_id: string;
  added_version: number | null;
  removed_version: number | null;
  never_left: ColumnType<0 | 1, 0 | 1 | undefined, 0 | 1>;
  acknowledged_at: number | null;
  changed_version: ColumnType<number | null, number | null | undefined, number | null>;
  former_end: ColumnType<number | null, number | null | undefined, number | null>;
  former_uses: ColumnType<number | null, number | null | undefined, number | null>;
}

export interface ListBaseRow {
  door_id: string;
  version: number;
  epoch: number;
  state: "current" | "next" | "withdrawn";
  manifest: Uint8Array;
  signed_manifest: Uint8Array;
  page_hashes: Uint8Array;
  body: Uint8Array;
}

export interface ListDeltaRow {
  door_id: string;
  base_version: number;
  version: number;
  payload: Uint8Array;
  signed_delta: Uint8Array;
}

export interface LeaseEndsRow {
  door_id: string;
  epoch: number;
  version: number;
  guest: number;
  staff: number;
  resident: number;
}

export interface OutboxRow {
  id: number;
  door_id: string;
  created_at: number;
  credential_id: string | null;
}

export interface EventRow {
  id: Generated<number>;
  door_id: string;
  enrolment: number;
  sequence: number;
  record: Uint8Array;
  time: number;
  time_unknown: 0 | 1;
  type: string;
  reason: string;
  credential_id: string | null;
  received_at: number;
  late: 0 | 1;
  altered: ColumnType<0 | 1, 0 | 1 | undefined, 0 | 1>;
  gap: ColumnType<number, number | undefined, number>;
}

export type DoorAlarmKind = "events-missing" | "events-altered" | "unknown-list" | "list-lost" | "list-damaged" | "uses-full" | "duress";

export interface AuditRow {
  id: number;
  at: number;
  actor: string;
  action: string;
  subject: string;
  detail: string;
  property_id: string | null;
  sealed: Uint8Array | null;
  sealed_for: string | null;
  hash: Uint8Array | null;
}

export type LanguageName = "en" | "fr";

export interface AccountRow {
  id: string;
  name: string;
  language: LanguageName;
  created_at: number;
  erased_at: number | null;
}

export type IdentifierKind = "email" | "phone";

export interface IdentifierRow {
  id: string;
  account_id: string;
  kind: IdentifierKind;
  value: string;
  verified_at: number;
}

export interface CodeRow {
  id: string;
  purpose: "sign-in" | "identifier" | "authenticate";
  kind: IdentifierKind;
  value: string;
  account_id: string | null;
  code_hash: Uint8Array;
  created_at: number;
  expires_at: number;
  attempts: number;
  used_at: number | null;
}

export interface PasskeyRow {
  id: string;
  account_id: string;
  name: string;
  public_key: Uint8Array;
  counter: number;
  transports: string;
  created_at: number;
  used_at: number | null;
}

export interface PasskeyChallengeRow {
  id: string;
  purpose: "register" | "sign-in" | "authenticate";
  account_id: string | null;
  challenge: string;
  expires_at: number;
}

export interface SessionRow {
  id: string;
  token_hash: Uint8Array;
  account_id: string;
  agent: string;
  created_at: number;
  authenticated_at: number;
  seen_at: number;
  ended_at: number | null;
}

export interface TokenRow {
  id: string;
  token_hash: Uint8Array;
  property_id: string;
  name: string;
  created_at: number;
  created_by: string;
  used_at: number | null;
  ended_at: number | null;
}

export interface ManagerInvitationRow {
  id: string;
  property_id: string;
  email: string;
  token_hash: Uint8Array;
  created_at: number;
  created_by: string;
  expires_at: number;
  ended_at: number | null;
}

export interface TemplateRow {
  id: string;
  property_id: string;
  name: string;
  version: number;
}

export interface UnitRow {
  id: string;
  property_id: string;
  name: string;
  number: string | null;
  template_id: string | null;
  version: number;
}

export interface HouseholdRow {
  id: string;
  property_id: string;
  unit_id: string;
  created_at: number;
  created_by: string;
  ended_at: number | null;
}

export interface RemovalRow {
  id: string;
  household_id: string;
  kind: "moved-out" | "removed" | "court-order" | "share-ended";
  document: string | null;
  created_at: number;
  created_by: string;
}

export type MemberRole = "administrator" | "resident" | "guest" | "share";

export interface MembershipRow {
  person_id: string;
  household_id: string;
  role: MemberRole;
  state: "pending" | "active" | "ended";
  account_id: string | null;
  email: string | null;
  phone: string | null;
  invited_by: string | null;
  all_doors: 0 | 1;
  windows: string;
  starts_at: number;
  ends_at: number | null;
  version: number;
  created_at: number;
  created_by: string;
  ended_at: number | null;
  end_reason: RemovalRow["kind"] | "declined" | "expired" | "withdrawn" | null;
}

export interface InvitationRow {
  id: string;
  person_id: string;
  kind: "invitation" | "lease";
  channel: IdentifierKind;
  token_hash: Uint8Array;
  state: "pending" | "accepted" | "declined" | "expired" | "withdrawn" | "replaced";
  created_at: number;
  expires_at: number;
  answered_at: number | null;
  account_id: string | null;
}

export interface DataKeyRow {
  owner: string;
  wrapped: Uint8Array | null;
  created_at: number;
  destroyed_at: number | null;
}

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

export interface ProfileRow {
  id: string;
  property_id: string;
  account_id: string | null;
  name: string;
  windows: string;
  starts_at: number;
  ends_at: number | null;
  outputs: number;
  version: number;
  created_at: number;
  created_by: string;
}

export type KeyKind = "app" | "smart" | "pin" | "card";

export interface KeyRow {
  id: string;
  property_id: string;
  person_id: string;
  kind: KeyKind;
  name: string;
  state: "pending" | "active" | "ended";
  role: "user" | "admin";
  blocked: 0 | 1;
  profile_id: string | null;
  windows: string;
  starts_at: number;
  ends_at: number | null;
  max_uses: number;
  uses_carried: 0 | 1;
  credential_id: string | null;
  account_id: string | null;
  giver_account: string | null;
  giver_person: string | null;
  email: string | null;
  phone: string | null;
  language: LanguageName;
  version: number;
  created_at: number;
  created_by: string;
  ended_at: number | null;
  ended_by: string | null;
}

export interface KeyLinkRow {
  id: string;
  key_id: string;
  token_hash: Uint8Array;
  state: InvitationRow["state"];
  created_at: number;
  expires_at: number;
  answered_at: number | null;
  account_id: string | null;
}

export interface GroupRow {
  id: string;
  property_id: string;
  name: string;
  profile_id: string | null;
  permissions: string;
  version: number;
  created_at: number;
  created_by: string;
}

export interface RemoteUnlockRow {
  id: string;
  door_id: string;
  actor: string;
  idempotency_key: string;
  outputs: number;
  person_id: string | null;
  state: "asking" | "sent" | "opened" | "denied" | "offline" | "timed-out" | "busy";
  reason: string | null;
  may_have_opened: 0 | 1;
  created_at: number;
  sent_at: number | null;
  finished_at: number | null;
  enrolment: number | null;
  sequence: number | null;
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
