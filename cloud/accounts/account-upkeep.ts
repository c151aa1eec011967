import { GUESSES_PER_IDENTIFIER } from "../limits";
import type { Unit } from "../store/store";
import { forgetOldCodes } from "./one-time-code";
import { forgetOldCounts } from "./rate-limit";
import { forgetOldSessions } from "./session";

/** Codes, challenges, sessions and counts that nothing looks at any more. */
export async function forgetOldProofs(unit: Unit, now: number): Promise<void> {
  await forgetOldCodes(unit, now);
  await forgetOldSessions(unit, now);
  await forgetOldCounts(unit, GUESSES_PER_IDENTIFIER.seconds, now);
  await unit.deleteFrom("passkey_challenges").where("expires_at", "<=", now).execute();
}
