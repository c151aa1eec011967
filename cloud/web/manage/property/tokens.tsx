import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useProof } from "../../account/proof";
import { answered, api, type Schema } from "../../api/client";
import { useAsked } from "../../api/use-asked";
import { useWords } from "../../language/speaking";
import { useAnnounce } from "../../ui/announcer";
import { AskedView } from "../../ui/asked-view";
import { Button } from "../../ui/button";
import { ConfirmDialog, Dialog } from "../../ui/dialog";
import { TextField } from "../../ui/field";
import { Form } from "../../ui/form";
import { Section } from "../../ui/page";
import { Table } from "../../ui/table";
import { Time } from "../../ui/time";
import { useProperty } from "../../shell/managed-property";
import { ShownOnce } from "./shown-once";

type Token = Schema<"Token">;

/** Programs' tokens: made, shown once, ended. */
export function Tokens(): JSX.Element {
  const { settings: words } = useWords();
  const { id: property, timeZone } = useProperty();
  const announce = useAnnounce();
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<{ name: string; token: string }>();
  const [ending, setEnding] = useState<Token>();
  const asked = useAsked((signal) => answered(api.GET("/api/tokens", { params: { query: { property } }, signal })), ["tokens", property]);
  const end = async ({ id, name }: Token): Promise<void> => {
    await answered(api.DELETE("/api/tokens/{token}", { params: { path: { token: id } } }));
    announce(words.tokenEnded(name));
    setEnding(undefined);
    await asked.again();
  };
  return (
    <Section title={words.tokens} acts={<Button onPress={() => setAdding(true)}>{words.addToken}</Button>}>
      <p class="quiet">{words.tokensAbout}</p>
      {made !== undefined && <ShownOnce label={words.tokenShown(made.name)} about={words.shownOnce} secret={made.token} onDone={() => setMade(undefined)} />}
      <AskedView asked={asked}>
        {({ items }) =>
          items.length === 0 ? (
            <p>{words.noTokens}</p>
          ) : (
            <Table
              caption={words.tokens}
              rows={items}
              keyOf={({ id }) => id}
              columns={[
                { title: words.name, heading: true, cell: ({ name }) => name },
                { title: words.by, cell: ({ by, byName }) => byName ?? (by === "site" ? words.theSite : words.gone) },
                { title: words.made, cell: ({ createdAt }) => <Time instant={createdAt} zone={timeZone} /> },
                { title: words.used, cell: ({ usedAt }) => (usedAt === null ? <span class="quiet">{words.never}</span> : <Time instant={usedAt} zone={timeZone} />) },
                {
                  title: words.endToken,
                  act: true,
                  cell: (token) => (
                    <Button label={words.endTokenOf(token.name)} onPress={() => setEnding(token)}>
                      {words.endToken}
                    </Button>
                  ),
                },
              ]}
            />
          )
        }
      </AskedView>
      {adding && (
        <AddToken
          onAdded={async (token) => {
            setMade(token);
            setAdding(false);
            await asked.again();
          }}
          onClose={() => setAdding(false)}
        />
      )}
      {ending !== undefined && (
        <ConfirmDialog title={words.endTokenTitle(ending.name)} act={words.endToken} onConfirm={() => end(ending)} onClose={() => setEnding(undefined)}>
          <p>{words.endTokenSure(ending.name)}</p>
        </ConfirmDialog>
      )}
    </Section>
  );
}

function AddToken({ onAdded, onClose }: { onAdded: (made: { name: string; token: string }) => Promise<void>; onClose: () => void }): JSX.Element {
  const { settings: words } = useWords();
  const { id: property } = useProperty();
  const prove = useProof();
  const [name, setName] = useState("");
  return (
    <Dialog title={words.addToken} onClose={onClose}>
      <Form submit={words.createToken} onSubmit={async () => onAdded(await prove(() => answered(api.POST("/api/tokens", { body: { property, name } }))))} onCancel={onClose}>
        {(errorOf) => (
          <>
            <p>{words.tokensAbout}</p>
            <TextField label={words.tokenName} hint={words.tokenNameHint} required maxLength={100} autocomplete="off" value={name} onValue={setName} error={errorOf("name")} />
          </>
        )}
      </Form>
    </Dialog>
  );
}
