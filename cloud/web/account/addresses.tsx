import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, api } from "../api/client";
import { useWords } from "../language/speaking";
import { useAccount, useSession } from "../shell/session";
import { useAnnounce } from "../ui/announcer";
import { Button } from "../ui/button";
import { ConfirmDialog, Dialog } from "../ui/dialog";
import { TextField } from "../ui/field";
import { Form } from "../ui/form";
import { Section } from "../ui/page";
import { Time } from "../ui/time";
import { CodeField, codeOf } from "./code-field";
import { useProof } from "./proof";
import { readersZone } from "./readers-zone";

/** The addresses that are proved to be one's own (A2): codes and invitations go to them. */
export function Addresses(): JSX.Element {
  const { account: words } = useWords();
  const { account } = useAccount();
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<(typeof account.identifiers)[number]>();
  return (
    <Section title={words.page.addresses} acts={<Button onPress={() => setAdding(true)}>{words.page.addAddress}</Button>}>
      <p class="quiet">{account.textMessages ? words.page.aboutAddresses : words.page.aboutAddressesNoTexts}</p>
      <ul class="rows">
        {account.identifiers.map((identifier) => (
          <li key={identifier.id}>
            <div>
              <strong>{identifier.value}</strong>
              <span class="quiet">
                {words.page.verified} <Time instant={identifier.verifiedAt} zone={readersZone()} />
              </span>
            </div>
            {account.identifiers.length > 1 && (
              <Button label={words.page.removeAddress(identifier.value)} onPress={() => setRemoving(identifier)}>
                {words.page.remove}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {account.identifiers.length === 1 && <p class="quiet">{words.page.lastAddress}</p>}
      {adding && <AddAddress onClose={() => setAdding(false)} />}
      {removing !== undefined && <RemoveAddress identifier={removing} onClose={() => setRemoving(undefined)} />}
    </Section>
  );
}

/** An address counts once the code that went to it has come back. */
function AddAddress({ onClose }: { onClose: () => void }): JSX.Element {
  const { account: words } = useWords();
  const { account } = useAccount();
  const { renew } = useSession();
  const prove = useProof();
  const announce = useAnnounce();
  const [identifier, setIdentifier] = useState("");
  const [sent, setSent] = useState(false);
  const [code, setCode] = useState("");
  const send = async (): Promise<void> => {
    await prove(() => answered(api.POST("/api/account/identifiers", { body: { identifier } })));
    setSent(true);
  };
  const verify = async (): Promise<void> => {
    await answered(api.POST("/api/account/identifiers/verify", { body: { identifier, code: codeOf(code) } }));
    await renew();
    announce(words.page.addressAdded);
    onClose();
  };
  return (
    <Dialog title={words.page.addAddress} onClose={onClose}>
      {sent ? (
        <Form key="code" submit={words.page.verify} onSubmit={verify} onCancel={onClose}>
          {() => <CodeField to={identifier} value={code} onValue={setCode} onResend={send} />}
        </Form>
      ) : (
        <Form key="address" submit={words.signIn.send} onSubmit={send} onCancel={onClose}>
          {(errorOf) => (
            <TextField
              label={account.textMessages ? words.signIn.emailOrPhone : words.signIn.email}
              hint={account.textMessages ? words.signIn.emailOrPhoneHint : words.signIn.emailOnly}
              name="identifier"
              type={account.textMessages ? "text" : "email"}
              value={identifier}
              onValue={setIdentifier}
              error={errorOf("identifier")}
              required
              autocapitalize="none"
              spellcheck={false}
              maxLength={254}
              focused
            />
          )}
        </Form>
      )}
    </Dialog>
  );
}

function RemoveAddress({ identifier: { id, value }, onClose }: { identifier: { id: string; value: string }; onClose: () => void }): JSX.Element {
  const { account: words } = useWords();
  const { renew } = useSession();
  const prove = useProof();
  const announce = useAnnounce();
  const remove = async (): Promise<void> => {
    await prove(() => answered(api.DELETE("/api/account/identifiers/{identifier}", { params: { path: { identifier: id } } })));
    await renew();
    announce(words.page.addressRemoved(value));
    onClose();
  };
  return (
    <ConfirmDialog title={words.page.removeAddress(value)} act={words.page.removeIt} onConfirm={remove} onClose={onClose}>
      <p>{words.page.removeAddressWill}</p>
    </ConfirmDialog>
  );
}
