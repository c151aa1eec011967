import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { forgetClaimAnswer } from "../doors/claim-door";
import type { Sealing } from "../keys/sealing";
import type { Database } from "../store/store";
import { inTransaction } from "../store/transaction";
import { keepLogin } from "./door-logins/keep-login";

/** What an unknown door's password is compared with, so that the answer takes as long. */
const NOBODY = randomBytes(32);

/**
 * Whether this is a claimed door's login. Passwords are 192 random bits, so a plain hash keeps them safe at rest.
 * The first login ends the repeats of the claim that gave it.
 * @param password as it came.
 */
export async function checkLogin(database: Database, sealing: Sealing, door: string, password: Uint8Array): Promise<boolean> {
  const row = await database
    .selectFrom("doors")
    .leftJoin("door_logins as kept", "kept.door_id", "doors.id")
    .select(["doors.password_hash", "doors.claim_answer", "doors.enrolment", "kept.enrolment as kept"])
    .where("doors.id", "=", door)
    .executeTakeFirst();
  const known = row?.password_hash ?? undefined;
  const matches = timingSafeEqual(createHash("sha256").update(password).digest(), known ?? NOBODY);
  if (!matches || row === undefined || known === undefined) return false;
  if (row.claim_answer !== null) await inTransaction(database, (unit) => forgetClaimAnswer(unit, door));
  // Of a claim before logins were kept.
  if (row.kept !== row.enrolment) await inTransaction(database, (unit) => keepLogin(unit, sealing, { door, enrolment: row.enrolment, password }));
  return true;
}

/** Whether a door that has shown its certificate is one of this cloud's. */
export async function isClaimed(database: Database, door: string): Promise<boolean> {
  const row = await database.selectFrom("doors").select(["password_hash", "claim_answer"]).where("id", "=", door).executeTakeFirst();
  if (row === undefined || row.password_hash === null) return false;
  if (row.claim_answer !== null) await inTransaction(database, (unit) => forgetClaimAnswer(unit, door));
  return true;
}
