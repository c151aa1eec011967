import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, api } from "../api/client";
import { useAsked } from "../api/use-asked";
import { useWords } from "../language/speaking";
import { useAnnounce } from "../ui/announcer";
import { AskedView } from "../ui/asked-view";
import { Button } from "../ui/button";
import { ConfirmDialog, Dialog } from "../ui/dialog";
import { TextField } from "../ui/field";
import { Form } from "../ui/form";
import { Section } from "../ui/page";
import { Time } from "../ui/time";
import { hasPasskeys, makePasskey } from "./passkey";
import { useProof } from "./proof";
import { readersZone } from "./readers-zone";

/** Passkeys: added, told apart by their names, removed. */
export function Passkeys(): JSX.Element {
  const { account: words } = useWords();
  const passkeys = useAsked((signal) => answered(api.GET("/api/account/passkeys", { signal })), []);
  const ways = useAsked((signal) => answered(api.GET("/api/sign-in", { signal })), []);
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<{ id: string; name: string }>();
  const possible = ways.data?.passkeys === true && hasPasskeys();
  return (
    <Section title={words.page.passkeys} acts={possible && <Button onPress={() => setAdding(true)}>{words.page.addPasskey}</Button>}>
      <p class="quiet">{ways.data?.passkeys === false ? words.page.noPasskeysHere : hasPasskeys() ? words.page.aboutPasskeys : words.page.noPasskeysInBrowser}</p>
      <AskedView asked={passkeys}>
        {({ items }) => (
          <ul class="rows">
            {items.map(({ id, name, createdAt, usedAt }) => (
              <li key={id}>
                <div>
                  <strong>{name}</strong>
                  <span class="quiet">
                    {usedAt === null ? words.page.made : words.page.lastUsed} <Time instant={usedAt ?? createdAt} zone={readersZone()} />
                  </span>
                </div>
                <Button label={words.page.removePasskey(name)} onPress={() => setRemoving({ id, name })}>
                  {words.page.remove}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </AskedView>
      {adding && <AddPasskey onAdded={passkeys.again} onClose={() => setAdding(false)} />}
      {removing !== undefined && <RemovePasskey passkey={removing} onRemoved={passkeys.again} onClose={() => setRemoving(undefined)} />}
    </Section>
  );
}

function AddPasskey({ onAdded, onClose }: { onAdded: () => Promise<void>; onClose: () => void }): JSX.Element {
  const { account: words } = useWords();
  const prove = useProof();
  const announce = useAnnounce();
  const [name, setName] = useState("");
  const add = async (): Promise<void> => {
    const { challenge, options } = await prove(() => answered(api.POST("/api/account/passkeys/options", { body: {} })));
    const response = await makePasskey(options);
    if (response === undefined) return;
    await prove(() => answered(api.POST("/api/account/passkeys", { body: { challenge, name, response } })));
    await onAdded();
    announce(words.page.passkeyAdded);
    onClose();
  };
  return (
    <Dialog title={words.page.addPasskey} onClose={onClose}>
      <Form submit={words.page.makePasskey} onSubmit={add} onCancel={onClose}>
        {(errorOf) => <TextField label={words.page.passkeyName} hint={words.page.passkeyNameHint} name="name" value={name} onValue={setName} error={errorOf("name")} required maxLength={120} focused />}
      </Form>
    </Dialog>
  );
}

function RemovePasskey({ passkey: { id, name }, onRemoved, onClose }: { passkey: { id: string; name: string }; onRemoved: () => Promise<void>; onClose: () => void }): JSX.Element {
  const { account: words } = useWords();
  const prove = useProof();
  const announce = useAnnounce();
  const remove = async (): Promise<void> => {
    await prove(() => answered(api.DELETE("/api/account/passkeys/{passkey}", { params: { path: { passkey: id } } })));
    await onRemoved();
    announce(words.page.passkeyRemoved(name));
    onClose();
  };
  return (
    <ConfirmDialog title={words.page.removePasskey(name)} act={words.page.removeIt} onConfirm={remove} onClose={onClose}>
      <p>{words.page.removePasskeyWill}</p>
    </ConfirmDialog>
  );
}
