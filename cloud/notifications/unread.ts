import type { Unit } from "../store/store";
import type { Occurrence } from "./occurrence";
import { Reader } from "./reader";

/** Pages say "9+" beyond that: to look at more of them would cost every page and tell nobody anything. */
export const UNREAD_COUNTED = 10;

/** How many of the newest notifications somebody has not read, as far as they may still see them; at most `UNREAD_COUNTED`. */
export async function countUnread(unit: Unit, account: string, now: number): Promise<number> {
  const rows = await unit
    .selectFrom("notifications")
    .select("content")
    .where("account_id", "=", account)
    .where("in_app", "=", 1)
    .where("due_at", "<=", now)
    .where("read_at", "is", null)
    .orderBy("id", "desc")
    .limit(UNREAD_COUNTED)
    .execute();
  const reader = new Reader(unit, account, now);
  let count = 0;
  for (const { content } of rows) if ((await reader.sees(JSON.parse(content) as Occurrence)) !== undefined) count++;
  return count;
}
