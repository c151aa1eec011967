import type { GrantTerms } from "../access/grant";
import { termsOf } from "../access/stored-terms";
import { sortWindows } from "../access/window";
import { noteChanges, type ChangedRights } from "../issuing/outbox";
import { ROWS_AT_ONCE } from "../limits";
import type { Unit } from "../store/store";
import type { GrantRow } from "../store/rows/right-rows";

/** What of a grant is to be another; undefined = as it is. */
export interface GrantChange {
  terms?: GrantTerms | undefined;
  /** Bit mask. */
  outputs?: number | undefined;
  /** Doors know it and refuse it (S11). */
  suspended?: boolean | undefined;
}

/**
 * Changes what a grant allows, in place: it stays the same right, whose uses count on (S9, S11). A door goes by it as
 * soon as it has acknowledged the list that is issued next; that is why an end that has come is a change like any
 * other here, and not refused.
 *
 * Its doors stay. Where there is to be one less, the door must tell when it has forgotten the right (X1): give a new
 * grant for those that stay, then `revokeGrant` this one. Whoever changes grants asks each door afterwards whether it
 * has room (`requireRoom`): other terms may be one profile more.
 * @returns false, and nothing is changed, where a new grant is needed in its place: this one has ended, or ended so
 * long ago by its terms that some door's list has left it out.
 * @throws Error for terms that no door can hold: they were checked at the edge.
 */
export async function changeGrant(unit: Unit, grant: string, change: GrantChange, now: number): Promise<boolean> {
  return (await changeGrants(unit, new Map([[grant, change]]), now)).size === 0;
}

/**
 * `changeGrant` for many at once, in as many statements as there are different terms.
 * @returns those that need a new grant in their place.
 */
export async function changeGrants(unit: Unit, changes: ReadonlyMap<string, GrantChange>, now: number): Promise<Set<string>> {
  const held = await readGrants(unit, [...changes.keys()]);
  const refused = new Set<string>();
  const columns = new Map<string, { values: Columns; grants: string[] }>();
  const marks = new Map<string, { door: string; values: Former; grants: string[] }>();
  const notes: ChangedRights[] = [];
  for (const [id, change] of changes) {
    const grant = held.get(id);
    if (grant === undefined || grant.revoked_at !== null || grant.at.some(({ removed_version }) => removed_version !== null)) {
      refused.add(id);
      continue;
    }
    const wanted = columnsOf(grant, change);
    if ((Object.keys(wanted) as (keyof Columns)[]).every((column) => wanted[column] === grant[column])) continue;
    gather(columns, JSON.stringify(wanted), { values: wanted, grants: [] }).grants.push(id);
    for (const at of grant.at) {
      notes.push({ door: at.door_id, credential: grant.credential_id });
      if (at.added_version === null) continue;
      const former = formerOf(grant, at, wanted);
      gather(marks, `${at.door_id} ${former.former_end} ${former.former_uses}`, { door: at.door_id, values: former, grants: [] }).grants.push(id);
    }
  }
  for (const { values, grants } of columns.values()) {
    for (const some of chunks(grants)) await unit.updateTable("grants").set(values).where("id", "in", some).execute();
  }
  for (const { door, values, grants } of marks.values()) {
    for (const some of chunks(grants)) await unit.updateTable("grant_doors").set({ changed_version: 0, ...values }).where("door_id", "=", door).where("grant_id", "in", some).execute();
  }
  await noteChanges(unit, notes, now);
  return refused;
}

type Columns = Pick<GrantRow, "not_before" | "not_after" | "windows" | "max_uses" | "outputs" | "suspended">;

interface AtDoor {
  door_id: string;
  added_version: number | null;
  removed_version: number | null;
  former_end: number | null;
  former_uses: number | null;
}

type Former = Pick<AtDoor, "former_end" | "former_uses">;

/** By id, each with its doors, which are in order. */
async function readGrants(unit: Unit, ids: readonly string[]): Promise<Map<string, GrantRow & { at: AtDoor[] }>> {
  const grants = new Map<string, GrantRow & { at: AtDoor[] }>();
  for (const some of chunks(ids)) {
    const rows = await unit.selectFrom("grants").selectAll().where("id", "in", some).execute();
    for (const row of rows) grants.set(row.id, { ...row, at: [] });
    const doors = await unit.selectFrom("grant_doors").select(["grant_id", "door_id", "added_version", "removed_version", "former_end", "former_uses"]).where("grant_id", "in", some).orderBy("door_id").orderBy("grant_id").execute();
    for (const { grant_id, ...at } of doors) grants.get(grant_id)!.at.push(at);
  }
  return grants;
}

function columnsOf(grant: GrantRow, { terms = termsOf(grant), outputs = grant.outputs, suspended = grant.suspended === 1 }: GrantChange): Columns {
  const { notBefore, notAfter, windows, maxUses } = terms;
  if (notAfter <= notBefore) throw new Error("a grant ends after it begins");
  return { not_before: notBefore, not_after: notAfter, windows: JSON.stringify(sortWindows(windows)), max_uses: maxUses, outputs, suspended: suspended ? 1 : 0 };
}

/** X1: until the door says otherwise, the most of all that it was ever told is what to reckon with. */
function formerOf(grant: GrantRow, { former_end, former_uses }: AtDoor, { not_after, max_uses }: Columns): Former {
  const end = Math.max(former_end ?? 0, grant.not_after);
  const uses = mostUses(former_uses ?? grant.max_uses, grant.max_uses);
  return { former_end: end > not_after ? end : null, former_uses: mostUses(uses, max_uses) === max_uses ? null : uses };
}

/** 0 = unlimited. */
export function mostUses(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : Math.max(a, b);
}

function gather<Group>(groups: Map<string, Group>, key: string, first: Group): Group {
  const group = groups.get(key) ?? first;
  groups.set(key, group);
  return group;
}

/** So many that a statement has room for them: databases bound the number of parameters. */
export function chunks<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / ROWS_AT_ONCE) }, (_, index) => items.slice(index * ROWS_AT_ONCE, (index + 1) * ROWS_AT_ONCE));
}
