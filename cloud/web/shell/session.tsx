import { createContext, type ComponentChildren, type JSX } from "preact";
import { useCallback, useContext, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ApiProblem } from "../api/api-problem";
import { answered, api, SIGNED_OUT, type Schema } from "../api/client";
import { forgetKeys } from "../phone/keys-of-account";
import { forgetReader, isLeaving, onReaderChange, rememberedReader, rememberReader, setLeaving, type RememberedReader } from "./remembered-reader";

/** Who reads these pages: not known yet, nobody, or an account with the properties that it manages. */
export type Session =
  | { state: "unknown" }
  /** @param ended whether somebody was signed in here and no longer is, without having signed out. */
  | { state: "nobody"; ended: boolean }
  /** Without a network nobody knows whether the session still is one; pages that work offline do, for whoever it was. */
  | { state: "offline"; reader: RememberedReader }
  | { state: "account"; account: Schema<"Account">; properties: readonly Schema<"Property">[] };

interface SessionContextValue {
  session: Session;
  /** Asks again who is signed in: after signing in, after a change of the account or of what it manages. */
  renew(): Promise<void>;
  /** Signs out here; without a network at once all the same, and the cloud hears it when there is one. */
  signOut(): Promise<void>;
}

const SessionContext = createContext<SessionContextValue>({ session: { state: "unknown" }, renew: () => Promise.resolve(), signOut: () => Promise.resolve() });
/** How often a cloud that was not reached is asked again: a network may be there without the browser saying so. */
const RETRY_MS = 15_000;

export function SessionProvider({ children }: { children: ComponentChildren }): JSX.Element {
  const [session, setSession] = useState<Session>({ state: "unknown" });
  const last = useRef<Session>(session);
  const leavings = useRef(0);
  const become = useCallback(async (next: Session) => {
    const before = last.current;
    // Somebody who is reading goes on reading, with a word about the network; they may be in the middle of something.
    if (before.state === "account" && next.state === "offline") return;
    last.current = next;
    const somebodyElse = before.state === "account" && next.state === "account" && before.account.id !== next.account.id;
    // Keys belong to whoever had them given: not to the next who signs in with this browser.
    if (somebodyElse || (next.state === "nobody" && rememberedReader() !== undefined)) await forgetKeys().catch(() => undefined);
    if (next.state === "nobody") forgetReader();
    if (next.state === "account") rememberReader(next.account);
    setSession(next);
  }, []);
  const renew = useCallback(async () => {
    const since = leavings.current;
    const next = await readSession();
    // An answer that was on its way while they left says who they were.
    if (since === leavings.current) await become(next);
  }, []);
  const signOut = useCallback(async () => {
    leavings.current++;
    setLeaving(true);
    await leave();
    await become({ state: "nobody", ended: false });
  }, []);
  useEffect(() => {
    void renew();
    const end = (): void => void (last.current.state === "account" && become({ state: "nobody", ended: true }));
    const online = (): void => void renew();
    // Somebody who comes back to the page sees what is new since.
    const seen = (): void => void (!document.hidden && last.current.state === "account" && renew());
    addEventListener(SIGNED_OUT, end);
    addEventListener("online", online);
    document.addEventListener("visibilitychange", seen);
    const stopHearing = onReaderChange(() => void renew());
    return () => {
      removeEventListener(SIGNED_OUT, end);
      removeEventListener("online", online);
      document.removeEventListener("visibilitychange", seen);
      stopHearing();
    };
  }, []);
  const { state } = session;
  useEffect(() => {
    if (state !== "offline") return;
    const timer = setInterval(() => void renew(), RETRY_MS);
    return () => clearInterval(timer);
  }, [state]);
  const value = useMemo(() => ({ session, renew, signOut }), [session]);
  return <SessionContext.Provider value={value}>{children}</SessionContext.Provider>;
}

export function useSession(): SessionContextValue {
  return useContext(SessionContext);
}

/** For pages behind the sign-in. @throws where nobody is signed in: the shell shows the sign-in instead of such a page. */
export function useAccount(): Extract<Session, { state: "account" }> {
  const { session } = useSession();
  if (session.state !== "account") throw new Error("this page is for people who have signed in");
  return session;
}

async function readSession(): Promise<Session> {
  const reader = rememberedReader();
  try {
    if (isLeaving()) await leave();
    if (isLeaving()) return { state: "nobody", ended: false };
    const account = await answered(api.GET("/api/account"));
    return { state: "account", account, properties: account.manages.length === 0 ? [] : await readProperties() };
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.code === "unauthorized") return { state: "nobody", ended: reader !== undefined };
    return reader === undefined ? { state: "nobody", ended: false } : { state: "offline", reader };
  }
}

async function readProperties(): Promise<Schema<"Property">[]> {
  const properties: Schema<"Property">[] = [];
  let query: { after?: string } | undefined = {};
  while (query !== undefined) {
    const { items, next }: { items: Schema<"Property">[]; next: string | null } = await answered(api.GET("/api/properties", { params: { query } }));
    properties.push(...items);
    query = next === null ? undefined : { after: next };
  }
  return properties;
}

/** Tells the cloud that this session is over; where it is not reached, that is done before it is asked anything else. */
async function leave(): Promise<void> {
  try {
    await answered(api.POST("/api/sign-out", { body: {} }));
    setLeaving(false);
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
  }
}
