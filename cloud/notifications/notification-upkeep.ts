import { NOTIFICATIONS_KEPT_SECONDS } from "../limits";
import type { Unit } from "../store/store";
import type { Transact } from "../store/transaction";
import { Reader } from "./reader";
import { parseRule, removeRule } from "./rule";

/** What people were told is kept no longer than it is of use. */
export async function forgetOldNotifications(unit: Unit, now: number): Promise<void> {
  await unit.deleteFrom("notifications").where("created_at", "<", now - NOTIFICATIONS_KEPT_SECONDS).execute();
}

/**
 * Ends the rules whose owners have nothing to do any more with what they are about (N13). Until then they are told
 * nothing by them; see Reader.
 */
export async function endLapsedRules(transact: Transact): Promise<void> {
  let after = "";
  for (let rows = RULES_AT_ONCE; rows === RULES_AT_ONCE; ) {
    rows = await transact(async (unit, now) => {
      const found = await unit.selectFrom("notification_rules").selectAll().where("id", ">", after).orderBy("id").limit(RULES_AT_ONCE).execute();
      for (const row of found) {
        const { id, account, scope } = parseRule(row);
        if (!(await new Reader(unit, account, now).listens(scope))) await removeRule(unit, { id, account, property: scope.property }, now);
      }
      after = found.at(-1)?.id ?? after;
      return found.length;
    });
  }
}

/** Of one transaction: writers must not wait for all. */
const RULES_AT_ONCE = 50;
