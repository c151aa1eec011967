import type { Words } from "../../dictionary";
import { explainCarry, explainNoVault, explainProgress, explainRefill, explainUnlock } from "../../explain";
import { webCryptoVault } from "../../key-vault";
import { Phone } from "../../phone";
import { StoreError } from "../../phone-store";
import { IndexedDbPhoneStore } from "../indexed-db-phone-store";
import { WebBluetoothRadio } from "../web-bluetooth-radio";
import { DoorList, type Answer } from "./door-list";
import { endSession, enterCode, sendCode } from "./session";
import { pageLanguage, textsIn } from "./texts";

/**
 * A trial page of the phone's library, for one browser and one cloud: signs in, shows the doors, opens them, carries
 * for them. Everything that matters is in phone/.
 */
/** Whose keys lie here: another account's are forgotten first. */
const ACCOUNT_ITEM = "latchkey-account";

const language = pageLanguage();
const texts = textsIn(language);
const byId = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;
const notice = byId("notice");
const inWords = ({ said, advice }: Words): string => (advice === undefined ? said : `${said} ${advice}`);

document.documentElement.lang = language;
for (const element of document.querySelectorAll<HTMLElement>("[data-text]")) element.textContent = texts[element.dataset.text as "doors"];
void navigator.serviceWorker?.register("/worker.js");

const vault = webCryptoVault();
if (vault === undefined) notice.textContent = inWords(explainNoVault(language));
else begin(new Phone({ radio: new WebBluetoothRadio(), store: new IndexedDbPhoneStore(), vault, fetch: (path, init) => fetch(path, { ...init, cache: "no-store" }), online: () => navigator.onLine }));

function begin(phone: Phone): void {
  const list = new DoorList({
    list: byId("doors"),
    template: byId("door") as HTMLTemplateElement,
    texts,
    acts: {
      unlock: async ({ door }, onProgress) => {
        const outcome = await phone.unlock(door, { onProgress: (progress) => onProgress(explainProgress(progress, language)) });
        return answered(outcome.opened, explainUnlock(outcome, language));
      },
      carry: async ({ door }) => {
        const outcome = await phone.carry(door);
        return answered(outcome.carried, explainCarry(outcome, language));
      },
    },
  });
  const show = async (): Promise<void> => {
    const doors = await phone.doors();
    const { down, up } = await phone.luggage();
    list.show(doors);
    byId("keys").hidden = doors.length === 0;
    byId("sign-in").hidden = doors.length > 0;
    byId("luggage").textContent = texts.carrying([...down, ...up].reduce((sum, { items }) => sum + items, 0), new Set([...down, ...up].map(({ door }) => door)).size);
  };
  // After the answer the phone may still be handing news over.
  const showLater = (): void => {
    byId("luggage").setAttribute("aria-busy", "true");
    const shown = phone.settled().then(show).catch(tell);
    void shown.finally(() => byId("luggage").removeAttribute("aria-busy"));
  };
  const answered = (good: boolean, words: Words): Answer => {
    showLater();
    return { good, text: inWords(words) };
  };
  const renew = async (): Promise<void> => {
    notice.textContent = "";
    const outcome = await phone.refill();
    notice.textContent = inWords(explainRefill(outcome, language));
    if (!outcome.refilled && outcome.why === "signed-out") byId("sign-in").hidden = false;
    else await show();
  };
  onSubmit(byId("sign-in") as HTMLFormElement, async (account) => {
    const before = localStorage.getItem(ACCOUNT_ITEM);
    if (before !== null && before !== account) await phone.signOut();
    localStorage.setItem(ACCOUNT_ITEM, account);
    // So that the browser does not clear keys away where room is short.
    void navigator.storage?.persist?.();
    await renew();
  });
  byId("refresh").addEventListener("click", () => void renew().catch(tell));
  byId("sign-out").addEventListener("click", () => {
    // Without network the keys go all the same, and the session ends in its time.
    void phone.signOut().then(show).then(endSession).catch(tell);
  });
  const refresh = (): void => void phone.refresh().then(show).catch(tell);
  addEventListener("online", refresh);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) refresh();
  });
  void show().then(() => phone.refresh()).then(show).catch(tell);
}

function tell(error: unknown): void {
  notice.textContent = inWords(error instanceof StoreError ? explainRefill({ refilled: false, why: "no-storage" }, language) : explainRefill({ refilled: false, why: "offline" }, language));
}

/** First the e-mail address, then the code that was sent there. */
function onSubmit(form: HTMLFormElement, onSignedIn: (account: string) => Promise<void>): void {
  const field = (name: string): HTMLInputElement => form.elements.namedItem(name) as HTMLInputElement;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [identifier, code] = [field("identifier").value, field("code").value];
    const act = async (): Promise<void> => {
      if (byId("code").hidden) {
        await sendCode(identifier);
        byId("code").hidden = false;
        field("code").required = true;
        field("code").focus();
        notice.textContent = texts.sent;
        return;
      }
      const account = await enterCode(identifier, code);
      if (account === undefined) {
        notice.textContent = texts.wrong;
        return;
      }
      form.reset();
      byId("code").hidden = true;
      field("code").required = false;
      await onSignedIn(account);
    };
    void act().catch(tell);
  });
}
