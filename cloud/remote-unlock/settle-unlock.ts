import { toHex } from "../../protocol/bytes";
import type { EventRecord } from "../../protocol/event-record";
import { UPKEEP } from "../accounts/actor";
import { audit } from "../audit/audit";
import { UNLOCKS_KEPT_SECONDS } from "../limits";
import type { Unit } from "../store/store";
import type { DoorRow, RemoteUnlockRow } from "../store/rows/door-rows";
import { judgeAgain } from "./judge-unlock";
import { afterEvent, isUnderWay, maySend, overAt, whenOver, type UnlockOutcome } from "./unlock-state";

export async function readUnlock(unit: Unit, id: string): Promise<RemoteUnlockRow | undefined> {
  return unit.selectFrom("remote_unlocks").selectAll().where("id", "=", id).executeTakeFirst();
}

/**
 * The command is about to leave: committed before it does, so that no crash makes anybody say that the door cannot
 * have opened. @returns as it stands then, `denied` where whoever asked may not any more; undefined where it is too late.
 */
export async function markSent(unit: Unit, row: RemoteUnlockRow, now: number): Promise<RemoteUnlockRow | undefined> {
  if (!maySend(row, now)) return undefined;
  const verdict = await judgeAgain(unit, row, now);
  if (!verdict.allowed) return settle(unit, row, { state: "denied", reason: verdict.reason }, UPKEEP, now);
  await unit.updateTable("remote_unlocks").set({ state: "sent", sent_at: now, may_have_opened: 1 }).where("id", "=", row.id).execute();
  return readUnlock(unit, row.id);
}

/** Writes down how an unlock ended, or what is known of it better than before. @param actor `door/<id>`, or upkeep. */
export async function settle(unit: Unit, row: RemoteUnlockRow, outcome: UnlockOutcome, actor: string, now: number): Promise<RemoteUnlockRow> {
  const change = {
    state: outcome.state,
    reason: outcome.state === "denied" ? outcome.reason : null,
    may_have_opened: outcome.state === "timed-out" && outcome.mayHaveOpened ? 1 : 0,
    finished_at: row.finished_at ?? now,
  } as const;
  await unit.updateTable("remote_unlocks").set(change).where("id", "=", row.id).execute();
  const settled = { ...row, ...change };
  await noteUnlock(unit, settled, "door.unlock-ended", actor, now);
  return settled;
}

/** @returns undefined while it is under way, or where it had ended already. */
export async function settleIfOver(unit: Unit, row: RemoteUnlockRow, now: number): Promise<RemoteUnlockRow | undefined> {
  if (!isUnderWay(row) || now < overAt(row)) return undefined;
  return settle(unit, row, whenOver(row), UPKEEP, now);
}

/** Upkeep: unlocks that a process has left behind when it died, and those that are forgotten. */
export async function settleLeftUnlocks(unit: Unit, now: number): Promise<void> {
  const rows = await unit.selectFrom("remote_unlocks").selectAll().where("finished_at", "is", null).orderBy("created_at").execute();
  for (const row of rows) await settleIfOver(unit, row, now);
}

/** Until then a request that is repeated is known again. */
export async function forgetOldUnlocks(unit: Unit, now: number): Promise<void> {
  await unit.deleteFrom("remote_unlocks").where("finished_at", "<=", now - UNLOCKS_KEPT_SECONDS).execute();
}

/**
 * An opening from afar arrives in a door's log: it names its request (SPEC 10), and settles one whose reply was lost.
 * @param restarted whether the door's next record is of a start.
 * @returns the request; undefined where it is none of this cloud's.
 */
export async function matchUnlock(unit: Unit, door: Pick<DoorRow, "id" | "enrolment">, event: EventRecord, restarted: boolean, now: number): Promise<RemoteUnlockRow | undefined> {
  if (event.type !== "remote-unlock") return undefined;
  const row = await unit
    .selectFrom("remote_unlocks")
    .selectAll()
    .where("door_id", "=", door.id)
    .where("id", "like", `${toHex(event.tag)}%`)
    .where("sent_at", "is not", null)
    .orderBy("created_at", "desc")
    .executeTakeFirst();
  if (row === undefined) return undefined;
  await unit.updateTable("remote_unlocks").set({ enrolment: door.enrolment, sequence: event.sequence }).where("id", "=", row.id).execute();
  const outcome = afterEvent(row, restarted);
  return outcome === undefined ? row : settle(unit, row, outcome, `door/${door.id}`, now);
}

/** Who wanted which door opened, and what became of it. */
export async function noteUnlock(unit: Unit, row: RemoteUnlockRow, action: string, actor: string, now: number): Promise<void> {
  const { id, door_id, outputs, state, reason, may_have_opened } = row;
  await audit(unit, { at: now, actor, action, subject: `door/${door_id}`, detail: { unlock: id, outputs, state, ...(reason !== null && { reason }), mayHaveOpened: may_have_opened === 1 } });
}
