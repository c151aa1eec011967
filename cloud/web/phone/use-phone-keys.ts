import { useCallback, useEffect, useState } from "preact/hooks";
import type { Words } from "../../../phone/dictionary";
import { explainNoVault, explainRefill } from "../../../phone/explain";
import type { ListedDoor, Luggage } from "../../../phone/listing";
import { StoreError } from "../../../phone/phone-store";
import { useLanguage } from "../language/speaking";
import { useSession } from "../shell/session";
import type { BluetoothState } from "./bluetooth";
import { keepKeysOf } from "./keys-of-account";
import { thisPhone } from "./this-phone";

/** The keys in this browser. */
export interface PhoneKeys {
  /** undefined: not read yet. */
  doors: readonly ListedDoor[] | undefined;
  luggage: Luggage | undefined;
  /** Why there are no (new) keys. */
  trouble: Words | undefined;
  /** Reads again what is kept. */
  show(): Promise<void>;
  /** Fetches keys anew. */
  renew(): Promise<void>;
}

/**
 * Keys look after themselves: they are fetched where some are missing or few, whenever the page comes to the front
 * and whenever the network is back. A browser that can open no door by Bluetooth asks for none: it would be one more
 * phone of the account, and open nothing.
 * @param wanted doors that the account may open, by id; undefined: not known (yet, or without a network).
 */
export function usePhoneKeys(bluetooth: BluetoothState, wanted: readonly string[] | undefined): PhoneKeys {
  const { session } = useSession();
  const language = useLanguage();
  const account = session.state === "account" ? session.account.id : undefined;
  const [kept, setKept] = useState<{ doors: readonly ListedDoor[]; luggage: Luggage }>();
  const [trouble, setTrouble] = useState<Words>();
  const usable = bluetooth === "ready" || bluetooth === "off";

  const show = useCallback(async () => {
    const phone = thisPhone();
    if (phone === undefined) return;
    setKept({ doors: await phone.doors(), luggage: await phone.luggage() });
  }, []);

  /** Does something with the phone, and shows what is there afterwards. */
  const look = useCallback(
    async (act: (phone: NonNullable<ReturnType<typeof thisPhone>>) => Promise<void>) => {
      const phone = thisPhone();
      if (phone === undefined) return setTrouble(explainNoVault(language));
      try {
        if (account !== undefined) await keepKeysOf(account);
        await act(phone);
        await show();
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        setTrouble(explainRefill({ refilled: false, why: "no-storage" }, language));
      }
    },
    [account, language],
  );

  const renew = useCallback(
    () =>
      look(async (phone) => {
        // So that the browser does not clear keys away where room is short.
        void navigator.storage?.persist?.();
        const outcome = await phone.refill();
        setTrouble(outcome.refilled || outcome.why === "offline" ? undefined : explainRefill(outcome, language));
      }),
    [look, language],
  );

  useEffect(() => {
    if (usable) void look(() => Promise.resolve());
  }, [usable, look]);

  const missing = wanted?.join();
  useEffect(() => {
    if (bluetooth !== "ready" || wanted === undefined) return;
    void look(async (phone) => {
      const has = (await phone.doors()).filter(({ opens }) => opens).map(({ door }) => door);
      const same = has.length === wanted.length && wanted.every((door) => has.includes(door));
      if (same) await phone.refresh();
      else await renew();
    });
  }, [bluetooth, missing]);

  useEffect(() => {
    if (!usable) return;
    const refresh = (): void => {
      if (!document.hidden && navigator.onLine) void look((phone) => phone.refresh());
    };
    addEventListener("online", refresh);
    document.addEventListener("visibilitychange", refresh);
    return () => {
      removeEventListener("online", refresh);
      document.removeEventListener("visibilitychange", refresh);
    };
  }, [usable, look]);

  return { doors: kept?.doors ?? (usable ? undefined : []), luggage: kept?.luggage, trouble, show, renew };
}
