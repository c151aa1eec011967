import { createContext, type ComponentChildren, type JSX } from "preact";
import { useCallback, useContext, useEffect, useMemo, useState } from "preact/hooks";
import { answered, api, SIGNED_OUT, type Schema } from "../api/client";
import { ApiProblem } from "../api/api-problem";

/** Who reads these pages: not known yet, nobody, or an account with the properties that it manages. */
export type Session =
  | { state: "unknown" }
  | { state: "nobody" }
  /** Without a network nobody knows whether the session still is one; pages that work offline do. */
  | { state: "offline" }
  | { state: "account"; account: Schema<"Account">; properties: readonly Schema<"Property">[] };

interface SessionContextValue {
  session: Session;
  /** Asks again who is signed in: after signing in or out, after a change of the account or of what it manages. */
  renew(): Promise<void>;
}

const SessionContext = createContext<SessionContextValue>({ session: { state: "unknown" }, renew: () => Promise.resolve() });

export function SessionProvider({ children }: { children: ComponentChildren }): JSX.Element {
  const [session, setSession] = useState<Session>({ state: "unknown" });
  const renew = useCallback(async () => setSession(await readSession()), []);
  useEffect(() => {
    void renew();
    const end = (): void => setSession({ state: "nobody" });
    const online = (): void => void renew();
    addEventListener(SIGNED_OUT, end);
    addEventListener("online", online);
    return () => {
      removeEventListener(SIGNED_OUT, end);
      removeEventListener("online", online);
    };
  }, []);
  const value = useMemo(() => ({ session, renew }), [session, renew]);
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
  try {
    const account = await answered(api.GET("/api/account"));
    const properties = await answered(api.GET("/api/properties"));
    return { state: "account", account, properties: properties.items };
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.code === "offline") return { state: "offline" };
    return { state: "nobody" };
  }
}
