import type { GrantTerms } from "../access/grant";
import { termsOf } from "../access/stored-terms";
import { sortWindows } from "../access/window";
import { noteChanges } from "../issuing/outbox";
import type { Unit } from "../store/store";

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
  const row = await unit.selectFrom("grants").selectAll().where("id", "=", grant).executeTakeFirst();
  if (row === undefined || row.revoked_at !== null) return false;
  const { notBefore, notAfter, windows, maxUses } = change.terms ?? termsOf(row);
  if (notAfter <= notBefore) throw new Error("a grant ends after it begins");
  const wanted = {
    not_before: notBefore,
    not_after: notAfter,
    windows: JSON.stringify(sortWindows(windows)),
    max_uses: maxUses,
    outputs: change.outputs ?? row.outputs,
    suspended: change.suspended === undefined ? row.suspended : change.suspended ? (1 as const) : (0 as const),
  };
  const at = await unit.selectFrom("grant_doors").select(["door_id", "added_version", "removed_version", "former_end", "former_uses"]).where("grant_id", "=", grant).execute();
  if (at.some(({ removed_version }) => removed_version !== null)) return false;
  if ((Object.keys(wanted) as (keyof typeof wanted)[]).every((column) => wanted[column] === row[column])) return true;
  await unit.updateTable("grants").set(wanted).where("id", "=", grant).execute();
  for (const { door_id, former_end, former_uses } of at.filter(({ added_version }) => added_version !== null)) {
    // X1: until the door says otherwise, the most of all that it was ever told is what to reckon with.
    const end = Math.max(former_end ?? 0, row.not_after);
    const uses = mostUses(former_uses ?? row.max_uses, row.max_uses);
    const former = { former_end: end > notAfter ? end : null, former_uses: mostUses(uses, maxUses) === maxUses ? null : uses };
    await unit.updateTable("grant_doors").set({ changed_version: 0, ...former }).where("grant_id", "=", grant).where("door_id", "=", door_id).execute();
  }
  await noteChanges(unit, at.map(({ door_id }) => ({ door: door_id, credential: row.credential_id })), now);
  return true;
}

/** 0 = unlimited. */
export function mostUses(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : Math.max(a, b);
}
