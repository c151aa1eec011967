import { audit } from "../audit/audit";
import { hashToken, newToken, TOKEN_PATTERN } from "../keys/secret-token";
import { SESSION_SEEN_SECONDS, TOKENS_PER_PROPERTY_MAX } from "../limits";
import { Refusal } from "../refusal";
import { newId } from "../store/ids";
import type { Database, Unit } from "../store/store";
import type { TokenRow } from "../store/rows/account-rows";
import { actorName, type Actor, type MachineActor } from "./actor";

/** So that whoever finds one in a file knows what it is. */
const PREFIX = "latchkey_";

/** A token with which a program acts as a manager of one property. @returns the token; only its hash stays here. */
export async function addMachineToken(unit: Unit, { property, name }: { property: string; name: string }, actor: Actor, now: number): Promise<{ id: string; token: string }> {
  const { count } = await unit
    .selectFrom("tokens")
    .select((row) => row.fn.countAll().as("count"))
    .where("property_id", "=", property)
    .where("ended_at", "is", null)
    .executeTakeFirstOrThrow();
  if (Number(count) >= TOKENS_PER_PROPERTY_MAX) throw new Refusal("too-many-tokens", `A property has at most ${TOKENS_PER_PROPERTY_MAX} tokens: end one.`);
  const id = newId();
  const token = newToken();
  await unit.insertInto("tokens").values({ id, token_hash: hashToken(token), property_id: property, name, created_at: now, created_by: actorName(actor) }).execute();
  await audit(unit, { at: now, actor: actorName(actor), action: "token.add", subject: `token/${id}`, detail: { property, name } });
  return { id, token: PREFIX + token };
}

/** The program that a token belongs to; undefined where it has ended or never was. */
export async function findMachine(database: Database, token: string, now: number): Promise<MachineActor | undefined> {
  const bare = token.startsWith(PREFIX) ? token.slice(PREFIX.length) : "";
  if (!TOKEN_PATTERN.test(bare)) return undefined;
  const row = await database.selectFrom("tokens").selectAll().where("token_hash", "=", hashToken(bare)).where("ended_at", "is", null).executeTakeFirst();
  if (row === undefined) return undefined;
  if (now - (row.used_at ?? 0) >= SESSION_SEEN_SECONDS) await database.updateTable("tokens").set({ used_at: now }).where("id", "=", row.id).execute();
  return { kind: "machine", token: row.id, property: row.property_id };
}

/** @throws Refusal `not-found`. */
export async function readMachineToken(unit: Unit, id: string): Promise<TokenRow> {
  const row = await unit.selectFrom("tokens").selectAll().where("id", "=", id).where("ended_at", "is", null).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such token.");
  return row;
}

export async function endMachineToken(unit: Unit, token: TokenRow, actor: Actor, now: number): Promise<void> {
  await unit.updateTable("tokens").set({ ended_at: now }).where("id", "=", token.id).execute();
  await audit(unit, { at: now, actor: actorName(actor), action: "token.end", subject: `token/${token.id}`, detail: { property: token.property_id } });
}
