import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import lazy, { ErrorBoundary } from "preact-iso/lazy";
import { LocationProvider, Route, Router, useLocation } from "preact-iso/router";
import { ProofProvider } from "./account/proof";
import { Speaking, useWords } from "./language/speaking";
import { below } from "./shell/below";
import { NotOffline } from "./shell/not-offline";
import { rememberedReader } from "./shell/remembered-reader";
import { SessionProvider, useSession, type Session } from "./shell/session";
import { Shell } from "./shell/shell";
import { Announcing } from "./ui/announcer";
import { Loading } from "./ui/asked-view";
import { Button } from "./ui/button";
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

function Spoken(): JSX.Element {
  const { session } = useSession();
  return (
    <Speaking language={languageOf(session)}>
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

/** Theirs who are signed in, or were when there last was an answer; undefined: nobody's. */
function languageOf(session: Session): "en" | "fr" | undefined {
  if (session.state === "account") return session.account.language;
  if (session.state === "offline") return session.reader.language;
  return session.state === "unknown" ? rememberedReader()?.language : undefined;
}

function Pages(): JSX.Element {
  const { session } = useSession();
  const { common } = useWords();
  const { path } = useLocation();
  const [failed, setFailed] = useState<"page" | "loading">();
  useEffect(() => setFailed(undefined), [path]);
  useEffect(() => {
    const hear = ({ reason }: PromiseRejectionEvent): void => {
      if (isLoadingFailure(reason)) setFailed("loading");
    };
    addEventListener("unhandledrejection", hear);
    return () => removeEventListener("unhandledrejection", hear);
  }, []);
  if (failed !== undefined) {
    return (
      <Page key={failed} title={common.failedTitle}>
        <p>{failed === "page" ? common.failed : common.notLoaded}</p>
        <Button tone="primary" onPress={() => location.reload()}>
          {common.reload}
        </Button>
      </Page>
    );
  }
  if (session.state === "unknown") return <Loading text={common.loading} />;
  return (
    <ErrorBoundary
      onError={(error) => {
        reportError(error);
        setFailed("page");
      }}
    >
      <Router>
        {/* Where messages lead (cloud/messages/page-link.ts): for whoever has the link. */}
        <Route path="/invitation" component={InvitationPage} />
        <Route path="/lease" component={InvitationPage} />
        <Route path="/manager-invitation" component={ManagerInvitationPage} />
        <Route path="/key" component={KeyLinkPage} />
        <Route path="/set-up" component={SetUpPage} />
        {below("/account", AccountArea)}
        {below("/manage", ManageArea)}
        {/* Not `default`: below that one, preact-iso's routers see no path at all. */}
        {below("/", HomeArea)}
      </Router>
    </ErrorBoundary>
  );
}

const AccountArea = (): JSX.Element => <BehindSignIn Wanted={AccountRoutes} />;
const ManageArea = (): JSX.Element => <BehindSignIn Wanted={ManageRoutes} />;
/** One's doors are the page that does without a network; all others show what only the cloud knows. */
const HomeArea = (): JSX.Element => <BehindSignIn Wanted={HomeRoutes} alsoOffline={useLocation().path === "/"} />;

/** Who is there changes without the address changing, which is all that a router looks at. */
function BehindSignIn({ Wanted, alsoOffline = false }: { Wanted: () => JSX.Element; alsoOffline?: boolean }): JSX.Element {
  const { session } = useSession();
  if (session.state === "account" || (session.state === "offline" && alsoOffline)) return <Wanted />;
  return session.state === "offline" ? <NotOffline /> : <SignInPage />;
}

/** A part of the pages that did not come: no network, or a newer version has replaced it. Browsers say so in words alone. */
function isLoadingFailure(reason: unknown): boolean {
  return reason instanceof TypeError && /dynamically imported module|importing a module/i.test(reason.message);
}
