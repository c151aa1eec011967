import { randomInt } from "node:crypto";
import { equalBytes } from "../../protocol/bytes";
import type { Keystore } from "../keys/keystore";
import { CODE_ATTEMPTS_MAX, CODE_DIGITS, CODE_SECONDS, CODES_PER_IDENTIFIER, GUESSES_PER_IDENTIFIER } from "../limits";
import { queueMessage, type MessageParts } from "../messages/queue-message";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";
import type { CodeRow, LanguageName } from "../store/rows/account-rows";
import type { Identifier } from "./identifier";
import { countOne, waitFor } from "./rate-limit";

/** What a code is for: one that was sent for one purpose serves no other. */
export interface CodeUse {
  purpose: CodeRow["purpose"];
  identifier: Identifier;
  /** Who asks, where somebody is signed in: nobody else can use the code then. */
  account: string | undefined;
}

/**
 * Sends a one-time code, whoever the identifier belongs to.
 * @returns seconds to wait where too many were sent of late; 0 = sent.
 * @throws Refusal `no-text-messages` (A3).
 */
export async function sendCode(unit: Unit, parts: MessageParts, { purpose, identifier, account }: CodeUse, language: LanguageName, now: number): Promise<number> {
  const { sealing } = parts.keystore;
  const wait = await countOne(unit, countKey(sealing, "codes", identifier), CODES_PER_IDENTIFIER, now);
  if (wait > 0) return wait;
  const id = newId();
  const code = randomInt(10 ** CODE_DIGITS).toString().padStart(CODE_DIGITS, "0");
  const { kind, value } = identifier;
  await unit
    .insertInto("codes")
    .values({ id, purpose, kind, value, account_id: account ?? null, code_hash: sealing.codeMac(`${id} ${code}`), created_at: now, expires_at: now + CODE_SECONDS, attempts: 0 })
    .execute();
  await queueMessage(unit, parts, { to: identifier, language, kind: `${purpose}-code`, values: { code } }, now);
  return 0;
}

/**
 * Takes a code. Any of those sent lately will do: e-mails overtake each other. A wrong one counts against all of
 * them, so the transaction must be committed in any case.
 * @returns "used": it was right, and never will be again.
 */
export async function useCode(unit: Unit, { sealing }: Pick<Keystore, "sealing">, { purpose, identifier, account }: CodeUse, code: string, now: number): Promise<"used" | "wrong" | { wait: number }> {
  const guesses = countKey(sealing, "guesses", identifier);
  const wait = await waitFor(unit, guesses, GUESSES_PER_IDENTIFIER, now);
  if (wait > 0) return { wait };
  const { kind, value } = identifier;
  const rows = await unit
    .selectFrom("codes")
    .selectAll()
    .where("kind", "=", kind)
    .where("value", "=", value)
    .where("purpose", "=", purpose)
    .where("account_id", account === undefined ? "is" : "=", account ?? null)
    .where("used_at", "is", null)
    .where("expires_at", ">", now)
    .where("attempts", "<", CODE_ATTEMPTS_MAX)
    .execute();
  const right = rows.find((row) => equalBytes(row.code_hash, sealing.codeMac(`${row.id} ${code}`)));
  if (right !== undefined) {
    await unit.updateTable("codes").set({ used_at: now }).where("id", "=", right.id).execute();
    return "used";
  }
  await countOne(unit, guesses, GUESSES_PER_IDENTIFIER, now);
  if (rows.length > 0) {
    const ids = rows.map(({ id }) => id);
    await unit
      .updateTable("codes")
      .set((row) => ({ attempts: row("attempts", "+", 1) }))
      .where("id", "in", ids)
      .execute();
  }
  return "wrong";
}

/** Codes that nobody can use any more. */
export async function forgetOldCodes(unit: Unit, now: number): Promise<void> {
  await unit.deleteFrom("codes").where("expires_at", "<=", now).execute();
}

function countKey(sealing: Keystore["sealing"], what: string, { kind, value }: Identifier): string {
  return `${what}/${Buffer.from(sealing.codeMac(`${kind} ${value}`)).toString("base64url")}`;
}
