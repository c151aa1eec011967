import { DUTY_SLACK_SECONDS } from "../limits";
import type { Unit } from "../store/store";

/**
 * Takes on work that recurs, for one period: of all processes on the database one has it. If it dies in mid-work, or
 * fails, the next period's does it.
 * @param seconds of a period. @returns whether it is for the caller to do.
 */
export async function takeDuty(unit: Unit, name: string, seconds: number, now: number): Promise<boolean> {
  const due_at = now + seconds;
  const first = await unit.insertInto("duties").values({ name, due_at }).onConflict((conflict) => conflict.column("name").doNothing()).executeTakeFirst();
  if (Number(first.numInsertedOrUpdatedRows) > 0) return true;
  const { numUpdatedRows } = await unit
    .updateTable("duties")
    .set({ due_at })
    .where("name", "=", name)
    // A clock that was set back must not keep work undone until it has caught up.
    .where((eb) => eb.or([eb("due_at", "<=", now), eb("due_at", ">", due_at + DUTY_SLACK_SECONDS)]))
    .executeTakeFirst();
  return Number(numUpdatedRows) > 0;
}
