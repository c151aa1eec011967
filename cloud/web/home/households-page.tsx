import type { JSX } from "preact";
import { answered, api, type Schema } from "../api/client";
import { InvitationOffer } from "../account/invitation-offer";
import { useWords } from "../language/speaking";
import { AskedView, Empty } from "../ui/asked-view";
import { Badge } from "../ui/badge";
import { Page, Section } from "../ui/page";
import { FormerPlaces } from "./former-places";
import { HouseholdView } from "./household-page";
import { usePlaces, type Place } from "./places";

/** All one's households and what waits for an answer (M7); the household itself where there is one alone. */
export function HouseholdsPage(): JSX.Element {
  const { home, household: words } = useWords();
  const asked = usePlaces();
  const active = asked.data?.places.filter(({ state }) => state === "active") ?? [];
  if (asked.data !== undefined && active.length === 1 && asked.data.invitations.length === 0) return <HouseholdView id={active[0].household} former={asked.data.places.filter(({ state }) => state === "ended")} />;
  return (
    <Page title={home.household} about={active.length > 1 ? words.several : undefined}>
      <AskedView asked={asked}>
        {({ places, invitations }) => (
          <>
            {invitations.length > 0 && (
              <Section title={words.waiting}>
                {invitations.map((invitation) => (
                  <WaitingInvitation key={invitation.id} invitation={invitation} onAnswered={asked.again} />
                ))}
              </Section>
            )}
            {active.length > 0 && (
              <ul class="tiles">
                {active.map((place) => (
                  <li key={place.person}>
                    <PlaceTile place={place} />
                  </li>
                ))}
              </ul>
            )}
            {active.length === 0 && invitations.length === 0 && (
              <Empty title={words.none}>
                <p>{words.noneAbout}</p>
              </Empty>
            )}
            <FormerPlaces places={places.filter(({ state }) => state === "ended")} />
          </>
        )}
      </AskedView>
    </Page>
  );
}

function PlaceTile({ place }: { place: Place }): JSX.Element {
  const { household: words, common } = useWords();
  return (
    <article class="card tile">
      <h2>
        <a href={`/household/${place.household}`}>{place.unit.name}</a>
      </h2>
      <p>{place.property.name}</p>
      <p class="quiet">
        {words.roles[place.role]} · {common.doors(place.doors.length)}
      </p>
      {place.suspended === true && <Badge tone="warning">{words.pausedBadge}</Badge>}
    </article>
  );
}

function WaitingInvitation({ invitation, onAnswered }: { invitation: Schema<"Invitation">; onAnswered: () => Promise<void> }): JSX.Element {
  const params = { path: { invitation: invitation.id } };
  return (
    <InvitationOffer
      offer={invitation}
      heading="h3"
      onAccept={async () => {
        await answered(api.POST("/api/account/invitations/{invitation}/accept", { params, body: {} }));
        await onAnswered();
      }}
      onDecline={async () => {
        await answered(api.POST("/api/account/invitations/{invitation}/decline", { params, body: {} }));
        await onAnswered();
      }}
    />
  );
}
