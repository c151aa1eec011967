import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, api } from "../api/client";
import { LANGUAGE_NAMES, useWords } from "../language/speaking";
import { useAccount, useSession } from "../shell/session";
import { useAnnounce } from "../ui/announcer";
import { Select, TextField } from "../ui/field";
import { Form } from "../ui/form";
import { Section } from "../ui/page";

/** One's name and language. */
export function AboutYou(): JSX.Element {
  const { account: words, common } = useWords();
  const { account } = useAccount();
  const { renew } = useSession();
  const announce = useAnnounce();
  const [name, setName] = useState(account.name);
  const [language, setLanguage] = useState(account.language);
  const save = async (): Promise<void> => {
    await answered(api.PATCH("/api/account", { body: { name, language } }));
    await renew();
    // That the page speaks another language now says it better than a word in the one before.
    if (language === account.language) announce(words.page.saved);
  };
  return (
    <Section title={words.page.you}>
      <Form submit={common.save} onSubmit={save} disabled={name === account.name && language === account.language}>
        {(errorOf) => (
          <>
            <TextField label={words.page.name} hint={words.signIn.nameHint} name="name" value={name} onValue={setName} error={errorOf("name")} required autocomplete="name" maxLength={120} />
            <Select label={words.page.language} value={language} choices={LANGUAGE_NAMES.map(({ code, name: label }) => ({ value: code, label }))} onValue={setLanguage} />
          </>
        )}
      </Form>
    </Section>
  );
}
