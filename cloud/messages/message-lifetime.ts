import { CODE_MESSAGE_SECONDS, MESSAGE_SECONDS, MESSAGES_KEPT_SECONDS, OUTBOX_KEPT_SECONDS } from "../limits";
import type { Unit } from "../store/store";
import type { MessageKind } from "./message";

/** Somebody waits for these, and they are worth nothing soon. */
export const CODE_KINDS: readonly string[] = ["sign-in-code", "identifier-code", "authenticate-code"] satisfies MessageKind[];

/** How long a message is worth sending, in seconds: a code that comes too late only puzzles. */
export function lifetimeOf(kind: string): number {
  return CODE_KINDS.includes(kind) ? CODE_MESSAGE_SECONDS : MESSAGE_SECONDS;
}

/** Words are kept no longer than they are of use, and who was written to when not for ever. */
export async function forgetOldMessages(unit: Unit, now: number): Promise<void> {
  await unit.updateTable("messages").set({ content: null }).where("sent_at", "<", now - OUTBOX_KEPT_SECONDS).where("content", "is not", null).execute();
  await unit.deleteFrom("messages").where("created_at", "<", now - MESSAGES_KEPT_SECONDS).execute();
}
