import type { Logger } from "pino";
import { UPKEEP } from "../accounts/actor";
import { readRules } from "../properties/household-rules";
import { Refusal } from "../refusal";
import { textRenewed } from "../sharing/text-key";
import type { Unit } from "../store/store";
import type { Transact } from "../store/transaction";
import type { PinParts } from "./codes";
import { renewCodes } from "./renew-codes";
import { tellRenewal, type TellParts } from "./tell-renewal";

const DAY_SECONDS = 86_400;

/**
 * Renews members' codes whose time has come by their manager's rule (O14), each person in a transaction of their own:
 * one whose door is full waits, and keeps nobody else waiting.
 * @returns whether anything was renewed.
 */
export async function renewDueCodes(transact: Transact, parts: PinParts & TellParts, log: Logger): Promise<boolean> {
  let some = false;
  for (const person of await transact((unit, now) => duePeople(unit, now))) {
    try {
      some = (await transact((unit, now) => renewDue(unit, parts, person, now))) || some;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      log.warn({ person, refusal: error.code }, "could not renew somebody's codes; it will be tried again");
    }
  }
  return some;
}

/** Members with a code that is older than their manager wants it to become. @param only one of them; undefined = all. */
async function duePeople(unit: Unit, now: number, only?: string): Promise<string[]> {
  const properties = await unit.selectFrom("properties").select("id").orderBy("id").execute();
  const people: string[] = [];
  for (const { id } of properties) {
    const { pinRenewalDays } = await readRules(unit, id);
    if (pinRenewalDays === null) continue;
    let query = unit
      .selectFrom("memberships as member")
      .innerJoin("people as person", "person.id", "member.person_id")
      .innerJoin("credentials as credential", "credential.person_id", "person.id")
      .where("person.property_id", "=", id)
      .where("member.state", "=", "active")
      .where("credential.kind", "=", "pin")
      .where("credential.revoked_at", "is", null)
      .where("credential.superseded_at", "is", null)
      .where("credential.created_at", "<=", now - pinRenewalDays * DAY_SECONDS)
      .select("person.id")
      .distinct()
      .orderBy("person.id");
    if (only !== undefined) query = query.where("person.id", "=", only);
    const rows = await query.execute();
    people.push(...rows.map((row) => row.id));
  }
  return people;
}

async function renewDue(unit: Unit, parts: PinParts & TellParts, person: string, now: number): Promise<boolean> {
  // Another process may have been here, or the manager has changed the rule.
  if ((await duePeople(unit, now, person)).length === 0) return false;
  const { property_id } = await unit.selectFrom("people").select("property_id").where("id", "=", person).executeTakeFirstOrThrow();
  const renewed = await renewCodes(unit, parts, person, { reason: "period", overlapSeconds: await overlapSecondsOf(unit, property_id) }, UPKEEP, now);
  if (renewed.given.length === 0) return false;
  if (await textRenewed(unit, parts, renewed.given, now)) return true;
  await tellRenewal(unit, parts, person, { reason: "period", oldUntil: renewed.oldUntil }, now);
  return true;
}

/** For how long a property's rule lets an old code open beside the new one. */
export async function overlapSecondsOf(unit: Unit, property: string): Promise<number> {
  return (await readRules(unit, property)).pinOverlapDays * DAY_SECONDS;
}

/** Codes whose overlap is over have ended; those that no door may hold any more are forgotten. */
export async function endSupersededCodes(unit: Unit, now: number): Promise<void> {
  await unit
    .updateTable("credentials")
    .set({ revoked_at: now })
    .where("superseded_at", "is not", null)
    .where("revoked_at", "is", null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("grants as grant")
            .select("grant.id")
            .whereRef("grant.credential_id", "=", (credential) => credential.fn.coalesce("credentials.parent_id", "credentials.id"))
            .where("grant.revoked_at", "is", null)
            .where("grant.not_after", ">", now),
        ),
      ),
    )
    .execute();
  await unit
    .updateTable("credentials")
    .set({ value: null })
    .where("superseded_at", "is not", null)
    .where("revoked_at", "is not", null)
    .where("value", "is not", null)
    .where((eb) => eb.not(eb.exists(eb.selectFrom("door_credentials as known").select("known.door_id").whereRef("known.credential_id", "=", "credentials.id").where("known.released_at", "is", null))))
    .execute();
}
