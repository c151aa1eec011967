import type { AccountActor } from "../../accounts/actor";
import { readAccount } from "../../accounts/account";
import { sendCode, useCode, type CodeUse } from "../../accounts/one-time-code";
import { countOne } from "../../accounts/rate-limit";
import { CODES_PER_ACCOUNT } from "../../limits";
import { Refusal } from "../../refusal";
import type { Unit } from "../../store/store";
import { change, type ApiParts } from "../api";
import { requirePatience, tooOften } from "../caller";

type OwnUse = Omit<CodeUse, "account">;

/** Sends a code for somebody who has signed in. @param first what must hold. @returns when, in Unix seconds. */
export async function sendCodeTo(parts: ApiParts, actor: AccountActor, use: OwnUse, first?: (unit: Unit, now: number) => Promise<void>): Promise<number> {
  const { wait, at } = await change(parts, async (unit, now) => {
    await first?.(unit, now);
    const { language } = await readAccount(unit, actor.account);
    const wait = await countOne(unit, `codes-of/${actor.account}`, CODES_PER_ACCOUNT, now);
    return { wait: wait > 0 ? wait : await sendCode(unit, parts, { ...use, account: actor.account }, language, now), at: now };
  });
  requirePatience(wait);
  return at;
}

/**
 * Does something that a code proves the right to, in the transaction that uses the code up. A wrong code is counted,
 * and what is counted is committed.
 * @throws Refusal `wrong-code`, `too-many-requests`.
 */
export async function withCode<T>(parts: ApiParts, actor: AccountActor, use: OwnUse, code: string, work: (unit: Unit, now: number) => Promise<T>): Promise<T> {
  const outcome = await change(parts, async (unit, now) => {
    const used = await useCode(unit, parts.keystore, { ...use, account: actor.account }, code, now);
    return used === "used" ? { result: await work(unit, now) } : { refused: used };
  });
  if ("result" in outcome) return outcome.result;
  throw outcome.refused === "wrong" ? new Refusal("wrong-code") : tooOften(outcome.refused.wait);
}
