import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ApiProblem } from "../api/api-problem";
import { answered, api, type Schema } from "../api/client";
import { useAsked } from "../api/use-asked";
import { showInstant } from "../language/times";
import { useLanguage, useWords } from "../language/speaking";
import { useSession } from "../shell/session";
import { AskedView } from "../ui/asked-view";
import { ButtonLink } from "../ui/button";
import { Page } from "../ui/page";
import { InvitationOffer } from "./invitation-offer";
import { useLinkToken } from "./link-token";
import { SignedInAs } from "./signed-in-as";
import { SignIn } from "./sign-in";

type Answer = { kind: "accepted"; place: Schema<"Place"> } | { kind: "declined" };

/** Where the link of an invitation, or of a lease, leads (M2, M4–M8): for whoever has it, with an account or before. */
export function InvitationPage(): JSX.Element {
  const { invitations: words } = useWords();
  const { token, forget } = useLinkToken();
  const [answer, setAnswer] = useState<Answer>();
  const asked = useAsked((signal) => answered(api.POST("/api/invitations/look", { body: { token }, signal })), [token]);
  const { data: offer } = asked;
  if (answer?.kind === "declined") return <Told title={words.declined} about={words.declinedAbout} />;
  if (answer?.kind === "accepted") return <Accepted place={answer.place} />;
  if (token === "") return <Told title={words.noLink} about={words.noLinkAbout} />;
  if (asked.problem !== undefined && offer === undefined && asked.problem.code !== "offline") return <Over problem={asked.problem} />;
  return (
    <Page title={offer?.kind === "lease" ? words.leaseTitle : words.title}>
      <AskedView asked={asked}>
        {(offered) => (
          <div class="card">
            <Offered
              offer={offered}
              token={token}
              onAnswer={(given) => {
                forget();
                setAnswer(given);
              }}
            />
          </div>
        )}
      </AskedView>
    </Page>
  );
}

function Offered({ offer, token, onAnswer }: { offer: Schema<"Invitation">; token: string; onAnswer: (answer: Answer) => void }): JSX.Element {
  const { invitations: words } = useWords();
  const { session } = useSession();
  const isSignedIn = session.state === "account";
  const accept = async (): Promise<void> => onAnswer({ kind: "accepted", place: await answered(api.POST("/api/invitations/accept", { body: { token } })) });
  const decline = async (): Promise<void> => {
    await answered(api.POST("/api/invitations/decline", { body: { token } }));
    onAnswer({ kind: "declined" });
  };
  return (
    <InvitationOffer offer={offer} heading="h2" onAccept={isSignedIn ? accept : undefined} onDecline={decline}>
      {isSignedIn ? (
        <SignedInAs />
      ) : (
        <section class="sign-in-here">
          <h3>{offer.kind === "lease" ? words.signInLease : words.signInFirst}</h3>
          <SignIn />
        </section>
      )}
    </InvitationOffer>
  );
}

/** What a link says that waits for no answer any more. */
function Over({ problem: { code } }: { problem: ApiProblem }): JSX.Element {
  const { invitations: words } = useWords();
  if (code === "invitation-used") return <Told title={words.used} about={words.usedAbout} />;
  return <Told title={words.gone} about={words.goneAbout} />;
}

function Told({ title, about }: { title: string; about: string }): JSX.Element {
  const { household } = useWords();
  const { session } = useSession();
  return (
    <Page title={title} about={about}>
      {session.state === "account" && <ButtonLink href="/household">{household.toHousehold}</ButtonLink>}
    </Page>
  );
}

function Accepted({ place }: { place: Schema<"Place"> }): JSX.Element {
  const { household, invitations: words } = useWords();
  const language = useLanguage();
  const where = household.at(place.unit.name, place.property.name);
  const doors = new Intl.ListFormat(language).format(place.doors.map(({ name }) => name));
  const isFuture = Date.parse(place.start) > Date.now();
  return (
    <Page title={words.accepted} about={isFuture ? words.acceptedFrom(where, showInstant(place.start, place.property.timeZone, language)) : words.acceptedAbout(where)}>
      <p>{doors}</p>
      <div class="acts">
        <ButtonLink tone="primary" href="/">
          {words.toDoors}
        </ButtonLink>
        <ButtonLink href={`/household/${place.household}`}>{words.toHousehold}</ButtonLink>
      </div>
    </Page>
  );
}
