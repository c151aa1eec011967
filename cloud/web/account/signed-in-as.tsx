import type { JSX } from "preact";
import { useWords } from "../language/speaking";
import { useSession } from "../shell/session";
import { Button } from "../ui/button";

/** With which account a link is followed, and the way to another one: whoever has the link was meant, with any account of theirs (M8). */
export function SignedInAs(): JSX.Element | null {
  const { shell, invitations: words } = useWords();
  const { session, signOut } = useSession();
  if (session.state !== "account") return null;
  const { name, identifiers } = session.account;
  return (
    <p>
      {words.signedInAs(name || (identifiers[0]?.value ?? ""))} {words.notYou} <Button onPress={signOut}>{shell.signOut}</Button>
    </p>
  );
}
