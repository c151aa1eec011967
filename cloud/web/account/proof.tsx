import { createContext, type ComponentChildren, type ComponentType, type JSX } from "preact";
import { useCallback, useContext, useRef, useState } from "preact/hooks";
import { ApiProblem } from "../api/api-problem";
import type { ProofDialogProps } from "./proof-dialog";

/** Does an act; where it takes a proof of who one is, asks for that and does it again. */
export type Prove = <Result>(act: () => Promise<Result>) => Promise<Result>;

const ProofContext = createContext<Prove>((act) => act());

interface Asking {
  Dialog: ComponentType<ProofDialogProps>;
  onDone: (proved: boolean) => void;
}

/** Has the dialog that asks for a proof, for whatever is shown inside. */
export function ProofProvider({ children }: { children: ComponentChildren }): JSX.Element {
  const [asking, setAsking] = useState<Asking>();
  // Two acts that need a proof at once need one proof.
  const current = useRef<Promise<boolean> | undefined>(undefined);
  const prove = useCallback<Prove>(async (act) => {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.code !== "authenticate-again") throw error;
      current.current ??= ask(setAsking).finally(() => (current.current = undefined));
      if (!(await current.current)) throw error;
      return act();
    }
  }, []);
  return (
    <ProofContext.Provider value={prove}>
      {children}
      {asking !== undefined && <asking.Dialog onDone={asking.onDone} />}
    </ProofContext.Provider>
  );
}

async function ask(show: (asking: Asking | undefined) => void): Promise<boolean> {
  const { ProofDialog } = await import("./proof-dialog").catch(() => {
    throw new ApiProblem("offline", 0);
  });
  const proved = await new Promise<boolean>((resolve) => show({ Dialog: ProofDialog, onDone: resolve }));
  show(undefined);
  return proved;
}

/**
 * For acts that the API answers with `authenticate-again` when one has signed in a while ago, e.g. seeing a PIN:
 * `await prove(() => answered(api.GET(…)))`. Whoever closes the dialog gets that refusal.
 */
export function useProof(): Prove {
  return useContext(ProofContext);
}
