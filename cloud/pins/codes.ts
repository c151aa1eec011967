import type { GrantTerms } from "../access/grant";
import { TYPED_KINDS, type StoredKind } from "../access/stored-kind";
import { termsOf } from "../access/stored-terms";
import type { DoorSecrets } from "../doors/door-secrets";
import type { Keystore } from "../keys/keystore";
import type { Unit } from "../store/store";

/** What codes are drawn, sealed and placed with. */
export interface PinParts {
  keystore: Keystore;
  secrets: DoorSecrets;
}

/** A grant in force, with its doors. */
export interface CodeGrant {
  id: string;
  doors: string[];
  terms: GrantTerms;
  outputs: number;
  useCounter: number;
  /** The group that gives it (N12); undefined: it is the code's own. */
  group?: string | undefined;
  /** Doors know it and refuse it (S11). */
  suspended?: boolean | undefined;
}

/** A PIN that is typed first, as it stands: its grants, and the PINs that hang on it. */
export interface Code {
  id: string;
  digits: number;
  createdAt: number;
  /** Since when a newer one stands in its place; undefined = it is the one in force. */
  supersededAt: number | undefined;
  companions: { id: string; kind: StoredKind }[];
  /** The key that it is of; undefined: none's. */
  key: string | undefined;
  /** Neither ended nor past their end. */
  grants: CodeGrant[];
}

/** A person's codes that have not ended, the oldest first. */
export async function readCodes(unit: Unit, person: string, now: number): Promise<Code[]> {
  const rows = await unit
    .selectFrom("credentials")
    .select(["id", "kind", "parent_id", "digits", "created_at", "superseded_at", "key_id"])
    .where("person_id", "=", person)
    .where("revoked_at", "is", null)
    .where("kind", "in", TYPED_KINDS)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
  const codes: Code[] = [];
  for (const { id, digits, created_at, superseded_at, key_id } of rows.filter(({ kind }) => kind === "pin")) {
    const companions = rows.filter(({ parent_id }) => parent_id === id).map((row) => ({ id: row.id, kind: row.kind }));
    codes.push({ id, digits, createdAt: created_at, supersededAt: superseded_at ?? undefined, companions, key: key_id ?? undefined, grants: await readGrants(unit, id, now) });
  }
  return codes;
}

async function readGrants(unit: Unit, credential: string, now: number): Promise<CodeGrant[]> {
  const rows = await unit
    .selectFrom("grants as grant")
    .innerJoin("grant_doors as at", "at.grant_id", "grant.id")
    .where("grant.credential_id", "=", credential)
    .where("grant.revoked_at", "is", null)
    .where("grant.not_after", ">", now)
    .select(["grant.id", "grant.not_before", "grant.not_after", "grant.windows", "grant.max_uses", "grant.use_counter", "grant.outputs", "grant.group_id", "grant.suspended", "at.door_id"])
    .orderBy("grant.id")
    .orderBy("at.door_id")
    .execute();
  const grants = new Map<string, CodeGrant>();
  for (const row of rows) {
    const terms = termsOf(row);
    const grant = grants.get(row.id) ?? { id: row.id, doors: [], terms, outputs: row.outputs, useCounter: row.use_counter, group: row.group_id ?? undefined, suspended: row.suspended === 1 };
    grant.doors.push(row.door_id);
    grants.set(row.id, grant);
  }
  return [...grants.values()];
}

/** Doors at which a code opens. */
export function doorsOf(code: Pick<Code, "grants">): string[] {
  return [...new Set(code.grants.flatMap((grant) => grant.doors))].sort();
}
