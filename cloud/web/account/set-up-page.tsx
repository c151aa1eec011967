import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiProblem } from "../api/api-problem";
import { answered } from "../api/client";
import { useWords } from "../language/speaking";
import { Button } from "../ui/button";
import { TextField } from "../ui/field";
import { Form } from "../ui/form";
import { Page, Section } from "../ui/page";
import { siteApi, type SiteApi } from "./site-api";
import { SiteFirmware } from "./site-firmware";
import { SiteMessages } from "./site-messages";
import { SiteProperties } from "./site-properties";

/** For whoever runs the site: its first property, its managers, and what it has sent. */
export function SetUpPage(): JSX.Element {
  const { account: words } = useWords();
  const [api, setApi] = useState<SiteApi>();
  return (
    <Page title={words.setUp.title} about={words.setUp.about} acts={api !== undefined && <Button onPress={() => setApi(undefined)}>{words.setUp.forget}</Button>}>
      {api === undefined ? (
        <TokenForm onApi={(api) => setApi(() => api)} />
      ) : (
        <>
          <SiteProperties api={api} />
          <SiteFirmware api={api} />
          <SiteMessages api={api} />
        </>
      )}
    </Page>
  );
}

/** The token is kept by this page alone, as long as it is open: it is as good as the whole site. */
function TokenForm({ onApi }: { onApi: (api: SiteApi) => void }): JSX.Element {
  const { account: words } = useWords();
  const [token, setToken] = useState("");
  const [wrong, setWrong] = useState(false);
  const enter = async (): Promise<void> => {
    setWrong(false);
    const api = siteApi(token.trim());
    try {
      // Of all that there is, this is the site's alone: a program's token does not get so far.
      await answered(api.GET("/api/messages", { params: { query: { limit: 1 } } }));
    } catch (error) {
      if (!(error instanceof ApiProblem) || (error.code !== "unauthorized" && error.code !== "not-allowed")) throw error;
      return setWrong(true);
    }
    onApi(api);
  };
  return (
    <Section title={words.setUp.tokenTitle}>
      <p>
        {words.setUp.whereToken} <code>data/admin-token</code>
        {words.setUp.orVariable} <code>LATCHKEY_ADMIN_TOKEN</code>.
      </p>
      <Form submit={words.setUp.enter} onSubmit={enter}>
        {() => <TextField label={words.setUp.token} hint={words.setUp.tokenHint} error={wrong ? words.setUp.wrongToken : undefined} type="password" value={token} onValue={setToken} pattern="\s*[A-Za-z0-9._~+\/=\-]+\s*" required autocomplete="off" spellcheck={false} />}
      </Form>
    </Section>
  );
}
