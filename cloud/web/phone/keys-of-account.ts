import type { Phone } from "../../../phone/phone";

/** Of which account the keys in this browser are. */
const ACCOUNT_ITEM = "latchkey-phone-account";
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
  await (running?.signOut() ?? deleteDatabase()).catch(() => undefined);
}

/** Before anybody uses keys: those of another account are forgotten. @param account who is signed in, or was when there was a network. */
export async function keepKeysOf(account: string): Promise<void> {
  if (localStorage.getItem(ACCOUNT_ITEM) === account) return;
  await forgetKeys();
  localStorage.setItem(ACCOUNT_ITEM, account);
}

/** Without the library, which nobody has loaded yet. */
function deleteDatabase(): Promise<void> {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(DATABASE);
    request.onsuccess = request.onerror = request.onblocked = () => resolve();
  });
}
