import { hashToken, newToken, TOKEN_PATTERN } from "../keys/secret-token";
import { AGENT_CHARACTERS_MAX, RECENT_AUTHENTICATION_SECONDS, SESSION_IDLE_SECONDS, SESSION_SEEN_SECONDS, SESSION_SECONDS_MAX } from "../limits";
import { Refusal } from "../refusal";
import { newId } from "../store/ids";
import type { Database, Unit } from "../store/store";
import type { SessionRow } from "../store/rows/account-rows";
import type { AccountActor, Actor } from "./actor";

/**
 * Somebody has just proved that the account is theirs.
 * @param agent what their browser calls itself, for the list in which they recognise it.
 * @returns the token for the cookie; only its hash stays here.
 */
export async function startSession(unit: Unit, account: string, agent: string, now: number): Promise<{ session: string; token: string }> {
  const session = newId();
  const token = newToken();
  const row = { id: session, token_hash: hashToken(token), account_id: account, agent: agent.slice(0, AGENT_CHARACTERS_MAX), created_at: now, authenticated_at: now, seen_at: now };
  await unit.insertInto("sessions").values(row).execute();
  return { session, token };
}

/** Whoever holds a session's token, as long as the session lives; undefined for any other. */
export async function findSession(database: Database, token: string, now: number): Promise<AccountActor | undefined> {
  if (!TOKEN_PATTERN.test(token)) return undefined;
  const row = await database
    .selectFrom("sessions")
    .innerJoin("accounts", "accounts.id", "sessions.account_id")
    .select(["sessions.id", "sessions.account_id", "sessions.authenticated_at", "sessions.created_at", "sessions.seen_at", "sessions.ended_at"])
    .where("sessions.token_hash", "=", hashToken(token))
    .where("accounts.erased_at", "is", null)
    .executeTakeFirst();
  if (row === undefined || !lives(row, now)) return undefined;
  // Rarely: a write for every request would wear the disk for a date that people read as "this week".
  if (now - row.seen_at >= SESSION_SEEN_SECONDS) await database.updateTable("sessions").set({ seen_at: now }).where("id", "=", row.id).execute();
  return { kind: "account", account: row.account_id, session: row.id, authenticatedAt: row.authenticated_at };
}

function lives(row: Pick<SessionRow, "created_at" | "seen_at" | "ended_at">, now: number): boolean {
  return row.ended_at === null && now < row.seen_at + SESSION_IDLE_SECONDS && now < row.created_at + SESSION_SECONDS_MAX;
}

/** The account's living sessions, newest first. */
export async function listSessions(unit: Unit, account: string, now: number): Promise<SessionRow[]> {
  const rows = await unit.selectFrom("sessions").selectAll().where("account_id", "=", account).where("ended_at", "is", null).orderBy("created_at", "desc").orderBy("id").execute();
  return rows.filter((row) => lives(row, now));
}

/** @throws Refusal `not-found` where the account has no such living session. */
export async function endSession(unit: Unit, account: string, session: string, now: number): Promise<void> {
  const result = await unit.updateTable("sessions").set({ ended_at: now }).where("id", "=", session).where("account_id", "=", account).where("ended_at", "is", null).executeTakeFirst();
  if (Number(result.numUpdatedRows) === 0) throw new Refusal("not-found", "There is no such session.");
}

/** Ends all sessions of an account. @param except one that goes on. */
export async function endSessions(unit: Unit, account: string, now: number, except?: string): Promise<void> {
  const all = unit.updateTable("sessions").set({ ended_at: now }).where("account_id", "=", account).where("ended_at", "is", null);
  await (except === undefined ? all : all.where("id", "<>", except)).execute();
}

/** They have proved anew who they are. */
export async function renewAuthentication(unit: Unit, session: string, now: number): Promise<void> {
  await unit.updateTable("sessions").set({ authenticated_at: now }).where("id", "=", session).execute();
}

/** Sessions that can never be used again; lists and the audit do not need them. */
export async function forgetOldSessions(unit: Unit, now: number): Promise<void> {
  await unit
    .deleteFrom("sessions")
    .where((row) => row.or([row("ended_at", "is not", null), row("seen_at", "<=", now - SESSION_IDLE_SECONDS), row("created_at", "<=", now - SESSION_SECONDS_MAX)]))
    .execute();
}

/**
 * For acts that a phone left on a table must not be enough for: whoever signed in longer ago proves anew who they are.
 * Programs and the site prove it with every request.
 * @throws Refusal `authenticate-again`.
 */
export function requireRecent(actor: Actor, now: number): void {
  if (actor.kind === "account" && now >= actor.authenticatedAt + RECENT_AUTHENTICATION_SECONDS) throw new Refusal("authenticate-again");
}
