import type { Unit } from "../store/store";

/** What a key's messages have come to; undefined: it has none. */
export type KeyMessageState = "waiting" | "sent" | "failed";

/** Of the newest message that holds a key's code or link. */
export async function keyMessageState(unit: Unit, key: string): Promise<KeyMessageState | undefined> {
  const row = await unit.selectFrom("messages").select(["sent_at", "failed_at"]).where("key_id", "=", key).orderBy("id", "desc").limit(1).executeTakeFirst();
  if (row === undefined) return undefined;
  return row.failed_at !== null ? "failed" : row.sent_at === null ? "waiting" : "sent";
}

/**
 * What has not left goes no more: another message takes its place, or the key has ended. One that is just being handed
 * over may still arrive; what it holds opens nothing by then.
 */
export async function withdrawKeyMessages(unit: Unit, key: string): Promise<void> {
  await unit.deleteFrom("messages").where("key_id", "=", key).where("sent_at", "is", null).where("failed_at", "is", null).execute();
}
