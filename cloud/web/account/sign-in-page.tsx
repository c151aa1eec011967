import type { JSX } from "preact";
import { LANGUAGE_NAMES, useChooseLanguage, useLanguage, useWords } from "../language/speaking";
import { useSession } from "../shell/session";
import { Page } from "../ui/page";
import { SignIn } from "./sign-in";

/** What whoever has not signed in sees, whatever page they wanted; afterwards they are there. */
export function SignInPage(): JSX.Element {
  const { account: words } = useWords();
  const { session } = useSession();
  const language = useLanguage();
  const choose = useChooseLanguage();
  return (
    <div class="sign-in">
      <Page title={words.signIn.title} about={words.signIn.about}>
        {session.state === "nobody" && session.ended && (
          <p class="notice" role="status">
            {words.signIn.ended}
          </p>
        )}
        <div class="card">
          <SignIn />
        </div>
        <p class="foot quiet">
          <span>
            {LANGUAGE_NAMES.filter(({ code }) => code !== language).map(({ code, name }) => (
              <button key={code} type="button" class="link-button" lang={code} onClick={() => choose(code)}>
                {name}
              </button>
            ))}
          </span>
          <span>
            {words.signIn.running} <a href="/set-up">{words.signIn.setUp}</a>
          </span>
        </p>
      </Page>
    </div>
  );
}
