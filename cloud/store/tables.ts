import type { ColumnType, Generated } from "kysely";
import type { AccountRow, CodeRow, IdentifierRow, PasskeyChallengeRow, PasskeyRow, SessionRow, TokenRow } from "./rows/account-rows";
import type { DoorAlarmKind, DoorRow, EventRow, KeysetRow, LeaseEndsRow, ListBaseRow, ListDeltaRow, OutboxRow, RemoteUnlockRow } from "./rows/door-rows";
import type { HouseholdRow, InvitationRow, MembershipRow, RemovalRow } from "./rows/household-rows";
import type { MessageRow, NotificationRow, NotificationRuleRow, OccurrenceRow, WebhookDeliveryRow, WebhookRow } from "./rows/message-rows";
import type { AuditRow, DataKeyRow, ManagerInvitationRow, PropertyRow, TemplateRow, UnitRow } from "./rows/property-rows";
import type { CredentialRow, DoorCredentialRow, GrantDoorTable, GrantRow, PersonRow, RevocationRow } from "./rows/right-rows";
import type { GroupRow, KeyLinkRow, KeyRow, ProfileRow } from "./rows/sharing-rows";

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
