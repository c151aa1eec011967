import type { JSX } from "preact";
import { useWords } from "../language/speaking";
import { Button, ButtonLink } from "../ui/button";
import { Page } from "../ui/page";
import { useSession } from "./session";

/** In the place of pages that show what only the cloud knows, when it was not reached: says what works meanwhile. */
export function NotOffline(): JSX.Element {
  const { shell, common } = useWords();
  const { renew } = useSession();
  return (
    <Page title={shell.notOfflineTitle}>
      <p>{shell.notOffline}</p>
      <div class="acts">
        <ButtonLink tone="primary" href="/">
          {shell.toDoors}
        </ButtonLink>
        <Button onPress={renew}>{common.again}</Button>
      </div>
    </Page>
  );
}
