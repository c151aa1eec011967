import type { Carried } from "../../../phone/carry-around";
import { IndexedDbPhoneStore } from "../../../phone/browser/indexed-db-phone-store";
import { WebBluetoothRadio } from "../../../phone/browser/web-bluetooth-radio";
import { webCryptoVault } from "../../../phone/key-vault";
import { Phone } from "../../../phone/phone";
import { hasBegun } from "./keys-of-account";

/** What a page hears of work in the background. */
type OnCarried = (door: string, carried: Carried) => void;

/** One for all pages: what is under way at a door goes on while somebody reads another page. */
let made: Phone | undefined;
const listeners = new Set<OnCarried>();

/** The phone that this browser is. @returns undefined on a page that came over plain HTTP: it has no cryptography. */
export function thisPhone(): Phone | undefined {
  if (made !== undefined) return made;
  const vault = webCryptoVault();
  if (vault === undefined) return undefined;
  made = new Phone({
    radio: new WebBluetoothRadio(),
    store: new IndexedDbPhoneStore(),
    vault,
    fetch: (path, init) => fetch(path, { ...init, cache: "no-store" }),
    online: () => navigator.onLine,
    onCarried: (door, carried) => listeners.forEach((listener) => listener(door, carried)),
  });
  hasBegun(made);
  return made;
}

/** @returns ends it. */
export function hearOfCarrying(listener: OnCarried): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
