import { actorName, type Actor, type HomeActor } from "../accounts/actor";
import { countOne } from "../accounts/rate-limit";
import { UNLOCKS_AT_ONCE_MAX, UNLOCKS_PER_ACCOUNT, UNLOCKS_PER_ACCOUNT_AT_ONCE_MAX } from "../limits";
import { Refusal } from "../refusal";
import { mayAtDoor } from "../rules/door-rights";
import { doorStanding } from "../rules/door-standing";
import { requireAllowed } from "../rules/read-standing";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";
import type { RemoteUnlockRow } from "../store/rows/door-rows";
import { judgeUnlock } from "./judge-unlock";
import { noteUnlock, readUnlock, settleIfOver } from "./settle-unlock";
import { overAt } from "./unlock-state";

/** What somebody wants opened. */
export interface UnlockWish {
  door: string;
  /** Bit mask. */
  outputs: number;
  /** The same again from the same actor is the same wish (Idempotency-Key). */
  key: string;
}

/** @param again it was asked for before; undefined where it must wait. */
export type AskedUnlock = { unlock: RemoteUnlockRow; again: boolean } | { wait: number };

/**
 * Takes a wish to open a door from afar (N14), which from here on is known by its key, whatever becomes of this
 * process. What can be told at once is: under lock-down, by a right that does not hold now, where the door is not
 * connected or has as many under way as it gives nonces. Anything else is left `asking`.
 * @param connected whether the door can be reached.
 * @returns seconds to wait where an account has asked too often: that is to be committed too.
 * @throws {Refusal} `not-found`, also for whoever is nobody at that door; `idempotency-key-reused`.
 */
export async function askUnlock(unit: Unit, actor: Actor | HomeActor, wish: UnlockWish, connected: boolean, now: number): Promise<AskedUnlock> {
  const name = actorName(actor);
  const known = await unit.selectFrom("remote_unlocks").selectAll().where("actor", "=", name).where("idempotency_key", "=", wish.key).executeTakeFirst();
  if (known !== undefined) {
    if (known.door_id !== wish.door || known.outputs !== wish.outputs) throw new Refusal("idempotency-key-reused", "This Idempotency-Key was sent for another door or other outputs.");
    return { unlock: (await settleIfOver(unit, known, now)) ?? known, again: true };
  }
  const standing = await doorStanding(unit, actor, wish.door, now);
  if (standing === undefined) throw new Refusal("not-found", "There is no such door.");
  requireAllowed(mayAtDoor("unlock", standing), "door");
  const limited = limitedAs(actor);
  const wait = limited === undefined ? 0 : await countOne(unit, `unlock/${limited}`, UNLOCKS_PER_ACCOUNT, now);
  if (wait > 0) return { wait };

  const verdict = await judgeUnlock(unit, standing, wish.outputs, now);
  const id = newId();
  const ended = { may_have_opened: 0, finished_at: now } as const;
  const row = { id, door_id: wish.door, actor: name, idempotency_key: wish.key, outputs: wish.outputs, person_id: verdict.allowed ? verdict.person : null, created_at: now };
  if (!verdict.allowed) await unit.insertInto("remote_unlocks").values({ ...row, ...ended, state: "denied", reason: verdict.reason }).execute();
  else if (!connected) await unit.insertInto("remote_unlocks").values({ ...row, ...ended, state: "offline" }).execute();
  else if (await isBusy(unit, actor, wish.door, now)) await unit.insertInto("remote_unlocks").values({ ...row, ...ended, state: "busy" }).execute();
  else await unit.insertInto("remote_unlocks").values({ ...row, state: "asking" }).execute();
  const unlock = await readUnlock(unit, id);
  await noteUnlock(unit, unlock!, "door.unlock", name, now);
  return { unlock: unlock!, again: false };
}

/** A door gives so many nonces at a time; one more would take another's away. No person takes them all. */
async function isBusy(unit: Unit, actor: Actor | HomeActor, door: string, now: number): Promise<boolean> {
  const rows = await unit.selectFrom("remote_unlocks").select(["actor", "state", "created_at", "sent_at", "may_have_opened"]).where("door_id", "=", door).where("finished_at", "is", null).execute();
  const underWay = rows.filter((row) => now < overAt(row));
  if (underWay.length >= UNLOCKS_AT_ONCE_MAX) return true;
  return limitedAs(actor) !== undefined && underWay.filter((row) => row.actor === actorName(actor)).length >= UNLOCKS_PER_ACCOUNT_AT_ONCE_MAX;
}

/** People, and whatever is at a home's broker, ask so often; undefined: programs of the property and the site as they like. */
function limitedAs(actor: Actor | HomeActor): string | undefined {
  if (actor.kind === "account") return actor.account;
  return actor.kind === "home" ? `home/${actor.property}` : undefined;
}
