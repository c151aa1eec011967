import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { answered, api } from "../api/client";
import { useWords } from "../language/speaking";
import { Button } from "../ui/button";
import { navigationOf, type NavigationGroup } from "./navigation";
import { useOnline } from "./online";
import { useSession } from "./session";

/** What is around every page: the skip link, where one can go, whether there is a network. */
export function Shell({ children }: { children: ComponentChildren }): JSX.Element {
  const words = useWords();
  const { session, renew } = useSession();
  const { path, route } = useLocation();
  const online = useOnline();
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [path]);
  const groups = navigationOf(session, path, words);
  const signOut = async (): Promise<void> => {
    await answered(api.POST("/api/sign-out", { body: {} }));
    await renew();
    route("/");
  };
  return (
    <>
      <a class="skip" href="#content">
        {words.shell.skip}
      </a>
      <header class="shell">
        <a class="brand" href="/">
          <img src="/icon.svg" alt="" width="28" height="28" />
          {words.common.product}
        </a>
        {session.state === "account" && (
          <>
            <button type="button" class="menu" aria-expanded={open} aria-controls="navigation" onClick={() => setOpen(!open)}>
              {words.shell.menu}
            </button>
            <div class="acts">
              <a href="/account">{session.account.name ?? words.shell.account}</a>
              <Button onPress={signOut}>{words.shell.signOut}</Button>
            </div>
          </>
        )}
      </header>
      {!online && (
        <p class="notice warning offline" role="status">
          {words.shell.offline}
        </p>
      )}
      <div class="shell">
        {groups.length > 0 && (
          <nav id="navigation" aria-label={words.shell.navigation} class={open ? "open" : ""}>
            {groups.map((group) => (
              <NavigationPart key={group.title} group={group} path={path} />
            ))}
          </nav>
        )}
        <main id="content" tabIndex={-1}>
          {children}
        </main>
      </div>
    </>
  );
}

function NavigationPart({ group, path }: { group: NavigationGroup; path: string }): JSX.Element {
  return (
    <section>
      <h2>{group.title}</h2>
      <ul>
        {group.links.map(({ href, label, exact }) => (
          <li key={href}>
            <a href={href} aria-current={path === href || (exact !== true && path.startsWith(`${href}/`)) ? "page" : undefined}>
              {label}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
