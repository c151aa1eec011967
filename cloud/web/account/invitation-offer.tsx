import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import type { Schema } from "../api/client";
import { showInstant } from "../language/times";
import { useLanguage, useWords } from "../language/speaking";
import { ActButton } from "../ui/act-button";
import { Button } from "../ui/button";
import { ConfirmDialog } from "../ui/dialog";
import { Fact, Facts } from "../ui/facts";
import { Time } from "../ui/time";
import { windowsText } from "../ui/week-text";

export type Offer = Schema<"Invitation">;

interface InvitationOfferProps {
  offer: Offer;
  /** By what is around it. */
  heading: "h2" | "h3";
  /** undefined: whoever looks has to sign in first, as `children` say. */
  onAccept?: (() => Promise<void>) | undefined;
  onDecline: () => Promise<void>;
  children?: ComponentChildren;
}

/** What somebody is offered (M6–M8), and their answer. A lease is linked, never declined (M4). */
export function InvitationOffer({ offer, heading: Heading, onAccept, onDecline, children }: InvitationOfferProps): JSX.Element {
  const { invitations: words } = useWords();
  const language = useLanguage();
  const [declining, setDeclining] = useState(false);
  const isLease = offer.kind === "lease";
  return (
    <article class="offer">
      <Heading>{useOfferText(offer)}</Heading>
      {isLease && <p>{words.leaseAbout}</p>}
      <OfferedTerms offer={offer} />
      <p class="quiet">
        {words.goodUntil(showInstant(offer.expiresAt, offer.property.timeZone, language))} {!isLease && words.nothingYet}
      </p>
      {children}
      <div class="acts">
        {onAccept !== undefined && (
          <ActButton tone="primary" act={onAccept}>
            {isLease ? words.linkLease : words.accept}
          </ActButton>
        )}
        {!isLease && <Button onPress={() => setDeclining(true)}>{words.decline}</Button>}
        {!isLease && onAccept === undefined && <span class="quiet">{words.orDecline}</span>}
      </div>
      {declining && (
        <ConfirmDialog title={words.declineTitle} act={words.decline} onConfirm={onDecline} onClose={() => setDeclining(false)}>
          <p>{words.declineAbout}</p>
        </ConfirmDialog>
      )}
    </article>
  );
}

function useOfferText({ kind, inviter, property, unit }: Offer): string {
  const { household, invitations: words } = useWords();
  const place = household.at(unit.name, property.name);
  if (kind === "lease") return words.lease(place);
  return inviter === null ? words.fromManager(place) : words.from(inviter, place);
}

function OfferedTerms({ offer: { role, doors, windows, start, end, property } }: { offer: Offer }): JSX.Element {
  const all = useWords();
  const { household: words } = all;
  const language = useLanguage();
  return (
    <Facts>
      <Fact term={words.role}>{words.roles[role]}</Fact>
      <Fact term={words.doors}>{new Intl.ListFormat(language).format(doors.map(({ name }) => name))}</Fact>
      <Fact term={words.times}>{windowsText(windows, all, language)}</Fact>
      {Date.parse(start) > Date.now() && (
        <Fact term={words.begins}>
          <Time instant={start} zone={property.timeZone} />
        </Fact>
      )}
      {end !== null && (
        <Fact term={words.ends}>
          <Time instant={end} zone={property.timeZone} />
        </Fact>
      )}
    </Facts>
  );
}
