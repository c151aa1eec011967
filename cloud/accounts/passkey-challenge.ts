import { randomBytes } from "node:crypto";
import { CHALLENGE_SECONDS } from "../limits";
import { Refusal } from "../refusal";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";
import type { PasskeyChallengeRow } from "../store/rows/account-rows";

/** @param account who asks; undefined: somebody who wants to sign in. @returns the challenge, base64url. */
export async function newChallenge(unit: Unit, purpose: PasskeyChallengeRow["purpose"], account: string | undefined, now: number): Promise<{ id: string; challenge: string }> {
  const id = newId();
  const challenge = randomBytes(32).toString("base64url");
  await unit.insertInto("passkey_challenges").values({ id, purpose, account_id: account ?? null, challenge, expires_at: now + CHALLENGE_SECONDS }).execute();
  return { id, challenge };
}

/**
 * Takes a challenge, which is gone with the answer that it was right for: none is heard twice.
 * @throws Refusal `bad-passkey` where it has expired, or was made for something or somebody else.
 */
export async function takeChallenge(unit: Unit, id: string, purpose: PasskeyChallengeRow["purpose"], account: string | undefined, now: number): Promise<string> {
  const row = await unit.selectFrom("passkey_challenges").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined || row.purpose !== purpose || row.account_id !== (account ?? null) || now >= row.expires_at) throw new Refusal("bad-passkey", "This took too long, or was answered already: begin anew.");
  await unit.deleteFrom("passkey_challenges").where("id", "=", id).execute();
  return row.challenge;
}
