import { equalBytes, toHex } from "../../protocol/bytes";
import { AUDIT_PAGE_ROWS } from "../limits";
import type { AuditRow } from "../store/rows/property-rows";
import type { Unit } from "../store/store";
import { CHAIN_START, hashOf } from "./chain";
import { DROP, DROPPED } from "./retention";

export interface Verification {
  /** Entries of the chain that hold. */
  entries: number;
  /** Entries from before there was a chain: nothing is known of them. */
  older: number;
  /** Whether entries before these were dropped, by the setting. */
  dropped: boolean;
  /** Hash of the newest entry, in hexadecimal. Whoever keeps it elsewhere can tell later that nothing was cut off. */
  head: string;
  /** Whether the hash that was asked for is in the chain. */
  found: boolean;
  /** The first entry that does not hold. */
  broken: { id: number; at: number; action: string; why: string } | undefined;
}

/**
 * Follows the chain from its start. What it shows: no entry was changed, taken out or put in since a later hash was
 * noted elsewhere; and none in the middle in any case, unless all after it were written anew.
 * @param page reads entries after an id, oldest first; see `pageOf`.
 * @param wanted a head that was noted before, in hexadecimal.
 */
export async function verifyChain(page: (after: number) => Promise<AuditRow[]>, wanted?: string): Promise<Verification> {
  const result: Verification = { entries: 0, older: 0, dropped: false, head: toHex(CHAIN_START), found: wanted === undefined || wanted === toHex(CHAIN_START), broken: undefined };
  let previous: Uint8Array | undefined;
  let anchor: AuditRow | undefined;
  let vouched: string | undefined;
  let after = 0;
  for (let rows = await page(after); rows.length > 0; rows = await page(after)) {
    for (const row of rows) {
      after = row.id;
      if (row.hash === null && previous === undefined) {
        result.older += 1;
        continue;
      }
      const isAnchor = previous === undefined && row.action === DROPPED && row.hash !== null;
      if (isAnchor) anchor = row;
      else if (row.hash === null || !equalBytes(row.hash, hashOf(previous ?? CHAIN_START, row))) {
        result.broken = breakAt(row, row.hash === null ? "it has no hash" : "its hash does not follow from it and the entry before: it was changed, or entries before it were taken out or put in");
        return result;
      } else result.entries += 1;
      previous = row.hash!;
      result.head = toHex(previous);
      result.found ||= result.head === wanted;
      if (row.action === DROP) vouched = (JSON.parse(row.detail) as { hash?: string }).hash;
    }
  }
  result.dropped = anchor !== undefined;
  if (anchor !== undefined && vouched !== toHex(anchor.hash!)) result.broken = breakAt(anchor, "no later entry says that what was before it was dropped");
  return result;
}

export function pageOf(unit: Unit, after: number): Promise<AuditRow[]> {
  return unit.selectFrom("audit").selectAll().where("id", ">", after).orderBy("id").limit(AUDIT_PAGE_ROWS).execute();
}

function breakAt({ id, at, action }: AuditRow, why: string): Verification["broken"] {
  return { id, at, action, why };
}
