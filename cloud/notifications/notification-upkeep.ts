import { NOTIFICATIONS_KEPT_SECONDS } from "../limits";
import type { Unit } from "../store/store";
import { Reader } from "./reader";
import { parseRule, removeRule } from "./rule";

/** What people were told is kept no longer than it is of use. */
export async function forgetOldNotifications(unit: Unit, now: number): Promise<void> {
  await unit.deleteFrom("notifications").where("created_at", "<", now - NOTIFICATIONS_KEPT_SECONDS).execute();
}

/** Ends the rules whose owners have nothing to do any more with what they are about (N13). */
export async function endLapsedRules(unit: Unit, now: number): Promise<void> {
  const rows = await unit.selectFrom("notification_rules").selectAll().orderBy("account_id").orderBy("id").execute();
  let reader: Reader | undefined;
  for (const row of rows) {
    if (reader?.account !== row.account_id) reader = new Reader(unit, row.account_id, now);
    const { id, account, scope } = parseRule(row);
    if (!(await reader.listens(scope))) await removeRule(unit, { id, account, property: scope.property }, now);
  }
}
