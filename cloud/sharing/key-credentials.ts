import type { GrantTerms } from "../access/grant";
import type { StoredKind } from "../access/stored-kind";
import { termsOf } from "../access/stored-terms";
import type { Unit } from "../store/store";
import type { KeyKind, KeyRow } from "../store/rows/sharing-rows";
import type { NewCredential, NewGrant } from "../people/give-credential";
import type { GrantIds } from "../truth/known-at-doors";
import type { KeyTerms } from "./key-terms";

/** A grant of a key's own: what groups give to its credential is theirs. */
export interface KeyGrant {
  id: string;
  terms: GrantTerms;
  outputs: number;
  useCounter: number;
  /** That have it in their list, or will. */
  doors: string[];
  /** It ended so long ago by its terms that lists of doors have left it out: another one is to take its place. */
  left: boolean;
}

/** What a key opens doors with. */
export interface KeyCredential {
  id: string;
  kind: StoredKind;
  /** A newer code stands in its place; it lasts no longer than it did. */
  superseded: boolean;
  grants: KeyGrant[];
}

/** The credentials of a key that have not ended, the oldest first; of a pending one the code that is reserved for it. */
export async function credentialsOfKey(unit: Unit, key: string): Promise<KeyCredential[]> {
  const rows = await unit.selectFrom("credentials").select(["id", "kind", "superseded_at"]).where("key_id", "=", key).where("parent_id", "is", null).where("revoked_at", "is", null).orderBy("created_at").orderBy("id").execute();
  const credentials: KeyCredential[] = [];
  for (const { id, kind, superseded_at } of rows) credentials.push({ id, kind, superseded: superseded_at !== null, grants: await ownGrants(unit, id) });
  return credentials;
}

/** All grants that a key has or had of its own. */
export function grantsOfKey(unit: Unit, key: string): GrantIds {
  return unit.selectFrom("grants").select("id").where("group_id", "is", null).where("credential_id", "in", unit.selectFrom("credentials").select("id").where("key_id", "=", key));
}

async function ownGrants(unit: Unit, credential: string): Promise<KeyGrant[]> {
  const rows = await unit.selectFrom("grants").selectAll().where("credential_id", "=", credential).where("group_id", "is", null).where("revoked_at", "is", null).orderBy("id").execute();
  const grants: KeyGrant[] = [];
  for (const row of rows) {
    const at = await unit.selectFrom("grant_doors").select(["door_id", "removed_version"]).where("grant_id", "=", row.id).orderBy("door_id").execute();
    const there = at.filter(({ removed_version }) => removed_version === null);
    grants.push({ id: row.id, terms: termsOf(row), outputs: row.outputs, useCounter: row.use_counter, doors: there.map(({ door_id }) => door_id), left: there.length < at.length });
  }
  return grants;
}

/** What a key's credential is given. */
export function grantOfKey(key: Pick<KeyRow, "uses_carried">, { terms, outputs, suspended }: KeyTerms, doors: readonly string[]): NewGrant {
  return { doors, terms, outputs, suspended, usesTogether: key.uses_carried === 1 };
}

/** What is to be made for a key. @param card bytes of its number. @throws Error for a kind without a credential. */
export function newCredentialOf(key: { id: string; kind: KeyKind }, grant: NewGrant, card: Uint8Array | undefined): NewCredential {
  const common = { key: key.id, grants: [grant], secondPin: false, duressPin: false };
  if (key.kind === "pin") return common;
  if (key.kind === "app") return { ...common, phone: true };
  if (key.kind === "card" && card !== undefined) return { ...common, card };
  throw new Error(`a key of kind ${key.kind} has no credential`);
}
