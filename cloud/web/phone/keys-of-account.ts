import type { Phone } from "../../../phone/phone";

/** Of which account the keys in this browser are. */
const ACCOUNT_ITEM = "latchkey-phone-account";
/** What is known of their doors beside the keys, for when there is no network: it goes with them. Another shape takes another name. */
const DOORS_ITEM = "latchkey-phone-doors";
const DATABASE = "latchkey-phone";

let running: Phone | undefined;

/** From here on forgetting the keys ends first what this phone has under way. */
export function hasBegun(phone: Phone): void {
  running = phone;
}

/**
 * Ends what is under way at doors and forgets every key, and all that is carried: on signing out, and when an account is
 * erased. Works without a network, and never rejects: where a browser keeps nothing, there is nothing to forget.
 */
export async function forgetKeys(): Promise<void> {
  localStorage.removeItem(ACCOUNT_ITEM);
  localStorage.removeItem(DOORS_ITEM);
  await (running?.signOut() ?? deleteDatabase()).catch(() => undefined);
}

/** Before anybody uses keys: those of another account are forgotten. @param account who is signed in, or was when there was a network. */
export async function keepKeysOf(account: string): Promise<void> {
  if (localStorage.getItem(ACCOUNT_ITEM) === account) return;
  await forgetKeys();
  localStorage.setItem(ACCOUNT_ITEM, account);
}

/** Keeps what a page wants to know of doors without a network. @param doors JSON. */
export function keepDoors(doors: string): void {
  localStorage.setItem(DOORS_ITEM, doors);
}

export function keptDoors(): string | undefined {
  return localStorage.getItem(DOORS_ITEM) ?? undefined;
}

/** Without the library, which nobody has loaded yet. */
function deleteDatabase(): Promise<void> {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(DATABASE);
    request.onsuccess = request.onerror = request.onblocked = () => resolve();
  });
}
