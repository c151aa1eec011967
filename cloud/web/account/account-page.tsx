import type { JSX } from "preact";
import { useWords } from "../language/speaking";
import { Page } from "../ui/page";
import { AboutYou } from "./about-you";
import { Addresses } from "./addresses";
import { EraseAccount } from "./erase-account";
import { InstallHint } from "./install-hint";
import { Passkeys } from "./passkeys";
import { Phones } from "./phones";
import { Sessions } from "./sessions";

/** One's account: who one is, how one signs in, and where one is signed in. */
export function AccountPage(): JSX.Element {
  const { account } = useWords();
  return (
    <Page title={account.page.title} about={account.page.about}>
      <AboutYou />
      <Addresses />
      <Passkeys />
      <Phones />
      <Sessions />
      <InstallHint />
      <EraseAccount />
    </Page>
  );
}
