import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { answered, api } from "../api/client";
import { useWords } from "../language/speaking";
import { useAccount, useSession } from "../shell/session";
import { useAnnounce } from "../ui/announcer";
import { Button } from "../ui/button";
import { ConfirmDialog } from "../ui/dialog";
import { Section } from "../ui/page";
import { useProof } from "./proof";

/** The end of an account; what it does not end is said too. */
export function EraseAccount(): JSX.Element {
  const { account: words } = useWords();
  const { account, properties } = useAccount();
  const { signOut } = useSession();
  const { route } = useLocation();
  const prove = useProof();
  const announce = useAnnounce();
  const [asking, setAsking] = useState(false);
  const erase = async (): Promise<void> => {
    await prove(() => answered(api.DELETE("/api/account")));
    announce(words.page.erased);
    await signOut();
    route("/", true);
  };
  return (
    <Section title={words.page.erase}>
      <p>{words.page.aboutErase}</p>
      <Button tone="danger" onPress={() => setAsking(true)}>
        {words.page.eraseMine}
      </Button>
      {asking && (
        <ConfirmDialog title={words.page.eraseMine} act={words.page.eraseNow} onConfirm={erase} onClose={() => setAsking(false)}>
          <p>{words.page.eraseWill(account.identifiers.map(({ value }) => value).join(", "))}</p>
          <ul>
            <li>{words.page.eraseKeys}</li>
            <li>{words.page.erasePlaces}</li>
            {properties.length > 0 && <li>{words.page.eraseManages(properties.map(({ name }) => name).join(", "))}</li>}
          </ul>
          <p>{words.page.eraseNoWayBack}</p>
        </ConfirmDialog>
      )}
    </Section>
  );
}
