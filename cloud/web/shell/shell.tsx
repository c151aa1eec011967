import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { useWords } from "../language/speaking";
import { Button } from "../ui/button";
import { BottomBar } from "./bottom-bar";
import { Icon } from "./icons";
import { navigationOf } from "./navigation";
import { NavigationList } from "./navigation-list";
import { useOnline } from "./online";
import { PlaceSwitcher } from "./place-switcher";
import { useSession } from "./session";
import { UpdateNotice } from "./update-notice";
import { useLastPlace } from "./last-place";

/** What is around every page: the skip link, where one is and can go, whether there is a network. */
export function Shell({ children }: { children: ComponentChildren }): JSX.Element {
  const words = useWords();
  const { session, signOut } = useSession();
  const { path, url, route } = useLocation();
  const online = useOnline() && session.state !== "offline";
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [url]);
  const navigation = navigationOf(session, path, words);
  useLastPlace(session, navigation?.place.href);
  const leave = async (): Promise<void> => {
    await signOut();
    route("/");
  };
  const name = session.state === "account" ? session.account.name : session.state === "offline" ? session.reader.name : undefined;
  const account = (
    <div class="acts account">
      <a href="/account" aria-current={path === "/account" ? "page" : undefined}>
        <Icon name="person" />
        <span>
          <span class="unseen">{words.shell.account}: </span>
          {name}
        </span>
      </a>
      <Button onPress={leave}>{words.shell.signOut}</Button>
    </div>
  );
  return (
    <>
      <a class="skip" href="#content">
        {words.shell.skip}
      </a>
      <header class="shell">
        <a class="brand" href="/">
          <img src="/icon.svg" alt="" width="28" height="28" />
          <span>{words.common.product}</span>
        </a>
        {navigation !== undefined && <PlaceSwitcher navigation={navigation} />}
        {navigation !== undefined && account}
      </header>
      {!online && (
        <p class="notice warning across" role="status">
          {words.shell.offline}
        </p>
      )}
      <UpdateNotice />
      <div class="shell">
        {navigation !== undefined && (
          <nav class="side" aria-label={words.shell.navigation}>
            <NavigationList groups={navigation.place.groups} path={path} />
          </nav>
        )}
        <main id="content" tabIndex={-1}>
          {children}
        </main>
      </div>
      {navigation !== undefined && <BottomBar place={navigation.place} path={path} open={open} onOpen={setOpen} account={account} />}
    </>
  );
}
