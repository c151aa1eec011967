import { audit } from "../audit/audit";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import type { FobButtonRow } from "../store/rows/fob-rows";

/** What a free button is to open. */
export interface ButtonWanted {
  fob: string;
  /** 1 to 4. */
  button: number;
  key: string;
  door: string;
  /** Number of the one that it moves. */
  output: number;
}

/**
 * Plans what a free button is for (S7). The fob gets to know by its next assignment.
 * @param property of the key.
 * @throws {Refusal} `button-taken`: it must be cleared first, and the fob have said so.
 */
export async function assignButton(unit: Unit, { fob, button, key, door, output }: ButtonWanted, property: string, actor: string, now: number): Promise<void> {
  const row = await readButton(unit, fob, button);
  if (row !== undefined) throw new Refusal("button-taken", row.clearing === 1 ? "The fob has not said yet that this button is free." : undefined, { button });
  await unit.insertInto("fob_buttons").values({ fob_id: fob, button, key_id: key, door_id: door, outputs: 1 << output, since: null, clearing: 0, cleared: null, enrolment: null }).execute();
  await forgetMessage(unit, fob);
  await audit(unit, { at: now, actor, action: "fob.assign", subject: `fob/${fob}`, detail: { property, key, door, button, output } });
}

/** Plans that a button is to be free. One that the fob cannot know of yet is so at once. Again: nothing more happens. */
export async function clearButton(unit: Unit, row: FobButtonRow, property: string, actor: string, now: number): Promise<void> {
  if (row.clearing === 1) return;
  await release(unit, row);
  await audit(unit, { at: now, actor, action: "fob.clear", subject: `fob/${row.fob_id}`, detail: { property, key: row.key_id, door: row.door_id, button: row.button } });
}

/** The buttons of a key for doors that it opens no more: they are to be free. @param doors that it still opens; none once it has ended. */
export async function releaseButtons(unit: Unit, key: string, doors: readonly string[] = []): Promise<void> {
  const rows = await unit.selectFrom("fob_buttons").selectAll().where("key_id", "=", key).where("clearing", "=", 0).execute();
  for (const row of rows) if (!doors.includes(row.door_id)) await release(unit, row);
}

export async function readButton(unit: Unit, fob: string, button: number): Promise<FobButtonRow | undefined> {
  return unit.selectFrom("fob_buttons").selectAll().where("fob_id", "=", fob).where("button", "=", button).executeTakeFirst();
}

async function release(unit: Unit, { fob_id, button, since }: FobButtonRow): Promise<void> {
  if (since === null) await unit.deleteFrom("fob_buttons").where("fob_id", "=", fob_id).where("button", "=", button).execute();
  else await unit.updateTable("fob_buttons").set({ clearing: 1 }).where("fob_id", "=", fob_id).where("button", "=", button).execute();
  await forgetMessage(unit, fob_id);
}

async function forgetMessage(unit: Unit, fob: string): Promise<void> {
  await unit.updateTable("fobs").set({ message: null }).where("id", "=", fob).execute();
}
