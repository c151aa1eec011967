import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, api } from "../api/client";
import { useAsked } from "../api/use-asked";
import { useWords } from "../language/speaking";
import { AskedView } from "../ui/asked-view";
import { Dialog } from "../ui/dialog";
import { Select } from "../ui/field";
import { Form } from "../ui/form";
import { CodeField, codeOf } from "./code-field";
import { answerWithPasskey, hasPasskeys } from "./passkey";

export interface ProofDialogProps {
  /** @param proved whether they have; otherwise they have closed it. */
  onDone: (proved: boolean) => void;
}

/** Asks who has signed in to prove it anew: with a passkey, or with a code sent to an address of theirs. */
export function ProofDialog({ onDone }: ProofDialogProps): JSX.Element {
  const { account: words } = useWords();
  // The account as it is now, not as it was when the page was loaded: addresses change.
  const asked = useAsked(async (signal) => {
    const account = await answered(api.GET("/api/account", { signal }));
    const { items } = hasPasskeys() ? await answered(api.GET("/api/account/passkeys", { signal })) : { items: [] };
    return { account, hasPasskey: items.length > 0 };
  }, []);
  return (
    <Dialog title={words.proof.title} onClose={() => onDone(false)}>
      <p>{words.proof.about}</p>
      <AskedView asked={asked}>
        {({ account, hasPasskey }) => (
          <>
            {hasPasskey && <WithPasskey onDone={onDone} />}
            <WithCode identifiers={account.identifiers} second={hasPasskey} onDone={onDone} />
          </>
        )}
      </AskedView>
    </Dialog>
  );
}

function WithPasskey({ onDone }: ProofDialogProps): JSX.Element {
  const { account: words } = useWords();
  const prove = async (): Promise<void> => {
    const { challenge, options } = await answered(api.POST("/api/account/authenticate/passkey/options", { body: {} }));
    const response = await answerWithPasskey(options);
    if (response === undefined) return;
    await answered(api.POST("/api/account/authenticate/passkey", { body: { challenge, response } }));
    onDone(true);
  };
  return (
    <Form submit={words.proof.passkey} onSubmit={prove}>
      {() => null}
    </Form>
  );
}

interface WithCodeProps extends ProofDialogProps {
  identifiers: readonly { id: string; value: string }[];
  /** It is the second way of two. */
  second: boolean;
}

function WithCode({ identifiers, second, onDone }: WithCodeProps): JSX.Element {
  const { account: words } = useWords();
  const [identifier, setIdentifier] = useState(identifiers[0].id);
  const [sent, setSent] = useState(false);
  const [code, setCode] = useState("");
  const address = identifiers.find(({ id }) => id === identifier)!.value;
  const send = async (): Promise<void> => {
    await answered(api.POST("/api/account/authenticate/codes", { body: { identifier } }));
    setSent(true);
  };
  if (!sent) {
    return (
      <Form submit={words.proof.send} tone={second ? "plain" : "primary"} onSubmit={send} onCancel={() => onDone(false)}>
        {() =>
          identifiers.length === 1 ? (
            <p>{second ? words.proof.goesTo(address) : words.proof.goesToOnly(address)}</p>
          ) : (
            <Select label={words.proof.address} value={identifier} choices={identifiers.map(({ id, value }) => ({ value: id, label: value }))} onValue={setIdentifier} />
          )
        }
      </Form>
    );
  }
  const prove = async (): Promise<void> => {
    await answered(api.POST("/api/account/authenticate", { body: { code: codeOf(code), identifier } }));
    onDone(true);
  };
  return (
    <Form submit={words.proof.go} onSubmit={prove} onCancel={() => onDone(false)}>
      {() => <CodeField to={address} value={code} onValue={setCode} onResend={send} />}
    </Form>
  );
}
