import type { JSX } from "preact";
import { useState } from "preact/hooks";
import lazy, { ErrorBoundary } from "preact-iso/lazy";
import { LocationProvider, Route, Router } from "preact-iso/router";
import { ProofProvider } from "./account/proof";
import { browserLanguage, Speaking, useWords } from "./language/speaking";
import { SessionProvider, useSession } from "./shell/session";
import { Shell } from "./shell/shell";
import { Announcing } from "./ui/announcer";
import { Loading } from "./ui/asked-view";
import { Page } from "./ui/page";

const SignInPage = lazy(() => import("./account/sign-in-page").then((it) => it.SignInPage));
const InvitationPage = lazy(() => import("./account/invitation-page").then((it) => it.InvitationPage));
const ManagerInvitationPage = lazy(() => import("./account/manager-invitation-page").then((it) => it.ManagerInvitationPage));
const KeyLinkPage = lazy(() => import("./sharing/key-link-page").then((it) => it.KeyLinkPage));
const SetUpPage = lazy(() => import("./account/set-up-page").then((it) => it.SetUpPage));
const AccountRoutes = lazy(() => import("./account/account-routes").then((it) => it.AccountRoutes));
const HomeRoutes = lazy(() => import("./home/home-routes").then((it) => it.HomeRoutes));
const ManageRoutes = lazy(() => import("./manage/manage-routes").then((it) => it.ManageRoutes));

/** The pages: whoever has a link may follow it; everything else is for those who have signed in. */
export function App(): JSX.Element {
  return (
    <LocationProvider>
      <SessionProvider>
        <Spoken />
      </SessionProvider>
    </LocationProvider>
  );
}

/** In the account's language once there is an account, before that in the browser's. */
function Spoken(): JSX.Element {
  const { session } = useSession();
  return (
    <Speaking language={session.state === "account" ? session.account.language : browserLanguage()}>
      <Announcing>
        <ProofProvider>
          <Shell>
            <Pages />
          </Shell>
        </ProofProvider>
      </Announcing>
    </Speaking>
  );
}

function Pages(): JSX.Element {
  const { session } = useSession();
  const { common } = useWords();
  const [failed, setFailed] = useState(false);
  if (failed) {
    return (
      <Page title={common.failedTitle}>
        <p>{common.failed}</p>
      </Page>
    );
  }
  if (session.state === "unknown") return <Loading text={common.loading} />;
  const signedIn = session.state !== "nobody";
  return (
    <ErrorBoundary
      onError={(error) => {
        reportError(error);
        setFailed(true);
      }}
    >
      <Router onRouteChange={() => setFailed(false)}>
        {/* Where messages lead (cloud/messages/page-link.ts): for whoever has the link. */}
        <Route path="/invitation" component={InvitationPage} />
        <Route path="/lease" component={InvitationPage} />
        <Route path="/manager-invitation" component={ManagerInvitationPage} />
        <Route path="/key" component={KeyLinkPage} />
        <Route path="/set-up" component={SetUpPage} />
        <Route path="/account/*" component={signedIn ? AccountRoutes : SignInPage} />
        <Route path="/manage/*" component={signedIn ? ManageRoutes : SignInPage} />
        <Route default component={signedIn ? HomeRoutes : SignInPage} />
      </Router>
    </ErrorBoundary>
  );
}

