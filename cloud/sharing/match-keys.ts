import { termsOf } from "../access/stored-terms";
import { changeGrants, chunks, type GrantChange } from "../people/change-grant";
import type { GivenCredential } from "../people/give-credential";
import type { PinParts } from "../pins/codes";
import type { Unit } from "../store/store";
import type { GrantRow } from "../store/rows/right-rows";
import type { KeyRow, ProfileRow } from "../store/rows/sharing-rows";
import { keyTerms } from "./key-terms";
import { matchKey } from "./match-key";

/**
 * `matchKey` for all keys of a profile that has changed. Most of them have one code or card, with one right at just
 * their doors, and get no more than other terms: these go in a few statements, a thousand as fast as one. All others
 * go by themselves.
 * @param profile as it is stored now. @param keys all that go by it.
 * @returns codes that are new, by key.
 * @throws {Refusal} as `matchKey` says.
 */
export async function matchKeys(unit: Unit, parts: PinParts, profile: ProfileRow, keys: readonly KeyRow[], actor: string, now: number): Promise<Map<string, GivenCredential[]>> {
  const rights = await readPlainRights(unit, keys.filter(isPlain));
  const changes = new Map<string, GrantChange>();
  const given = new Map<string, GivenCredential[]>();
  const others: KeyRow[] = [];
  for (const key of keys) {
    const right = rights.get(key.id);
    // Dates that never meet may be changed again: until then doors know the key, and refuse it.
    if (right !== undefined) changes.set(right.id, keyTerms(key, profile) ?? { terms: termsOf(right), suspended: true });
    else others.push(key);
  }
  const left = await changeGrants(unit, changes, now);
  for (const key of [...others, ...keys.filter(({ id }) => left.has(rights.get(id)?.id ?? ""))]) {
    const codes = await matchKey(unit, parts, key, actor, now);
    if (codes.length > 0) given.set(key.id, codes);
  }
  return given;
}

/** Nothing but its row and its profile says what it allows: no household, and no uses that doors have told. */
function isPlain({ state, giver_person, max_uses }: KeyRow): boolean {
  return state === "active" && giver_person === null && max_uses === 0;
}

/** The one right of each key that has one credential with one right of its own, for exactly its doors, and whose user is in no group. */
async function readPlainRights(unit: Unit, keys: readonly KeyRow[]): Promise<Map<string, GrantRow>> {
  const plain = new Map<string, GrantRow>();
  for (const some of chunks(keys)) {
    const ids = some.map(({ id }) => id);
    const rows = await unit
      .selectFrom("grants as grant")
      .innerJoin("credentials as credential", "credential.id", "grant.credential_id")
      .selectAll("grant")
      .select(["credential.key_id", "credential.superseded_at"])
      .where("credential.key_id", "in", ids)
      .where("credential.parent_id", "is", null)
      .where("credential.revoked_at", "is", null)
      .where("grant.revoked_at", "is", null)
      .execute();
    const rights = by(rows, ({ key_id }) => key_id!);
    const doors = by(await unit.selectFrom("key_doors").selectAll().where("key_id", "in", ids).orderBy("door_id").execute(), ({ key_id }) => key_id);
    if (rows.length === 0) continue;
    const reached = by(await unit.selectFrom("grant_doors").select(["grant_id", "door_id"]).where("grant_id", "in", rows.map(({ id }) => id)).orderBy("door_id").execute(), ({ grant_id }) => grant_id);
    const grouped = by(await unit.selectFrom("group_people").select("person_id").where("person_id", "in", some.map(({ person_id }) => person_id)).execute(), ({ person_id }) => person_id);
    for (const { id, person_id } of some) {
      const [right, ...more] = rights.get(id) ?? [];
      if (right === undefined || more.length > 0 || right.superseded_at !== null || right.group_id !== null || grouped.has(person_id)) continue;
      const names = (at: readonly { door_id: string }[] | undefined) => (at ?? []).map(({ door_id }) => door_id).join();
      if (names(doors.get(id)) === names(reached.get(right.id))) plain.set(id, right);
    }
  }
  return plain;
}

function by<Row>(rows: readonly Row[], key: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return groups;
}
