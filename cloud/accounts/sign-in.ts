import { audit } from "../audit/audit";
import { linkLeases } from "../households/link-leases";
import { CODES_PER_ADDRESS, GUESSES_PER_ADDRESS } from "../limits";
import type { Unit } from "../store/store";
import type { LanguageName } from "../store/rows/account-rows";
import type { AccountParts } from "./account-parts";
import { createAccount, findAccountOf, readAccount } from "./account";
import type { Identifier } from "./identifier";
import { sendCode, useCode } from "./one-time-code";
import { countOne } from "./rate-limit";
import { startSession } from "./session";

/** Where a request comes from. */
export interface Caller {
  /** Network address, as far as it tells one household from another. */
  address: string;
  agent: string;
}

/** Outcomes and not refusals: what was counted must be committed. */
export type SignInOutcome = { account: string; token: string; isNew: boolean } | { wrong: true } | { wait: number };

/**
 * Sends a code to whoever asks. Nobody finds out by asking whether an account exists, because nothing of any account
 * is read: the message is in the language of whoever asks, and not of whoever has the identifier.
 * @returns seconds to wait, or 0.
 * @throws Refusal `no-text-messages`.
 */
export async function requestSignIn(unit: Unit, parts: AccountParts, identifier: Identifier, language: LanguageName, caller: Caller, now: number): Promise<number> {
  const wait = await countOne(unit, addressKey(parts, "codes", caller), CODES_PER_ADDRESS, now);
  if (wait > 0) return wait;
  return sendCode(unit, parts, { purpose: "sign-in", identifier, account: undefined }, language, now);
}

/** Signs in whoever has the code that was sent; the first time that makes their account. */
export async function signIn(unit: Unit, parts: AccountParts, request: { identifier: Identifier; code: string; name: string | undefined; language: LanguageName }, caller: Caller, now: number): Promise<SignInOutcome> {
  const addressWait = await countOne(unit, addressKey(parts, "guesses", caller), GUESSES_PER_ADDRESS, now);
  if (addressWait > 0) return { wait: addressWait };
  const { identifier, code } = request;
  const use = await useCode(unit, parts.keystore, { purpose: "sign-in", identifier, account: undefined }, code, now);
  if (use === "wrong") return { wrong: true };
  if (use !== "used") return use;
  const known = await findAccountOf(unit, identifier);
  const account = known ?? (await createAccount(unit, parts.keystore, identifier, request, now));
  await linkLeases(unit, parts, account, now);
  return { ...(await enter(unit, account, identifier.kind, caller, now)), isNew: known === undefined };
}

/** A session for somebody who has proved that the account is theirs. @param by how, for the audit. */
export async function enter(unit: Unit, account: string, by: string, caller: Caller, now: number): Promise<{ account: string; token: string }> {
  await readAccount(unit, account);
  const { session, token } = await startSession(unit, account, caller.agent, now);
  await audit(unit, { at: now, actor: `account/${account}`, action: "account.sign-in", subject: `account/${account}`, detail: { session, by } });
  return { account, token };
}

export function addressKey({ keystore }: Pick<AccountParts, "keystore">, what: string, { address }: Caller): string {
  return `${what}-from/${Buffer.from(keystore.sealing.codeMac(`address ${address}`)).toString("base64url")}`;
}
