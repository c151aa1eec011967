import { toHex } from "../../protocol/bytes";
import type { DataKeys, KeyOwner } from "../keys/data-keys";
import { noteAudited } from "../notifications/audit-occurrence";
import type { Unit } from "../store/store";
import { CHAIN_START, hashOf } from "./chain";

export interface AuditEntry {
  /** Unix seconds. */
  at: number;
  /** As `actorName` gives it. */
  actor: string;
  action: string;
  /** A record, e.g. `person/0123456789abcdef`. */
  subject: string;
  /** No secrets, and nothing that names a person. */
  detail?: Record<string, unknown>;
  /** Whose managers may read it; by default that of `detail.property` or of the subject. */
  property?: string;
  /** What names a person: under their key, whose end makes it unreadable and leaves the chain whole. */
  personal?: { keys: DataKeys; owner: KeyOwner; detail: Record<string, unknown> };
}

/** Who changed or looked at what: in the transaction of the change, as the next link of the chain. */
export async function audit(unit: Unit, entry: AuditEntry): Promise<void> {
  const { at, actor, action, subject, detail = {}, personal } = entry;
  const newest = await unit.selectFrom("audit").select("hash").orderBy("id", "desc").limit(1).executeTakeFirst();
  const previous = newest?.hash ?? CHAIN_START;
  const sealed = personal === undefined ? null : await seal(unit, personal, previous, at);
  const row = {
    ...{ at, actor, action, subject, detail: JSON.stringify(detail) },
    property_id: entry.property ?? (await propertyOf(unit, subject, detail)),
    ...{ sealed, sealed_for: sealed === null ? null : personal!.owner },
  };
  await unit.insertInto("audit").values({ ...row, hash: hashOf(previous, row) }).execute();
  if (row.property_id !== null) await noteAudited(unit, row.property_id, entry);
}

/** The chain's end: its hash in hexadecimal stands for all that came before. */
export async function newestEntry(unit: Unit): Promise<{ entry: number; head: string } | undefined> {
  const newest = await unit.selectFrom("audit").select(["id", "hash"]).orderBy("id", "desc").limit(1).executeTakeFirst();
  return newest === undefined || newest.hash === null ? undefined : { entry: newest.id, head: toHex(newest.hash) };
}

/** What an entry's sealed part is bound to: its place in the chain. */
export function sealedRecord(previous: Uint8Array): string {
  return `audit/${toHex(previous)}`;
}

async function seal(unit: Unit, { keys, owner, detail }: NonNullable<AuditEntry["personal"]>, previous: Uint8Array, now: number): Promise<Uint8Array | null> {
  const key = await unit.selectFrom("data_keys").select("destroyed_at").where("owner", "=", owner).executeTakeFirst();
  // Nothing more is written of somebody who was erased.
  if (key !== undefined && key.destroyed_at !== null) return null;
  return keys.seal(unit, owner, sealedRecord(previous), Buffer.from(JSON.stringify(detail), "utf8"), now);
}

async function propertyOf(unit: Unit, subject: string, { property }: Record<string, unknown>): Promise<string | null> {
  if (typeof property === "string") return property;
  const [kind, id] = subject.split("/");
  if (kind === "property") return id;
  if (kind === "grant") {
    const grant = await unit
      .selectFrom("grants as grant")
      .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
      .innerJoin("people as person", "person.id", "credential.person_id")
      .where("grant.id", "=", id)
      .select("person.property_id")
      .executeTakeFirst();
    return grant?.property_id ?? null;
  }
  const table = TABLES[kind];
  if (table === undefined) return null;
  return (await unit.selectFrom(table).select("property_id").where("id", "=", id).executeTakeFirst())?.property_id ?? null;
}

/** Records that are a property's. */
const TABLES: { [kind: string]: "doors" | "people" | "units" | "templates" | "households" | "tokens" | "groups" | undefined } = {
  door: "doors",
  person: "people",
  unit: "units",
  template: "templates",
  household: "households",
  token: "tokens",
  group: "groups",
};
