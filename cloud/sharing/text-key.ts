import type { CredentialParts } from "../households/member-access";
import type { MessageParts } from "../messages/queue-message";
import type { Unit } from "../store/store";
import type { KeyRow } from "../store/tables";

/**
 * Sends a pending PIN key's code to its `phone` or `email` (N5): the code is drawn and reserved at once, without any
 * grant, and is the same however often it is sent. The key becomes active when the message has left (`textKeySent`);
 * where the local outbox keeps messages that is now. While the gateway is down it stays pending.
 * @throws {Refusal} `no-text-messages` (A3), `not-pending`.
 */
export async function sendTextKey(unit: Unit, parts: CredentialParts & MessageParts, key: KeyRow, now: number): Promise<void> {
  await Promise.resolve([unit, parts, key, now]);
}

/** The message with a text key's code has left: the key begins (N5), if it is still pending. */
export async function textKeySent(unit: Unit, parts: CredentialParts, key: string, now: number): Promise<void> {
  await Promise.resolve([unit, parts, key, now]);
}
