import type { Unit } from "../store/store";
import type { Actor } from "./actor";

/** Whether an actor of a moment ago would still be let in: for answers that go on for minutes. */
export async function isStillKnown(unit: Unit, actor: Actor): Promise<boolean> {
  if (actor.kind === "site") return true;
  if (actor.kind === "machine") return (await unit.selectFrom("tokens").select("id").where("id", "=", actor.token).where("ended_at", "is", null).executeTakeFirst()) !== undefined;
  const session = await unit
    .selectFrom("sessions")
    .innerJoin("accounts", "accounts.id", "sessions.account_id")
    .select("sessions.id")
    .where("sessions.id", "=", actor.session)
    .where("sessions.ended_at", "is", null)
    .where("accounts.erased_at", "is", null)
    .executeTakeFirst();
  return session !== undefined;
}
