import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, api } from "../api/client";
import { useWords } from "../language/speaking";
import { useSession } from "../shell/session";
import { ActButton } from "../ui/act-button";
import { ButtonLink } from "../ui/button";
import { Page } from "../ui/page";
import { useLinkToken } from "./link-token";
import { SignedInAs } from "./signed-in-as";
import { SignIn } from "./sign-in";

/** Where the link leads by which somebody becomes a manager of a property. */
export function ManagerInvitationPage(): JSX.Element {
  const { invitations } = useWords();
  const words = invitations.manager;
  const { session, renew } = useSession();
  const { token, forget } = useLinkToken();
  const [property, setProperty] = useState<string>();
  const accept = async (): Promise<void> => {
    const accepted = await answered(api.POST("/api/managers/accept", { body: { token } }));
    await renew();
    forget();
    setProperty(accepted.property);
  };
  if (property !== undefined) {
    return (
      <Page title={words.accepted}>
        <ButtonLink tone="primary" href={`/manage/${property}`}>
          {words.to}
        </ButtonLink>
      </Page>
    );
  }
  if (token === "") {
    return (
      <Page title={invitations.noLink}>
        <p>{invitations.noLinkAbout}</p>
      </Page>
    );
  }
  return (
    <Page title={words.title} about={words.about}>
      <div class="card">
        {session.state === "account" ? (
          <>
            <SignedInAs />
            <ActButton tone="primary" act={accept}>
              {words.accept}
            </ActButton>
          </>
        ) : (
          <>
            <h2>{words.signInFirst}</h2>
            <SignIn />
          </>
        )}
      </div>
    </Page>
  );
}
